"""Features of a light curve that a slip would give, one function a feature."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from statistics import mean, median

from grader.course.ex04.checks.common import Record
from grader.course.ex04.checks.measured import (
    NONE,
    Point,
    Zero,
    measured,
    seen,
    slope,
    weighted_slope,
)
from grader.expect import Mistake


class Curve:
    """A light curve that is measured: its clear detections, and those in its main band."""

    def __init__(self, data: list[Record], main: str, zeropoints: Zero) -> None:
        self.data, self.main = data, main
        self.want, self.points = measured(data, zeropoints=zeropoints), seen(data, zeropoints)
        self.with_25 = measured(data)
        self.in_main = [(t, m) for band, t, m in self.points if band == main]
        self.peak = min(self.in_main, key=lambda point: point[1])[0]
        self.days = sorted(obs["mjd"] for obs in data if obs["band"] == main)


def slips(data: list[Record], main: str, zeropoints: Zero = NONE) -> dict[str, list[Mistake]]:
    """The mistakes that are known of each feature."""
    curve = Curve(data, main, zeropoints)
    known: dict[str, Callable[[Curve], list[Mistake]]] = {
        "rise_time": rises,
        "decline_rate": declines,
        "amplitude": amplitudes,
        "colour": colours,
        "episodes": episodes,
    }
    return {name: [*of(curve), *rounded(name, curve.want[name])] for name, of in known.items()}


def rounded(name: str, value: float) -> list[Mistake]:
    digits = () if name == "episodes" else (1, 2, 3)
    return [Mistake("rounded", round(value, each), name=name) for each in digits]


def mixed(name: str, of_all: float, want: float) -> Mistake:
    """A feature of the detections in all bands together."""
    return Mistake("all-bands-mixed", of_all, name=name, got=of_all, want=want)


def rises(curve: Curve) -> list[Mistake]:
    peak, points = curve.peak, curve.points
    first, rise = curve.in_main[0][0], curve.want["rise_time"]
    faintest = max(curve.in_main, key=lambda point: point[1])[0]
    band_of_all, peak_of_all, _ = min(points, key=lambda point: point[2])
    days = sorted(obs["mjd"] for obs in curve.data)
    row = days.index(peak)
    shifted = points[row][1] if row < len(points) else peak
    position = [t for t, _ in curve.in_main].index(peak)
    return [
        Mistake("rise-is-a-date", peak),
        Mistake("rise-negative", -rise),
        Mistake("faintest-as-peak", faintest - first),
        mixed("rise_time", peak_of_all - points[0][1], rise),
        Mistake("rise-from-any-band", peak - points[0][1]),
        Mistake("non-detections-counted", peak - days[0]),
        Mistake("label-for-position", shifted - first),
        Mistake("label-for-position~argmin", points[position][1] - first),
        Mistake("label-for-position~argmin", days[position] - first),
        Mistake("peak-of-all-bands", peak_of_all - first, band=band_of_all, main=curve.main),
    ]


def amplitudes(curve: Curve) -> list[Mistake]:
    brightest = min(m for _, m in curve.in_main)
    of_all = [m for _, _, m in curve.points]
    return [
        Mistake("amplitude-negative", -curve.want["amplitude"]),
        mixed("amplitude", max(of_all) - min(of_all), curve.want["amplitude"]),
        Mistake("amplitude-from-the-ends", curve.in_main[0][1] - brightest),
        Mistake("amplitude-from-the-ends", curve.in_main[-1][1] - brightest),
    ]


def colours(curve: Curve) -> list[Mistake]:
    points = {each: [(t, m) for band, t, m in curve.points if band == each] for each in "gr"}

    def within(days: float, **centres: float) -> dict[str, list[float]]:
        return {
            each: [m for t, m in points[each] if abs(t - centres[each]) <= days] for each in "gr"
        }

    def colour(magnitudes: dict[str, list[float]]) -> float:
        return median(magnitudes["g"]) - median(magnitudes["r"])

    near = within(10, g=curve.peak, r=curve.peak)
    own = {each: min(points[each], key=lambda point: point[1])[0] for each in "gr"}
    flux = {each: median(10 ** (-0.4 * m) for m in near[each]) for each in "gr"}
    before = {each: [m for t, m in points[each] if t - curve.peak <= 10] for each in "gr"}
    after = {each: [m for t, m in points[each] if t - curve.peak >= -10] for each in "gr"}
    last = {each: [m for t, m in points[each] if 0 <= t - curve.peak <= 10] for each in "gr"}
    first = {each: [m for t, m in points[each] if -10 <= t - curve.peak <= 0] for each in "gr"}
    return [
        Mistake("colour-reversed", -curve.want["colour"]),
        Mistake("zeropoints-left-out", curve.with_25["colour"]),
        Mistake("colour-one-sided", colour(last)),
        Mistake("colour-one-sided~before", colour(first)),
        Mistake("colour-without-abs", colour(before)),
        Mistake("colour-without-abs~after", colour(after)),
        Mistake("colour-of-everything", colour(within(math.inf, g=0, r=0))),
        Mistake("colour-in-each-peak", colour(within(10, **own))),
        Mistake("mean-for-median", mean(near["g"]) - mean(near["r"])),
        Mistake("colour-of-fluxes", -2.5 * math.log10(flux["g"] / flux["r"])),
    ]


def episodes(curve: Curve) -> list[Mistake]:
    return [
        Mistake("breaks-for-episodes", curve.want["episodes"] - 1),
        mixed("episodes", 1 + breaks([t for _, t, _ in curve.points]), curve.want["episodes"]),
        Mistake("episodes-by-length", stretches([t for t, _ in curve.in_main])),
        Mistake("non-detections-counted~episodes", 1 + breaks(curve.days)),
    ]


def breaks(times: list[float]) -> int:
    """How often more than 60 days pass without a detection."""
    return sum(later - one > 60 for one, later in pairwise(times))


def stretches(times: list[float]) -> int:
    """How often one begins anew if a stretch lasts 60 days from its first time on."""
    count, start = 1, times[0]
    for when in times:
        if when - start > 60:
            count, start = count + 1, when
    return count


def declines(curve: Curve) -> list[Mistake]:
    points: list[Point] = [(t - curve.peak, m) for t, m in curve.in_main]
    fading = [(x, m) for x, m in points if 0 <= x <= 30]
    flux = [(x, 10 ** (0.4 * (25 - m))) for x, m in fading]
    rate = slope(fading)
    intercept = mean(m for _, m in fading) - rate * mean(x for x, _ in fading)
    return [
        Mistake("peak-left-out", slope([p for p in fading if p[0] > 0])),
        Mistake("weighted-fit", weighted_slope(curve.data, curve.main, curve.peak)),
        Mistake("decline-reversed", -rate),
        Mistake("intercept-for-slope", intercept),
        Mistake("decline-of-everything", slope([p for p in points if p[0] >= 0])),
        Mistake("rise-in-the-line", slope([p for p in points if abs(p[0]) <= 30])),
        Mistake("decline-in-flux", slope(flux)),
    ]


def odd_slips() -> list[list[tuple[str, Mistake]]]:
    """The mistakes that are known of `odd_ones`: of which feature, and what it would be."""
    after_peak = [(0.0, 18.0), (5.0, 18.5), (5.0, 18.9)]
    no_rise = ("rise_time", Mistake("peak-comes-first", math.nan))
    return [
        [no_rise, ("colour", Mistake("one-is-enough", math.nan))],
        [
            no_rise,
            ("decline_rate", Mistake("first-later-detection", math.nan)),
            ("decline_rate", Mistake("first-later-detection~left-out", slope(after_peak))),
            ("colour", Mistake("colour-of-everything~missing", 18.7 - 18.1)),
        ],
        [
            ("rise_time", Mistake("rise-in-episode", 10.0)),
            ("decline_rate", Mistake("slope-within-a-night~other-bands", 0.2 / 0.75)),
        ],
    ]
