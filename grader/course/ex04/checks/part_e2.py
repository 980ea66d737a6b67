"""Checks of 4.E2, Observers."""

from __future__ import annotations

from typing import Any

import pytest

from grader.answer import Answer, Subject
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import Rng, says
from grader.course.gates import gate
from grader.expect import Mistake, expect, require


def heard(answer: Answer) -> list[list[Any]]:
    return answer.value["heard"]


@gate
def test_observers(learner: Subject, rng: Rng) -> None:
    """Every observer is called with event and data, in the order they were added"""
    data = {"object_id": f"ZTF24aa{rng.integers(1000, 9999)}", "label": "TDE"}
    steps = [["add", "first"], ["add", "second"], ["announce", "session_started"]]
    answer = learner.ask(probes.observed, [*steps, ["announce", "classified", data]])
    got = heard(answer)
    spread = any(isinstance(each[-1], dict) and "spread" in each[-1] for each in got)
    require(not spread, "data-spread-out")
    want: list[list[Any]] = [[each, "session_started", {}] for each in ("first", "second")]
    want += [[each, "classified", data] for each in ("first", "second")]
    expect(
        Answer(got),
        want,
        Mistake("only-last-kept", [each for each in want if each[0] == "second"]),
        Mistake("known-by-name", [each for each in want if each[0] == "first"]),
        Mistake("order-reversed", [want[1], want[0], want[3], want[2]]),
        what="the list of calls (observer, event, data)",
    )


def test_observer_decorates(learner: Subject) -> None:
    """`add_observer` returns the function, so that it can be used as a decorator"""
    returned = learner.ask(probes.observed, [["add", "first"], ["add", "first"]]).value["returned"]
    require(all(returned), "callback-not-returned")


def test_observer_fails(learner: Subject) -> None:
    """An observer that fails is logged and does not stop the others"""
    steps = [
        ["add", "first"],
        ["add", "broken"],
        ["add", "second"],
        ["announce", "session_started"],
    ]
    answer = learner.ask(probes.observed, steps)
    raised = answer.value["errors"][-1]
    require(not raised, "failure-raised", value=raised[0] if raised else "")
    who = [each[0] for each in heard(answer)]
    require(who != ["first", "broken"], "failure-stops-others")
    if "broken" in who:
        require(says(answer.value["log"], "mail server", "ERROR"), "failure-not-logged")
        expect(Answer(who), ["first", "broken", "second"], what="the list of observers called")


def test_observer_fails_again(learner: Subject) -> None:
    """An observer that fails remains one, and may be any object that can be called"""
    events = [["announce", "session_started"], ["announce", "session_finished"]]
    answer = learner.ask(probes.observed, [["add", "broken"], ["add", "first"], *events])
    who = [each[0] for each in heard(answer)]
    require(who.count("broken") != 1 or who.count("first") != 2, "broken-removed")
    answer = learner.ask(probes.observed, [["add", "broken object"], *events])
    require(not any("AttributeError" in kinds for kinds in answer.value["errors"]), "name-wanted")


@pytest.mark.parametrize("name", ["first", "method"])
def test_observer_twice(learner: Subject, name: str) -> None:
    """Added twice, an observer is called once; removed, it is not called any more"""
    twice = [["add", name], ["add", name], ["announce", "session_started"]]
    answer = learner.ask(probes.observed, twice)
    count = len(heard(answer))
    require(
        count != 2,
        "called-twice",
        says="An observer that was added twice is called twice. Ask `if callback not in self.observers` first"
        + (": methods of objects are equal, but not identical." if name == "method" else "."),
    )
    expect(Answer(count), 1, what="the number of calls")
    answer = learner.ask(
        probes.observed, [["add", name], ["remove", name], ["announce", "session_started"]]
    )
    require(not heard(answer), "not-removed")
    expect(Answer(answer.value["errors"][1]), [], what="the error when an observer is removed")


def test_remove_unknown(learner: Subject) -> None:
    """Removing an unknown observer is a ValueError"""
    kinds = learner.ask(probes.observed, [["add", "first"], ["remove", "second"]]).value["errors"][
        1
    ]
    require(bool(kinds), "unknown-removed")
    require("ValueError" in kinds, "removing-observer-never", value=kinds[0] if kinds else "")


def test_remove_itself(learner: Subject) -> None:
    """An observer may remove itself when it is called"""
    steps = [["add", "once"], ["add", "first"], ["announce", "session_started"]]
    answer = learner.ask(probes.observed, [*steps, ["announce", "session_finished"]])
    who = [each[0] for each in heard(answer)]
    expect(
        Answer(who),
        ["once", "first", "first"],
        Mistake("list-changed-in-loop", ["once", "first"]),
        what="the list of observers called",
    )
