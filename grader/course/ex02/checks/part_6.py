"""Checks of 2.6, Fold by a period."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    FIELDS,
    TRANSIENT,
    Observation,
    Rng,
    expect_rows,
    failed,
    in_time,
    observations,
    plain,
    rows,
    same_kind,
)
from grader.course.gates import gate, twice
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
)


def phases(data: list[Observation], period: float, reference: float) -> list[Observation]:
    """Observations with their phase, in order of phase; by `math.floor`."""
    cycles = [(obs["mjd"] - reference) / period for obs in data]
    found = [obs | {"phase": c - math.floor(c)} for obs, c in zip(data, cycles, strict=True)]
    return sorted(found, key=lambda obs: obs["phase"])


def just_phases(data: list[Observation], period: float, reference: float) -> np.ndarray:
    return np.array([obs["phase"] for obs in phases(data, period, reference)])


def _column(view: dict, name: str) -> np.ndarray:
    column = view["data"].columns[name]
    numbers = all(isinstance(value, int | float | np.number) for value in column)
    require(numbers, "column-holds-something", name=name)
    return np.array(column, dtype=float)


def _fold(learner: Subject, data: list, period: float, peak: float | None) -> dict:
    """The folded light curve, once it is clear that it is one, and a new one."""
    metadata = TRANSIENT | {"peak_mjd": peak}
    answer = learner.ask(probes.folded, data, period, **metadata)
    fail_if_recognised(
        answer, Mistake("peak-required", peak is None and failed(answer), raised_=answer.raised)
    )
    got = answer.value
    view = got["folded"]
    alone = view.get("value")
    require(not isinstance(alone, np.ndarray) and kind_of(alone) != "a Series", "phases-only")
    before, after = (plain(rows(got[when])) for when in ("before", "after"))
    changed = (
        got["same"] or not approx_equal(after, before) or "phase" in got["after"]["data"].columns
    )
    require(not changed, "original-changed")
    rows(view, "the folded light curve")
    same_kind(view, "TransientLightCurve", metadata, "the folded light curve")
    require("phase" in view["data"].columns, "no-phase-column", columns=list(view["data"].columns))
    return view


def _wrong_phases(data: list, period: float, reference: float) -> list[Mistake]:
    """What the well-known slips in folding give."""
    times = np.array([obs["mjd"] for obs in in_time(data)])
    cycles = (times - reference) / period
    ignored = just_phases(data, period, times[0])
    truncated = np.fmod(cycles, 1)
    brackets = "Brackets are missing: `/` and `%` come before `-`. Write `((mjd - reference) / "
    whole = "This is the number of whole cycles, which `//` gives. Divide by `/`, and take what is "
    found = [
        (
            "phase-in-days",
            cycles % 1 * period,
            "The phase is in days, from 0 to the period. Divide "
            "by the period first, so that it runs from 0 to 1: `((mjd - reference) / period) % 1`.",
        ),
        (
            "counted-from-zero",
            (times / period) % 1,
            "The phase is counted from MJD 0. Subtract the "
            "reference, `peak_mjd` or the first observation, first.",
        ),
        (
            "peak-ignored",
            ignored,
            "The phase is counted from the first observation, though "
            "`peak_mjd` is known. Use it as the reference.",
        ),
        (
            "not-folded",
            cycles,
            "The phase is not folded: it grows beyond 1. Take what is left "
            "after whole cycles: `% 1`.",
        ),
        ("whole-cycles", np.floor(cycles), f"{whole}left over: `% 1`."),
        (
            "whole-cycles",
            0 * cycles,
            "Every phase is 0: `//` leaves whole cycles only. Divide by "
            "`/` before you take what is left over.",
        ),
        (
            "negative-phase",
            truncated,
            "Before the reference the phase is negative. Python's `% 1` "
            "gives a number in [0, 1); `np.fmod`, `math.fmod` and `int` do not.",
        ),
        (
            "negative-phase",
            np.abs(truncated),
            "Before the reference the phase runs backwards: its "
            "sign was removed. `% 1` of the negative number is right as it is.",
        ),
        (
            "phase-reversed",
            -cycles % 1,
            "The phase runs backwards. Subtract the reference from the "
            "time, not the time from the reference.",
        ),
        (
            "phase-centred",
            (cycles + 0.5) % 1 - 0.5,
            "The phase runs from -0.5 to 0.5; here it should run from 0 to 1.",
        ),
        (
            "frequency-for-period",
            cycles * period**2 % 1,
            "The time is multiplied by the period. Divide by it.",
        ),
        ("brackets-missing", (times - reference / period) % 1, f"{brackets}period) % 1`."),
        ("brackets-missing", times - reference / period % 1, f"{brackets}period) % 1`."),
    ]
    return [Mistake(slug, np.sort(value), says=says) for slug, value, says in found]


@gate
@twice
def test_fold_phase(learner: Subject, rng: Rng) -> None:
    """`phase` counts from `peak_mjd`, from 0 to 1, and the rows are sorted by it"""
    data, period = observations(rng), float(rng.uniform(3, 9))
    peak = in_time(data)[6]["mjd"] + 0.0625
    view = _fold(learner, data, period, peak)
    phase = _column(view, "phase")
    want = just_phases(data, period, peak)
    mistakes = _wrong_phases(data, period, peak)
    expect(Answer(np.sort(phase)), want, *mistakes, what="the phase, sorted,", rtol=1e-5)
    folded = [{field: obs[field] for field in FIELDS} for obs in phases(data, period, peak)]
    expect_rows(
        view,
        folded,
        Mistake("phase-detached", approx_equal(phase, want, 1e-5)),
        Mistake("not-sorted-by-phase", in_time(data)),
        Mistake("sorted-backwards", folded[::-1]),
        what="the folded light curve",
    )


@pytest.mark.parametrize("peak", [None, 0.0])
def test_fold_reference(learner: Subject, rng: Rng, peak: float | None) -> None:
    """Without `peak_mjd` the first observation has phase 0; a `peak_mjd` of 0.0 counts"""
    data, period = observations(rng), float(rng.uniform(3, 9))
    first, *_, last = [obs["mjd"] for obs in in_time(data)]
    in_time(data)[5]["flux"] = 95.0
    brightest = in_time(data)[5]["mjd"]
    view = _fold(learner, data, period, peak)
    others = [
        (
            "zero-is-missing",
            first,
            "A `peak_mjd` of 0.0 is taken for missing. `if self.peak_mjd` "
            "is false for 0.0 too: ask `is None`.",
        ),
        (
            "counted-from-zero",
            0.0,
            "Without `peak_mjd` the phase is counted from MJD 0. Subtract "
            "the first observation's MJD.",
        ),
        (
            "counted-from-last",
            last,
            "Without `peak_mjd` the phase is counted from the last "
            "observation. Count from the first one: `.min()`.",
        ),
        (
            "counted-from-brightest",
            brightest,
            "Without `peak_mjd` the phase is counted from the "
            "brightest observation. Count from the first one.",
        ),
    ]
    mistakes = [
        Mistake(slug, just_phases(data, period, ref), says=says) for slug, ref, says in others
    ]
    got = np.sort(_column(view, "phase"))
    want = just_phases(data, period, first if peak is None else peak)
    expect(Answer(got), want, *mistakes, what="the phase, sorted,", rtol=1e-5)


def test_fold_bad_period(learner: Subject, rng: Rng) -> None:
    """A period that is zero, negative, NaN or infinite is a ValueError"""
    data = observations(rng, 5)
    for period in (0.0, -2.5, math.nan, math.inf):
        answer = learner.ask(probes.folded, data, period, **TRANSIENT)
        when = f"a period of {period:g} days"
        expect_error(
            answer,
            "ValueError",
            when,
            Mistake("bad-period-accepted", answer.raised is None, when=when.capitalize()),
            Mistake("zero-division", Raises("ZeroDivisionError"), when=when.capitalize()),
        )


def test_fold_empty(learner: Subject) -> None:
    """An empty light curve gives an empty one with a column `phase`"""
    answer = learner.ask(probes.folded, [], 2.0, **(TRANSIENT | {"peak_mjd": None}))
    fail_if_recognised(answer, Mistake("empty-crashes", failed(answer), raised_=answer.raised))
    view = answer.value["folded"]
    require(
        rows(view, "the folded light curve") == [] and "phase" in view["data"].columns,
        "empty-without-phase",
    )
