"""Checks of 1.1, A decorator that measures time."""

from __future__ import annotations

import re

from grader.answer import Subject
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import check_identity, check_passed_on, decorated
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import require

NAP = 0.08  # seconds
SLACK = 0.05  # seconds, for a time rounded to a tenth of a second


@gate
def test_timing_passes_on(learner: Subject, rng: Rng) -> None:
    """Arguments, keyword arguments and the returned value go through unchanged"""
    check_passed_on(learner, "timing_decorator", rng)


def test_timing_prints(learner: Subject, rng: Rng) -> None:
    """Each call prints one line with the function's name and the time in seconds"""
    answer = learner.ask(probes.decorated_call, "timing_decorator", round(rng.uniform(10, 30), 2))
    decorated(answer)
    lines = _lines(answer.printed)
    require(bool(lines), "nothing-printed")
    line = lines[0][:80]
    require("mean_flux" in answer.printed, "name-not-printed", line=line)
    require(not re.search(r"\{[a-z_]", answer.printed), "f-missing", line=line)
    has_number = re.search(r"\d", answer.printed.replace("mean_flux", "")) is not None
    require(has_number, "time-not-printed", line=line)
    require(len(lines) == 1, "several-lines", n_lines=len(lines))


def test_timing_measures(learner: Subject) -> None:
    """The printed time is the duration of this call, in seconds"""
    answer = learner.ask(probes.timed_naps, NAP, 0.0)
    took, lines = answer.value, _lines(answer.printed)
    require(len(lines) == 2, "two-calls-not-two-lines", n_lines=len(lines))
    first, second = (_numbers(line) for line in lines)
    least, long, short = NAP - 0.01, took.first + SLACK, took.second + SLACK
    measured = _any_within(first, least, long)
    if measured and _any_within(second, 0, short):
        return
    line, seconds = lines[0].strip()[:80], took.first
    milli = _any_within(first, 1000 * least, 1000 * long) and _any_within(second, 0, 1000 * short)
    require(not measured, "clock-started-once")
    require(not _any_within(first, -long, -least), "time-reversed", line=line)
    require(not milli, "not-in-seconds", seconds=seconds, line=line)
    require(min(first, default=0) <= 5, "clock-reading-printed", seconds=seconds, line=line)
    require(False, "clock-misplaced", seconds=seconds, line=line)


def _lines(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.strip()]


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
    require(bool(got.raised), "exception-swallowed")
    require(got.same, "exception-replaced", kind=got.raised)
    require("failing" in answer.printed, "silent-on-exception")
    require(got.n_calls == 1, "calls-twice~on-exception", n_calls=got.n_calls)
