"""Light curves for part 4.5, and what is measured of them, by loops over plain lists."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from operator import mul
from statistics import mean, median

from grader.course.ex04.checks.common import Record, nothing_seen, observation
from grader.course.oracles import Rng

Point = tuple[float, float]  # a time and a magnitude
Zero = Mapping[str, float]  # zero points by band
NONE: Zero = {}


def supernova(rng: Rng, main: str = "r", other: str = "g", faintest: int = 140) -> list[Record]:
    """A light curve in which every slip shows: the other band is brighter and seen earlier."""
    days = [-18, -9, -3, 0, 3, 8, 17, 27, 45, 140, 152, 222, 293, 360]
    points = []
    for day in days:
        fading = 0.05 * min(day, 30) + 0.015 * max(min(day, 290) - 30, 0)
        magnitude = 18 + (0.1 * -day if day < 0 else fading)
        magnitude += {140: 3.0, -9: 6.0}[faintest] * (day == faintest)
        scatter = 0.0 if day == 0 else rng.uniform(0, 0.04)
        when, quality = day + round(rng.uniform(-0.2, 0.2), 2), rng.uniform(10, 60)
        points.append(observation(main, when, magnitude + scatter, 3.5 if day == 293 else quality))
    for day in (-21, -8, -3, 1, 9, 22, 100, 190):
        magnitude = 17.6 + 0.04 * abs(day - 9) + 0.3 * (day > 10) + rng.uniform(0, 0.04)
        points.append(observation(other, day + round(rng.uniform(-0.2, 0.2), 2), magnitude))
    points += [nothing_seen(main, -70, 0.7), nothing_seen(main, -35, -1.0)]
    points.append(nothing_seen(main, -30, math.nan))
    points += [nothing_seen(main, day) for day in (100, 185, 260)]  # between episodes
    points += [nothing_seen(other, day) for day in range(160, 188, 2)]  # the band of most rows
    return somewhen(rng, points)


def odd_ones() -> dict[str, list[Record]]:
    """Light curves of which little can be measured, by what they are like."""
    points: dict[str, list[tuple[str, float, float]]] = {
        "a detection in each of three bands": [("g", 0, 18.2), ("i", 1, 17.5), ("r", 2, 18.0)],
        "its peak first and r only long after it": [
            *(("i", 0, 18.0), ("i", 0.25, 18.3), ("i", 5, 18.5), ("i", 5, 18.9)),
            *(("i", 80, 19.0), ("g", 2, 18.6), ("g", 3, 18.7), ("g", 4, 18.7), ("r", 40, 18.1)),
        ],
        "a break before its peak": [
            *(("i", -100, 19.5), ("i", -10, 18.5), ("i", 0, 18.0), ("i", 0.75, 18.2)),
            *(("r", 5, 18.4), ("g", 6, 18.1)),
        ],
    }
    odd = {about: [observation(*each) for each in data] for about, data in points.items()}
    odd[list(odd)[-1]].append(nothing_seen("i", 10))
    return odd


def somewhen(rng: Rng, points: list[Record]) -> list[Record]:
    """The observations in no order, at some time in our years."""
    start = float(rng.integers(56000, 61000))
    moved = [point | {"mjd": point["mjd"] + start} for point in points]
    return [moved[i] for i in rng.permutation(len(moved))]


def seen(data: list[Record], zeropoints: Zero = NONE) -> list[tuple[str, float, float]]:
    """Band, MJD and magnitude of the clear detections, in order of time."""
    clear = [obs for obs in data if obs["flux"] > 3 * obs["flux_err"]]
    clear.sort(key=lambda obs: obs["mjd"])
    zero = {o["band"]: zeropoints.get(o["band"], 25.0) for o in clear}
    return [(o["band"], o["mjd"], zero[o["band"]] - 2.5 * math.log10(o["flux"])) for o in clear]


def slope(points: list[Point]) -> float:
    """Slope of the straight line by least squares, from its textbook formula."""
    x0, y0 = mean(x for x, _ in points), mean(y for _, y in points)
    return sum((x - x0) * (y - y0) for x, y in points) / sum((x - x0) ** 2 for x, _ in points)


def weighted_slope(data: list[Record], main: str, peak: float) -> float:
    """Slope through the 30 days from the peak, each point weighted by its error."""
    kept = [o for o in data if o["band"] == main and o["flux"] > 3 * o["flux_err"]]
    kept = [o for o in kept if 0 <= o["mjd"] - peak <= 30]
    weights = [(o["flux"] / o["flux_err"]) ** 2 for o in kept]
    x = [o["mjd"] - peak for o in kept]
    y = [25 - 2.5 * math.log10(o["flux"]) for o in kept]
    x0, y0 = (sum(map(mul, weights, each)) / sum(weights) for each in (x, y))
    pairs = list(zip(weights, x, y, strict=True))
    return sum(w * (a - x0) * (b - y0) for w, a, b in pairs) / sum(
        w * (a - x0) ** 2 for w, a, _ in pairs
    )


def measured(data: list[Record], band: str = "", zeropoints: Zero = NONE) -> dict[str, float]:
    """The five features, by loops; in another band than the main one, if it is given."""
    points = seen(data, zeropoints)
    counts = Counter(each for each, _, _ in points)
    band = band or max(sorted(counts), key=counts.__getitem__)
    main = [(t, m) for each, t, m in points if each == band]
    peak = min(main, key=lambda point: point[1])[0]
    fading = [(t - peak, m) for t, m in main if 0 <= t - peak <= 30]
    near = {
        name: [m for each, t, m in points if each == name and abs(t - peak) <= 10] for name in "gr"
    }
    known = near["g"] and near["r"]
    return {
        "rise_time": peak - main[0][0],
        "decline_rate": slope(fading) if fading[-1][0] >= 1 else math.nan,
        "amplitude": max(m for _, m in main) - min(m for _, m in main),
        "colour": median(near["g"]) - median(near["r"]) if known else math.nan,
        "episodes": 1 + sum(later[0] - one[0] > 60 for one, later in pairwise(main)),
    }
