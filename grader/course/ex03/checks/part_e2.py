"""Checks of 3.E2, Batches with `with`."""

from __future__ import annotations

import re

import pytest

from grader.answer import Answer, Subject
from grader.course.ex03 import probes
from grader.course.ex03.checks.common import Rng
from grader.course.gates import gate
from grader.expect import Mistake, Raises, approx_equal, fail_if_recognised, require


def run_batch(learner: Subject, rng: Rng, fail: str = "") -> tuple[Answer, list[int]]:
    """A batch of three light curves, and its counts; before it there were others."""
    accepted, rejected = int(rng.integers(400, 500)), int(rng.integers(20, 90))
    inside = [[accepted - 30, rejected - 11], [29, 0], [1, 11]]
    answer = learner.ask(probes.batch, [700, 600], inside, fail=fail)
    missing = Raises("TypeError", "__exit__() takes")
    fail_if_recognised(answer, Mistake("exit-arguments", missing))
    return answer, [3, accepted, rejected]


@gate
def test_batch_begins(learner: Subject, rng: Rng) -> None:
    """`with` gives the processor itself and starts counting afresh"""
    got = run_batch(learner, rng)[0].value
    another = got["kind"] == "SkyMapperProcessor"
    slugs = {"NoneType": "enter-returns-nothing", "SkyMapperProcessor": "other-object-entered"}
    what = "another processor" if another else f"an object of type {got['kind']}"
    require(
        got["entered"],
        slugs.get(got["kind"], "enter-returns-true"),
        says=f"`with processor as p` makes p {what}, not the processor itself. `__enter__` has to end with `return self`.",
    )
    require(got["in_batch"] is True, "not-in-batch", in_batch=got["in_batch"])
    require(
        approx_equal(got["at_start"], [0, 0, 0]),
        "counts-not-reset",
        says="When a batch begins the counts are those from before: {} light curves, {} accepted, {} rejected. Set all three to zero in `__enter__`.".format(
            *got["at_start"]
        ),
    )
    require(got["config_kept"], "config-replaced")


@pytest.mark.parametrize("fail", ["", "Trouble", "ValueError", "KeyboardInterrupt"])
def test_batch_ends(learner: Subject, rng: Rng, fail: str) -> None:
    """At the end `in_batch` is False and one line tells the counts, also after an exception"""
    answer, counts = run_batch(learner, rng, fail)
    got = answer.value
    interrupted = fail == "KeyboardInterrupt"
    after = " after Ctrl-C (KeyboardInterrupt)" if interrupted else " after an exception"
    after = after if fail else ""
    require(bool(got["raised"]) or not fail, "exception-swallowed", fail=fail)
    require(got["raised"] == fail, "exception-replaced", fail=fail, raised_=got["raised"])
    require(
        got["in_batch_after"] is False,
        "still-in-batch",
        in_batch_after=got["in_batch_after"],
        after=after,
    )
    lines = [line for line in answer.printed.splitlines() if line.strip()]
    silent = "silent-after-interruption" if interrupted else "silent-after-exception"
    silent = silent if fail else "nothing-printed"
    require(
        bool(lines),
        silent,
        says=f"At the end of a batch{after} nothing is printed. `__exit__` has to print one line with the counts, in any case.",
    )
    require(len(lines) == 1, "several-lines", n_lines=len(lines))
    numbers = [int(number) for number in re.findall(r"(?<![\w.])\d+", lines[0])]
    require(numbers != [0, 0, 0], "zeros-printed")
    braces = " Is there an `f` before the quotes?" if "{" in lines[0] else ""
    for number, what in zip(
        counts, ("light curves", "accepted ones", "rejected ones"), strict=True
    ):
        require(
            number in numbers,
            "number-not-told",
            lines=lines[0][:120],
            what=what,
            number=number,
            braces=braces,
        )
    require(approx_equal(got["at_end"], counts), "reset-at-the-end")


def test_batch_in_batch(learner: Subject) -> None:
    """A batch inside of a batch is a RuntimeError and changes nothing"""
    got = learner.ask(probes.nested, [5, 2]).value
    require(bool(got["kinds"]), "nested-allowed")
    require("RuntimeError" in got["kinds"], "value-error-for-nested", kinds=got["kinds"][0])
    require(
        approx_equal(got["counts"], [1, 5, 2]) and got["in_batch"] is True, "reset-before-refusal"
    )
