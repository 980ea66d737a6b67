"""Probes of Exercise 9: trackers, checkpoints, sweeps and trainings on trial.

Each part is tried by itself: stand-ins take the place of the other parts.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import math
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
import wandb
from safetensors.torch import load_file, save_file
from torch import nn

from grader.course import common_probes
from grader.course.tracking import (
    Trial,
    plain,
    real,
    recorded,
    recorded_in,
    replacing,
    rows_of,
    scratch,
)
from grader.runner import Learner

PROJECT = "a project of the grader's"


class Trouble(Exception):
    """Raised on purpose, to see what becomes of it."""


def tracker_with(learner: Learner, trial: Trial, config: Any = None) -> tuple[Any, Any]:
    """A tracker with an open run, as if `start_experiment` had opened it."""
    tracker = learner.WandBExperimentTracker(PROJECT)
    tracker.run = trial.init(project=PROJECT, config=config or {})
    return tracker, tracker.run


def outcome_of(action: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What an action returns, and the classes and the message of the exception that it raises."""
    try:
        return action(), []
    except NotImplementedError:
        raise
    except Exception as error:
        return None, [*common_probes.kinds_of(error), str(error)]


def kinds_of(action: Callable[[], Any]) -> list[str]:
    """The classes of the exception that an action raises, and its message; empty if none."""
    return outcome_of(action)[1]


# 9.1 checkpoint files


def network(weights: list[list[float]], contiguous: bool = True) -> nn.Linear:
    """A linear layer with these weights, and a bias that is their sums."""
    values = torch.tensor(weights)
    model = nn.Linear(values.shape[1], values.shape[0])
    if not contiguous:
        values = values.T.contiguous().T
    model.weight = nn.Parameter(values)
    model.bias = nn.Parameter(values.sum(dim=1))
    return model


def described_file(path: Path) -> dict[str, Any]:
    """A checkpoint's file: tensors, JSON, or what else it is."""
    content = path.read_bytes()
    if zipfile.is_zipfile(path) or content[:1] == b"\x80":
        try:
            loaded = torch.load(io.BytesIO(content), weights_only=True)
        except Exception:
            return {"is": "pickle"}
        return {"is": "torch", "tensors": loaded if isinstance(loaded, dict) else None}
    try:
        return {"is": "safetensors", "tensors": dict(load_file(path))}
    except Exception:
        pass
    try:
        return {"is": "json", "content": json.loads(path.read_text("utf-8"))}
    except ValueError:
        return {"is": "something else"}


def described_folder(folder: Path) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): described_file(path) for path in files}


def saved(
    learner: Learner, weights: list, config: dict, epoch: int, metrics: dict, **how: Any
) -> dict[str, Any]:
    """What `save_checkpoint` writes and returns; `how`: a path as text, NumPy numbers, ..."""
    with scratch() as place:
        folder = place / "runs" / "best" if how.get("deep") else place / "best"
        if how.get("numpy"):
            metrics = {name: np.float32(value) for name, value in metrics.items()}
        model = network(weights, not how.get("strided"))
        if how.get("tied"):  # a weight with two names, and a buffer
            model.twin = model.weight
            model.register_buffer("seen", torch.tensor([7.0]))
        target = str(folder) if how.get("text") else folder
        returned = learner.save_checkpoint(target, model, config, epoch, metrics)
        same = isinstance(returned, Path) and returned == folder
        got = {"returned": "the folder" if same else type(returned).__name__}
        unchanged = torch.equal(model.weight.detach(), torch.tensor(weights))
        return got | {"files": described_folder(folder), "unchanged": unchanged}


def write_checkpoint(folder: Any, model: nn.Module, config: Any, epoch: int, metrics: Any) -> Path:
    """Stands for `save_checkpoint`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.clone().contiguous() for name, value in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors")
    numbers = {name: float(value) for name, value in dict(metrics).items()}
    notes = {"config": dict(config), "epoch": epoch, "metrics": numbers}
    (folder / "checkpoint.json").write_text(json.dumps(notes), encoding="utf-8")
    return folder


def loaded(learner: Learner, weights: list, notes: dict, into: list, **how: Any) -> dict[str, Any]:
    """What `load_checkpoint` returns, and the weights of a network that had others before."""
    with scratch() as place:
        folder = write_checkpoint(place / "best", network(weights), **notes)
        if how.get("without"):
            (folder / how["without"]).unlink()
        model: nn.Module = network(into)
        model.train(how.get("training", True))
        model = nn.Sequential(model) if how.get("other_names") else model
        target = str(folder) if how.get("text") else folder
        got: dict[str, Any] = {"notes": None, "weights": None}

        def load() -> None:
            got["notes"] = learner.load_checkpoint(target, model)

        got["error"] = kinds_of(load)
        if isinstance(got["notes"], nn.Module):
            got["notes"] = "a model"
        got["weights"] = {name: value.clone() for name, value in model.state_dict().items()}
        return got | {"training": model.training}


# 9.2 a run from its start to its end


def started(
    learner: Learner, project: str | None, config: dict, *name: str, key: bool = False
) -> dict[str, Any]:
    """How `start_experiment` opens a run, with or without an API key; and a second one after it."""
    sent = dict(config)
    variables = {"WANDB_API_KEY": "a" * 40} if key else {}
    with recorded(learner, **variables) as trial:
        tracker = learner.WandBExperimentTracker(*([project] if project else []))
        returned = tracker.start_experiment(sent, *name)
        asked = [_options(each) for each in trial.asked]
        for options, run in zip(asked, trial.runs, strict=False):
            options["config"] = options["config"] or dict(run.config)  # told to the run later on
        got: dict[str, Any] = {"asked": asked, "logins": trial.logins}
        got["returned"] = "the tracker" if returned is tracker else type(returned).__name__
        got["kept"] = bool(trial.runs) and tracker.run is trial.runs[-1]
        got["unchanged"] = sent == config
        if trial.runs:
            tracker.start_experiment(sent, "second")
            got["second"] = _options(trial.asked[-1])
        return got


def _options(options: dict[str, Any]) -> dict[str, Any]:
    names = ("project", "name", "config", "mode", "reinit", "left_open")
    return {name: options.get(name) for name in names}


def block(learner: Learner, raises: bool, how: str = "with") -> dict[str, Any]:
    """What becomes of a run at the end of a `with` block, of a call, and after."""
    with recorded(learner) as trial:
        tracker, run = tracker_with(learner, trial)
        got: dict[str, Any] = {"came_through": False, "entered": None}
        try:
            if how in ("with", "interrupted"):
                with tracker as entered:
                    got["entered"] = entered is tracker
                    if raises:
                        raise KeyboardInterrupt if how == "interrupted" else Trouble
            else:
                tracker.finish_experiment(*([3] if how == "code" else []))
        except (Trouble, KeyboardInterrupt):
            got["came_through"] = True
        got |= {"finished": list(run.finished), "run": tracker.run is None}
        got["again"] = kinds_of(tracker.finish_experiment)
        return got | {"finished_again": list(run.finished)}


def block_finished_inside(learner: Learner) -> dict[str, Any]:
    """A run that is finished in the block already."""
    with recorded(learner) as trial:
        tracker, run = tracker_with(learner, trial)

        def all_of_it() -> None:
            with tracker:
                tracker.finish_experiment()

        return {"error": kinds_of(all_of_it), "finished": list(run.finished)}


def really_started(learner: Learner, project: str, config: dict, name: str) -> dict[str, Any]:
    """A real run that fails in its block, as its file tells it."""
    with real(learner) as trial:
        with contextlib.suppress(Trouble), learner.WandBExperimentTracker(project) as tracker:
            tracker.start_experiment(config, name)
            raise Trouble("the training has failed")
        if not trial.runs:
            return {"runs": 0}
        return {"runs": len(trial.runs)} | recorded_in(trial.runs[0])


# 9.3 numbers


def logged(learner: Learner, entries: list) -> dict[str, Any]:
    """What `log_metrics` hands to W&B for each [metrics, step], and which of them raise."""
    with recorded(learner) as trial:
        tracker, run = tracker_with(learner, trial)
        errors, counts = [], []
        for entry in entries:
            errors.append(kinds_of(functools.partial(tracker.log_metrics, *entry)))
            counts.append(len(run.calls))
        return {"calls": run.calls, "errors": errors, "counts": counts, "rows": rows_of(run)}


def without_run(learner: Learner, method: str, *args: Any) -> list[str]:
    """What a method of a tracker without a run raises."""
    with recorded(learner):
        tracker = learner.WandBExperimentTracker(PROJECT)
        if method == "log_model_checkpoint":
            args = (network([[1.0]]), *args)
        if method == "log_light_curve_predictions":
            args = (light_curves(learner, args[0]), *args[1:])
        return kinds_of(lambda: getattr(tracker, method)(*args))


def really_logged(learner: Learner, entries: list) -> dict[str, Any]:
    """The history of a real run."""
    with real(learner) as trial:
        tracker, run = tracker_with(learner, trial)
        for metrics, *step in entries:
            tracker.log_metrics(metrics, *step)
        run.finish()
        return recorded_in(run)


# 9.4 artifacts


def checkpointed(learner: Learner, config: dict, checkpoints: list) -> dict[str, Any]:
    """The artifacts of several checkpoints [weights, epoch, metrics], looked at in the end."""
    with recorded(learner) as trial, replacing(trial.namespace, save_checkpoint=write_checkpoint):
        tracker, run = tracker_with(learner, trial, config)
        returned, modes = [], []
        for weights, epoch, metrics in checkpoints:
            numbers = {name: np.float32(value) for name, value in metrics.items()}
            model = network(weights).train()
            returned.append(tracker.log_model_checkpoint(model, epoch, numbers))
            modes.append(model.training)
        artifacts = [described_artifact(**each) for each in run.artifacts]
        got = {"id": run.id, "artifacts": artifacts, "calls": run.calls, "step": run.step}
        got["training"] = all(modes)
        kept = [each["artifact"] for each in run.artifacts]
        return got | {"returned": [any(r is a for a in kept) for r in returned]}


def described_artifact(artifact: Any, aliases: list[str]) -> dict[str, Any]:
    if not isinstance(artifact, wandb.Artifact):
        return {"is": "a path" if isinstance(artifact, str | Path) else type(artifact).__name__}
    files = {}
    for path, entry in artifact.manifest.entries.items():
        local = Path(entry.local_path or "/nowhere")
        files[str(path)] = described_file(local) if local.exists() else {"is": "gone"}
    try:
        metadata = json.loads(json.dumps(artifact.metadata))
    except (TypeError, ValueError):
        metadata = "not JSON"
    named = {"is": "Artifact", "name": artifact.name.split(":")[0], "type": artifact.type}
    return named | {"aliases": aliases, "metadata": metadata, "files": files}


def really_checkpointed(learner: Learner, config: dict, checkpoints: list) -> dict[str, Any]:
    """The artifacts that a real run has recorded, with their files as they wait to be sent."""
    with real(learner) as trial, replacing(trial.namespace, save_checkpoint=write_checkpoint):
        tracker, run = tracker_with(learner, trial, config)
        for weights, epoch, metrics in checkpoints:
            tracker.log_model_checkpoint(network(weights), epoch, metrics)
        run.finish()
        artifacts = []
        for artifact in recorded_in(run)["artifacts"]:
            entries = artifact["manifest"].get("contents", [])
            files = {e["path"]: described_file(Path(e["local_path"])) for e in entries}
            kept = {key: artifact.get(key) for key in ("name", "type", "aliases")}
            kept["metadata"] = json.loads(artifact.get("metadata") or "{}")
            artifacts.append(kept | {"files": files})
        return {"id": run.id, "artifacts": artifacts}


# 9.5 the confusion matrix


def confusion(learner: Learner, y_true: Any, y_pred: Any, names: list) -> dict[str, Any]:
    """What `log_confusion_matrix` logs between two rows of metrics."""
    with recorded(learner) as trial:
        tracker, run = tracker_with(learner, trial)
        run.log({"loss": 1.0}, step=3)
        before = len(run.calls)
        tracker.log_confusion_matrix(y_true, y_pred, names)
        got = {"calls": run.calls[before:], "step": run.step}
        run.log({"loss": 0.5}, step=4)
        return got | {"rows": rows_of(run), "dropped": run.dropped}


def really_confused(learner: Learner, y_true: Any, y_pred: Any, names: list) -> dict[str, Any]:
    """The table of a confusion matrix that a real run has recorded."""
    with real(learner) as trial:
        tracker, run = tracker_with(learner, trial)
        run.log({"loss": 1.0}, step=0)
        tracker.log_confusion_matrix(y_true, y_pred, names)
        run.log({"loss": 0.5}, step=1)
        run.finish()
        return recorded_in(run)


# 9.6 light curves


def light_curves(learner: Learner, data: list) -> list:
    return [learner.TransientLightCurve(each, f"object {i}") for i, each in enumerate(data)]


def pictured(
    learner: Learner, data: list, probabilities: Any, labels: Any, *n: int
) -> dict[str, Any]:
    """The figures that `log_light_curve_predictions` logs between two rows of metrics."""
    with recorded(learner) as trial:
        tracker, run = tracker_with(learner, trial)
        run.log({"loss": 1.0}, step=3)
        foreign = plt.figure()  # it is somebody else's, and is to stay open
        curves, before, calls = light_curves(learner, data), plt.get_fignums(), len(run.calls)
        tables = [curve.data.copy() for curve in curves]
        tracker.log_light_curve_predictions(curves, probabilities, labels, *n)
        left = len(set(plt.get_fignums()) - set(before))
        same = all(t.equals(c.data) for t, c in zip(tables, curves, strict=True))
        got = {"calls": run.calls[calls:], "left": left, "step": run.step, "unchanged": same}
        got["foreign"] = plt.fignum_exists(foreign.number)
        plt.close(foreign)
        run.log({"loss": 0.5}, step=4)
        return got | {"dropped": run.dropped}


def really_pictured(
    learner: Learner, data: list, probabilities: Any, labels: Any
) -> dict[str, Any]:
    """The images that a real run has recorded."""
    with real(learner) as trial:
        tracker, run = tracker_with(learner, trial)
        run.log({"loss": 1.0}, step=0)
        curves = light_curves(learner, data)
        tracker.log_light_curve_predictions(curves, probabilities, labels)
        run.log({"loss": 0.5}, step=1)
        run.finish()
        return recorded_in(run)


# 9.7 the space of a sweep


def two_configs(learner: Learner) -> list:
    """Two calls of `create_sweep_config`, the first one's result changed in between."""
    first = learner.create_sweep_config()
    kept = json.loads(json.dumps(first))
    if isinstance(first, dict) and isinstance(first.get("parameters"), dict):
        first["parameters"]["d_model"] = "changed"
    return [kept, learner.create_sweep_config()]


# 9.8 the training


class Planned(nn.Module):
    """Stands for the transformer: its logits after each epoch are planned, whatever it is taught.

    It counts the objects that it was shown in training, in a buffer that is part of its weights.
    """

    def __init__(self, plan: torch.Tensor, n_train: int) -> None:
        super().__init__()
        self.plan, self.n_train = plan, n_train
        self.weight = nn.Parameter(torch.zeros(1))
        self.register_buffer("shown", torch.zeros((), dtype=torch.int64))
        self.batches: list[int] = []

    @property
    def epochs(self) -> int:
        """How often it has seen the training set."""
        return int(self.get_buffer("shown")) // self.n_train

    def forward(self, features: torch.Tensor, times: Any = None, lengths: Any = None) -> Any:
        row = self.plan[min(self.epochs, len(self.plan) - 1)].to(self.weight.device)
        if self.training and torch.is_grad_enabled():
            self.get_buffer("shown").add_(len(features))
            self.batches.append(len(features))
        return row.expand(len(features), -1) + 0 * self.weight


class Watched(torch.utils.data.Dataset):
    """A data set that notes when it is asked, and in which order."""

    n_features = 6

    def __init__(self, name: str, labels: list[int], seen: list[Any]) -> None:
        self.name, self.seen = name, seen
        self.labels = torch.tensor(labels)
        self.classes = ["AGN", "CV", "SNII", "SNIa", "TDE"]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, torch.Tensor]:
        if not 0 <= i < len(self):
            raise IndexError(i)
        self.seen.append([self.name, int(i)])
        return torch.ones(3, self.n_features), self.labels[i]


class Rehearsal:
    """A training with stand-ins: planned network, watched data, and a tracker that takes notes."""

    def __init__(
        self, learner: Learner, plan: Any, labels: dict[str, list[int]], trial: Trial
    ) -> None:
        self.learner, self.trial, self.labels = learner, trial, labels
        self.seen: list[Any] = []  # objects and epochs in the order in which they were asked for
        self.made: list[Any] = []  # what was built, with which settings
        self.rates: list[float] = []
        self.batches: list[int] = []
        self.checkpoints: list[Any] = []
        self.matrices: list[Any] = []
        self.pictures: list[Any] = []
        self.plan = torch.as_tensor(plan, dtype=torch.float32)

    def data(self) -> Any:
        sets = {name: Watched(name, labels, self.seen) for name, labels in self.labels.items()}
        empty = self.learner.TransientLightCurve([], "an object")
        return self.learner.Data(**sets, test_lightcurves=[empty] * len(self.labels["test"]))

    def build_model(self, config: Any, n_features: int) -> Planned:
        sizes = ("d_model", "nhead", "num_layers", "time_embed_dim", "dropout")
        self.made.append(["model", {name: config[name] for name in sizes}, n_features])
        self.made.append(["seed", torch.initial_seed()])
        model = Planned(self.plan, len(self.labels["train"]))
        self.batches = model.batches
        return model

    def make_data(self, *args: Any, **kwargs: Any) -> Any:
        names = ("n_objects", "max_sequence_length", "seed")
        self.made.append(["data", dict(zip(names, args, strict=False)) | kwargs])
        return self.data()

    def tracker(self) -> type:
        rehearsal = self

        class Tracker:
            """Stands for the learner's `WandBExperimentTracker`."""

            def __init__(self, project_name: str = "astro-transient-classification") -> None:
                self.project_name, self.run = project_name, None  # type: Any, Any

            def _open_run(self) -> Any:
                return self.run

            def start_experiment(self, config: Any, experiment_name: str | None = None) -> Any:
                self.run = rehearsal.trial.init(config=dict(config), name=experiment_name)
                return self

            def finish_experiment(self, exit_code: int = 0) -> None:
                if self.run is not None:
                    run, self.run = self.run, None
                    run.finish(exit_code=exit_code)

            def __enter__(self) -> Any:
                return self

            def __exit__(self, kind: Any, *_: Any) -> None:
                self.finish_experiment(0 if kind is None else 1)

            def log_metrics(self, metrics: Any, step: int | None = None) -> None:
                rehearsal.seen.append(["logged", step])
                self.run.log(dict(metrics), step=step)

            def log_model_checkpoint(self, model: Any, epoch: int, metrics: Any) -> None:
                rehearsal.checkpoints.append([plain(epoch), getattr(model, "epochs", None)])

            def log_confusion_matrix(self, y_true: Any, y_pred: Any, class_names: Any) -> None:
                truth, guess = np.asarray(y_true).tolist(), np.asarray(y_pred).tolist()
                rehearsal.matrices.append([truth, guess, list(class_names)])

            def log_light_curve_predictions(
                self, lightcurves: Any, predictions: Any, true_labels: Any, n_examples: int = 10
            ) -> None:
                shape = list(np.shape(predictions))
                rehearsal.pictures.append([min(len(lightcurves), n_examples), shape])

        return Tracker

    def stand_ins(self) -> dict[str, Any]:
        names = {"build_model": self.build_model, "make_data": self.make_data}
        return names | {"WandBExperimentTracker": self.tracker(), "infeasible": refusal}


def refusal(config: Any) -> str | None:
    """Stands for `infeasible`."""
    odd = config["d_model"] % config["nhead"]
    return f"{config['d_model']} is not divisible by {config['nhead']}" if odd else None


class Optimizers:
    """Watches which learning rate an optimiser gets."""

    def __init__(self, rates: list[float]) -> None:
        self.rates = rates

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        before, rates = torch.optim.Optimizer.__init__, self.rates

        def init(optimizer: Any, params: Any, defaults: Any) -> None:
            rates.append(float(defaults.get("lr", math.nan)))
            before(optimizer, params, defaults)

        torch.optim.Optimizer.__init__ = init  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            torch.optim.Optimizer.__init__ = before  # type: ignore[method-assign]


def trained(
    learner: Learner,
    plan: list,
    labels: dict,
    config: dict | None,
    *,
    chosen: dict | None = None,
    given_data: bool = True,
    stop_after: int | None = None,
    fails_at: int | None = None,
) -> dict[str, Any]:
    """A rehearsal of `train_with_wandb`, with all that was seen of it.

    `chosen` is what a sweep's server chooses, `stop_after` the epoch after which `should_stop` says
    so, `fails_at` one in which it raises an exception.
    """
    told: list[Any] = []

    def should_stop(epoch: int, value: float) -> bool:
        told.append([plain(epoch), plain(value)])
        if epoch == fails_at:
            raise Trouble("the training has failed")
        return epoch == stop_after

    with recorded(learner) as trial:
        rehearsal = Rehearsal(learner, plan, labels, trial)
        trial.chosen = chosen or {}
        got: dict[str, Any] = {"result": None}
        asked = stop_after is not None or fails_at is not None
        arguments: dict[str, Any] = {"data": rehearsal.data()} if given_data else {}
        arguments |= {"should_stop": should_stop} if asked else {}

        def train() -> None:
            got["result"] = learner.train_with_wandb(config, **arguments)

        optimizers = Optimizers(rehearsal.rates)
        with replacing(trial.namespace, **rehearsal.stand_ins()), optimizers.watched():
            got["error"] = kinds_of(train)
        got |= {"runs": len(trial.runs), "told": told, "seen": rehearsal.seen}
        if trial.runs:
            run = trial.runs[0]
            got |= {"config": trial.asked[0]["config"], "finished": run.finished}
            got |= {"rows": rows_of(run), "summary": dict(run.summary), "calls": run.calls}
        for name in ("made", "rates", "batches", "checkpoints", "matrices", "pictures"):
            got[name] = getattr(rehearsal, name)
        return got


def really_trained(learner: Learner, plan: list, labels: dict, config: dict) -> dict[str, Any]:
    """A rehearsal in a real run, as its file tells it."""
    with real(learner) as trial:
        rehearsal = Rehearsal(learner, plan, labels, trial)
        with replacing(trial.namespace, **rehearsal.stand_ins()):
            learner.train_with_wandb(config, data=rehearsal.data())
        for run in trial.runs:
            run.finish()
        return recorded_in(trial.runs[0]) if trial.runs else {}


# 9.E1 charts


def charted(learner: Learner, columns: dict, x: str, y: str, title: str) -> dict[str, Any]:
    """What `log_chart` logs of a table with these columns, between two rows of metrics."""
    with recorded(learner) as trial:
        run = trial.init(project=PROJECT)
        run.log({"loss": 1.0}, step=3)
        learner.log_chart(run, "a chart", pd.DataFrame(columns), x, y, title)
        return {"calls": run.calls[1:], "step": run.step}


# 9.E2 the registry


def share_right(labels: Any, predictions: Any) -> float:
    return float(np.mean(np.asarray(labels) == np.asarray(predictions)))


def share_of_class(labels: Any, predictions: Any, number: int = 1) -> float:
    """The recall of a class (0 if there is none of it)."""
    chosen = np.asarray(labels) == number
    return float(np.mean(np.asarray(predictions)[chosen] == number)) if chosen.any() else 0.0


AGREED: dict[str, Callable[[Any, Any], float]] = {"accuracy": share_right, "recall": share_of_class}
AGREED |= {f"recall of {k}": functools.partial(share_of_class, number=k) for k in range(3)}


def better(
    learner: Learner, names: list, labels: Any, candidate: Any, current: Any, resamples: int = 200
) -> Any:
    """`is_better` of a registry with the metrics of these names."""
    with scratch() as place:
        agreed = {name: AGREED[name] for name in names}
        registry = learner.ModelRegistry(place / "registry", agreed, n_bootstrap=resamples)
        answer = registry.is_better(labels, candidate, current)
        return bool(answer) if isinstance(answer, np.bool_) else answer


class Registrar:
    """A registry on trial; what is deployed is told by the weight in its checkpoint."""

    def __init__(self, learner: Learner, place: Path) -> None:
        self.learner, self.place = learner, place
        self.seen: dict[Path, float] = {}
        self.reopen()

    def reopen(self) -> None:
        folder = self.place / "registry"
        self.registry = self.learner.ModelRegistry(folder, {"accuracy": share_right}, 20)

    def consider(self, weight: float, verdict: bool, labels: list, predictions: list) -> Any:
        """Offer a candidate of which `is_better` says the verdict; then delete its folder."""
        self.registry.is_better = lambda *_, **__: verdict
        files = write_checkpoint(self.place / "candidate", network([[weight]]), {}, 0, {})
        try:
            return self.registry.consider(files, np.array(labels), np.array(predictions))
        finally:
            shutil.rmtree(files)

    def rollback(self) -> bool:
        return self.registry.rollback() == self.registry.current

    def current(self) -> Any:
        folder = self.registry.current
        if folder is None:
            return None
        file = Path(folder) / "model.safetensors"
        if self.place / "registry" not in file.parents:
            return "outside of the registry"
        if not file.exists():
            return "no checkpoint"
        weight = float(load_file(file)["weight"].item())
        self.seen.setdefault(file, weight)
        return weight

    def kept(self) -> bool:
        """Whether each version that was deployed still holds the weight it came with."""
        return all(
            file.exists() and float(load_file(file)["weight"].item()) == weight
            for file, weight in self.seen.items()
        )


def registered(learner: Learner, steps: list) -> list[Any]:
    """What becomes of a registry, step by step: what is returned or raised, and what is deployed.

    A step is ["consider", weight, verdict, labels, predictions], ["rollback"], ["reopen"] or
    ["kept"].
    """
    with scratch() as place:
        registrar, told = Registrar(learner, place), []
        for what, *arguments in steps:
            action = functools.partial(getattr(registrar, what), *arguments)
            told.append([*outcome_of(action), registrar.current()])
        return told
