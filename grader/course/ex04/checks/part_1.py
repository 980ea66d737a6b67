"""Checks of 4.1, A logger of its own."""

from __future__ import annotations

from logging import INFO, WARNING

from grader.answer import Finding, Subject
from grader.course.ex04 import probes, typed
from grader.course.ex04.replies import SetUp
from grader.course.gates import gate
from grader.expect import Mistake, Raises, fail_if_recognised, require, showing


@gate
def test_logger(learner: Subject) -> None:
    """The logger "astronomy_pipeline" has level INFO and one handler, however often it is set up"""
    answer = learner.ask(probes.set_up)
    takes_self = Mistake(
        "not-static", Raises("TypeError", "_setup_logging() "), error=answer.raised
    )
    fail_if_recognised(answer, takes_self)
    got = answer.value
    check_is_logger(got)
    require(not got.is_root, "root-returned")
    require(got.name == "astronomy_pipeline", "other-name", name=got.name)
    require(got.is_known, "other-logger")
    require((got.n_root_handlers, got.root_level) == (0, WARNING), "root-configured")
    require(got.disabled == 0, "root-configured~disabled")
    check_handlers(got)
    require(got.n_after_second > 0, "handler-lost")
    require(got.n_after_second == 1, "second-handler", n_handlers=got.n_after_second)
    require(got.second == "Logger", "second-call-returns", kind=got.second)


def check_is_logger(got: SetUp) -> None:
    """A logger must be returned."""
    with showing("type(first).__name__"):
        if got.kind == "NoneType":
            raise Finding("nothing-returned" if got.anything_added else "none-returned")
        require(got.kind == "Logger", "not-a-logger", kind=got.kind)


def check_handlers(got: SetUp) -> None:
    """The logger must have one handler, which lets INFO through."""
    require(bool(got.handlers), "no-handler")
    require(len(got.handlers) == 1, "several-handlers", n_handlers=len(got.handlers))
    (handler,) = got.handlers
    require(handler.is_stream, "other-handler")
    require(got.level != 0 or handler.level == 0, "level-on-handler")
    require(got.level == INFO, "other-level", level=got.level)
    require(handler.level <= INFO, "handler-drops-info")
    with showing(typed.DROPPED):
        levels = " and ".join(handler.dropped)
        require(not handler.dropped, "handler-drops-info~filter", levels=levels)


def test_format(learner: Subject) -> None:
    """A line shows time, level and message"""
    got = learner.ask(probes.set_up).value
    require(bool(got.handlers), "handlerless")
    line, later = got.handlers[0].line, got.handlers[0].later
    with showing(typed.A_LINE):
        require(line != "the dome is stuck", "no-format")
        require("the dome is %s" not in line, "format-incomplete~msg", line=line)
        require("the dome is stuck" in line, "format-incomplete~message", line=line)
        require("ERROR" in line.upper(), "format-incomplete~level", line=line)
        require(line != later, "format-incomplete~time", line=line)


def test_beside_root(learner: Subject) -> None:
    """A handler that is already there counts, no matter whose; the root logger is irrelevant"""
    got = learner.ask(probes.set_up_beside_root).value
    require(got.root_kept, "root-configured")
    require(got.others < 2, "second-kind-of-handler")
    require(got.beside > 0 or got.alone > 0, "remembered-elsewhere")
    require(got.beside != 0, "has-handlers")
    require(got.beside == 1, "several-handlers", n_handlers=got.beside)
    beside, alone = got.levels
    require(beside == INFO or alone != INFO, "level-by-condition", level=beside)
    require(alone == INFO or beside != INFO, "level-by-condition~kept", level=alone)
