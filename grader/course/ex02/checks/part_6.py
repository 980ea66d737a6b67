"""Checks of 2.6, Fold by a period."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Answer, Subject
from grader.course.changes import in_another_order
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    FIELDS,
    TRANSIENT,
    Observation,
    columns,
    expect_rows,
    failed,
    in_time,
    observations,
    rows,
    same_kind,
    with_flux,
)
from grader.course.ex02.replies import LightCurveView
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    showing,
    shown,
)


def phases(data: list[Observation], period: float, reference: float) -> list[Observation]:
    """Observations with their phase, in order of phase; by `math.floor`."""
    cycles = [(obs["mjd"] - reference) / period for obs in data]
    found = [obs | {"phase": c - math.floor(c)} for obs, c in zip(data, cycles, strict=True)]
    return sorted(found, key=lambda obs: obs["phase"])


def just_phases(data: list[Observation], period: float, reference: float) -> np.ndarray:
    return np.array([obs["phase"] for obs in phases(data, period, reference)])


def _phase(view: LightCurveView) -> np.ndarray:
    """The column `phase` of a folded light curve."""
    column = columns(view).get("phase", [])
    numbers = all(isinstance(value, int | float) for value in column)
    with showing("{}.data"):
        require(numbers, "phase-not-numbers")
    return np.array(column, dtype=float)


def _fold(
    learner: Subject, data: list[Observation], period: float, peak: float | None
) -> LightCurveView:
    """The folded light curve, once it is clear that it is one, and a new one."""
    metadata = TRANSIENT | {"peak_mjd": peak}
    answer = learner.ask(probes.folded, data, period, **metadata)
    fails = peak is None and failed(answer)
    fail_if_recognised(answer, Mistake("peak-required", fails, error=answer.raised))
    got, view = answer.value, answer.value.folded
    alone = isinstance(view.value, np.ndarray) or kind_of(view.value) == "a Series"
    require(not alone, "phases-only")
    with showing("{} is lc"):
        require(not got.returned_itself, "original-changed~itself")
    with showing("{}\nlc.data"):
        require("phase" not in columns(got.after), "original-changed~column")
        before, after = rows(got.before), rows(got.after)
        require(not in_another_order(before, after), "original-changed~order")
        require(approx_equal(before, after), "original-changed")
    kept = approx_equal(got.after.metadata, got.before.metadata)
    with showing("{}\nlc.peak_mjd"):
        require(kept, "original-changed~peak", got=shown(got.after.metadata.get("peak_mjd")))
    rows(view, "the folded light curve")
    same_kind(view, "TransientLightCurve", metadata, "the folded light curve")
    found = columns(view)
    with showing("list({}.data.columns)"):
        require("phase" in found, "no-phase-column", columns=", ".join(found))
    return view


def _wrong_phases(data: list[Observation], period: float, reference: float) -> list[Mistake]:
    """What the well-known slips in folding give."""
    times = np.array([obs["mjd"] for obs in in_time(data)])
    cycles = (times - reference) / period
    truncated = np.fmod(cycles, 1)
    return [
        Mistake("phase-in-days", np.sort(cycles % 1 * period)),
        Mistake("counted-from-zero", np.sort((times / period) % 1)),
        Mistake("peak-ignored", just_phases(data, period, times[0])),
        Mistake("not-folded", np.sort(cycles)),
        Mistake("whole-cycles", np.sort(np.floor(cycles))),
        Mistake("whole-cycles~zero", 0 * cycles),
        Mistake("negative-phase", np.sort(truncated)),
        Mistake("negative-phase~absolute", np.sort(np.abs(truncated))),
        Mistake("phase-reversed", np.sort(-cycles % 1)),
        Mistake("phase-centred", np.sort((cycles + 0.5) % 1 - 0.5)),
        Mistake("frequency-for-period", np.sort(cycles * period**2 % 1)),
        Mistake("brackets-missing", np.sort((times - reference / period) % 1)),
        Mistake("brackets-missing", np.sort(times - reference / period % 1)),
    ]


@gate
@twice
def test_fold_phase(learner: Subject, rng: Rng) -> None:
    """`phase` counts from `peak_mjd`, from 0 to 1, and the rows are sorted by it"""
    data, period = observations(rng), float(rng.uniform(3, 9))
    data[3]["flux"], data[2]["flux"] = math.nan, -3.5
    data.append(dict(data[8]))
    peak = in_time(data)[6]["mjd"] + 0.0625
    view = _fold(learner, data, period, peak)
    phase = _phase(view)
    want = just_phases(data, period, peak)
    each_once = just_phases(data[:-1], period, peak)
    mistakes = [
        *_wrong_phases(data, period, peak),
        Mistake(
            "nan-flux-dropped",
            just_phases(with_flux(data), period, peak),
            what="the folded light curve",
        ),
        Mistake("repeats-dropped", each_once),
    ]
    with showing("{}.data"):
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


def test_fold_reference(learner: Subject, rng: Rng) -> None:
    """Without `peak_mjd` the earliest observation has phase 0; a `peak_mjd` of 0.0 counts"""
    for peak in (None, 0.0):
        data, period = observations(rng), float(rng.uniform(0.3, 0.9))
        in_time(data)[5]["flux"] = 95.0
        first, brightest, last = (in_time(data)[k]["mjd"] for k in (0, 5, -1))
        view = _fold(learner, data, period, peak)
        mistakes = [
            Mistake("zero-is-missing", just_phases(data, period, first)),
            Mistake("counted-from-zero~no-peak", just_phases(data, period, 0.0)),
            Mistake("counted-from-last", just_phases(data, period, last)),
            Mistake("counted-from-brightest", just_phases(data, period, brightest)),
        ]
        got = np.sort(_phase(view))
        want = just_phases(data, period, first if peak is None else peak)
        with showing("{}.data"):
            expect(Answer(got), want, *mistakes, what="the phase, sorted,", rtol=1e-5)


def test_fold_below_one(learner: Subject) -> None:
    """A phase is less than 1, also for an observation a tiny moment before the reference

    The period is a whole number.
    """
    times = [-1e-17, 0.25, 0.75]
    data = [{"mjd": mjd, "flux": 20.0, "flux_err": 1.0, "band": "r"} for mjd in times]
    phase = np.sort(_phase(_fold(learner, data, 1, 0.0)))
    with showing("{}.data"):
        require(phase[-1:].tolist() != [1.0], "phase-rounded-to-one")
    if not approx_equal(phase[:2], np.array([0.25, 0.75])):  # just below 1 is all right
        expect(Answer(phase), np.array([0.0, 0.25, 0.75]), what="the phase, sorted,")


def test_fold_bad_period(learner: Subject, rng: Rng) -> None:
    """A period that is zero, negative, NaN or infinite is a ValueError"""
    data = observations(rng, 5)
    for period in (0.0, -2.5, math.nan, math.inf):
        answer = learner.ask(probes.folded, data, period, **TRANSIENT)
        expect_error(
            answer,
            "ValueError",
            f"a period of {period:g} days",
            Mistake("bad-period-accepted", answer.raised is None, period=period),
            Mistake("zero-division", Raises("ZeroDivisionError"), period=period),
        )
    answer = learner.ask(probes.folded, [], math.nan, **TRANSIENT)
    accepted = Mistake("bad-period-accepted~empty", answer.raised is None)
    expect_error(answer, "ValueError", "folding nothing by NaN days", accepted)


def test_fold_empty(learner: Subject) -> None:
    """An empty light curve gives an empty one with a column `phase`"""
    answer = learner.ask(probes.folded, [], 2.0, **(TRANSIENT | {"peak_mjd": None}))
    fail_if_recognised(answer, Mistake("empty-crashes", failed(answer), error=answer.raised))
    view = answer.value.folded
    nothing = rows(view, "the folded light curve") == []
    with showing("{}.data"):
        require(nothing and "phase" in columns(view), "empty-without-phase")
