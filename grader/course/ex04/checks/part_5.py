"""Checks of 4.5, Rules for five classes."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from operator import mul
from statistics import mean, median

from grader.answer import Answer, Finding, Subject
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import Record, Rng, event, nothing_seen, observation
from grader.course.gates import gate
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    difference,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)


def somewhen(rng: Rng, points: list[Record]) -> list[Record]:
    """The observations in no order, at some time in our years."""
    start = float(rng.integers(56000, 61000))
    moved = [point | {"mjd": point["mjd"] + start} for point in points]
    return [moved[i] for i in rng.permutation(len(moved))]


def seen(data: list[Record]) -> list[tuple[str, float, float]]:
    """Band, MJD and magnitude of the clear detections, in order of time."""
    clear = [obs for obs in data if obs["flux"] > 3 * obs["flux_err"]]
    clear.sort(key=lambda obs: obs["mjd"])
    return [(o["band"], o["mjd"], 25 - 2.5 * math.log10(o["flux"])) for o in clear]


def slope(points: list[tuple[float, float]]) -> float:
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


def measured(data: list[Record], band: str = "") -> dict[str, float]:
    """The five features, by loops; in another band than the main one, if it is given."""
    points = seen(data)
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


def supernova(rng: Rng, main: str = "r", other: str = "g") -> list[Record]:
    """A light curve in which every slip shows: the other band is brighter and seen earlier."""
    days = [-14, -9, -5, -2, 0, 3, 7, 12, 18, 25, 28, 41, 58, 140, 152]
    points = []
    for day in days:
        fading = 0.05 * min(day, 30) + 0.015 * max(day - 30, 0)
        magnitude = 18 + (0.1 * -day if day < 0 else fading) + 0.5 * (day == 140)
        scatter = 0.0 if day == 0 else rng.uniform(0, 0.04)
        when, quality = day + rng.uniform(-0.2, 0.2), rng.uniform(10, 60)
        points.append(observation(main, when, magnitude + scatter, quality))
    for day in (-21, -8, -3, 1, 5, 9, 22, 50):
        magnitude = 17.6 + 0.04 * abs(day - 9) + 0.3 * (day > 10) + rng.uniform(0, 0.04)
        points.append(observation(other, day + rng.uniform(-0.2, 0.2), magnitude))
    points += [nothing_seen(main, -70, 0.7), nothing_seen(main, -35, -1.0)]
    points.append(nothing_seen(main, -30, math.nan))
    points += [nothing_seen(other, day) for day in range(160, 190, 2)]  # the band of most rows
    return somewhen(rng, points)


@gate
def test_features(learner: Subject, rng: Rng) -> None:
    """Rise time, decline rate, amplitude, colour and episodes are measured as described"""
    light_curves = [supernova(rng, "r", "g"), supernova(rng, "g", "r")]
    answers = [learner.ask(probes.features, data) for data in light_curves]
    check_main_band(light_curves, answers)
    for data, answer, main in zip(light_curves, answers, "rg", strict=True):
        check_features(data, answer, main)


def check_main_band(light_curves: list[list[Record]], answers: list[Answer]) -> None:
    """The features are those of the band with the most detections, in the first r and then g."""
    other = [
        approx_equal(answer.value, measured(data, band), 1e-4)
        for answer, data, band in zip(answers, light_curves, "gr", strict=True)
    ]
    require(not all(other), "band-of-most-rows")
    require(not any(other), "band-fixed", value="r" if other[1] else "g")


def check_features(data: list[Record], answer: Answer, main: str) -> None:
    """Compare each feature, and tell what may have gone wrong."""
    want, points = measured(data), seen(data)
    got = answer.value
    require(isinstance(got, dict), "returns-return-dict", got=kind_of(got))
    names = ", ".join(map(str, got)) or "none"
    for name in want:
        require(name in got, "feature", name=name, names=names)
    in_main = [(t, m) for band, t, m in points if band == main]
    peak = min(in_main, key=lambda point: point[1])[0]
    first, faintest = in_main[0][0], max(in_main, key=lambda point: point[1])[0]
    first_of_all = points[0][1]
    shifted = points[row_number(data, peak)][1] if row_number(data, peak) < len(points) else peak
    peak_of_all = min(points, key=lambda point: point[2])[1]
    rise = want["rise_time"]
    mixed = "The bands are mixed. Keep the main band's rows only: `table[table['band'] == "
    check = [
        (
            "rise_time",
            "days",
            [
                (
                    "rise-is-a-date",
                    peak,
                    "This is the date of the peak. The rise time is the time from "
                    "the first detection to it.",
                ),
                (
                    "rise-negative",
                    -rise,
                    "The rise time is negative: it is the peak's time minus that of "
                    "the first detection.",
                ),
                (
                    "faintest-as-peak",
                    faintest - first,
                    "The faintest detection is taken for the peak. A "
                    "smaller magnitude is brighter: `argmin`.",
                ),
                ("all-bands-mixed", peak_of_all - first_of_all, mixed + "main_band(table)]`."),
                (
                    "rise-from-any-band",
                    peak - first_of_all,
                    "The rise is counted from the first detection "
                    "in any band. Count from the first one in the main band.",
                ),
                (
                    "non-detections-counted",
                    peak - min(obs["mjd"] for obs in data),
                    "The rise is counted from the first observation, in which nothing was seen. "
                    "Use `clear_detections`.",
                ),
                (
                    "label-for-position",
                    shifted - first,
                    "`idxmin` gives a row's label, and `iloc` wants its position, which is another "
                    "one, since rows were left out. Use `argmin` of an array, or `loc`.",
                ),
                *rounded("rise_time", rise),
            ],
        ),
        ("decline_rate", "mag/day", declines(data, main, peak)),
        (
            "amplitude",
            "mag",
            [
                (
                    "amplitude-negative",
                    -want["amplitude"],
                    "The amplitude is negative. It is the largest magnitude minus the smallest.",
                ),
                (
                    "all-bands-mixed",
                    max(m for _, _, m in points) - min(m for _, _, m in points),
                    mixed + "main_band(table)]`.",
                ),
                *(
                    (
                        "amplitude-from-the-ends",
                        end - min(m for _, m in in_main),
                        "The amplitude is measured at one end of the light curve. The faintest "
                        "detection may be anywhere: `magnitude.max()`.",
                    )
                    for end in (in_main[0][1], in_main[-1][1])
                ),
                *rounded("amplitude", want["amplitude"]),
            ],
        ),
        (
            "colour",
            "mag",
            [
                (
                    "colour-reversed",
                    -want["colour"],
                    "The sign is wrong: this is r minus g. The colour is "
                    "g minus r, and negative for what is blue.",
                ),
                (
                    "colour-of-everything",
                    median(m for band, _, m in points if band == "g")
                    - median(m for band, _, m in points if band == "r"),
                    "The colour is that of the whole light "
                    "curve. Take the detections within 10 days of the peak, in all bands.",
                ),
                *colours(data, peak),
                *rounded("colour", want["colour"]),
            ],
        ),
        (
            "episodes",
            "",
            [
                (
                    "breaks-for-episodes",
                    want["episodes"] - 1,
                    "This is the number of breaks. One break makes two episodes: add 1.",
                ),
                ("all-bands-mixed", measured_mixed(points), mixed + "main_band(table)]`."),
                (
                    "episodes-by-length",
                    stretches([t for t, _ in in_main]),
                    "An episode seems to end 60 days after its beginning. It ends with a break: "
                    "compare each time with the one before it, `np.diff(mjd) > 60`.",
                ),
            ],
        ),
    ]
    for name, unit, mistakes in check:
        expect(
            Answer(got[name]),
            want[name],
            *(Mistake(key, value, says=says) for key, value, says in mistakes),
            what=f"`{name}`",
            unit=unit,
            rtol=1e-6,
        )


Slip = tuple[str, float, str]  # slug, what it gives, what to say of it


def rounded(name: str, value: float) -> list[Slip]:
    says = f"`{name}` is rounded. Keep all digits; whoever prints it may round it."
    return [("rounded", round(value, digits), says) for digits in (1, 2, 3)]


def row_number(data: list[Record], when: float) -> int:
    """The number of the row of a time, when all rows are in order."""
    return sorted(obs["mjd"] for obs in data).index(when)


def stretches(times: list[float]) -> int:
    """How often one begins anew if a stretch lasts 60 days from its first time on."""
    count, start = 1, times[0]
    for when in times:
        if when - start > 60:
            count, start = count + 1, when
    return count


def colours(data: list[Record], peak: float) -> list[Slip]:
    """Colours that a slip would give."""
    points = {each: [(t, m) for band, t, m in seen(data) if band == each] for each in "gr"}
    own = {each: min(points[each], key=lambda point: point[1])[0] for each in "gr"}
    near = {each: [m for t, m in points[each] if abs(t - peak) <= 10] for each in "gr"}
    around = {each: [m for t, m in points[each] if abs(t - own[each]) <= 10] for each in "gr"}
    flux = {each: median(10 ** (-0.4 * m) for m in near[each]) for each in "gr"}
    return [
        (
            "colour-in-each-peak",
            median(around["g"]) - median(around["r"]),
            "Each band was measured around its own peak. Take the same days for both, those around "
            "the peak in the main band.",
        ),
        (
            "mean-for-median",
            mean(near["g"]) - mean(near["r"]),
            "The colour was made of means. Take the medians: a single odd point matters little to "
            "them.",
        ),
        (
            "colour-of-fluxes",
            -2.5 * math.log10(flux["g"] / flux["r"]),
            "The colour was made of median fluxes. Take the medians of the magnitudes.",
        ),
    ]


def measured_mixed(points: list[tuple[str, float, float]]) -> int:
    times = [t for _, t, _ in points]
    return 1 + sum(later - one > 60 for one, later in pairwise(times))


def declines(data: list[Record], main: str, peak: float) -> list[Slip]:
    """Slopes that a slip would give."""
    points = [(t - peak, m) for band, t, m in seen(data) if band == main]
    flux = [(x, 10 ** (0.4 * (25 - m))) for x, m in points if 0 <= x <= 30]
    fading = [(x, m) for x, m in points if 0 <= x <= 30]
    rate = slope(fading)
    intercept = mean(m for _, m in fading) - rate * mean(x for x, _ in fading)
    return [
        (
            "peak-left-out",
            slope([p for p in fading if p[0] > 0]),
            "The line begins with the detection after the peak. Include the peak: `day >= 0`.",
        ),
        (
            "weighted-fit",
            weighted_slope(data, main, peak),
            "The line is drawn to the more precise detections, by weights. All count the same: "
            "`np.polyfit(x, y, 1)` alone.",
        ),
        *rounded("decline_rate", rate),
        (
            "decline-reversed",
            -rate,
            "The sign is wrong: magnitudes grow when an object fades, so the slope is positive.",
        ),
        (
            "intercept-for-slope",
            intercept,
            "This is the line's intercept. `np.polyfit(x, y, 1)` gives "
            "the slope first, then the intercept.",
        ),
        (
            "decline-of-everything",
            slope([p for p in points if p[0] >= 0]),
            "The line goes through everything after the peak. Stop 30 days after it.",
        ),
        (
            "rise-in-the-line",
            slope([p for p in points if abs(p[0]) <= 30]),
            "The line goes through detections before the peak as well. Begin at the peak.",
        ),
        (
            "decline-in-flux",
            slope(flux),
            "This is the slope of the flux. Use the column `magnitude`.",
        ),
    ]


def test_features_missing(learner: Subject, rng: Rng) -> None:
    """Without g there is no colour, and without a later detection no decline: both are NaN"""
    red = [observation("r", day, 18 + 0.05 * abs(day)) for day in (-12, -6, 0, 8, 15)]
    answer = learner.ask(probes.features, somewhen(rng, red))
    fail_if_recognised(
        answer,
        Mistake("colour-needs-both", Raises("KeyError", "g"), raised_=answer.raised),
        Mistake("colour-needs-both~2", Raises("IndexError"), raised_=answer.raised),
    )
    got = answer.value
    expect(
        Answer(got.get("colour") if isinstance(got, dict) else got),
        math.nan,
        Mistake("zero-for-unknown", 0.0),
        what="the colour without g",
    )
    rising = [observation("r", day, 18 - 0.06 * day) for day in (-12, -6, 0)]
    for later in ([], [observation("r", 0.3, 18.06)], [observation("r", 45, 19.0)]):
        answer = learner.ask(probes.features, somewhen(rng, rising + later))
        fail_if_recognised(answer, Mistake("line-through-one-point", Raises("LinAlgError")))
        rate = answer.value.get("decline_rate")
        expect(
            Answer(rate, warned=answer.warned),
            math.nan,
            Mistake(
                "line-through-one-point",
                bool(later) and later[0]["mjd"] == 45 and isinstance(rate, float) and rate == rate,
            ),
            Mistake("zero-for-unknown~2", 0.0),
            Mistake("slope-within-a-night", 0.2),
            what="the decline rate with nothing a day or more after the peak",
        )


def test_first_of_equal_peaks(learner: Subject, rng: Rng) -> None:
    """Of several brightest detections the first one is the peak"""
    days = {-12: 18.5, -6: 18.2, 0: 18.0, 4: 18.1, 8: 18.0, 12: 18.4, 20: 18.8}
    answer = learner.ask(
        probes.features, somewhen(rng, [observation("r", *point) for point in days.items()])
    )
    got = answer.value.get("rise_time") if isinstance(answer.value, dict) else None
    expect(Answer(got), 12.0, Mistake("last-of-equal-peaks", 20.0), what="`rise_time`")


def test_feature_borders(learner: Subject, rng: Rng) -> None:
    """Detections right at the end of 30 and of 10 days count, a break of 60 days does not"""
    days = {-10: 18.5, 0: 18.0, 15: 18.5, 30: 19.5, 90: 19.6, 160: 19.7}
    red = [observation("r", *point) for point in days.items()]
    data = somewhen(rng, [*red, observation("g", -10, 18.4), observation("g", 12, 18.9)])
    got = learner.ask(probes.features, data).value
    if not isinstance(got, dict):
        return  # another check speaks of that
    too_short = slope([(0.0, 18.0), (15.0, 18.5)])
    for name, slip, says in (
        (
            "decline_rate",
            too_short,
            "A detection exactly 30 days after the peak is left out of the "
            "line; it is included: `<= 30`.",
        ),
        (
            "colour",
            math.nan,
            "A detection exactly 10 days before the peak is left out of the "
            "colour; at most 10 days means `<= 10`.",
        ),
        ("episodes", 3, "A break of exactly 60 days was counted; it takes more than 60: `> 60`."),
    ):
        mistake = Mistake("border-misplaced", slip, says=says)
        expect(Answer(got.get(name)), measured(data)[name], mistake, what=f"`{name}`", rtol=1e-4)


def test_light_curve_left_alone(learner: Subject, rng: Rng) -> None:
    """The light curve stays as it was"""
    before, after = (
        table.columns for table in learner.ask(probes.left_alone, supernova(rng)).value
    )
    kept = before.keys() == after.keys() and len(before["mjd"]) == len(after["mjd"])
    require(
        kept and all(approx_equal(after[name], before[name]) for name in before),
        "curve-changed",
        str=", ".join(map(str, after)),
        n_mjd=len(after["mjd"]),
        n_mjd2=len(before["mjd"]),
    )


FEW = [observation("r", 0, 18.0), observation("g", 1, 18.0), nothing_seen("r", 2)]


IN_TWO_BANDS = [observation(*point) for point in (("r", 0, 18.0), ("r", 5, 19.0), ("g", 1, 18.1))]


SEASONS = ((200.0, 0.5), (400.0, 0.4))


FADED = ((200.0, 2.5), (400.0, 3.0))


CASES: list[tuple[int, str, str, list[Record]]] = [
    (1, "unknown", "nothing at all", []),
    (1, "unknown", "two detections and one observation without", FEW),
    (2, "CV", "fast, blue", event(12, 0.2, -0.3)),
    (2, "CV", "fast, in three episodes", event(1.5, 0.2, 0.0, ((150.0, 0.2), (300.0, 0.4)), 15)),
    (2, "CV", "two detections in r and one in g", IN_TWO_BANDS),
    (3, "AGN", "three episodes, a small amplitude, blue", event(20, 0.01, -0.3, SEASONS)),
    (4, "TDE", "three episodes, a large amplitude, red", event(25, 0.05, 0.3, FADED)),
    (5, "CV", "quite fast, in two episodes", event(12, 0.06, 0.0, ((-150.0, 0.3),))),
    (5, "CV", "quite fast, up within a day", event(1.2, 0.06, 0.0)),
    (6, "SNIa", "up in two weeks, quite fast, blue", event(14, 0.05, -0.3)),
    (6, "SNIa", "quite fast after a long rise", event(130, 0.05, 0.2)),
    (6, "SNIa", "quite fast, up in exactly 3 days", event(3, 0.06, 0.0)),
    (7, "TDE", "blue after a long rise", event(130, 0.01, -0.3)),
    (7, "TDE", "blue, nothing after the peak", event(25, 0.01, -0.3, end=0)),
    (8, "AGN", "slow after a long rise", event(130, 0.01, 0.2)),
    (9, "SNII", "slow, never seen in g", event(12, 0.012, None)),
    (9, "SNII", "slow, up within a day", event(1.2, 0.012, 0.3)),
    (9, "SNII", "slow, in two episodes", event(12, 0.012, 0.3, ((150.0, 1.5),))),
    (9, "SNII", "slow, up in exactly 90 days", event(90, 0.012, 0.3)),
    (9, "SNII", "nothing after the peak, not blue", event(12, 0.012, 0.3, end=0)),
]


def holding(feature: dict[str, float]) -> list[tuple[int, str]]:
    """Number and label of all the rules from the second on that hold."""
    decline, episodes = feature["decline_rate"], feature["episodes"]
    rules = [
        (2, "CV", decline > 0.1),
        (3, "AGN", episodes >= 3 and feature["amplitude"] < 1.5),
        (4, "TDE", episodes >= 3),
        (5, "CV", decline > 0.03 and (episodes == 2 or feature["rise_time"] < 3)),
        (6, "SNIa", decline > 0.03),
        (7, "TDE", feature["colour"] < -0.1),
        (8, "AGN", feature["rise_time"] > 90),
        (9, "SNII", True),
    ]
    return [(number, label) for number, label, holds in rules if holds]


def test_rules(learner: Subject, rng: Rng) -> None:
    """Every rule decides the light curves that it is meant for"""
    answers = [learner.ask(probes.predicted, somewhen(rng, data)) for *_, data in CASES]
    got = [answer.result if answer.raised is None else None for answer in answers]
    known = {label for (number, *_), label in zip(CASES, got, strict=True) if number > 1}
    for case, answer in zip(CASES, answers, strict=True):
        if answer.raised is None and approx_equal(answer.result, case[1]):
            continue
        too_few(case, answer)
        wrong_features(case, learner.ask(probes.features, case[-1]))
        same_for_all = len(known) == 1 and None not in known
        require(not same_for_all, "always-the-same", result=shown(answer.result))
        misjudged(case, answer)


def too_few(case: tuple[int, str, str, list[Record]], answer: Answer) -> None:
    """Speak up if a light curve with too few detections is not called unknown."""
    number, _, about, data = case
    if number != 1:
        return
    raised = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    guessed = answer.result in ("SNIa", "SNII", "CV", "AGN", "TDE")
    fail_if_recognised(
        answer,
        Mistake("empty-crashes", raised, about=about, raised_=answer.raised),
        Mistake(
            "observations-counted" if data else "guess-for-unknown",
            guessed,
            about=about,
            result=shown(answer.result),
        ),
    )
    expect(answer, "unknown", what=f"the label of a light curve with {about}")


def wrong_features(case: tuple[int, str, str, list[Record]], answer: Answer) -> None:
    """Blame no rule for a feature: `predict` can only be as good as `features`."""
    number, _, about, data = case
    want = measured(data) if number > 1 else {}
    got = answer.result if answer.raised is None and isinstance(answer.result, dict) else {}
    for name, value in want.items():
        text = difference(got.get(name), value, f"`{name}`", rtol=1e-4) if name in got else ""
        require(not text, "light-curve-gets", about=about, text_=text)


def misjudged(case: tuple[int, str, str, list[Record]], answer: Answer) -> None:
    """Say which rule holds, and how the answer may have come about."""
    number, want, about, data = case
    label, feature = answer.value, measured(data)
    found = ", ".join(f"{name} = {value:.3g}" for name, value in feature.items())
    others = [rule for rule in holding(feature) if rule[1] == label and rule[0] > number]
    unknown = math.isnan(feature["colour"]) or math.isnan(feature["decline_rate"])
    in_bands = Counter(band for band, _, _ in seen(data))
    require(
        label != "unknown" or max(in_bands.values()) >= 3,
        "counted-in-main-band",
        about=about,
        label=shown(label),
    )
    if number == 9 and label == "CV":
        raise Finding("brackets-missing", about=about, found=found)
    require(
        feature["rise_time"] not in (3.0, 90.0),
        "border-included",
        about=about,
        found=found,
        label=shown(label),
    )
    require(
        label is not None,
        "nothing-at-the-end" if number == 9 else "light-curve-gets-label",
        about=about,
        found=found,
    )
    require(
        not (unknown and not others), "nan-decides", about=about, found=found, label=shown(label)
    )
    require(
        not others,
        "later-rule-wins",
        about=about,
        found=found,
        label=shown(label),
        value=others[0][0] if others else 0,
        number=number,
        want=want,
    )
    raise Finding(
        "light-curve-labelled",
        about=about,
        found=found,
        label=shown(label),
        number=number,
        want=want,
    )
