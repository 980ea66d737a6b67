"""Checks of 2.5, A light curve that knows what it is."""

from __future__ import annotations

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    NAME,
    TRANSIENT,
    Observation,
    Rng,
    expect_rows,
    failed,
    in_time,
    observations,
    plain,
    rows,
)
from grader.course.gates import gate
from grader.expect import Mistake, Raises, approx_equal, difference, fail_if_recognised, require

SUPER = "`super().__init__(data, object_id)`"


def _metadata(view: dict, want: dict) -> None:
    """The attributes of a transient are those wanted."""
    require(view["is"] != "other", "not-a-subclass")
    got = view["metadata"]
    crossed = [want["peak_mjd"], want["transient_type"]]
    swapped = approx_equal([got.get("transient_type"), got.get("peak_mjd")], crossed)
    fail_if_recognised(
        Answer(got),
        Mistake("object-id-not-passed", approx_equal(got.get("object_id"), "unknown")),
        Mistake("attributes-swapped", swapped and crossed != [None, None]),
    )
    for name, value in want.items():
        require(name in got, "attribute-not-stored", name=name)
        text = difference(got[name], value, f"`{name}`")
        require(not text, "says", says=text)


@gate
def test_transient_stores(learner: Subject, rng: Rng) -> None:
    """Type and time of peak are stored, and the observations as in LightCurve"""
    data = observations(rng)
    answer = learner.ask(probes.stored, "TransientLightCurve", data, **TRANSIENT)
    _super_works(learner, answer, data)
    view = answer.value["lc"]
    _metadata(view, TRANSIENT)
    table = view.get("data")
    unsorted = table if isinstance(table, list) else table and plain(rows(view, "the transient"))
    fail_if_recognised(
        answer,
        Mistake("super-not-called", table is None),
        Mistake("not-sorted", approx_equal(unsorted, data)),
    )
    expect_rows(view, in_time(data), what="the transient")


def _super_works(learner: Subject, answer: Answer, data: list[Observation]) -> None:
    """If there is no transient, though the observations are good enough for a light curve, why."""
    if not failed(answer):
        return
    fail_if_recognised(
        answer,
        Mistake("super-without-parentheses", Raises("TypeError", "requires a 'super' object")),
        Mistake("too-many-for-super", Raises("TypeError", "were given")),
        Mistake("too-many-for-super", Raises("TypeError", "unexpected keyword")),
        Mistake(
            "super-arguments",
            learner.ask(probes.stored, "LightCurve", data).raised is None,
            raised_=answer.raised,
        ),
    )


def test_transient_defaults(learner: Subject, rng: Rng) -> None:
    """Type and time of peak are None if they are not given"""
    answer = learner.ask(
        probes.stored_by_default, "TransientLightCurve", observations(rng, 4), NAME
    )
    fail_if_recognised(answer, Mistake("none-refused", failed(answer), raised_=answer.raised))
    got = answer.value.get("metadata", {})
    fail_if_recognised(
        Answer(got),
        Mistake("peak-guessed", isinstance(got.get("peak_mjd"), float)),
        Mistake("type-guessed", isinstance(got.get("transient_type"), str)),
    )
    _metadata(answer.value, {"object_id": NAME, "transient_type": None, "peak_mjd": None})


def test_transient_zero_peak(learner: Subject, rng: Rng) -> None:
    """A time of peak of 0.0 is kept"""
    metadata = TRANSIENT | {"peak_mjd": 0.0}
    view = learner.ask(
        probes.stored, "TransientLightCurve", observations(rng, 4), **metadata
    ).value["lc"]
    lost = view.get("metadata", metadata).get("peak_mjd", 0.0) is None
    require(not lost, "zero-is-missing")
    _metadata(view, metadata)


def test_transient_refuses(learner: Subject, rng: Rng) -> None:
    """What LightCurve refuses, a transient refuses as well"""
    data = observations(rng, 4)
    del data[1]["band"]
    if learner.ask(probes.stored, "LightCurve", data).raised is None:
        return  # that is 2.1's concern
    answer = learner.ask(probes.stored, "TransientLightCurve", data, **TRANSIENT)
    require(answer.raised is not None, "super-not-called~2")
