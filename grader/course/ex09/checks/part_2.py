"""Checks of 9.2, A run, from its start to its end."""

from __future__ import annotations

from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import Rng, names_of, settings
from grader.course.gates import gate
from grader.expect import expect, require


def opened(answer: Answer) -> dict[str, Any]:
    """What was seen of `start_experiment`, once it opens a run."""
    got: dict[str, Any] = answer.value
    require(got["logins"] == 0, "login-asked")
    require(bool(got["asked"]), "opens-run-call")
    return got


@gate
def test_opened(learner: Subject, rng: Rng) -> None:
    """`start_experiment` opens a run with project, name, configuration and mode"""
    project, name, *_ = names_of(rng, 2)
    config = settings(rng)
    got = opened(learner.ask(probes.started, project, config, name))
    run = got["asked"][0]
    require(run["mode"] is not None, "mode-missing")
    require(run["mode"] == "offline", "without-api-key", mode=run["mode"])
    require(run["project"] == project, "project-ignored", project=run["project"], project2=project)
    require(run["name"] == name, "name-missing", name=run["name"], name2=name)
    require(bool(run["config"]), "config-not-handed-over")
    expect(Answer(run["config"]), config, what="the run's config")
    require(got["kept"], "run-not-kept")
    require(got["returned"] == "the tracker", "returns-return-tracker", returned=got["returned"])
    require(got["unchanged"], "changes-dictionary-given")


def test_online(learner: Subject, rng: Rng) -> None:
    """With an API key the same code goes online"""
    got = opened(learner.ask(probes.started, "a-project", settings(rng), key=True))
    require(
        got["asked"][0]["mode"] in ("online", None), "always-offline", mode=got["asked"][0]["mode"]
    )


def test_second_run(learner: Subject, rng: Rng) -> None:
    """A run that is still open is finished before the next one"""
    got = opened(learner.ask(probes.started, "a-project", settings(rng), "first"))
    second = got.get("second") or {}
    require(
        not second.get("left_open") or second.get("reinit") in ("finish_previous", True),
        "old-run-goes-on",
    )


def test_block(learner: Subject) -> None:
    """At the end of a `with` block the run is finished with exit code 0"""
    got = learner.ask(probes.block, raises=False).value
    require(got["entered"] is True, "enter-returns-nothing")
    check_finished(got, 0)


def test_block_with_exception(learner: Subject) -> None:
    """If an exception leaves the block, the run is finished with exit code 1, and it goes on"""
    got = learner.ask(probes.block, raises=True).value
    check_finished(got, 1)
    require(got["came_through"], "exception-swallowed")
    stopped = learner.ask(probes.block, raises=True, how="interrupted").value
    require(bool(stopped["finished"]) and stopped["finished"][0] != 0, "interrupt-called-success")


def check_finished(got: dict[str, Any], code: int) -> None:
    finished = got["finished"]
    require(
        bool(finished),
        "never-finished",
        says="The run is not finished"
        + (" after an exception" if code else "")
        + ": in W&B it would be 'crashed', without its last rows. Call `self.run.finish(exit_code=...)`.",
    )
    require(finished[0] == code or code == 0, "failure-called-success")
    require(finished[0] == code, "run-finished-exit", finished=finished[0])
    require(got["run"], "run-not-reset")


def test_finish(learner: Subject, rng: Rng) -> None:
    """`finish_experiment` hands on the exit code, and may be called without a run"""
    check_finished(learner.ask(probes.block, raises=False, how="call").value, 0)
    got = learner.ask(probes.block, raises=False, how="code").value
    require(bool(got["finished"]), "finish-run")
    require(got["finished"][0] == 3, "exit-code-ignored", finished=got["finished"][0])
    inside = learner.ask(probes.block_finished_inside).value
    for error in (got["again"], inside["error"]):
        require(not error, "crashes-without-run", error=error[:1])


def test_real_run(learner: Subject, rng: Rng) -> None:
    """The file of a real run that failed has its project, its configuration, and exit code 1"""
    project, name, *_ = names_of(rng, 2)
    config = settings(rng)
    got = learner.ask(probes.really_started, project, config, name).value
    require(got["runs"] == 1, "opens-runs-open", runs=got["runs"])
    expect(Answer(got["config"]), config, what="the config in the run's file")
    found = [got["project"], got["display_name"]]
    expect(Answer(found), [project, name], what="the list of project and name in the run's file")
    require(
        got["exit"] == 1,
        "exception-left-block" if got["exit"] else "failure-called-success~2",
        exit=got["exit"],
    )
