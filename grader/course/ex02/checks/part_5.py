"""Checks of 2.5, A light curve that knows what it is."""

from __future__ import annotations

from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    NAME,
    TRANSIENT,
    Observation,
    check_input,
    expect_rows,
    failed,
    in_time,
    observations,
    rows,
)
from grader.course.ex02.replies import LightCurveView, Stored
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    require,
    showing,
    shown,
)


def _check_metadata(view: LightCurveView, want: dict[str, Any]) -> None:
    """The attributes of a transient are those wanted."""
    require(bool(view.kind), "not-a-subclass")
    got = view.metadata
    bare = view.table is None and "object_id" not in got
    with showing("{}.data"):
        require(not bare, "super-not-called~nothing")
    crossed = [want["peak_mjd"], want["transient_type"]]
    swapped = approx_equal([got.get("transient_type"), got.get("peak_mjd")], crossed)
    named = not approx_equal(got.get("object_id"), "unknown")
    with showing("{}.object_id"):
        require(named, "object-id-not-passed", name=want["object_id"])
    with showing("lc = {}\nlc.object_id, lc.transient_type, lc.peak_mjd"):
        require(not swapped or crossed == [None, None], "attributes-swapped")
    for name, value in want.items():
        with showing(f"{{}}.{name}"):
            require(name in got, "attribute-not-stored", name=name)
            expect(Answer(got[name]), value, what=f"`{name}`")


@gate
def test_transient_stores(learner: Subject, rng: Rng) -> None:
    """Type and time of peak are stored, and the observations as in LightCurve"""
    data = observations(rng)
    answer = learner.ask(probes.stored, "TransientLightCurve", data, **TRANSIENT)
    _super_works(learner, answer, data)
    view = answer.value.light_curve
    _check_metadata(view, TRANSIENT)
    with showing("{}.data"):
        require(view.table is not None, "super-not-called")
    held = view.table if isinstance(view.table, list) else rows(view, "the transient")
    right = approx_equal(held, in_time(data))
    with showing("{}.data"):
        require(right or not approx_equal(held, data), "not-sorted")
    expect_rows(view, in_time(data), what="the transient")
    check_input(answer.value, data)


def _super_works(learner: Subject, answer: Answer[Stored], data: list[Observation]) -> None:
    """If there is no transient, though the observations are good enough for a light curve, why."""
    if not failed(answer):
        return
    no_parentheses = Raises("TypeError", "requires a 'super' object")
    good_enough = learner.ask(probes.stored, "LightCurve", data).raised is None
    fail_if_recognised(
        answer,
        Mistake("super-without-parentheses", no_parentheses),
        Mistake("too-many-for-super", _by_parent(answer), error=answer.raised),
        Mistake("super-arguments", good_enough, error=answer.raised),
    )


def _by_parent(answer: Answer[Stored]) -> bool:
    """Whether the `__init__` of LightCurve, or of its base, was called with more than it takes."""
    says = answer.message
    too_many = "were given" in says or "unexpected keyword" in says
    return says.startswith(("LightCurve.__init__()", "ObservationTable.__init__()")) and too_many


def test_transient_own_attributes(learner: Subject, rng: Rng) -> None:
    """Each transient has its own type and time of peak, of which 0.0 is not missing"""
    data = observations(rng, 4), observations(rng, 3)
    other = {"object_id": "ZTF20aaelulu", "transient_type": "SN II", "peak_mjd": 0.0}
    got = learner.ask(probes.two_stored, "TransientLightCurve", data, (TRANSIENT, other)).value
    found = got.second.metadata
    with showing("second.peak_mjd"):
        require(found.get("peak_mjd", 0.0) is not None, "zero-is-missing")
    for name in TRANSIENT:
        shared = approx_equal(got.first.metadata.get(name), other[name])
        with showing(f"first.{name}"):
            require(not shared, "shared-by-objects", name=name)
        with showing(f"second.{name}"):
            expect(Answer(found.get(name)), other[name], what=f"`{name}`")


def test_transient_defaults(learner: Subject, rng: Rng) -> None:
    """Type and time of peak are None if they are not given"""
    data = observations(rng, 4)
    answer = learner.ask(probes.stored_by_default, "TransientLightCurve", data, NAME)
    fail_if_recognised(answer, Mistake("none-refused", failed(answer), error=answer.raised))
    got = answer.value.metadata
    peak, kind = got.get("peak_mjd"), got.get("transient_type")
    with showing("{}.peak_mjd"):
        require(not isinstance(peak, float), "peak-guessed", got=shown(peak))
    with showing("{}.transient_type"):
        require(not isinstance(kind, str), "type-guessed", got=shown(kind))
    wanted = {"object_id": NAME, "transient_type": None, "peak_mjd": None}
    _check_metadata(answer.value, wanted)


def test_transient_refuses(learner: Subject, rng: Rng) -> None:
    """What LightCurve refuses, a transient refuses as well"""
    data = observations(rng, 4)
    del data[1]["band"]
    if learner.ask(probes.stored, "LightCurve", data).raised is None:
        return  # the checks of 2.1 say so
    answer = learner.ask(probes.stored, "TransientLightCurve", data, **TRANSIENT)
    require(answer.raised is not None, "super-not-called~band-accepted")
