"""Checks of 11.4, One point a night."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest

from grader.answer import Answer, Subject
from grader.course.ex11.checks.light_curves import (
    NAME,
    Observation,
    expect_rows,
    in_time,
    observed,
    rows,
)
from grader.course.ex11.checks.nights import (
    Group,
    averaged,
    column,
    groups_of,
    magnitudes_averaged,
    night_and_band,
    night_of_first,
    one_point,
    plain,
    plain_error,
    reduced,
    root_of_squares,
    some_nights,
    weighted,
)
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    require,
    showing,
)


@gate
@twice
def test_means(learner: Subject, rng: Rng) -> None:
    """Fluxes of a night and band become their weighted mean, with its time and smaller error"""
    data = some_nights(rng, rng.size(3))
    groups = groups_of(data, night_and_band)

    def each(**changes: Any) -> Group:
        return in_time([one_point(group, **changes) for group in groups])

    by_night = groups_of(data, lambda obs: math.floor(obs["mjd"]))
    rounded = groups_of(data, lambda obs: (round(obs["mjd"]), obs["band"]))

    def to_one_over(values: list[float], errors: list[float]) -> float:
        return weighted(values, errors, 1)

    expect_rows(
        averaged(learner, data).value.light_curve,
        each(),
        Mistake("plain-mean", each(flux=plain)),
        Mistake("plain-mean", each(flux=plain, mjd=plain)),
        Mistake("median-for-mean", each(flux=lambda values, _: median(values))),
        Mistake("weight-is-one-over-error", each(flux=to_one_over, mjd=to_one_over)),
        Mistake("weight-is-one-over-error", each(flux=to_one_over)),
        Mistake("magnitudes-averaged", each(flux=magnitudes_averaged)),
        Mistake("error-not-reduced", each(error=plain_error)),
        Mistake("error-not-reduced", each(error=min)),
        Mistake("sum-of-weights-for-error", each(error=lambda errors: reduced(errors) ** 2)),
        Mistake("root-of-squares", each(error=root_of_squares)),
        Mistake("time-not-weighted", each(mjd=plain)),
        Mistake("time-of-first", each(mjd=lambda values, _: values[0])),
        Mistake("time-is-night", sorted(each(mjd=night_of_first), key=night_and_band)),
        Mistake("bands-mixed", in_time([one_point(group) for group in by_night])),
        Mistake("nights-rounded", in_time([one_point(group) for group in rounded])),
        Mistake("nothing-averaged", in_time(data)),
        Mistake("not-in-order", sorted(each(), key=night_and_band)),
        Mistake("not-in-order", sorted(each(), key=lambda obs: obs["band"])),
    )


def test_edges_of_nights(learner: Subject) -> None:
    """A night is the whole part of the MJD, from its first moment on"""
    times = [60000.25, 60000.75, 60000.875, 60001.0, 60001.125, 60001.75]
    data = [observed(mjd, 10.0 * i, 2.0) for i, mjd in enumerate(times)]
    halves = groups_of(data, lambda obs: math.floor(obs["mjd"] + 0.5))
    expect_rows(
        averaged(learner, data).value.light_curve,
        [one_point(data[:3]), one_point(data[3:])],
        Mistake("nights-rounded", [one_point(group) for group in halves]),
        Mistake("first-moment-in-night-before", [one_point(data[:4]), one_point(data[4:])]),
    )


def test_below_zero(learner: Subject, rng: Rng) -> None:
    """Fluxes below zero are fluxes like any other"""
    data = [
        observed(60000.25, -20.0, 2.0),
        observed(60000.5, 8.0, 4.0),
        observed(60002.25, 0.0, 2.0),
        observed(60002.5, 12.0, 1.0),
        observed(60004.25, -6.0, 3.0, "g"),
        observed(60004.5, -9.0, 1.5, "g"),
        observed(60006.25, -3.0, 2.5, "i"),
    ]
    groups = groups_of(data, night_and_band)
    positive = [[obs for obs in group if obs["flux"] > 0] for group in groups]
    not_zero = [[obs for obs in group if obs["flux"] != 0] for group in groups]
    expect_rows(
        averaged(learner, data).value.light_curve,
        [one_point(group) for group in groups],
        Mistake("negative-dropped", [one_point(group) for group in positive if group]),
        Mistake("zero-taken-for-limit", [one_point(group) for group in not_zero]),
    )


def test_limits_beside_fluxes(learner: Subject, rng: Rng) -> None:
    """Where there is a flux, the upper limits of that night and band are dropped"""
    limits = [observed(60000.125, math.nan, 1.5), observed(60003.75, math.nan, 2.5)]
    measured = [
        [observed(60000.25, 30.0, 2.0), observed(60000.5, 40.0, 4.0)],
        [observed(60003.5, 10.0, 1.0)],
    ]
    in_other_band = observed(60003.625, math.nan, 2.0, "g")
    data = in_time([*limits, *measured[0], *measured[1], in_other_band])
    want = [one_point(group) for group in measured] + [in_other_band]
    pairs = list(zip(measured, limits, strict=True))
    weighed = [one_point([*group, limit | {"flux": 0.0}]) for group, limit in pairs]
    counted = [
        one_point(group) | {"flux_err": reduced(column([*group, limit], "flux_err"))}
        for group, limit in pairs
    ]
    torn = [
        one
        | {"flux": sum(obs["flux"] / obs["flux_err"] ** 2 for obs in group) * one["flux_err"] ** 2}
        for one, (group, _) in zip(weighed, pairs, strict=True)
    ]
    expect_rows(
        averaged(learner, data).value.light_curve,
        in_time(want),
        Mistake("limit-counts-as-zero", in_time([*weighed, in_other_band])),
        Mistake("limit-counts-as-zero", in_time([*torn, in_other_band])),
        Mistake("limit-in-the-weights", in_time([*counted, in_other_band])),
        Mistake(
            "flux-lost-to-limits",
            in_time([one | {"flux": math.nan} for one in weighed] + [in_other_band]),
        ),
        Mistake("flux-lost-to-limits", in_time([*limits, in_other_band])),
        Mistake("limits-not-dropped", in_time([*want, *limits])),
        Mistake("all-limits-dropped", in_time(want[:2])),
    )


def test_limits_alone(learner: Subject, rng: Rng) -> None:
    """Of upper limits alone, the deepest stays as it is; of equals, the earliest"""
    deep, equal = (round(float(rng.uniform(2, 3)), 2) for _ in range(2))
    nights = [
        [observed(60000.25, math.nan, 4.0), observed(60000.375, math.nan, deep)],
        [observed(60001.25, math.nan, equal), observed(60001.5, math.nan, equal)],
        [observed(60002.25, math.nan, 3.5), observed(60002.5, math.nan, 5.0)],
    ]
    nights[0].append(observed(60000.5, math.nan, 4.5))
    data = [obs for night in nights for obs in night]
    picked: dict[str, Callable[[Group], Observation]] = {
        "deepest": lambda night: min(night, key=lambda obs: obs["flux_err"]),
        "last": lambda night: min(night[::-1], key=lambda obs: obs["flux_err"]),
        "shallowest": lambda night: max(night, key=lambda obs: obs["flux_err"]),
        "first": lambda night: night[0],
        "final": lambda night: night[-1],
        "mean": lambda night: one_point(night),
    }
    by = {name: [pick(night) for night in nights] for name, pick in picked.items()}
    expect_rows(
        averaged(learner, data).value.light_curve,
        by["deepest"],
        Mistake("later-of-equals", by["last"]),
        Mistake("shallowest-limit", by["shallowest"]),
        Mistake("some-limit", by["first"]),
        Mistake("some-limit", by["final"]),
        Mistake("limits-averaged", by["mean"]),
        Mistake("all-limits-dropped", []),
        Mistake("all-limits-kept", data),
        Mistake("limit-becomes-zero", [obs | {"flux": 0.0} for obs in by["deepest"]]),
    )


def test_many_equal_limits(learner: Subject, rng: Rng) -> None:
    """Of many upper limits that are equally deep, the earliest stays"""
    deep = 2 * rng.size(20)
    errors = [*rng.uniform(3, 5, deep // 2), *[2.5] * deep]
    data = [observed(60000.25 + i / 128, math.nan, error) for i, error in enumerate(errors)]
    equal = data[deep // 2 :]
    expect_rows(
        averaged(learner, data).value.light_curve,
        equal[:1],
        Mistake("later-of-equals", equal[-1:]),
    )


SURVEY = {"kind": "SurveyLightCurve", "survey": "ZTF"}
TRANSIENT = {"transient_type": "SN Ia", "peak_mjd": 60002.0}


@pytest.mark.parametrize("further", [SURVEY, TRANSIENT], ids=["subclass", "transient"])
def test_same_kind(learner: Subject, rng: Rng, further: dict[str, Any]) -> None:
    """The result is of the same class and metadata"""
    data = some_nights(rng, 1)
    answer = averaged(learner, data, **further)
    rebuilt = Mistake("rebuilt-by-constructor", Raises("TypeError", "'survey'"))
    fail_if_recognised(answer, rebuilt)
    got = answer.value.light_curve
    rows(got, "the light curve")
    kind = further.get("kind", "TransientLightCurve")
    with showing("type({}).__name__"):
        require(got.kind == kind, "class-lost", got=got.kind, kind=kind)
    for name in ("object_id", *(further.keys() - {"kind"})):
        want = NAME if name == "object_id" else further[name]
        held = got.metadata.get(name)
        with showing(f"{{}}.{name}"):
            lost = Mistake("metadata-lost", held is None or held == "unknown", name=name)
            expect(Answer(held), want, lost, what=f"`{name}`")


def test_empty(learner: Subject) -> None:
    """An empty light curve gives an empty one"""
    empty = averaged(learner, [])
    fail_if_recognised(empty, Mistake("empty-crashes", bool(empty.raised), error=empty.raised))
    expect_rows(empty.value.light_curve, [], what="an empty light curve")


def test_left_alone(learner: Subject, rng: Rng) -> None:
    """The light curve itself stays as it was"""
    data = [*some_nights(rng, 2), observed(60001.5, math.nan, 3.0)]
    after = averaged(learner, data).value.after
    found = rows(after, "the light curve itself")
    with showing("{}\nlc.data"):
        require(approx_equal(found, in_time(data)), "light-curve-changed")
