"""Checks of 1.1, A decorator that measures time."""

from __future__ import annotations

import re

from grader.answer import Answer, Subject
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import check_identity, check_passed_on, decorated
from grader.course.ex01.replies import FailedCall, NapTimes
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import require

NAP = 0.052  # seconds; rounded to a tenth of a second, it is still something
DOZE = 0.02
SLACK = 0.05  # seconds, for a time rounded to a tenth of a second
OTHER_UNITS = (1e3, 1e6, 1e9)  # milli-, micro- and nanoseconds


@gate
def test_timing_passes_on(learner: Subject, rng: Rng) -> None:
    """Arguments, keyword arguments and the returned value go through unchanged"""
    check_passed_on(learner, "timing_decorator", rng)


def test_timing_prints(learner: Subject) -> None:
    """Each call prints one line with the function's name and the time in seconds"""
    answer = learner.ask(probes.decorated_call, "timing_decorator", 0.0)
    got = decorated(answer)
    lines = _lines(answer.printed)
    require(bool(lines), "nothing-printed")
    line = lines[0][:80]
    require("mean_flux" in answer.printed, "name-not-printed", line=line)
    require(not re.search(r"\{[a-z_]", answer.printed), "f-missing", line=line)
    has_number = re.search(r"\d", answer.printed.replace("mean_flux", "")) is not None
    require(has_number, "time-not-printed", line=line)
    require(len(lines) == 1, "several-lines", n_lines=len(lines))
    require(not got.calls or got.value is not None, "value-not-returned~zero")


def test_timing_measures(learner: Subject) -> None:
    """The printed time is the duration of this call, in seconds"""
    answer = learner.ask(probes.timed_naps, NAP, 0.0, inner=True)
    lines = _lines(answer.printed)
    if len(lines) == 4 and _right(answer, lines[1], lines[3]):
        return
    nested, within = answer, [line.strip()[:80] for line in lines]
    answer = learner.ask(probes.timed_naps, NAP, 0.0)
    lines = _lines(answer.printed)
    require(len(lines) == 2, "two-calls-not-two-lines", n_lines=len(lines))
    if _right(answer, *lines):
        require(False, "one-clock-for-all", nested, seconds=nested.value.first, lines=within[:2])
    if _tells(lines[0], NAP - 0.01, answer.value.first):
        _explain_second(learner, answer, lines[1])
    _explain_first(learner, answer, lines[0])


def _right(answer: Answer[NapTimes], first: str, second: str) -> bool:
    """Whether two lines tell the times of a nap and of none."""
    took = answer.value
    return _tells(first, NAP - 0.01, took.first) and _tells(second, 0, took.second)


def _tells(line: str, low: float, high: float) -> bool:
    """Whether a line has a number in the range, allowing for its last digit."""
    tenths = re.search(r"\d\.\d(?!\d)", line) is not None
    return _any_within(_numbers(line), low, high + (SLACK if tenths else 0.005))


def _explain_second(learner: Subject, naps: Answer[NapTimes], line: str) -> None:
    """The first call's time is right and the second's is not: is it counted from further back?"""
    answer = learner.ask(probes.timed_naps, NAP, 2 * NAP, idle=3 * NAP)
    first, second = answer.value.first, answer.value.first + answer.value.second
    again = [_numbers(text) for text in _lines(answer.printed)]
    complete = len(again) == 2
    since_decorated = complete and _any_within(again[0], 4 * NAP - 0.01, 3 * NAP + first + SLACK)
    added_up = (
        complete
        and _any_within(again[0], NAP - 0.01, first + SLACK)
        and _any_within(again[1], 3 * NAP - 0.01, second + SLACK)
    )
    printed = _lines(answer.printed)[-1].strip()[:80] if complete else ""
    later = {"seconds": answer.value.second, "line": printed}
    require(not since_decorated, "clock-started-once", answer, **later)
    require(not added_up, "times-added-up", answer, **later)
    fields = {"seconds": naps.value.second, "line": line.strip()[:80]}
    require(False, "wrong-time~second", naps, **fields)


def _explain_first(learner: Subject, naps: Answer[NapTimes], line: str) -> None:
    """The first call's time is wrong: what is it?"""
    took = naps.value
    numbers, least, most = _numbers(line), NAP - 0.01, took.first + SLACK
    fields = {"seconds": took.first, "line": line.strip()[:80]}
    other = any(_any_within(numbers, least * unit, most * unit) for unit in OTHER_UNITS)
    reading = any(_any_within(numbers, clock - 1, clock) for clock in took.clocks if clock > 3)
    idle = _any_within(numbers, 0, NAP / 4) and _counts_work(learner)
    require(not _any_within(numbers, -most, -least), "time-reversed", naps, **fields)
    require(not other, "not-in-seconds", naps, **fields)
    require(not reading, "clock-reading-printed", naps, **fields)
    require(not idle, "processor-time", naps, **fields)
    require(False, "wrong-time", naps, **fields)


def _counts_work(learner: Subject) -> bool:
    """Whether the time of a function that keeps the processor busy is counted."""
    lines = _lines(learner.ask(probes.timed_work, NAP).printed)
    return len(lines) == 1 and _any_within(_numbers(lines[0]), NAP - 0.01, 2 * NAP)


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
    answer = learner.ask(probes.decorated_failure, "timing_decorator", text, seconds=DOZE)
    got = answer.value
    require(bool(got.raised), "exception-swallowed")
    require(got.same, "exception-replaced", kind=got.raised)
    require(got.n_calls == 1, "calls-twice~on-exception", n_calls=got.n_calls)
    _check_line_on_exception(learner, answer, text)


def _check_line_on_exception(learner: Subject, answer: Answer[FailedCall], text: str) -> None:
    lines = _lines(answer.printed)
    require("failing" in answer.printed, "silent-on-exception")
    has_number = re.search(r"\d", answer.printed.replace(text, "")) is not None
    line = lines[0].strip()[:80]
    require(has_number, "time-not-printed~on-exception", line=line)
    require(len(lines) == 1, "several-lines~on-exception", n_lines=len(lines))
    said, seconds = line.replace(text, ""), answer.value.seconds
    rounded = re.search(r"(?<![\d.:])0\.0(?!\d)", said) is not None
    if rounded or _tells(said, DOZE - 0.01, seconds):
        return
    naps = learner.ask(probes.timed_naps, DOZE, 0.0)
    usual = _lines(naps.printed)
    elsewhere = len(usual) != 2 or not _tells(usual[0], DOZE - 0.01, naps.value.first)
    require(elsewhere, "wrong-time~on-exception", answer, seconds=seconds, line=line)
