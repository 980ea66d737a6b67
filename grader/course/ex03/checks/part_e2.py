"""Checks of 3.E2, Batches with `with`."""

from __future__ import annotations

import re

import pytest

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex03 import forms, probes
from grader.course.ex03.replies import Batch
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, approx_equal, fail_if_recognised, require, showing

AFTER = {"": "", "KeyboardInterrupt": " after Ctrl-C (KeyboardInterrupt)"}


ARGUMENTS = Mistake("exit-arguments", Raises("TypeError", "__exit__() takes"))


def run_batch(learner: Subject, rng: Rng, fail: str = "") -> tuple[Answer[Batch], list[int]]:
    """A batch of three light curves, and its counts; before it there were others."""
    accepted, rejected = int(rng.integers(400, 500)), int(rng.integers(20, 90))
    inside = [(accepted - 30, rejected - 11), (29, 0), (1, 11)]
    answer = learner.ask(probes.batch, (700, 600), inside, fail=fail)
    fail_if_recognised(answer, ARGUMENTS)
    return answer, [3, accepted, rejected]


@gate
def test_batch_begins(learner: Subject) -> None:
    """`with` gives the processor itself and starts counting from zero"""
    answer = learner.ask(probes.begun, (700, 600))
    fail_if_recognised(answer, ARGUMENTS)
    got = answer.value
    with showing("type(entered).__name__"):
        require(got.kind != "NoneType", "enter-returns-nothing")
    another = got.kind == "SkyMapperProcessor"
    with showing("entered is processor"):
        require(got.entered or not another, "other-object-entered")
        require(got.entered, "enter-returns-true", kind=got.kind)
    with showing("in_batch"):
        require(got.in_batch is True, "not-in-batch", in_batch=got.in_batch)
    fresh = approx_equal(got.counts.listed(), [0, 0, 0])
    require(fresh, "counts-not-reset", counts=got.counts)
    with showing(forms.KEPT):
        require(got.config_kept, "config-replaced")
    with showing("hasattr(processor, 'note')"):
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
            answer,
            line="".join(lines[:1])[:120],
            what="light curves",
            number=0,
        )


@pytest.mark.parametrize("fail", ["", "Trouble", "KeyboardInterrupt"])
def test_batch_ends(learner: Subject, rng: Rng, fail: str) -> None:
    """At the end `in_batch` is False and one line tells the counts, also after an exception"""
    answer, counts = run_batch(learner, rng, fail)
    _check_end(answer.value, answer.printed, counts, fail)


FAILS = ["ValueError", "KeyError", "SystemExit"]


def test_batch_ends_in_any_exception(learner: Subject, rng: Rng) -> None:
    """It makes no difference of what kind the exception is"""
    inside = [(40, 30), (2, 1)]
    answer = learner.ask(probes.failed_batches, (70, 60), inside, FAILS)
    for fail, got in zip(FAILS, as_many(answer.value, len(FAILS)), strict=True):
        if rng.is_short:  # one that can be shown
            alone = learner.ask(probes.batch, (70, 60), inside, fail)
            require(bool(alone.printed.strip()) or not got.arrived, "silent-after-exception")
        require(bool(got.arrived), "exception-swallowed", fail=fail)
        require(got.arrived == fail, "exception-replaced", fail=fail, kind=got.arrived)
        over = got.in_batch_after is False
        after = f" after a {fail}"
        with showing("processor.in_batch"):
            require(over, "still-in-batch", in_batch=got.in_batch_after, after=after)
    require(len(_lines(answer.printed)) >= len(FAILS), "silent-after-exception")


def _lines(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.strip()]


def _check_end(got: Batch, printed: str, counts: list[int], fail: str) -> None:
    """The exception is still there, the batch is over, and a line tells the counts."""
    require(bool(got.arrived) or not fail, "exception-swallowed", fail=fail)
    require(got.arrived == fail, "exception-replaced", fail=fail, kind=got.arrived)
    after = AFTER.get(fail, " after an exception")
    over = got.in_batch_after is False
    with showing("processor.in_batch"):
        require(over, "still-in-batch", in_batch=got.in_batch_after, after=after)
    lines = _lines(printed)
    silent = not lines
    require(not (silent and fail == "KeyboardInterrupt"), "silent-after-interruption")
    require(not (silent and fail), "silent-after-exception")
    require(not silent, "nothing-printed")
    require(len(lines) == 1, "several-lines", n_lines=len(lines))
    _check_line(lines[0], counts, zeroed=approx_equal(got.at_end.listed(), [0, 0, 0]))
    with showing(forms.COUNTS):
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
    empty, answer = (learner.ask(probes.nested, *inside) for inside in ((), ((5, 2),)))
    refused, got = empty.value, answer.value
    require(bool(got.kinds), "nested-allowed")
    require(bool(refused.kinds), "nested-allowed", empty)
    require("RuntimeError" in got.kinds, "value-error-for-nested", kind=got.kinds[0])
    with showing("counts"):
        require(approx_equal(got.counts.listed(), [1, 5, 2]), "reset-before-refusal")
    with showing("in_batch"):
        require(got.in_batch is True, "reset-before-refusal")
