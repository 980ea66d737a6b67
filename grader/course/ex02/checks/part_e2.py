"""Checks of 2.E2, Loop over a light curve."""

from __future__ import annotations

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import FIELDS, Rng, in_time, observations
from grader.course.gates import gate
from grader.expect import Mistake, Raises, expect, fail_if_recognised, kind_of, require


@gate
def test_loop(learner: Subject, rng: Rng) -> None:
    """`for obs in lc` gives every observation as a dict, in order of time"""
    data = observations(rng, 7)
    want = in_time(data)
    answer = learner.ask(probes.looped, data)
    fail_if_recognised(answer, Mistake("not-an-iterator", Raises("TypeError", "iterator")))
    got = answer.value
    _every_one_an_observation(got)
    loop = [entry["value"] for entry in got]
    indexed = bool(loop) and all({"Index", "index"} & set(obs) for obs in loop)
    expect(
        Answer(loop),
        want,
        Mistake("index-among-keys", indexed),
        Mistake("one-dict-for-all", [want[-1]] * 7),
        Mistake("one-left-out", want[:-1]),
        Mistake("one-left-out~2", want[1:]),
        what="the list of observations",
    )
    expect(learner.ask(probes.looped, []), [], what="the loop over an empty light curve")


def _every_one_an_observation(got: list[dict]) -> None:
    """The first thing in the loop that is no observation is told by what it is."""
    other = next((entry for entry in got if entry["is"] != "observation"), None)
    if other is None:
        return
    value = other.get("value")
    text = value if isinstance(value, str) else ""
    pair = isinstance(value, tuple) and len(value) == 2
    row_lists = isinstance(value, list) and all(isinstance(row, dict) for row in value)
    fail_if_recognised(
        Answer(value),
        Mistake("light-curve-for-observation", other["is"] != "other"),
        Mistake("loops-over-columns", text in FIELDS),
        Mistake("loops-over-bands", bool(text)),
        Mistake("loops-over-numbers", isinstance(value, int | float)),
        Mistake("pairs-of-index-and-row", pair),
        Mistake("all-at-once", row_lists),
        Mistake(
            "values-without-names",
            isinstance(value, tuple | list | np.ndarray),
            value=kind_of(value),
        ),
    )
    raise Finding("loop-gives-give", value=kind_of(value))


def test_loop_again(learner: Subject, rng: Rng) -> None:
    """Each loop starts afresh, and two loops at once do not disturb each other"""
    answer = learner.ask(probes.looped_again, observations(rng, 7))
    fail_if_recognised(
        answer, Mistake("loops-share-position~2", Raises("IndexError"), raised_=answer.raised)
    )
    got = answer.value
    n = got["first"]
    require(got["again"] == n, "one-loop-only", n=n, again=got["again"])
    require(got["pairs"] == n * n, "loops-share-position")
