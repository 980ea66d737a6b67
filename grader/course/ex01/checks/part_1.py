"""Checks of 1.1, A decorator that measures time."""

from __future__ import annotations

import re

from grader.answer import Subject
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import Rng, check_identity, check_passed_on, decorated
from grader.expect import Mistake, fail_if_recognised, require


def test_timing_passes_on(learner: Subject, rng: Rng) -> None:
    """Arguments, keyword arguments and the returned value go through unchanged"""
    check_passed_on(learner, "timing_decorator", rng)


def test_timing_prints(learner: Subject, rng: Rng) -> None:
    """Each call prints one line with the function's name and the time in seconds"""
    answer = learner.ask(probes.decorated_call, "timing_decorator", float(rng.uniform(10, 30)))
    decorated(answer)
    lines = [line for line in answer.printed.splitlines() if line.strip()]
    require(bool(lines), "nothing-printed")
    require("mean_flux" in answer.printed, "name-not-printed", lines=lines[0][:80])
    require(re.search(r"\{[a-z_]", answer.printed) is None, "f-missing", lines=lines[0][:80])
    require(
        re.search(r"\d", answer.printed.replace("mean_flux", "")) is not None,
        "time-not-printed",
        lines=lines[0][:80],
    )
    require(len(lines) == 1, "several-lines", n_lines=len(lines))


def test_timing_measures(learner: Subject) -> None:
    """The printed time is the duration of this call, in seconds"""
    answer = learner.ask(probes.timed_naps, [0.08, 0.0])
    took = answer.value
    lines = [line for line in answer.printed.splitlines() if line.strip()]
    require(len(lines) == 2, "two-calls-print", n_lines=len(lines))
    first, second = (_numbers(line) for line in lines)
    long, short = took[0] + 0.05, took[1] + 0.05  # for a time rounded to a tenth of a second
    measured = _any_within(first, 0.07, long)
    if measured and _any_within(second, 0, short):
        return
    line = repr(lines[0].strip()[:80])
    fail_if_recognised(
        answer,
        Mistake("clock-started-once", measured),
        Mistake("time-reversed", _any_within(first, -long, -0.07), line=line),
        Mistake(
            "not-in-seconds",
            _any_within(first, 70, 1000 * long) and _any_within(second, 0, 1000 * short),
            took=took[0],
            line=line,
        ),
        Mistake("clock-reading-printed", min(first, default=0) > 5, took=took[0], line=line),
        Mistake("clock-misplaced", True, took=took[0], line=line),
    )


def _numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)]


def _any_within(numbers: list[float], low: float, high: float) -> bool:
    return any(low <= number <= high for number in numbers)


def test_timing_keeps_identity(learner: Subject) -> None:
    """The decorated function keeps its name and docstring"""
    check_identity(learner, "timing_decorator")


def test_timing_exceptions(learner: Subject, rng: Rng) -> None:
    """If the function raises, the time is printed and the exception goes on to the caller"""
    text = f"no flat field {rng.integers(10**6)}"
    answer = learner.ask(probes.decorated_failure, "timing_decorator", text)
    got = answer.value
    fail_if_recognised(
        answer,
        Mistake("exception-swallowed", got["raised"] is None),
        Mistake(
            "exception-replaced",
            got["raised"] is not None and not got["same"],
            raised_=got["raised"],
        ),
        Mistake("silent-on-exception", "failing" not in answer.printed),
    )
    require(got["calls"] == 1, "calls-twice~2", calls=got["calls"])
