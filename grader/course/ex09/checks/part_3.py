"""Checks of 9.3, Numbers."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import check_without_run, kind_in, numbers
from grader.course.ex09.replies import Call, Caught
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, expect, require, showing, shown


@gate
def test_rows(learner: Subject, rng: Rng) -> None:
    """Each call is one row, at its step"""
    first, second, third = numbers(rng), numbers(rng), numbers(rng)
    gap = int(rng.integers(3, 9))
    second |= {"nothing_found": 0.0, "n_Found": 3, "ratio": math.inf}
    undefined = third | {"undefined": math.nan}
    got = learner.ask(probes.logged, [[first, 0], [second, 1], [undefined, gap]]).value
    at_once = got.counts[0] if got.counts else 0
    with showing("run.calls"):
        require(at_once <= 1, "one-by-one~metrics", n_calls=at_once)
    raised_nothing(got.errors, [[first, 0], [second, 1], [undefined, gap]])
    with showing("run.calls"):
        check_calls(got.calls, gap)
    want = {"0": first, "1": second, str(gap): undefined}
    left_out = Mistake("nan-left-out", want | {str(gap): third})
    expect(Answer(got.rows), want, left_out, what="the dict of rows by step")


def check_calls(calls: list[Call], gap: int) -> None:
    """There is one call for each row, which passes the step on."""
    require(bool(calls), "nothing-logged~metrics")
    require(len(calls) == 3, "other-number-of-calls", got=len(calls))
    steps = [call.step for call in calls]
    require(steps != [None, None, None], "step-lost")
    require(steps != [None, 1, gap], "zero-taken-for-none")
    require(not all("step" in call.data for call in calls), "step-as-metric")


def raised_nothing(errors: list[Caught | None], given: list[list[Any]]) -> None:
    """None of the calls, which were given these metrics and steps, has raised an exception."""
    for error, (metrics, step) in zip(errors, given, strict=False):
        if error:
            fields = {"kind": kind_in(error), "message": error.message[:200]}
            fields |= {"metrics": shown(metrics), "step": str(step)}
            raise Finding("logging-raised", status="error", **fields)


def test_without_step(learner: Subject, rng: Rng) -> None:
    """Without a step W&B keeps counting"""
    first, second = numbers(rng), numbers(rng)
    got = learner.ask(probes.logged, [[first], [second]]).value
    error = next((error for error in got.errors if error), None)
    require(error is None, "none-compared", error=kind_in(error))
    refuse_open_rows(got.calls)
    expect(Answer(got.rows), {"0": first, "1": second}, what="the dict of rows by step")


def refuse_open_rows(calls: list[Call]) -> None:
    """These calls were made without a step, and none must have left its row open."""
    with showing("run.calls"):
        for call in calls:
            require(call.step is None or call.commit, "row-left-open", step=call.step)


def test_backwards(learner: Subject, rng: Rng) -> None:
    """A step that has passed raises a ValueError naming both steps; the current one does not"""
    a, b, c = numbers(rng), numbers(rng), numbers(rng)
    now = int(rng.integers(30, 60))
    past = now - 20
    entries = [[a, now], [b, past], [c, now + 1]]
    asked = entries[:2] if rng.is_short else entries
    got = learner.ask(probes.logged, asked).value
    error = got.errors[1] if len(got.errors) == len(asked) else None
    if error is None:
        raise Finding("backwards-allowed", now=now, past=past)
    require("ValueError" in error.kinds, "backwards-raises-other", got=kind_in(error))
    said = error.message
    named = str(past) in said and any(str(n) in said for n in (now, now + 1))
    require(named, "steps-not-named", past=past, now=now, got=said)
    before = got.counts[1:2] != [1]
    if rng.is_short and before:  # the calls are seen if the exception is not the last thing
        learner.ask(probes.logged, entries)
    with showing("run.calls"):
        require(not before, "logged-before-refused")
    raised_nothing([got.errors[0], *got.errors[2:]], [[a, now], [c, now + 1]])
    check_bounds(learner, rng, [a, b, c], now)


def check_bounds(learner: Subject, rng: Rng, rows: list[dict[str, float]], now: int) -> None:
    """The current step is accepted; step 0, and one that W&B counted, are not, once passed."""
    a, b, c = rows
    same = learner.ask(probes.logged, [[a, now], [b, now]]).value
    committed = any(call.commit for call in same.calls[:1])
    require(committed or not any(same.errors[1:]), "same-step-refused", now=now)
    if rng.is_short:  # one at a time
        for past in (0, -1, now - 1):
            alone = learner.ask(probes.logged, [[a, now], [b, past]]).value
            refuse_passed(alone.errors[1:], [past], now)
    passed = learner.ask(probes.logged, [[a, now], [b, 0], [c, -1], [c, now - 1]]).value
    refuse_passed(passed.errors[1:], [0, -1, now - 1], now)
    check_counted(learner, rng, rows)


def refuse_passed(errors: list[Caught | None], steps: list[int], now: int) -> None:
    """Each of these steps, which have passed, has raised an exception."""
    for error, past in zip(errors, steps, strict=False):
        refused = error is not None
        require(refused or past != 0, "zero-taken-for-none~accepted", now=now)
        require(refused, "backwards-allowed", now=now, past=past)


def check_counted(learner: Subject, rng: Rng, rows: list[dict[str, float]]) -> None:
    """A step that W&B counted has passed, and one of an earlier run has not."""
    a, b, c = rows
    if rng.is_short:
        alone = learner.ask(probes.logged, [[a], [b], [c], [a, 1]]).value
        require(any(alone.errors[3:]), "own-counter")
        another = learner.ask(probes.logged, [[a, 5], [], [b, 0]]).value
        require(not any(another.errors[2:]), "step-of-earlier-run")
    counted = learner.ask(probes.logged, [[a], [b], [c], [a, 1], [], [b, 0]]).value
    if not any(counted.errors[3:4]):
        refuse_open_rows(counted.calls[:3])
        raise Finding("own-counter")
    require(not any(counted.errors[5:]), "step-of-earlier-run")


def test_metrics_without_run(learner: Subject) -> None:
    """Without an open run it raises a RuntimeError"""
    check_without_run(learner, "log_metrics", {"loss": 1.0})


def test_real_rows(learner: Subject, rng: Rng) -> None:
    """The file of a real run has all rows, at their steps"""
    rows = {step: numbers(rng) for step in (0, 1, 2, 7)}
    got = learner.ask(probes.really_logged, [[row, step] for step, row in rows.items()]).value.rows
    want = [str(step) for step in rows]
    expect(Answer(list(got)), want, what="the list of steps in the run's file")
    for step, row in rows.items():
        found = {name: got[str(step)].get(name) for name in row}
        expect(Answer(found), row, what=f"row {step} in the run's file")
