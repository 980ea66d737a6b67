"""Checks of 1.E2, A different function for each band."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import Record, photometry
from grader.course.ex01.replies import BandProcessor
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
)


def processed(data: list[Record], factors: dict[str, float]) -> list[Record]:
    """The records, those of a band with a factor scaled and marked."""
    return [
        r | {"flux": r["flux"] * factors[r["band"]], "scaled_by": r["band"]}
        if r["band"] in factors
        else r
        for r in data
    ]


def _processed(answer: Answer[BandProcessor]) -> Answer[Any]:
    """The processed records, once it is clear that there is a function that makes them."""
    fail_if_recognised(
        answer,
        Mistake(
            "no-function-returned~called",
            Raises("TypeError", "required positional argument"),
            error=answer.raised,
        ),
        Mistake("flux-instead-of-record", Raises("TypeError", "'float' object")),
    )
    got = answer.value
    with showing("process"):
        require(got.callable, "no-function-returned", kind=got.kind)
    return Answer(got.result)


@gate
@twice
def test_bands_processed(learner: Subject, rng: Rng) -> None:
    """Each record goes through the function of its own band, and the order stays"""
    data = photometry(rng, 12)
    factors = {band: float(rng.uniform(1.1, 2)) for band in "gri"}
    answer = learner.ask(probes.per_band, data, factors)
    result = _processed(answer)
    want = processed(data, factors)
    last = dict.fromkeys("gri", factors["i"])
    expect(
        result,
        want,
        Mistake("grouped-by-band", [r for band in "gri" for r in want if r["band"] == band]),
        Mistake("late-binding", [r | {"scaled_by": "i"} for r in processed(data, last)]),
        Mistake("all-functions-applied", _by_all(data, factors)),
        Mistake(
            "lazy-result",
            kind_of(result.result) in ("a generator", "a map", "a filter"),
            kind=kind_of(result.result),
        ),
        Mistake("value-ignored", data),
    )


def _by_all(data: list[Record], factors: dict[str, float]) -> list[Record]:
    product = math.prod(factors.values())
    return [r | {"flux": r["flux"] * product, "scaled_by": list(factors)[-1]} for r in data]


def test_bands_without_function(learner: Subject, rng: Rng) -> None:
    """Records of a band without a function pass through unchanged"""
    data = photometry(rng, 12)
    factors = {"g": float(rng.uniform(1.1, 2))}
    answer = learner.ask(probes.per_band, data, factors)
    for refused in (Raises("KeyError"), Raises("TypeError", "'NoneType' object")):
        fail_if_recognised(answer, Mistake("unknown-band-refused", refused, error=answer.raised))
    expect(
        _processed(answer),
        processed(data, factors),
        Mistake("unknown-band-dropped", [r for r in processed(data, factors) if r["band"] == "g"]),
        Mistake(
            "unknown-band-none", [r if r["band"] == "g" else None for r in processed(data, factors)]
        ),
    )


def test_bands_leave_input(learner: Subject, rng: Rng) -> None:
    """The input stays as it was, even if a function writes into its record"""
    data = photometry(rng, 6)
    answer = learner.ask(probes.per_band, data, {"g": 2.0, "r": 3.0, "i": 4.0}, spoil=True)
    _processed(answer)
    with showing("{}\ndata"):
        require(approx_equal(answer.value.after, data), "input-changed")
    nothing = _processed(learner.ask(probes.per_band, [], {"g": 2.0}))
    expect(nothing, [], what="the result for an empty list")


def test_bands_again(learner: Subject, rng: Rng) -> None:
    """The function can be used more than once"""
    data = photometry(rng, 6)
    factors = {"g": 2.0, "r": 3.0, "i": 4.0}
    want = processed(data, factors)
    piled = Mistake("results-pile-up", want + want)
    again = _processed(learner.ask(probes.per_band, data, factors, times=2))
    expect(again, want, piled, what="the result of the second call")
