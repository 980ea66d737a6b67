"""Checks of 3.E2, Batches with `with`."""

from __future__ import annotations

import re

import pytest

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex03 import probes
from grader.course.ex03.replies import Batch
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, approx_equal, fail_if_recognised, require

AFTER = {"": "", "KeyboardInterrupt": " after Ctrl-C (KeyboardInterrupt)"}


def run_batch(learner: Subject, rng: Rng, fail: str = "") -> tuple[Answer[Batch], list[int]]:
    """A batch of three light curves, and its counts; before it there were others."""
    accepted, rejected = int(rng.integers(400, 500)), int(rng.integers(20, 90))
    inside = [(accepted - 30, rejected - 11), (29, 0), (1, 11)]
    answer = learner.ask(probes.batch, (700, 600), inside, fail=fail)
    fail_if_recognised(answer, Mistake("exit-arguments", Raises("TypeError", "__exit__() takes")))
    return answer, [3, accepted, rejected]


@gate
def test_batch_begins(learner: Subject, rng: Rng) -> None:
    """`with` gives the processor itself and starts counting from zero"""
    got = run_batch(learner, rng)[0].value
    require(got.kind != "NoneType", "enter-returns-nothing")
    another = got.kind == "SkyMapperProcessor"
    require(got.entered or not another, "other-object-entered")
    require(got.entered, "enter-returns-true", kind=got.kind)
    require(got.in_batch is True, "not-in-batch", in_batch=got.in_batch)
    fresh = approx_equal(got.at_start.listed(), [0, 0, 0])
    require(fresh, "counts-not-reset", counts=got.at_start)
    require(got.config_kept, "config-replaced")
    require(got.note_kept, "attribute-lost")


def test_empty_batch(learner: Subject) -> None:
    """A batch without light curves ends with a line as well"""
    answer = learner.ask(probes.batch, (700, 600), [])
    lines = _lines(answer.printed)
    if answer.raised is None and approx_equal(answer.result.at_start.listed(), [0, 0, 0]):
        full = learner.ask(probes.batch, (700, 600), [(4, 3)])
        silent = not lines and bool(full.printed.strip())
        fail_if_recognised(answer, Mistake("silent-when-empty", silent))
        numbers = _numbers(lines[0]) if len(lines) == 1 else [0] * 3
        require(
            numbers.count(0) >= 3,
            "number-not-told",
            line=lines[0][:120],
            what="light curves",
            number=0,
        )


@pytest.mark.parametrize("fail", ["", "Trouble", "KeyboardInterrupt"])
def test_batch_ends(learner: Subject, rng: Rng, fail: str) -> None:
    """At the end `in_batch` is False and one line tells the counts, also after an exception"""
    answer, counts = run_batch(learner, rng, fail)
    _check_end(answer.value, answer.printed, counts, fail)


FAILS = ["ValueError", "KeyError", "SystemExit"]


def test_batch_ends_in_any_exception(learner: Subject) -> None:
    """It makes no difference of what kind the exception is"""
    answer = learner.ask(probes.failed_batches, (70, 60), [(40, 30), (2, 1)], FAILS)
    for fail, got in zip(FAILS, as_many(answer.value, len(FAILS)), strict=True):
        require(bool(got.raised), "exception-swallowed", fail=fail)
        require(got.raised == fail, "exception-replaced", fail=fail, kind=got.raised)
        over = got.in_batch_after is False
        after = f" after a {fail}"
        require(over, "still-in-batch", in_batch=got.in_batch_after, after=after)
    require(len(_lines(answer.printed)) >= len(FAILS), "silent-after-exception")


def _lines(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.strip()]


def _check_end(got: Batch, printed: str, counts: list[int], fail: str) -> None:
    """The exception is still there, the batch is over, and a line tells the counts."""
    require(bool(got.raised) or not fail, "exception-swallowed", fail=fail)
    require(got.raised == fail, "exception-replaced", fail=fail, kind=got.raised)
    after = AFTER.get(fail, " after an exception")
    over = got.in_batch_after is False
    require(over, "still-in-batch", in_batch=got.in_batch_after, after=after)
    lines = _lines(printed)
    silent = not lines
    require(not (silent and fail == "KeyboardInterrupt"), "silent-after-interruption")
    require(not (silent and fail), "silent-after-exception")
    require(not silent, "nothing-printed")
    require(len(lines) == 1, "several-lines", n_lines=len(lines))
    _check_line(lines[0], counts, zeroed=approx_equal(got.at_end.listed(), [0, 0, 0]))
    require(approx_equal(got.at_end.listed(), counts), "reset-at-the-end")


def _check_line(line: str, counts: list[int], zeroed: bool) -> None:
    """The line tells the three counts."""
    numbers = _numbers(line)
    require(numbers != [0, 0, 0] or not zeroed, "zeros-printed")
    for number, what in zip(
        counts, ("light curves", "accepted ones", "rejected ones"), strict=True
    ):
        require(
            number in numbers,
            "number-not-told~braces" if "{" in line else "number-not-told",
            line=line[:120],
            what=what,
            number=number,
        )
    _check_words(line.lower(), *counts[1:])


def _numbers(line: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?<![\w.])\d{1,9}", line)]


def _check_words(line: str, accepted: int, rejected: int) -> None:
    """The words accepted and rejected, if both are there, come in the order of their numbers."""
    words = [line.find("accepted"), line.find("rejected")]
    figures = [re.search(rf"(?<!\d){n}(?!\d)", line) for n in (accepted, rejected)]
    if -1 not in words and all(figures):
        first, second = (found.start() for found in figures if found)
        require((words[0] < words[1]) == (first < second), "words-swapped", line=line[:120])


def test_batch_in_batch(learner: Subject) -> None:
    """A batch inside a batch is a RuntimeError and changes nothing"""
    empty, got = (learner.ask(probes.nested, *inside).value for inside in ((), ((5, 2),)))
    require(bool(got.kinds and empty.kinds), "nested-allowed")
    require("RuntimeError" in got.kinds, "value-error-for-nested", kind=got.kinds[0])
    unchanged = approx_equal(got.counts.listed(), [1, 5, 2]) and got.in_batch is True
    require(unchanged, "reset-before-refusal")
