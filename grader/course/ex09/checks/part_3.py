"""Checks of 9.3, Numbers."""

from __future__ import annotations

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import Rng, check_without_run, numbers
from grader.course.gates import gate
from grader.expect import expect, require


@gate
def test_rows(learner: Subject, rng: Rng) -> None:
    """Each call is one row, at its step"""
    first, second, third = numbers(rng), numbers(rng), numbers(rng)
    gap = int(rng.integers(3, 9))
    got = learner.ask(probes.logged, [[first, 0], [second, 1], [third, gap]]).value
    calls = got["calls"]
    require(got["counts"][0] <= 1, "one-by-one~2", counts=got["counts"][0])
    raised_nothing(got["errors"])
    require(bool(calls), "nothing-logged~2")
    require(len(calls) == 3, "three-rows-became", n_calls=len(calls))
    steps = [call["step"] for call in calls]
    require(steps != [None, None, None], "step-lost")
    require(not (steps[0] is None and steps[1:] == [1, gap]), "zero-taken-for-none")
    require(not all("step" in call["data"] for call in calls), "step-as-metric")
    want = {"0": first, "1": second, str(gap): third}
    expect(Answer(got["rows"]), want, what="the dict of rows by step")


def raised_nothing(errors: list[list[str]]) -> None:
    for error in errors:
        if error:
            raise Finding("raised", status="error", error=error[0], error2=error[-1][:200])


def test_without_step(learner: Subject, rng: Rng) -> None:
    """Without a step W&B counts on"""
    first, second = numbers(rng), numbers(rng)
    got = learner.ask(probes.logged, [[first], [second]]).value
    require(
        not any(got["errors"]), "none-compared", value=(got["errors"][0] or got["errors"][1])[:1]
    )
    expect(Answer(got["rows"]), {"0": first, "1": second}, what="the dict of rows by step")


def test_backwards(learner: Subject, rng: Rng) -> None:
    """A step that has passed is a ValueError that names both steps; the current one is not"""
    a, b, c = numbers(rng), numbers(rng), numbers(rng)
    now = int(rng.integers(30, 60))
    got = learner.ask(probes.logged, [[a, now], [b, now - 20], [c, now + 1]]).value
    error = got["errors"][1]
    require(bool(error), "backwards-allowed", now=now, now2=now - 20)
    require("ValueError" in error, "step-passed-raises", error=error[0])
    named = str(now - 20) in error[-1] and any(str(n) in error[-1] for n in (now, now + 1))
    require(named, "message-valueerror-name", now=now - 20, now2=now, error=error[-1])
    require(got["counts"][1] == 1, "logged-before-refused")
    raised_nothing([got["errors"][0], got["errors"][2]])
    same_step = learner.ask(probes.logged, [[a, now], [b, now]]).value
    committed = any(call["commit"] for call in same_step["calls"][:1])
    require(committed or not same_step["errors"][1], "same-step-refused", now=now)
    require(
        bool(learner.ask(probes.logged, [[a, now], [b, 0]]).value["errors"][1]),
        "zero-taken-for-none~2",
        now=now,
    )
    require(
        bool(learner.ask(probes.logged, [[a], [b], [c], [a, 1]]).value["errors"][3]), "own-counter"
    )


def test_metrics_without_run(learner: Subject) -> None:
    """Without an open run it is a RuntimeError"""
    check_without_run(learner, "log_metrics", {"loss": 1.0})


def test_real_rows(learner: Subject, rng: Rng) -> None:
    """The file of a real run has all rows, at their steps"""
    rows = {step: numbers(rng) for step in (0, 1, 2, 7)}
    got = learner.ask(probes.really_logged, [[row, step] for step, row in rows.items()]).value[
        "rows"
    ]
    want = [str(step) for step in rows]
    expect(Answer(list(got)), want, what="the list of steps in the run's file")
    for step, row in rows.items():
        found = {name: got[str(step)].get(name) for name in row}
        expect(Answer(found), row, what=f"row {step} in the run's file")
