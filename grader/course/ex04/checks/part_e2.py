"""Checks of 4.E2, Observers."""

from __future__ import annotations

from typing import Any

import pytest

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import errors_in, says
from grader.course.ex04.replies import Observed
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, expect, require, shown


def observed(learner: Subject, steps: list[list[Any]]) -> Observed:
    """What observers heard, with the errors of each of the steps."""
    got = learner.ask(probes.observed, steps).value
    as_many(got.errors, len(steps))
    return got


@gate
def test_observers(learner: Subject, rng: Rng) -> None:
    """Every observer is called with event and data, in the order they were added"""
    data = {"object_id": f"ZTF24aa{rng.integers(1000, 9999)}", "label": "TDE"}
    names = ["first", "second", "method"]  # the first two have the same `__name__`
    steps = [*(["add", each] for each in names), ["announce", "session_started"]]
    failed = {"object_id": data["object_id"], "error": ""}
    told = [["announce", "classified", data], ["announce", "failed", failed]]
    got = observed(learner, [*steps, *told])
    require(not any(each.named for each in got.heard), "data-spread-out")

    def calls(*whom: str) -> list[list[Any]]:
        started = [[each, "session_started", {}] for each in whom]
        classified = [[each, "classified", data] for each in whom]
        return [*started, *classified, *([each, "failed", failed] for each in whom)]

    expect(
        Answer([[each.who, *each.args] for each in got.heard]),
        calls(*names),
        Mistake("only-last-kept", calls("method")),
        Mistake("only-first-kept", calls("first")),
        Mistake("value-stops-others", calls("first", "second")),
        Mistake("known-by-name", calls("first", "method")),
        Mistake("order-reversed", calls(*reversed(names))),
        what="the list of calls (observer, event, data)",
    )


def test_observer_decorates(learner: Subject) -> None:
    """`add_observer` returns the function, so that it can be used as a decorator"""
    got = observed(learner, [["add", "first"], ["add", "first"]])
    require(got.returned[:1] != [False], "callback-not-returned")
    require(all(got.returned), "callback-not-returned~again")


def test_observer_fails(learner: Subject) -> None:
    """An observer that fails is logged and does not stop the others"""
    steps = [
        ["add", "first"],
        ["add", "broken"],
        ["add", "second"],
        ["announce", "session_started"],
    ]
    got = observed(learner, steps)
    raised = got.errors[-1]
    require(not raised, "failure-raised", kind=raised[0] if raised else "")
    who = [each.who for each in got.heard]
    require(who != ["first", "broken"], "failure-stops-others")
    if "broken" in who:
        require(says(got.log, "mail server", "ERROR"), "failure-not-logged")
        expect(Answer(who), ["first", "broken", "second"], what="the list of observers called")


def test_observer_interrupts(learner: Subject) -> None:
    """Ctrl-C (KeyboardInterrupt) in an observer reaches the caller"""
    got = observed(learner, [["add", "Ctrl-C"], ["announce", "session_started"]])
    heard = any(each.who == "Ctrl-C" for each in got.heard)
    require(not heard or "KeyboardInterrupt" in got.errors[1], "interruption-swallowed")


def test_observer_fails_again(learner: Subject) -> None:
    """An observer that fails remains one, and may be any object that can be called"""
    events = [["announce", "session_started"], ["announce", "session_finished"]]
    got = observed(learner, [["add", "broken"], ["add", "first"], *events])
    who = [each.who for each in got.heard]
    require(who.count("broken") != 1 or who.count("first") != 2, "broken-removed")
    n_lines = sum("mail server" in text for text in errors_in(got.log))
    require(who.count("broken") != 2 or n_lines != 1, "failure-not-logged~again")
    got = observed(learner, [["add", "broken object"], *events])
    nameless = any("AttributeError" in kinds and "name__" in kinds[-1] for kinds in got.errors)
    require(not nameless, "name-wanted")
    unhashable = [kinds[-1] for kinds in got.errors if "unhashable" in " ".join(kinds)]
    require(not unhashable, "hash-wanted", error=unhashable[0] if unhashable else "")
    refused = got.errors[0]
    require(not refused, "callable-refused", error=": ".join(refused[:1] + refused[-1:]))
    check_message(got)


def check_message(got: Observed) -> None:
    """An object that is an observer must be called; its exception's first argument is no text."""
    require(bool(got.heard), "callable-refused~quiet")
    raised = got.errors[1]
    require(raised[:1] != ["TypeError"], "message-from-args~raised", error=(raised or [""])[-1])
    require(not raised, "failure-raised", kind=raised[0] if raised else "")
    errors = errors_in(got.log)
    said = any("mail server" in text for text in errors)
    require(said or not errors, "message-from-args", lines=shown(errors))


@pytest.mark.parametrize("name", ["first", "method"])
def test_observer_twice(learner: Subject, name: str) -> None:
    """Added twice, an observer is called once; removed, it is no longer called"""
    other = "method" if name == "first" else "first"
    twice = [*([["add", name]] * 2), *([["add", other]] * 2), ["announce", "session_started"]]
    who = [each.who for each in observed(learner, twice).heard]
    require(who.count("first") < 2, "called-twice")
    require(who.count("method") < 2, "called-twice~method")
    expect(Answer(who), [name, other], what="the list of observers called")
    announced = ["announce", "session_started"]
    steps = [["add", other], ["add", name], ["add", "second"], ["remove", name]]
    got = observed(learner, [*steps, announced, ["add", name], ["add", other], announced])
    by_identity = name == "method" and "ValueError" in got.errors[3]
    require(not by_identity, "not-found")
    expect(Answer(got.errors[3]), [], what="the error when an observer is removed")
    who = [each.who for each in got.heard]
    require(name not in who[:3], "not-removed")
    expect(
        Answer(who),
        [other, "second", other, "second", name],
        Mistake("not-added-again", [other, "second"] * 2),
        Mistake("moved-to-the-end", [other, "second", "second", name, other]),
        what="the list of observers called after a removal",
    )


def test_remove_unknown(learner: Subject) -> None:
    """Removing an unknown observer is a ValueError"""
    steps = [["remove", "second"], ["add", "first"], ["remove", "second"]]
    none_there, _, kinds = observed(learner, steps).errors
    require(bool(kinds), "unknown-removed")
    require("ValueError" in kinds, "other-error", kind=kinds[0] if kinds else "")
    require("ValueError" in none_there, "unknown-removed~none")


def test_remove_itself(learner: Subject) -> None:
    """An observer may remove itself when it is called"""
    steps = [["add", "once"], ["add", "first"], ["announce", "session_started"]]
    got = observed(learner, [*steps, ["announce", "session_finished"]])
    start, end = "session_started", "session_finished"
    expect(
        Answer([[each.who, *each.args[:1]] for each in got.heard]),
        [["once", start], ["first", start], ["first", end]],
        Mistake("list-changed-in-loop", [["once", start], ["first", end]]),
        what="the list of calls (observer, event)",
    )
