"""A training with stand-ins: planned network, watched data, and a tracker that takes notes."""

from __future__ import annotations

import contextlib
import copy
import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
from torch import nn

from grader.course.common_probes import Trouble
from grader.course.ex09.on_trial import caught_as, error_of
from grader.course.ex09.recorder import plain, rows_of
from grader.course.ex09.replies import Kept, Made, Matrix, Pictures, Training
from grader.course.ex09.trial import Trial, recorded, replacing
from grader.runner import Learner

Logits = list[list[float]]
Labels = dict[str, list[int]]

NOBODYS_SEED = 20261130  # so that what is seen does not depend on trainings before


@dataclass(frozen=True)
class Script:
    """What happens in a rehearsal.

    `chosen` are settings that a sweep's server chooses; with an odd `d_model` they cannot be built.
    The data are given to the training, or else those that `make_data` returns. `stop_after` is the
    epoch after which `should_stop` returns True, `fails_at` one in which it raises an exception;
    if the training `fails_late`, `log_confusion_matrix` raises one.
    """

    chosen: dict[str, Any] = field(default_factory=dict)
    given_data: bool = True
    stop_after: int | None = None
    fails_at: int | None = None
    fails_late: bool = False

    @property
    def provokes(self) -> bool:
        """Whether an exception is just what the training should end with."""
        refused = refusal({"d_model": 32, "nhead": 4} | self.chosen)
        return self.fails_at is not None or self.fails_late or refused is not None


def rehearsed(
    learner: Learner,
    train: Callable[..., Any],
    logits: Logits,
    labels: Labels,
    config: dict[str, Any] | None,
    script: Script,
) -> tuple[Training, Exception | None]:
    """What was seen of a training with stand-ins, and the exception that it has ended with."""
    with recorded(learner) as trial, torch.random.fork_rng(devices=[]):
        torch.manual_seed(NOBODYS_SEED)
        trial.chosen = script.chosen
        rehearsal = Rehearsal(learner, logits, labels, trial, fails_late=script.fails_late)
        should_stop = Stop(script.stop_after, script.fails_at)
        arguments: dict[str, Any] = {"data": rehearsal.data()} if script.given_data else {}
        arguments |= {"should_stop": should_stop} if should_stop.is_wanted else {}
        optimizers = Optimizers(rehearsal.rates, rehearsal.optimizers)
        with replacing(trial.namespace, **rehearsal.stand_ins()), optimizers.watched():
            result, error = error_of(lambda: train(config, **arguments))
        return rehearsal.told(result, error, should_stop.told), error


class Planned(nn.Module):
    """Stands for the transformer: its logits after each epoch are planned, whatever it is taught.

    It counts the objects that it was shown in training, in a buffer that is part of its weights.
    An optimiser changes its only weight, which adds nothing to the logits.
    """

    def __init__(self, plan: torch.Tensor, n_train: int, batches: list[int]) -> None:
        super().__init__()
        self.plan, self.n_train, self.batches = plan, n_train, batches
        self.weight = nn.Parameter(torch.zeros(1))
        self.register_buffer("shown", torch.zeros((), dtype=torch.int64))

    @property
    def epochs(self) -> int:
        """How often it has seen the training set."""
        return int(self.get_buffer("shown")) // self.n_train

    def forward(self, features: torch.Tensor, times: Any = None, lengths: Any = None) -> Any:
        row = self.plan[min(self.epochs, len(self.plan) - 1)].to(self.weight.device)
        if self.training and torch.is_grad_enabled():
            self.get_buffer("shown").add_(len(features))
            self.batches.append(len(features))
        nothing = self.weight - self.weight.detach()  # has a gradient all the same
        return torch.cat([row[:1] + nothing, row[1:]]).expand(len(features), -1)


class Watched(torch.utils.data.Dataset[Any]):
    """A data set that notes in `asked` when its turn comes, and in `objects` for which ones."""

    n_features = 7

    def __init__(
        self, name: str, labels: list[int], asked: list[str], objects: list[int] | None
    ) -> None:
        self.name, self.asked, self.objects = name, asked, objects
        self.labels = torch.tensor(labels)
        self.classes = ["AGN", "CV", "SNII", "SNIa", "TDE"]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, torch.Tensor]:
        if not 0 <= i < len(self):
            raise IndexError(i)
        if self.asked[-1:] != [self.name]:
            self.asked.append(self.name)
        if self.objects is not None:
            self.objects.append(int(i))
        return torch.ones(3, self.n_features), self.labels[i]


class Rehearsal:
    """A training with stand-ins: planned network, watched data, and a tracker that takes notes."""

    def __init__(
        self,
        learner: Learner,
        logits: Logits,
        labels: Labels,
        trial: Trial,
        *,
        fails_late: bool = False,
    ) -> None:
        self.learner, self.trial, self.labels = learner, trial, labels
        self.fails_late = fails_late
        self.asked: list[str] = []  # sets and rows in the order in which they came
        self.objects: list[int] = []  # of the training set
        self.val_objects: list[int] = []
        self.made = Made([], {}, {}, None, None)
        self.curves: list[Any] = []
        self.rates: list[float] = []
        self.stopping: list[Any] = []  # what `EarlyStopping` is called with
        self.optimizers: list[str] = []  # their classes
        self.batches: list[int] = []  # sizes of the batches that any network was trained with
        self.models: list[Planned] = []
        self.checkpoints: list[Kept] = []
        self.matrices: list[Matrix] = []
        self.pictures: list[Pictures] = []
        self.plan = torch.as_tensor(logits, dtype=torch.float32)

    def data(self) -> Any:
        seen = {"train": self.objects, "val": self.val_objects}
        sets = {
            name: Watched(name, labels, self.asked, seen.get(name))
            for name, labels in self.labels.items()
        }
        empty = self.learner.TransientLightCurve([], "an object")
        self.curves = [copy.copy(empty) for _ in self.labels["test"]]
        return self.learner.Data(**sets, test_lightcurves=list(self.curves))

    def build_model(self, config: Any, n_features: int) -> Planned:
        sizes = ["d_model", "nhead", "num_layers", "time_embed_dim", "dropout"]
        sizes += ["max_sequence_length"]
        self.made.order.append("model")
        self.made.model = {name: config[name] for name in sizes}
        self.made.n_features = plain(n_features)
        self.made.seed = torch.initial_seed()
        self.models.append(Planned(self.plan, len(self.labels["train"]), self.batches))
        return self.models[-1]

    def make_data(self, *args: Any, **kwargs: Any) -> Any:
        names = ("n_objects", "max_sequence_length", "seed")
        self.made.order.append("data")
        self.made.data = dict(zip(names, args, strict=False)) | kwargs
        return self.data()

    def told(self, result: Any, error: Exception | None, told: list[list[Any]]) -> Training:
        """All that was seen, with what came out and what `should_stop` was told."""
        run = self.trial.runs[0] if self.trial.runs else None
        defaults = self.trial.namespace.get("DEFAULTS")
        known = defaults.items() if isinstance(defaults, dict) else ()
        self.made.defaults = {str(name): plain(value) for name, value in known}
        return Training(
            result=result,
            error=caught_as(error) if error else None,
            n_runs=len(self.trial.runs),
            config=self.trial.asked[0]["config"] if run else {},
            calls=run.calls if run else [],
            rows=rows_of(run) if run else {},
            exit_codes=run.finished if run else [],
            told=told,
            asked=self.asked,
            objects=self.objects,
            val_objects=self.val_objects,
            made=self.made,
            rates=self.rates,
            stopping=self.stopping,
            optimizers=self.optimizers,
            batches=self.batches,
            taught=[bool(model.weight.detach().any()) for model in self.models],
            checkpoints=self.checkpoints,
            matrices=self.matrices,
            pictures=self.pictures,
        )

    def stand_ins(self) -> dict[str, Any]:
        names: dict[str, Any] = {"build_model": self.build_model, "make_data": self.make_data}
        if real := self.trial.namespace.get("EarlyStopping"):
            names["EarlyStopping"] = functools.partial(Stopping, real, self.stopping)
        return names | {
            "WandBExperimentTracker": functools.partial(Tracker, self),
            "infeasible": refusal,
        }


class Stopping:
    """An `EarlyStopping` of the course that notes what it is called with."""

    def __init__(self, real: Any, told: list[Any], *args: Any, **kwargs: Any) -> None:
        self.real, self.told = real(*args, **kwargs), told

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.told += map(plain, [*args, *kwargs.values()])
        return self.real(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Stop:
    """A `should_stop` that says so after one epoch, or fails at one, and notes what it is told."""

    def __init__(self, after: int | None, fails_at: int | None) -> None:
        self.after, self.fails_at = after, fails_at
        self.told: list[list[Any]] = []

    @property
    def is_wanted(self) -> bool:
        return self.after is not None or self.fails_at is not None

    def __call__(self, epoch: int, value: float) -> bool:
        self.told.append([plain(epoch), plain(value)])
        if epoch == self.fails_at:
            raise Trouble("the training has failed")
        return epoch == self.after


class Tracker:
    """Stands for the learner's `WandBExperimentTracker`, and notes what it is told."""

    def __init__(self, rehearsal: Rehearsal, project_name: str = "a project") -> None:
        self.rehearsal, self.project_name = rehearsal, project_name
        self.run: Any = None

    def _open_run(self) -> Any:
        return self.run

    def start_experiment(self, config: Any, experiment_name: str | None = None) -> Any:
        self.run = self.rehearsal.trial.init(config=dict(config), name=experiment_name)
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
        self.rehearsal.asked.append("logged")
        self.run.log(dict(metrics), step=step)

    def log_model_checkpoint(self, model: Any, epoch: int, metrics: Any) -> None:
        noted = {str(name): plain(value) for name, value in dict(metrics).items()}
        self.rehearsal.checkpoints.append(Kept(plain(epoch), getattr(model, "epochs", None), noted))

    def log_confusion_matrix(self, y_true: Any, y_pred: Any, class_names: Any) -> None:
        if self.rehearsal.fails_late:
            raise Trouble("the training has failed")
        truth, guess = np.asarray(y_true).tolist(), np.asarray(y_pred).tolist()
        self.rehearsal.matrices.append(Matrix(truth, guess, list(class_names)))

    def log_light_curve_predictions(
        self, lightcurves: Any, predictions: Any, true_labels: Any, n_examples: int = 10
    ) -> None:
        n, known = min(len(lightcurves), n_examples), self.rehearsal.curves
        places = [next((i for i, k in enumerate(known) if k is c), -1) for c in lightcurves[:n]]
        probabilities = np.asarray(predictions)[:n].tolist()
        labels = np.asarray(true_labels)[:n].tolist()
        shape = list(np.shape(predictions))
        self.rehearsal.pictures.append(Pictures(n, shape, places, probabilities, labels))


def refusal(config: Any) -> str | None:
    """Stands for `infeasible`."""
    odd = config["d_model"] % config["nhead"]
    return f"{config['d_model']} is not divisible by {config['nhead']}" if odd else None


class Optimizers:
    """Watches which optimisers are made, with which learning rate."""

    def __init__(self, rates: list[float], kinds: list[str]) -> None:
        self.rates, self.kinds = rates, kinds

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        before, rates, kinds = torch.optim.Optimizer.__init__, self.rates, self.kinds

        def init(optimizer: Any, params: Any, defaults: Any) -> None:
            rates.append(float(defaults.get("lr", math.nan)))
            decay = defaults.get("weight_decay")
            kinds.append(
                type(optimizer).__name__ + (f" with a weight decay of {decay}" if decay else "")
            )
            before(optimizer, params, defaults)

        torch.optim.Optimizer.__init__ = init  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            torch.optim.Optimizer.__init__ = before  # type: ignore[method-assign]
