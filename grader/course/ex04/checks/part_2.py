"""Checks of 4.2, A session."""

from __future__ import annotations

from grader.answer import Answer, Subject
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import says, well_formed
from grader.course.gates import gate
from grader.expect import Mistake, Raises, expect, fail_if_recognised, kind_of, require, shown


def in_session(answer: Answer) -> dict:
    """What was seen, once it is clear that it is a context manager."""
    message = answer.raised.message if answer.raised else ""
    fail_if_recognised(
        answer,
        Mistake(
            "not-a-generator",
            answer.raised is not None and ("iterator" in message or "context manager" in message),
            raised_=answer.raised,
        ),
        Mistake(
            "not-a-generator~2", Raises("RuntimeError", "generator didn't"), raised_=answer.raised
        ),
    )
    return answer.value


@gate
def test_session(learner: Subject) -> None:
    """In the block `in_session` is True, after it False; the log has "started" and "finished\""""
    got = in_session(learner.ask(probes.session))
    require(got["inside"] is True, "flag-not-set", inside=got["inside"])
    require(got["after"] is False, "stays-open", after=got["after"])
    require(bool(got["log"]) or not got["root_log"], "on-root-logger")
    require(bool(got["log"]), "printed")
    require(
        says(got["log_inside"], "started"), "block-begins-log", log_inside=shown(got["log_inside"])
    )
    require(not says(got["log_inside"], "finished"), "finished-too-soon")
    require(says(got["log"], "finished"), "after-block-log", log=shown(got["log"]))
    require(got["yields"] is None, "value-yielded", yields=kind_of(got["yields"]))


def test_session_announced(learner: Subject) -> None:
    """Start and end are announced"""
    got = in_session(learner.ask(probes.session))
    want = [["session_started", {}], ["session_finished", {}]]
    require(bool(got["events"]), "not-announced")
    expect(Answer(got["events"]), want, what="the list of announced events and their data")
    expect(Answer(got["events_inside"]), want[:1], what="the list of events when the block begins")


def test_session_with_exception(learner: Subject) -> None:
    """An exception is logged and goes on, and the session ends all the same"""
    got = in_session(learner.ask(probes.session, "the disk is full"))
    require(bool(got["raised"]), "exception-swallowed")
    require(got["after"] is False, "stays-open~2")
    require(got["raised"] == "Trouble", "exception-replaced", raised_=got["raised"])
    require(got["events"][-1:] in ([["session_finished", {}]], []), "finish-not-announced")
    require(bool(got["log"]), "nothing-logged-block")
    well_formed(got)
    require(says(got["log"], "the disk is full", "ERROR"), "exception-not-logged")
    require(says(got["log"], "finished"), "finish-not-logged")


def test_session_with_os_error(learner: Subject) -> None:
    """The line holds an exception's message, `str(error)`, whatever its arguments are"""
    got = in_session(learner.ask(probes.session, "OSError"))
    told = says(got["log"], "no space left", "ERROR")
    require(got["raised"] in ("OSError", ""), "message-from-args", raised_=got["raised"])
    require(told, "exception-not-logged~2")


def test_session_flag(learner: Subject) -> None:
    """`in_session` is set before observers are told"""
    got = in_session(learner.ask(probes.session))
    if [event[0] for event in got["events"]] != ["session_started", "session_finished"]:
        return  # another check speaks of that
    require(got["flags"][0] is not False, "flag-after-announcement")
    require(got["flags"][1] is not True, "flag-after-announcement~2")


def test_session_interrupted(learner: Subject) -> None:
    """Ctrl-C (KeyboardInterrupt) ends the session too, goes on, and is no error"""
    got = in_session(learner.ask(probes.session, "Ctrl-C"))
    require(
        got["after"] is False and got["events"][-1:] in ([["session_finished", {}]], []),
        "open-after-interruption",
    )
    require(bool(got["raised"]), "interruption-swallowed")
    errors = [line[1] for line in got["log"] if line[0] in ("ERROR", "CRITICAL")]
    require(not errors, "interruption-logged")


def test_session_in_session(learner: Subject) -> None:
    """A session in a session is a RuntimeError, and the first one goes on"""
    got = in_session(learner.ask(probes.session_in_session))
    require("RuntimeError" in got["kinds"], "nesting-allowed")
    require(got["inside"] is True, "refused-ends-other")
    require(not says(got["log"], "finished"), "refused-ends-other~2")
    require(
        got["new_log"] == got["new_events"] == [],
        "refusal-logged",
        new_log=shown(got["new_log"] + got["new_events"]),
    )
