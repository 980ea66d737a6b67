"""Checks of 4.5, Five features."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import Record, check_left_alone, observation
from grader.course.ex04.checks.features import expect_feature
from grader.course.ex04.checks.measured import (
    NONE,
    Zero,
    measured,
    odd_ones,
    slope,
    somewhen,
    supernova,
)
from grader.course.ex04.checks.slips import odd_slips, slips
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)

NAMES = ("rise_time", "decline_rate", "amplitude", "colour", "episodes")
ZERO_POINTS = {"g": 26.3}  # r is not among them
SHORT = tuple(
    [observation("r", day, 18 + rate * day) for day in days]
    for rate, days in ((0.04, (0, 5, 9)), (0.06, (0, 2, 4)))
)


@gate
def test_features(learner: Subject, rng: Rng) -> None:
    """Rise time, decline rate, amplitude, colour and episodes are measured as described"""
    one, other = light_curves = [supernova(rng, "r", "g"), supernova(rng, "g", "r", -9)]
    first = learner.ask(probes.features, one)
    second = features_of_second(learner, one, other)
    check_main_band(light_curves, [first, second])
    check_features(one, first, "r")
    check_features(other, second, "g", ZERO_POINTS)


def features_of_second(learner: Subject, one: list[Record], other: list[Record]) -> Answer[Any]:
    """What the same classifier measures of a second light curve, or a new one if that is equal."""
    second = learner.ask(probes.features_of_second, one, other, ZERO_POINTS)
    got = second.result
    if not isinstance(got, dict) or approx_equal(got, measured(other, zeropoints=ZERO_POINTS)):
        return second
    if approx_equal(got, measured(one, zeropoints=ZERO_POINTS), 1e-4):
        short = learner.ask(probes.features_of_second, SHORT[0], SHORT[1], ZERO_POINTS)
        kept = approx_equal(short.result, measured(SHORT[0], zeropoints=ZERO_POINTS), 1e-4)
        require(False, "features-of-first", short if kept else second)
    alone = learner.ask(probes.features, other, ZERO_POINTS)
    return alone if approx_equal(alone.result, got) else second


def check_main_band(light_curves: list[list[Record]], answers: list[Answer[Any]]) -> None:
    """The features are those of the band with the most detections, in the first r and then g."""
    other = [
        approx_equal(answer.value, measured(data, band, zero), 1e-4)
        for answer, data, band, zero in zip(
            answers, light_curves, "gr", (NONE, ZERO_POINTS), strict=True
        )
    ]
    first, second = answers
    require(not all(other), "band-of-most-rows", first)
    require(not any(other), "band-fixed", second if other[1] else first, band="gr"[other[1]])


def check_features(
    data: list[Record], answer: Answer[Any], main: str, zeropoints: Zero = NONE
) -> None:
    """Compare each feature, and tell what may have gone wrong."""
    mistakes, got = slips(data, main, zeropoints), answer.value
    require(isinstance(got, dict), "not-a-dict", answer, got=kind_of(got))
    names = ", ".join(map(str, got)) or "none"
    for name in NAMES:
        require(name in got, "feature-missing", answer, name=name, names=names)
    for name in NAMES:
        one = replace(answer, result=got[name])
        expect_feature(one, name, data, *mistakes[name], zeropoints=zeropoints)


def feature(answer: Answer[Any], name: str) -> Any:
    """One feature; None if there is none of that name."""
    return answer.value.get(name) if isinstance(answer.value, dict) else None


def test_colour_missing(learner: Subject, rng: Rng) -> None:
    """Without g or without r the colour is NaN"""
    for band, no in (("r", "g"), ("g", "r")):
        points = [observation(band, day, 18 + 0.05 * abs(day)) for day in (-12, -6, 0, 8, 15)]
        answer = learner.ask(probes.features, somewhen(rng, points))
        fail_if_recognised(
            answer,
            Mistake("colour-needs-both", Raises("KeyError", f"'{no}'"), error=answer.raised, no=no),
            Mistake("colour-needs-both~empty", Raises("IndexError"), error=answer.raised, no=no),
        )
        expect(
            Answer(feature(answer, "colour")),
            math.nan,
            Mistake("zero-for-unknown", 0.0, no=no),
            what=f"the colour without {no}",
        )


def test_decline_missing(learner: Subject, rng: Rng) -> None:
    """Without a detection a day or more after the peak the decline rate is NaN"""
    far, soon = (45, 19.0), (0.75, 18.15)
    for band, *points in (("r",), ("z", far), ("i", soon, far)):
        rising = [observation(band, day, 18 - 0.06 * day) for day in (-12, -6, 0)]
        later = [observation(band, *point) for point in points]
        answer = learner.ask(probes.features, somewhen(rng, rising + later))
        crash = Mistake("line-through-one-point", Raises("LinAlgError"), error=answer.raised)
        fail_if_recognised(answer, crash)
        if answer.raised is not None and not answer.raised.is_a("NotImplementedError"):
            raise Finding("crash-in-one-band", status="error", band=band, error=answer.raised)
        rate = feature(answer, "decline_rate")
        known = isinstance(rate, float) and not math.isnan(rate)
        expect(
            Answer(rate, warned=answer.warned),
            math.nan,
            Mistake("zero-for-unknown~decline", 0.0),
            Mistake("slope-within-a-night", 0.2),
            Mistake("line-through-one-point~value", points == [far] and known, rate=shown(rate)),
            what="the decline rate without a later detection",
            rtol=1e-4,
        )


def test_first_of_equal_peaks(learner: Subject, rng: Rng) -> None:
    """If several detections are equally bright, the first one is the peak"""
    days = {-12: 18.5, -6: 18.2, 0: 18.0, 4: 18.1, 8: 18.0, 12: 18.4, 20: 18.8}
    points = [observation("g", *point) for point in days.items()]
    points += [
        observation("r", day - 3, 17 + abs(day - 4) / 40) for day in days
    ]  # as many, and earlier
    rise = feature(learner.ask(probes.features, somewhen(rng, points)), "rise_time")
    other = Mistake("first-seen-band", 16.0)
    expect(Answer(rise), 12.0, Mistake("last-of-equal-peaks", 20.0), other, what="`rise_time`")


def test_feature_borders(learner: Subject, rng: Rng) -> None:
    """Detections at exactly 30 and 10 days count; a break of exactly 60 days does not"""
    days = {
        -10: 18.5,
        -0.5: 18.2,
        0: 18.0,
        2: 19.4,
        15: 19.0,
        30: 18.2,
        30.375: 20.5,
        90.375: 19.6,
        150.625: 19.7,
    }
    red = [observation("r", *point) for point in days.items()]
    blue = [
        observation("g", *point) for point in ((-10, 18.4), (3, 18.65), (10, 18.8), (10.375, 19.5))
    ]
    data = somewhen(rng, [*red, *blue, observation("R", 5, 19.9)])  # R is another filter than r
    answer = learner.ask(probes.features, data)
    if not isinstance(answer.value, dict):
        return  # another check complains of that
    too_short = slope([(0.0, 18.0), (2.0, 19.4), (15.0, 19.0)])
    want = measured(data)
    right_peak = approx_equal(feature(answer, "rise_time"), want["rise_time"], 1e-4)
    for name, mistake in (
        ("decline_rate", Mistake("border-misplaced~decline", too_short)),
        ("decline_rate", Mistake("decline-never-negative", -want["decline_rate"])),
        ("colour", Mistake("border-misplaced~colour", 18.65 - 18.2)),
        ("colour", Mistake("border-misplaced~before", 18.725 - 18.2)),
        ("colour", Mistake("border-misplaced~after", 18.525 - 18.35)),
        ("episodes", Mistake("border-misplaced~break", 3)),
    ):
        if right_peak:  # around another one, the borders are elsewhere
            fail_if_recognised(Answer(feature(answer, name)), mistake, rtol=1e-4)
    for name in ("decline_rate", "colour", "episodes"):
        expect_feature(Answer(feature(answer, name)), name, data, rtol=1e-4)


def test_decline_after_a_day(learner: Subject, rng: Rng) -> None:
    """A detection exactly a day after the peak is enough for a decline rate"""
    answer = rate_after(learner, rng, 1)
    missing = isinstance(answer.result, float) and math.isnan(answer.result)
    later_too = not missing or approx_equal(rate_after(learner, rng, 2).result, 0.03, 1e-4)
    require(later_too, "one-later-detection")
    left_out = Mistake("border-misplaced~day", math.nan)
    expect(answer, 0.06, left_out, what="`decline_rate`", unit="mag/day", rtol=1e-4)


def rate_after(learner: Subject, rng: Rng, days: float) -> Answer[Any]:
    """The decline rate if there is one detection in the 30 days after the peak."""
    points = ((-6, 18.5), (0, 18.0), (days, 18.06), (45, 19.0))
    data = somewhen(rng, [observation("r", *point) for point in points])
    answer = learner.ask(probes.features, data)
    return replace(answer, result=feature(answer, "decline_rate"))


def test_light_curve_left_alone(learner: Subject, rng: Rng) -> None:
    """The light curve stays as it was"""
    check_left_alone(learner.ask(probes.left_alone, "features", supernova(rng)[:24]))


def test_odd_light_curves(learner: Subject, rng: Rng) -> None:
    """Few detections, a peak at the beginning, bands other than g and r"""
    odd = [(about, somewhen(rng, data)) for about, data in odd_ones().items()]
    want = [measured(data) for _, data in odd]
    together = learner.ask(probes.features_of_each, [data for _, data in odd])
    if approx_equal(together.result, want, 1e-4):
        return
    for (about, data), features, mistakes in zip(odd, want, odd_slips(), strict=True):
        answer = learner.ask(probes.features, data)
        for name in features if isinstance(answer.value, dict) else ():
            known = [mistake for of, mistake in mistakes if of == name]
            of = f" of a light curve with {about}"
            expect_feature(Answer(feature(answer, name)), name, data, *known, of=of, rtol=1e-4)
