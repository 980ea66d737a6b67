"""Checks of 2.E2, Loop over a light curve."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import permutations

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.changes import in_another_order
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    FIELDS,
    Observation,
    failed,
    in_time,
    observations,
    with_flux,
)
from grader.course.ex02.replies import Item
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, expect, fail_if_recognised, kind_of, require


@gate
def test_loop(learner: Subject, rng: Rng) -> None:
    """`for obs in lc` gives every observation as a dict, in time order"""
    data = observations(rng, 7)
    in_time(data)[4]["flux"] = math.nan
    want = in_time(data)
    answer = learner.ask(probes.looped, data)
    fail_if_recognised(answer, Mistake("not-an-iterator", Raises("TypeError", "iterator")))
    got = answer.value
    _every_one_an_observation(got)
    loop = [item.observation or {} for item in got]
    indexed = bool(loop) and all({"Index", "index"} & set(obs) for obs in loop)
    expect(
        Answer(loop),
        want,
        Mistake("index-among-keys", indexed),
        Mistake("one-dict-for-all", [want[-1]] * 7),
        Mistake("nan-flux-dropped", with_flux(want), what="the loop"),
        Mistake("one-left-out", want[:-1]),
        Mistake("one-left-out~first", want[1:]),
        Mistake("sorted-backwards", want[::-1]),
        *(Mistake("band-by-band", _by_band(want, order)) for order in permutations("gri")),
        Mistake("not-in-time", in_another_order(want, loop)),
        what="the list of observations",
    )
    answer = learner.ask(probes.looped, [])
    fail_if_recognised(answer, Mistake("empty-crashes", failed(answer), error=answer.raised))
    expect(answer, [], what="the loop over an empty light curve")


def _by_band(observations: list[Observation], bands: Iterable[str]) -> list[Observation]:
    return [obs for band in bands for obs in observations if obs["band"] == band]


def _every_one_an_observation(got: list[Item]) -> None:
    """The first thing in the loop that is not an observation is told by what it is."""
    other = next((item.view for item in got if item.observation is None), None)
    if other is None:
        return
    value, kind = other.value, kind_of(other.value)
    require(not other.kind, "light-curve-for-observation")
    if isinstance(value, str):
        require(value not in FIELDS, "loops-over-columns")
        require(not value, "loops-over-bands")
    require(not isinstance(value, int | float), "loops-over-numbers")
    require(not (isinstance(value, tuple) and len(value) == 2), "pairs-of-index-and-row")
    row_lists = isinstance(value, list) and all(isinstance(row, dict) for row in value)
    require(not row_lists, "all-at-once")
    nameless = isinstance(value, tuple | list | np.ndarray)
    require(not nameless, "values-without-names", kind=kind)
    raise Finding("not-an-observation", kind=kind)


def test_loop_again(learner: Subject, rng: Rng) -> None:
    """Each loop starts from the beginning, and two loops at once do not disturb each other"""
    answer = learner.ask(probes.looped_again, observations(rng, 7))
    beyond = Mistake("loops-share-position~end", Raises("IndexError"), error=answer.raised)
    fail_if_recognised(answer, beyond)
    got = answer.value
    require(got.again == got.first, "one-loop-only", first=got.first, again=got.again)
    require(got.pairs == got.first**2, "loops-share-position")
    require(got.of_part == min(3, got.first), "loop-remembered", got=got.of_part)
