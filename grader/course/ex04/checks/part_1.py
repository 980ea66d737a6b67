"""Checks of 4.1, A logger of its own."""

from __future__ import annotations

from grader.answer import Finding, Subject
from grader.course.ex04 import probes
from grader.course.gates import gate
from grader.expect import Mistake, Raises, fail_if_recognised, require


@gate
def test_logger(learner: Subject) -> None:
    """The logger "astronomy_pipeline" has level INFO and one handler, however often it is set up"""
    answer = learner.ask(probes.set_up)
    fail_if_recognised(
        answer,
        Mistake("not-static", Raises("TypeError", "positional argument"), raised_=answer.raised),
    )
    got = answer.value
    if got["is"] != "Logger":
        touched = got["is"] == "NoneType" and got["touched"]
        says = "The result is None. Is the last line `return logger`?"
        other = f"The result is of the type {got['is']}; it should be a logger."
        slug = "nothing-returned" if touched else ""
        raise Finding(slug, says=says if got["is"] == "NoneType" else other)
    require(not got["is_root"], "root-returned")
    require(got["name"] == "astronomy_pipeline", "other-name", name=got["name"])
    require(got["root"] == [0, 30], "root-configured")
    handlers = got["handlers"]
    require(bool(handlers), "no-handler")
    require(len(handlers) == 1, "after-call-logger", n_handlers=len(handlers))
    require(handlers[0]["stream"], "handler")
    require(got["level"] != 0 or handlers[0]["level"] == 0, "level-on-handler")
    require(got["level"] == 20, "logger-level-info", level=got["level"])
    require(handlers[0]["level"] <= 20, "handler-drops-info")
    require(got["after_second"] == 1, "second-handler", after_second=got["after_second"])


def test_format(learner: Subject) -> None:
    """A line shows time, level and message"""
    got = learner.ask(probes.set_up).value
    require(bool(got.get("handlers")), "handler-whose-format")
    line, later = got["handlers"][0]["line"], got["handlers"][0]["later"]
    require(line != "the dome is stuck", "no-format")
    require("the dome is stuck" in line, "format-incomplete", line=line)
    require("ERROR" in line.upper(), "format-incomplete~2", line=line)
    require(line != later, "format-incomplete~3", line=line)


def test_beside_root(learner: Subject) -> None:
    """The logger gets its own handler, also if the root logger has one"""
    beside, alone = learner.ask(probes.set_up_beside_root).value
    require((beside, alone) != (0, 0), "remembered-elsewhere")
    require(beside == 1, "has-handlers")
