"""Probes of Exercise 9. Each part is tried by itself: stand-ins take the place of the others."""

from __future__ import annotations

import contextlib
import functools
import json
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from torch import nn

from grader.course.common_probes import Trouble
from grader.course.ex09.artifacts import artifact_of, real_artifact
from grader.course.ex09.checkpoints import (
    as_numpy,
    network,
    state_of,
    write_checkpoint,
)
from grader.course.ex09.figures import turns_counted
from grader.course.ex09.on_trial import (
    PROJECT,
    Observations,
    Weights,
    between_losses,
    caught,
    emptied,
    end_of,
    going_on,
    light_curves,
    real_runs,
    starts,
    tracker_with_run,
)
from grader.course.ex09.recorder import logged_under, rows_of
from grader.course.ex09.registrar import Registrar, draws, metric_of, plain_bool
from grader.course.ex09.rehearsal import Labels, Logits, Rehearsal, Script, rehearsed
from grader.course.ex09.replies import (
    Artifacts,
    Block,
    Caught,
    Charted,
    Draws,
    Loaded,
    Logged,
    Metrics,
    Pictured,
    RealRuns,
    RunFile,
    Saved,
    Started,
    Step,
    Training,
    TwoConfigs,
)
from grader.course.ex09.run_files import artifacts_in, recorded_in
from grader.course.ex09.storing import load, not_load, save
from grader.course.ex09.trial import real, recorded, replacing, scratch
from grader.runner import Learner


def saved(
    learner: Learner,
    weights: Weights,
    config: dict[str, Any],
    epoch: int,
    metrics: dict[str, float],
    how: str = "",
) -> Saved:
    """What `save_checkpoint` writes and returns.

    `how` is "text" (the folder is a relative path, as text), "deep" (in a new one), "existing",
    "numpy" (metrics are NumPy's), "strided" (as the weights lie in memory) or "tied" (one has two
    names, and there are buffers). A folder that exists holds an older checkpoint and a file of
    somebody else's.
    """
    return save(learner, weights, config, epoch, metrics, how)


def loaded(
    learner: Learner,
    weights: Weights,
    notes: dict[str, Any],
    into: Weights,
    *,
    training: bool = True,
    text: bool = False,
) -> Loaded:
    """What `load_checkpoint` returns, and the weights of a network that had others before.

    A part of the network is in another mode than the rest.
    """
    return load(learner, weights, notes, into, training=training, text=text)


def not_loaded(
    learner: Learner, cases: list[list[Any]], notes: dict[str, Any], into: Weights
) -> list[Caught | None]:
    """What `load_checkpoint` raises for each [weights, misfit, what is missing].

    That is the name of a file, or "folder" for all of it.
    """
    return [not_load(learner, w, misfit, lost, notes, into) for w, misfit, lost in cases]


def started(
    learner: Learner, project: str, config: dict[str, Any], *name: str, key: bool = False
) -> Started:
    """How `start_experiment` opens a run, with or without an API key; and others after it."""
    return starts(learner, project, config, *name, key=key)


def block(learner: Learner, error: str = "") -> Block:
    """What becomes of a run at the end of a `with` block.

    An exception is raised in it, if one is named: "Trouble" or "KeyboardInterrupt".
    """
    with recorded(learner) as trial:
        tracker, run = tracker_with_run(learner, trial)
        entered, came_through = False, False
        try:
            with tracker as as_tracker:
                entered = as_tracker is tracker
                if error:
                    raise Trouble if error == "Trouble" else KeyboardInterrupt
        except (Trouble, KeyboardInterrupt):
            came_through = True
        return end_of(tracker, run, entered, came_through)


def finished(learner: Learner, *exit_code: int) -> Block:
    """What becomes of a run that is finished by a call."""
    with recorded(learner) as trial:
        tracker, run = tracker_with_run(learner, trial)
        tracker.finish_experiment(*exit_code)
        return going_on(learner, trial, tracker, end_of(tracker, run))


def finished_inside(learner: Learner) -> Caught | None:
    """The exception that leaves a block in which a run is finished, and then Trouble raised."""
    with recorded(learner) as trial:
        tracker, _ = tracker_with_run(learner, trial)

        def all_of_it() -> None:
            with tracker:
                tracker.finish_experiment()
                raise Trouble

        return caught(all_of_it)


def really_started(learner: Learner, project: str, config: dict[str, Any], name: str) -> RealRuns:
    """A real run that fails in its block, as its file tells it."""
    with real(learner) as trial:
        with contextlib.suppress(Trouble), learner.WandBExperimentTracker(project) as tracker:
            tracker.start_experiment(config, name)
            raise Trouble("the training has failed")
        return real_runs(trial)


def logged(learner: Learner, entries: list[list[Any]]) -> Metrics:
    """What `log_metrics` passes to W&B for each [metrics, step], and which of them raise.

    With [] the tracker has another run from there on.
    """
    with recorded(learner) as trial:
        tracker, run = tracker_with_run(learner, trial)
        errors, counts = [], []
        for entry in entries:
            if not entry:
                tracker.run = trial.init(project=PROJECT)
            log = functools.partial(tracker.log_metrics, *entry)
            errors.append(caught(log) if entry else None)
            counts.append(len(run.calls))
        return Metrics(run.calls, errors, counts, rows_of(run))


def without_run(learner: Learner, method: str, *args: Any) -> Caught | None:
    """What a method of a tracker without a run raises."""
    with recorded(learner):
        tracker = learner.WandBExperimentTracker(PROJECT)
        if method == "log_model_checkpoint":
            args = (network([[1.0]]), *args)
        if method == "log_light_curve_predictions":
            args = (light_curves(learner, args[0]), *args[1:])
        return caught(lambda: getattr(tracker, method)(*args))


def really_logged(learner: Learner, entries: list[list[Any]]) -> RunFile:
    """The history of a real run."""
    with real(learner) as trial:
        tracker, run = tracker_with_run(learner, trial)
        for entry in entries:
            tracker.log_metrics(*entry)
        run.finish()
        return recorded_in(run)


def checkpointed(
    learner: Learner, config: dict[str, Any], checkpoints: list[list[Any]], run_id: str
) -> Artifacts:
    """The artifacts of several checkpoints [weights, epoch, metrics], looked at in the end."""
    with recorded(learner) as trial, replacing(trial.namespace, save_checkpoint=write_checkpoint):
        tracker, run = tracker_with_run(learner, trial, config)
        run.id = run_id
        returned, modes, same = [], [], []
        for i, (weights, epoch, metrics) in enumerate(checkpoints):
            numbers = {name: as_numpy(value) for name, value in metrics.items()}
            model = network(weights)
            model.part = nn.Identity()
            model.train(i == 0).part.train(i != 0)
            before = state_of(model)
            returned.append(tracker.log_model_checkpoint(model, epoch, numbers))
            modes.append([model.training, model.part.training] == [i == 0, i != 0])
            same.append(state_of(model) == before)
        kept = [each["artifact"] for each in run.artifacts]
        return Artifacts(
            run_id=run.id,
            artifacts=[artifact_of(**each) for each in run.artifacts],
            returned=[any(each is artifact for artifact in kept) for each in returned],
            training=all(modes),
            unchanged=all(same),
        )


def really_checkpointed(
    learner: Learner, config: dict[str, Any], checkpoints: list[list[Any]]
) -> Artifacts:
    """The artifacts that a real run has recorded, with their files as they wait to be sent."""
    with real(learner) as trial, replacing(trial.namespace, save_checkpoint=write_checkpoint):
        tracker, run = tracker_with_run(learner, trial, config)
        for weights, epoch, metrics in checkpoints:
            tracker.log_model_checkpoint(network(weights), epoch, metrics)
        run.finish()
        return Artifacts(
            run.id, [real_artifact(each) for each in artifacts_in(run)], [], True, True
        )


def confusion(learner: Learner, y_true: np.ndarray, y_pred: np.ndarray, names: list[str]) -> Logged:
    """What `log_confusion_matrix` logs between two rows of metrics."""
    with recorded(learner) as trial:
        tracker, run = tracker_with_run(learner, trial)
        run.log({"loss": 1.0}, step=3)
        before = len(run.calls)
        tracker.log_confusion_matrix(y_true, y_pred, names)
        return logged_under(run, "confusion_matrix", run.calls[before:])


def really_confused(
    learner: Learner, y_true: np.ndarray, y_pred: np.ndarray, names: list[str]
) -> RunFile:
    """The table of a confusion matrix that a real run has recorded."""
    return between_losses(
        learner, lambda tracker: tracker.log_confusion_matrix(y_true, y_pred, names)
    )


def pictured(
    learner: Learner,
    data: list[Observations],
    probabilities: np.ndarray,
    labels: np.ndarray,
    *n: int,
) -> Pictured:
    """The figures that `log_light_curve_predictions` logs between two rows of metrics."""
    with recorded(learner) as trial, turns_counted():
        tracker, run = tracker_with_run(learner, trial)
        run.log({"loss": 1.0}, step=3)
        foreign = plt.figure()  # it is somebody else's, and is to stay as it is
        foreign.text(0.5, 0.5, "of somebody else")
        curves, before, calls = light_curves(learner, data), plt.get_fignums(), len(run.calls)
        tables = [curve.data.copy() for curve in curves]
        tracker.log_light_curve_predictions(curves, probabilities, labels, *n)
        got = Pictured(
            logged=logged_under(run, "light_curve_predictions", run.calls[calls:]),
            left_open=len(set(plt.get_fignums()) - set(before)),
            others_open=plt.fignum_exists(foreign.number),
            others_same=not foreign.axes and len(foreign.texts) == 1,
            unchanged=all(t.equals(c.data) for t, c in zip(tables, curves, strict=True)),
        )
        plt.close(foreign)
        return got


def really_pictured(
    learner: Learner, data: list[Observations], probabilities: np.ndarray, labels: np.ndarray
) -> RunFile:
    """The images that a real run has recorded."""
    given = (light_curves(learner, data), probabilities, labels)
    return between_losses(learner, lambda tracker: tracker.log_light_curve_predictions(*given))


def two_configs(learner: Learner) -> TwoConfigs:
    """Two calls of `create_sweep_config`, the first one's result changed in between."""
    first = learner.create_sweep_config()
    kept = json.loads(json.dumps(first))
    emptied(first)
    return TwoConfigs(kept, learner.create_sweep_config())


def trained(
    learner: Learner,
    logits: Logits,
    labels: Labels,
    config: dict[str, Any] | None,
    *,
    chosen: dict[str, Any] | None = None,
    given_data: bool = True,
    stop_after: int | None = None,
    fails_at: int | None = None,
    fails_late: bool = False,
) -> Training:
    """A rehearsal of `train_with_wandb` by a `Script`, with all that was seen of it."""
    script = Script(chosen or {}, given_data, stop_after, fails_at, fails_late)
    return rehearsed(learner, learner.train_with_wandb, logits, labels, config, script)[0]


def really_trained(
    learner: Learner,
    logits: Logits,
    labels: Labels,
    config: dict[str, Any],
) -> RealRuns:
    """A rehearsal in a real run, as its file tells it."""
    with real(learner) as trial:
        rehearsal = Rehearsal(learner, logits, labels, trial)
        with replacing(trial.namespace, **rehearsal.stand_ins()):
            learner.train_with_wandb(config, data=rehearsal.data())
        for run in trial.runs:
            run.finish()
        return real_runs(trial)


def charted(
    learner: Learner, columns: dict[str, list[float]], x: str, y: str, title: str
) -> Charted:
    """What `log_chart` logs of a table with these columns, between two rows of metrics."""
    with recorded(learner) as trial:
        run = trial.init(project=PROJECT)
        trial.init(project=PROJECT)  # another one, opened later
        run.log({"loss": 1.0}, step=3)
        table = pd.DataFrame(columns)
        learner.log_chart(run, "a chart", table, x, y, title)
        same = table.equals(pd.DataFrame(columns))
        return Charted(logged_under(run, "a chart", run.calls[1:]), same)


def better(
    learner: Learner,
    names: list[str],
    labels: np.ndarray,
    candidate: np.ndarray,
    current: np.ndarray,
    resamples: int = 200,
    times: int = 1,
) -> list[Any]:
    """What `is_better` of a registry with the metrics of these names says, so many times."""
    with scratch() as place:
        agreed = {name: metric_of(name) for name in names}
        registry = learner.ModelRegistry(place / "registry", agreed, n_bootstrap=resamples)
        given = labels, candidate, current
        return [plain_bool(registry.is_better(*given)) for _ in range(times)]


def resampled(learner: Learner, n: int, seed: int) -> Draws:
    """The numbers of the objects by which a metric of `is_better` is asked for the candidate."""
    with scratch() as place:
        return draws(learner, place / "registry", n, seed)


def registered(learner: Learner, steps: list[list[Any]]) -> list[Step]:
    """What becomes of a registry, step by step: what is returned or raised, and what is deployed.

    A step is ["consider", weight, verdict or None, labels, predictions], ["rollback"], ["reopen"]
    or ["kept"].
    """
    with scratch() as place:
        return Registrar(learner, place).walked(steps)
