"""Checks of 1.E2, A different function for each band."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Subject
from grader.course.changes import what_changed
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import Record, photometry, time_of, unordered
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
    shown,
)


def without_error(record: Record) -> Record:
    """What the bands' functions leave of a record."""
    return {key: value for key, value in record.items() if key != "flux_err"}


def processed(data: list[Record], factors: dict[str, float]) -> list[Record]:
    """The records, those of a band with a factor scaled and marked."""
    return [
        without_error(r) | {"flux": r["flux"] * factors[r["band"]], "scaled_by": r["band"]}
        if r["band"] in factors
        else r
        for r in data
    ]


def _processed(learner: Subject, answer: Answer[BandProcessor]) -> Answer[Any]:
    """The processed records, once it is clear that there is a function that makes them."""
    if answer.raised is not None:
        given = learner.ask(probes.given_to_band, [{"flux": 20.0, "band": "g"}]).result or []
        other = next((kind for kind in given if kind != "dict"), "")
        fail_if_recognised(answer, Mistake("not-a-record", bool(other), kind=other))
        made = learner.ask(probes.made_processor)
        called = Raises("TypeError", "required positional argument")
        fail_if_recognised(made, Mistake("no-function-returned~called", called, error=made.raised))
    got = answer.value
    with showing("process"):
        require(got.callable, "no-function-returned", kind=got.kind)
    return Answer(got.result)


@gate
@twice
def test_bands_processed(learner: Subject, rng: Rng) -> None:
    """Each record goes through the function of its own band, and the order stays"""
    data = unordered(rng, photometry(rng, 12))
    data[1]["flux"] *= -1
    factors = {band: float(rng.uniform(1.1, 2)) for band in "gri"}
    result = _processed(learner, learner.ask(probes.per_band, data, factors))
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
        Mistake("sorted-by-time", sorted(want, key=time_of)),
    )


def _by_all(data: list[Record], factors: dict[str, float]) -> list[Record]:
    product = math.prod(factors.values())
    last = list(factors)[-1]
    return [without_error(r) | {"flux": r["flux"] * product, "scaled_by": last} for r in data]


def test_bands_without_function(learner: Subject, rng: Rng) -> None:
    """Records of a band without a function pass through unchanged"""
    data = unordered(rng, photometry(rng, 12))
    factors = {"g": float(rng.uniform(1.1, 2))}
    answer = learner.ask(probes.per_band, data, factors)
    for refused in (Raises("KeyError"), Raises("TypeError", "'NoneType' object")):
        fail_if_recognised(answer, Mistake("unknown-band-refused", refused, error=answer.raised))
    want = processed(data, factors)
    expect(
        _processed(learner, answer),
        want,
        Mistake("unknown-band-dropped", [r for r in want if r["band"] == "g"]),
        Mistake("unknown-band-none", [r if r["band"] == "g" else None for r in want]),
    )


def test_bands_by_whole_name(learner: Subject, rng: Rng) -> None:
    """A band is known by its whole name: `"zg"` and `"G"` are not `"g"`"""
    data = photometry(rng, 8)
    for record, band in zip(data[:5], ("zg", "G", "g", "gp", "zg"), strict=True):
        record["band"] = band
    factors = {"g": float(rng.uniform(1.1, 2))}
    within = dict.fromkeys(("g", "zg", "gp"), factors["g"])
    any_case = dict.fromkeys(("g", "G"), factors["g"])
    expect(
        _processed(learner, learner.ask(probes.per_band, data, factors)),
        processed(data, factors),
        Mistake("part-of-a-name", _as_g(processed(data, within))),
        Mistake("case-ignored", _as_g(processed(data, any_case))),
    )


def _as_g(records: list[Record]) -> list[Record]:
    return [r | {"scaled_by": "g"} if "scaled_by" in r else r for r in records]


def test_bands_leave_input(learner: Subject, rng: Rng) -> None:
    """The input stays as it was, even if a function writes into its record"""
    data = photometry(rng, 6)
    factors = {"g": 2.0, "r": 3.0, "i": 4.0}
    answer = learner.ask(probes.per_band, data, factors, spoil=True)
    _processed(learner, answer)
    if not approx_equal(answer.value.after, data):
        with_copies = learner.ask(probes.per_band, data, factors)
        changed = what_changed(data, with_copies.value.after, "data")
        with showing("{}\ndata"):
            by_function = approx_equal(with_copies.value.after, data)
            require(by_function, "input-changed~itself", with_copies, changed=changed)
            require(False, "input-changed", answer)
    answer = learner.ask(probes.per_band, [], {"g": 2.0})
    expect(_processed(learner, answer), [], what="the result for an empty list")
    with showing("{} is data"):
        require(not answer.value.returned_itself, "same-list~empty")


def test_bands_again(learner: Subject, rng: Rng) -> None:
    """The function can be used more than once"""
    first, data = photometry(rng, 5), photometry(rng, 6)
    factors = {"g": 2.0, "r": 3.0, "i": 4.0}
    before, want = processed(first, factors), processed(data, factors)
    answer = learner.ask(probes.per_band, data, factors, first=first)
    again = _processed(learner, answer)
    expect(
        again,
        want,
        Mistake("results-pile-up", before + want),
        Mistake("first-result-again", before),
        what="the result of the second call",
    )
    kept = answer.value.before
    with showing("{}\nbefore"):
        require(not approx_equal(kept, want), "first-result-overwritten")
        expect(Answer(kept), before, what="the result of the first call, after the second")
    answer = learner.ask(probes.per_band, data, factors, other="g")
    zeros = processed(data, {"g": 0.0})
    shared = Mistake("processors-mixed-up", zeros)
    expect(_processed(learner, answer), want, shared, what="the result after another was made")


def test_bands_fail(learner: Subject, rng: Rng) -> None:
    """An exception from a band's function goes on to the caller"""
    text = f"no flat field {rng.integers(10**6)}"
    answer = learner.ask(probes.failing_band, photometry(rng, 4), text)
    passed_on = answer.raised is not None and answer.raised.is_a("Trouble")
    if answer.raised is None:  # is it because of its kind?
        plain, of_a_key = (
            learner.ask(probes.failing_band, photometry(rng, 4), text, kind)
            for kind in ("Exception", "KeyError")
        )
        looked_up = plain.raised is not None and of_a_key.raised is None
        got = shown(of_a_key.result)
        require(not looked_up, "exception-swallowed~key-error", of_a_key, got=got)
        require(False, "exception-swallowed", answer, got=shown(answer.result))
    require(passed_on, "exception-replaced", error=answer.raised)
