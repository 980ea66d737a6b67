"""Checks of 2.E1, Add light curves."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    SURVEY,
    Observation,
    expect_rows,
    fail_if_rebuilt,
    in_time,
    observations,
    rows,
    same_kind,
    with_flux,
)
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    require,
    showing,
)


@gate
@twice
def test_add(learner: Subject, rng: Rng) -> None:
    """`lc1 + lc2` holds the observations of both, sorted by time"""
    data = observations(rng, 13)
    data[4]["flux"] = math.nan
    left, right = data[:7], [dict(data[2]), *data[7:]]
    kinds = ("SurveyLightCurve", "LightCurve")
    metadata = (SURVEY, {"object_id": "ZTF20aaelulu"})
    answer = learner.ask(probes.joined, kinds, (left, right), metadata)
    fail_if_rebuilt(answer, "the sum")
    refused = Mistake("plain-light-curve-refused", Raises("TypeError"), error=answer.raised)
    fail_if_recognised(answer, refused)
    got = answer.value
    for name, before, after in zip(("left", "right"), got.before, got.after, strict=True):
        with showing(f"{{}}\n{name}.data"):
            same = approx_equal(rows(before), rows(after))
            require(same, "operand-changed", side=name)
        with showing(f"{{}}\n{name}.object_id"):
            require(
                approx_equal(before.metadata, after.metadata), "operand-changed~name", side=name
            )
    with showing("{} in [left, right]"):
        require(not got.returned_operand, "operand-changed~same")
    want = in_time([*left, *right])
    expect_rows(
        got.total,
        want,
        Mistake("appended-unsorted", in_time(left) + in_time(right)),
        Mistake("repeats-dropped", [obs for i, obs in enumerate(want) if obs not in want[:i]]),
        Mistake("nan-flux-dropped", with_flux(want), what="the sum"),
        Mistake("repeats-only", [left[2]]),
        Mistake("left-only", in_time(left)),
        Mistake("right-only", in_time(right)),
        Mistake("values-added", _times_added(rows(got.total, "the sum"))),
        what="the sum",
    )
    same_kind(got.total, "SurveyLightCurve", SURVEY, "the sum")


def _times_added(found: list[Observation]) -> bool:
    """Whether all times are far in the future, or NaN."""
    times = [obs["mjd"] for obs in found]
    return bool(times) and all(isinstance(mjd, float) and not mjd < 100_000 for mjd in times)


def test_add_subclass(learner: Subject, rng: Rng) -> None:
    """Of a subclass and a plain light curve either may be empty; the left one keeps its class"""
    data, kinds = observations(rng, 3), ("LightCurve", "SurveyLightCurve")
    sides: list[tuple[list[Observation], list[Observation]]] = [(data, []), ([], data)]
    for both in sides:
        answer = learner.ask(probes.joined, kinds, both, ({}, SURVEY))
        refused = Mistake("subclass-refused", Raises("TypeError"), error=answer.raised)
        fail_if_recognised(answer, refused)
        got = answer.value
        with showing("{} in [left, right]"):
            require(not got.returned_operand, "operand-changed~returned")
        expect_rows(got.total, in_time(data), what="the sum")
        same_kind(got.total, "LightCurve", {"object_id": "unknown"}, "the sum")


def test_add_something_else(learner: Subject, rng: Rng) -> None:
    """Adding something other than a light curve is a TypeError"""
    others: list[Any] = [0, []]
    for other in others:
        answer = learner.ask(probes.joined_with, observations(rng, 4), other)
        expect_error(
            answer,
            "TypeError",
            f"a light curve + {other!r}",
            Mistake("raises-not-implemented-error", _raises_not_implemented(answer)),
            Mistake("anything-added", Raises("AttributeError"), other=other, error=answer.raised),
            Mistake("anything-accepted", answer.raised is None, other=other),
        )


def test_add_asks_the_other(learner: Subject, rng: Rng) -> None:
    """The answer to anything else is `NotImplemented`, so that Python asks the other object"""
    answer = learner.ask(probes.joined_with_stranger, observations(rng, 4))
    fail_if_recognised(
        answer,
        Mistake("type-error-raised", Raises("TypeError"), error=answer.raised),
        Mistake("raises-not-implemented-error", _raises_not_implemented(answer)),
    )
    view = answer.value.view
    require(not view.kind, "anything-with-data-added")
    expect(Answer(view.value), "asked", what="the sum with an object that can be added")


def _raises_not_implemented(answer: Answer[Any]) -> bool:
    """Whether NotImplementedError is raised, and not by the stub."""
    return Raises("NotImplementedError").matches(answer) and not answer.message.startswith("2.")
