"""Checks of 4.2, A session."""

from __future__ import annotations

from typing import Any, TypeVar

from grader.answer import Answer, Subject
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import names_of, says, told, well_formed
from grader.course.ex04.replies import Session
from grader.course.gates import gate
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)

STARTED: list[Any] = ["session_started", {}]
FINISHED: list[Any] = ["session_finished", {}]
R = TypeVar("R")


def in_session(answer: Answer[R]) -> R:
    """What was seen, once it is clear that it is a context manager."""
    message = answer.message
    not_usable = "iterator" in message or "context manager" in message
    fail_if_recognised(
        answer,
        Mistake("not-a-generator", not_usable, error=answer.raised),
        Mistake(
            "not-a-generator~yields",
            Raises("RuntimeError", "generator didn't"),
            error=answer.raised,
        ),
    )
    return answer.value


def finish_announced(got: Session) -> bool:
    """Whether the end was announced last; without any announcement another check complains."""
    return not got.events or approx_equal(told(got.events[-1:]), [FINISHED])


@gate
def test_session(learner: Subject) -> None:
    """`in_session` is True in the block, False after it; the log has "started" and "finished\""""
    answer = learner.ask(probes.session)
    got = in_session(answer)
    require(got.inside is True, "flag-not-set", value=shown(got.inside))
    require(got.after is False, "stays-open", value=shown(got.after))
    others = {line.logger for line in got.root_log}
    require(bool(got.log) or "root" not in others, "on-root-logger")
    require(bool(got.log) or not others, "on-another-logger", name=shown(min(others, default="")))
    require(bool(got.log) or "start" not in answer.printed.lower(), "printed")
    require(bool(got.log), "nothing-in-the-log")
    inside, log = (
        [[line.level, line.text] for line in lines] for lines in (got.log_inside, got.log)
    )
    require(says(got.log_inside, "started"), "start-not-logged", log=shown(inside))
    require(not says(got.log_inside, "finished"), "finished-too-soon")
    require(says(got.log, "finished"), "end-not-logged", log=shown(log))
    require(got.yields is None, "value-yielded", got=kind_of(got.yields))


def test_session_announced(learner: Subject) -> None:
    """Start and end are announced"""
    got = in_session(learner.ask(probes.session))
    require(bool(got.events), "not-announced")
    expect(
        Answer(told(got.events)),
        [STARTED, FINISHED],
        what="the list of announced events and their data",
    )
    expect(
        Answer(told(got.events_inside)),
        [STARTED],
        what="the list of events when the block begins",
    )


def test_session_with_exception(learner: Subject) -> None:
    """An exception is logged and passed on, and the session ends all the same"""
    got = in_session(learner.ask(probes.session, "the disk is full"))
    require(bool(got.raised), "exception-swallowed")
    require(got.after is False, "stays-open~exception")
    require(got.raised == "Trouble", "exception-replaced", kind=got.raised)
    require(got.same, "exception-replaced~copy")
    require(finish_announced(got), "finish-not-announced")
    check_once(got)
    check_finished_once(got)
    check_flag(got)
    require(bool(got.log), "nothing-logged")
    well_formed(got)
    lines = shown([[line.level, line.text] for line in got.log])
    require(says(got.log, "the disk is full", "ERROR"), "exception-not-logged", log=lines)
    require(says(got.log, "finished"), "finish-not-logged")


def test_session_with_other_exceptions(learner: Subject) -> None:
    """The log has an exception's message, `str(error)`, whatever its kind and its arguments"""
    got = in_session(learner.ask(probes.session, "OSError"))
    require(bool(got.raised), "exception-swallowed")
    require(got.raised == "OSError", "message-from-args", kind=got.raised)
    require(says(got.log, "no space left", "ERROR"), "exception-not-logged~os-error")
    got = in_session(learner.ask(probes.session, "RuntimeError"))
    require(bool(got.raised), "exception-swallowed")
    require(says(got.log, "the mount is stuck", "ERROR"), "exception-not-logged~runtime")


def test_session_flag(learner: Subject) -> None:
    """`in_session` is set before observers are told"""
    got = in_session(learner.ask(probes.session))
    if names_of(got.events) != ["session_started", "session_finished"] or len(got.events) != 2:
        return  # another check complains of that
    check_flag(got)


def check_flag(got: Session) -> None:
    """Observers and log must hear of a session while it is open, of its end when it is closed."""
    for event in got.events:
        started = approx_equal(event.name, "session_started")
        require(event.in_session is not False or not started, "flag-after-announcement")
        finished = approx_equal(event.name, "session_finished")
        require(event.in_session is not True or not finished, "flag-after-announcement~end")
    flags = {
        word: [line.in_session for line in got.log if word in line.text.lower()]
        for word in ("started", "finished")
    }
    require(False not in flags["started"], "flag-after-log")
    require(True not in flags["finished"], "flag-after-log~end")


def check_finished_once(got: Session) -> None:
    """The line that the session has finished must not be written twice."""
    lines = [line.text for line in got.log if "finished" in line.text.lower()]
    twice = [line for line in lines if lines.count(line) > 1]
    require(not twice, "finished-twice", line=shown(twice[0] if twice else ""))


def check_once(got: Session) -> None:
    """The end of a session must be announced once, also if its block has failed."""
    if got.events:
        expect(
            Answer(told(got.events)),
            [STARTED, FINISHED],
            what="the list of announced events after a failure",
        )


def test_session_interrupted(learner: Subject) -> None:
    """Ctrl-C (KeyboardInterrupt) ends the session too, is passed on, and is not an error"""
    got = in_session(learner.ask(probes.session, "exit"))
    require(got.after is False, "open-after-interruption~exit", value=shown(got.after))
    require(finish_announced(got), "open-after-interruption~exit-unannounced")
    require(says(got.log, "finished") or not got.log, "finish-not-logged~exit")
    got = in_session(learner.ask(probes.session, "Ctrl-C"))
    require(got.after is False, "open-after-interruption", value=shown(got.after))
    require(finish_announced(got), "open-after-interruption~unannounced")
    require(bool(got.raised), "interruption-swallowed")
    check_once(got)
    check_flag(got)
    check_finished_once(got)
    require(says(got.log, "finished") or not got.log, "finish-not-logged~interruption")
    errors = [line for line in got.log if line.level in ("ERROR", "CRITICAL")]
    require(not errors, "interruption-logged")


def test_session_in_session(learner: Subject) -> None:
    """A session inside a session is a RuntimeError, and the first one stays open"""
    got = in_session(learner.ask(probes.session_in_session))
    require(bool(got.kinds), "nesting-allowed")
    kind = got.kinds[0]
    require("RuntimeError" in got.kinds, "other-error-for-nested", kind=kind)
    require(got.inside is True, "refused-ends-other")
    require(not says(got.log, "finished"), "refused-ends-other~logged")
    trace = [[line.level, line.text] for line in got.new_log] + told(got.new_events)
    require(not trace, "refusal-logged", trace=shown(trace))
    require(not got.another, "sessions-shared", kind=got.another[0] if got.another else "")
    require(not got.again, "one-session-only", kind=got.again[0] if got.again else "")
