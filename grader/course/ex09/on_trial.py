"""Trackers and runs of a learner's on trial, and what becomes of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from grader.course import common_probes
from grader.course.ex09.replies import Block, Caught, Opened, RealRuns, RunFile, Started
from grader.course.ex09.run_files import recorded_in
from grader.course.ex09.trial import Trial, environment, real, recorded
from grader.runner import Learner

PROJECT = "a project of the grader's"
Observations = list[dict[str, Any]]
Weights = list[list[float]]


def tracker_with_run(learner: Learner, trial: Trial, config: Any = None) -> tuple[Any, Any]:
    """A tracker with an open run, as if `start_experiment` had opened it."""
    tracker = learner.WandBExperimentTracker(PROJECT)
    tracker.run = trial.init(project=PROJECT, config=config or {})
    return tracker, tracker.run


def outcome_of(action: Callable[[], Any]) -> tuple[Any, Caught | None]:
    """What an action returns, or the exception that it raises."""
    returned, error = error_of(action)
    told = caught_as(error) if error else None
    del error  # its traceback would hold on to this frame, and that to the learner's objects
    return returned, told


def error_of(action: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """The same with the exception itself; that of an untouched stub is passed on."""
    try:
        return action(), None
    except NotImplementedError:
        raise
    except Exception as error:
        return None, error


def caught_as(error: Exception) -> Caught:
    """An exception of the learner's code in plain values."""
    return Caught(common_probes.kinds_of(error), str(error))


def caught(action: Callable[[], Any]) -> Caught | None:
    """The exception that an action raises."""
    return outcome_of(action)[1]


def opened(options: dict[str, Any]) -> Opened:
    """How a run was opened, by the arguments of `init`."""
    names = ("project", "name", "config", "mode", "reinit", "left_open")
    fields: dict[str, Any] = {name: options.get(name) for name in names}
    return Opened(**fields)


def end_of(tracker: Any, run: Any, entered: bool = False, came_through: bool = False) -> Block:
    """What became of a run, also when its tracker finishes it once more."""
    codes, is_reset = list(run.finished), tracker.run is None
    return Block(entered, came_through, codes, is_reset, caught(tracker.finish_experiment))


def going_on(learner: Learner, trial: Trial, tracker: Any, block: Block) -> Block:
    """The same with what becomes of another run of the tracker, and of one that is not its own."""
    of_another = trial.init(project=PROJECT)
    caught(tracker.finish_experiment)
    block.others_left = not of_another.finished
    if caught(lambda: tracker.start_experiment({}, "another")) is None:
        caught(tracker.finish_experiment)
        block.next_codes = list(trial.runs[-1].finished)
    return block


def kind_of(value: Any) -> str:
    """The type of a value, as one speaks of it."""
    return "None" if value is None else f"a {type(value).__name__}"


def emptied(value: Any) -> None:
    """Empty a dictionary or list, and all that is in it."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            emptied(item)
        value.clear()


def real_runs(trial: Trial) -> RealRuns:
    """How many real runs were opened, and what the file of the first one holds."""
    return RealRuns(len(trial.runs), recorded_in(trial.runs[0]) if trial.runs else None)


def light_curves(learner: Learner, data: Sequence[Observations]) -> list[Any]:
    """Light curves of Exercise 2."""
    return [learner.TransientLightCurve(each, f"object {i}") for i, each in enumerate(data)]


def between_losses(learner: Learner, log: Callable[[Any], None]) -> RunFile:
    """The file of a real run in which a tracker logs something between two rows of metrics."""
    with real(learner) as trial:
        tracker, run = tracker_with_run(learner, trial)
        run.log({"loss": 1.0}, step=0)
        log(tracker)
        run.log({"loss": 0.5}, step=1)
        run.finish()
        return recorded_in(run)


def starts(
    learner: Learner, project: str, config: dict[str, Any], *name: str, key: bool
) -> Started:
    """How `start_experiment` opens a run, another one after it, and one of another tracker.

    For the second there is a key, but W&B is told to stay offline; the last one's key is in netrc.
    """
    sent = dict(config)
    with recorded(learner, **({"WANDB_API_KEY": "a" * 40} if key else {})) as trial:
        tracker = learner.WandBExperimentTracker(project)
        returned = tracker.start_experiment(sent, *name)
        runs = [opened(options) for options in trial.asked]
        for each, run in zip(runs, trial.runs, strict=True):
            each.config = each.config or dict(run.config)  # told to the run later on
        got = Started(
            runs=runs,
            second=None,
            others=None,
            logins=trial.logins,
            returned="the tracker" if returned is tracker else type(returned).__name__,
            kept=bool(trial.runs) and tracker.run is trial.runs[-1],
            unchanged=sent == config,
        )
        if not trial.runs:
            return got
        with environment(WANDB_API_KEY="a" * 40, WANDB_MODE="offline"):
            tracker.start_experiment(sent, "second")
        got.second = opened(trial.asked[-1]) if len(trial.asked) == 2 else None
        before = len(trial.asked)
        keys = Path(os.environ["WANDB_DATA_DIR"]).with_name("netrc")
        keys.write_text(f"machine api.wandb.ai login user password {'a' * 40}")
        with environment(WANDB_API_KEY=None, NETRC=str(keys)):
            learner.WandBExperimentTracker(project).start_experiment(sent, "of another tracker")
        got.others = opened(trial.asked[-1]) if len(trial.asked) == before + 1 else None
        return got
