"""Checks of 9.2, A run, from start to finish."""

from __future__ import annotations

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes, sides
from grader.course.ex09.checks.common import kind_in, names_of, settings, varied_settings
from grader.course.ex09.replies import Block, Opened, Started
from grader.course.gates import gate
from grader.course.lines import source
from grader.course.oracles import Rng
from grader.expect import expect, require, showing


def first_run(got: Started) -> Opened:
    """How the first run was opened."""
    with showing(sides.LOGINS):
        require(got.logins == 0, "login-asked")
    if not got.runs:
        raise Finding("no-run-opened")
    return got.runs[0]


@gate
def test_opened(learner: Subject, rng: Rng) -> None:
    """`start_experiment` opens a run with project, name, configuration and mode"""
    project, name, *_ = names_of(rng, 2)
    config = varied_settings(rng)
    got = learner.ask(probes.started, project, config, name).value
    run = first_run(got)
    require(run.mode is not None, "mode-missing")
    require(run.mode == "offline", "other-mode", got=run.mode)
    require(run.project == project, "project-ignored", got=run.project, want=project)
    require(run.name == name, "name-missing", got=run.name, want=name)
    require(bool(run.config), "config-not-passed")
    expect(Answer(run.config), config, what="the run's config")
    with showing(sides.KEPT_RUN):
        require(got.kept, "run-not-kept")
    with showing(sides.RETURNED_TRACKER):
        require(got.returned == "the tracker", "tracker-not-returned", got=got.returned)
    with showing(f"{{}}\ndict(unchanged=config == {source(config)})"):
        require(got.unchanged, "config-changed")


def test_online(learner: Subject, rng: Rng) -> None:
    """With an API key the same code goes online, unless W&B is told to stay offline"""
    got = learner.ask(probes.started, "a-project", settings(rng), key=True).value
    run = first_run(got)
    require(run.mode in ("online", None), "always-offline", got=run.mode)
    require(run.name is None, "name-invented", got=run.name)
    second, others = got.second, got.others
    right = second is None or second.mode == "offline"
    with showing(sides.SECOND):
        require(right, "mode-of-its-own", got=second and second.mode)
    right = others is None or others.mode in ("online", None)
    with showing(sides.OTHERS):
        require(right, "mode-of-its-own~netrc", got=others and others.mode)


def test_second_run(learner: Subject, rng: Rng) -> None:
    """A run that is still open, of any tracker, is finished before the next one"""
    got = learner.ask(probes.started, "a-project", settings(rng), "first").value
    first_run(got)
    with showing(sides.SECOND):
        require(got.second is not None, "old-run-kept")
        require(ends_first(got.second), "old-run-goes-on", so=what_then(got.second))
    so = what_then(got.others)
    with showing(sides.OTHERS):
        require(ends_first(got.others), "old-run-goes-on~of-another-tracker", so=so)


def what_then(opened: Opened | None) -> str:
    """What becomes of a run that is open when this one is asked for."""
    reinit = opened and opened.reinit
    if reinit == "create_new":
        return "with `reinit='create_new'` it stays open beside the new one"
    if reinit is None:
        return "outside a notebook `wandb.init` would return it"
    return f"with `reinit={reinit!r}` `wandb.init` would return it"


def ends_first(opened: Opened | None) -> bool:
    """Whether a run was finished before this one was opened, or is by its `reinit`."""
    if opened is None or opened.reinit in ("finish_previous", True):
        return True
    return not opened.left_open


def test_block(learner: Subject) -> None:
    """At the end of a `with` block the run is finished with exit code 0"""
    got = learner.ask(probes.block).value
    require(got.entered, "enter-returns-nothing")
    check_finished(got)


def check_finished(got: Block) -> None:
    """A run without an exception has ended well."""
    if not got.exit_codes:
        raise Finding("never-finished")
    require(got.exit_codes[0] == 0, "finished-as-failure", got=got.exit_codes[0])
    require(got.run_is_reset, "run-not-reset")


def test_block_with_exception(learner: Subject) -> None:
    """If an exception leaves the block, the run is finished with exit code 1, and it propagates"""
    answer = learner.ask(probes.block, "Trouble")
    got = answer.value
    if not got.exit_codes:
        raise Finding("never-finished~after-exception")
    code = got.exit_codes[0]
    by_call = learner.ask(probes.finished, 3).value.exit_codes
    passed_on = not by_call or by_call[0] == 3
    require(passed_on or code == 1, "exit-code-ignored", got=by_call[0] if by_call else None)
    require(code != 0, "failure-called-success", answer)
    require(code == 1, "other-exit-code", answer, got=code)
    require(got.run_is_reset, "run-not-reset", answer)
    require(got.came_through, "exception-swallowed", answer)
    stopped = learner.ask(probes.block, "KeyboardInterrupt").value
    success = not stopped.exit_codes or stopped.exit_codes[0] == 0
    require(not success, "interrupt-called-success")
    require(stopped.came_through, "exception-swallowed~interrupt")
    require(stopped.exit_codes[0] == 1, "other-exit-code", got=stopped.exit_codes[0])


def test_finish(learner: Subject, rng: Rng) -> None:
    """`finish_experiment` passes the exit code on, and may be called without a run"""
    at_once = learner.ask(probes.finished)
    well = at_once.value
    check_finished(well)
    with showing(sides.OTHERS_LEFT):
        require(well.others_left, "run-of-others-finished")
    with_code = learner.ask(probes.finished, 3)
    got = with_code.value
    if not got.exit_codes:
        raise Finding("never-finished~by-call")
    require(got.exit_codes[0] == 3, "exit-code-ignored", got=got.exit_codes[0])
    with showing("tracker.finish_experiment()"):
        again = got.finished_again
        require(again is None, "crashes-without-run", error=kind_in(again))
    inside = learner.ask(probes.finished_inside).value
    if inside is None:
        raise Finding("exception-swallowed~finished")
    require("Trouble" in inside.kinds, "crashes-without-run", error=kind_in(inside))
    if well.next_codes is not None and got.next_codes is not None:
        with showing(sides.NEXT_CODES):
            require(bool(well.next_codes), "next-run-not-finished", at_once)
            require(bool(got.next_codes), "next-run-not-finished", with_code)
            require(got.next_codes[0] == 0, "exit-code-kept", with_code, got=got.next_codes[0])


def test_real_run(learner: Subject, rng: Rng) -> None:
    """The file of a real run that failed has its project, its configuration, and exit code 1"""
    project, name, *_ = names_of(rng, 2)
    config = settings(rng)
    got = learner.ask(probes.really_started, project, config, name).value
    if got.n_runs != 1 or got.first is None:
        raise Finding("other-number-of-runs", got=got.n_runs)
    file = got.first
    expect(Answer(file.config), config, what="the config in the run's file")
    found = [file.project, file.name]
    expect(Answer(found), [project, name], what="the list of project and name")
    require(bool(file.exit_code), "failure-called-success~real", got=file.exit_code)
    require(file.exit_code == 1, "other-exit-code", got=file.exit_code)
