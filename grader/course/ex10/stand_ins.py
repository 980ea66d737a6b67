"""What the probes of Exercise 10 use in place of trackers, trainings and networks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from grader.course.common_probes import Trouble
from grader.course.ex10.replies import Kept, Layer, Logged, Question, Run, Start, Training
from grader.runner import Learner


def nap(seconds: float) -> float:
    """Sleep, and give the time that it took: on a busy machine that is longer than asked for."""
    start = time.perf_counter()
    if seconds:
        time.sleep(seconds)
    return time.perf_counter() - start


class Recorder:
    """Stands in for a tracker, and notes what it is told."""

    def __init__(self, project_name: str, run: Run, fails: str = "") -> None:
        self.run, self.project_name, self.fails = run, project_name, fails
        self.open = False

    def start_experiment(self, config: Any, experiment_name: str | None = None) -> Recorder:
        settings = [str(key) for key in dict(config)]
        self.run.starts.append(Start(self.project_name, settings, experiment_name))
        self.open = True
        return self

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        if self.fails == "logging":
            raise ArithmeticError("no connection")
        self.run.logs.append(Logged({str(key): value for key, value in metrics.items()}, self.open))

    def finish_experiment(self, exit_code: int = 0) -> None:
        self.run.finished = self.run.finished or self.open
        self.open = False

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish_experiment()


class Table(nn.Module):
    """Looks its logits up: in the row of a table that stands in the first column."""

    def __init__(self, logits: torch.Tensor, seconds: float = 0.0) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits.clone())  # (rows, num_classes)
        self.scale = nn.Parameter(torch.ones(()), requires_grad=False)
        self.seconds = seconds
        self.made_with = torch.initial_seed()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.seconds < 0:
            raise ArithmeticError("out of memory")
        nap(self.seconds)
        return self.logits[x[:, 0, 0].long()] * self.scale


class Maker:
    """Makes a table, and notes the time [s] that it took."""

    def __init__(self, fails: str) -> None:
        self.fails, self.seconds, self.took = fails, 0.0, 0.0

    def __call__(self, logits: torch.Tensor) -> Table:
        if self.fails == "making":
            raise ArithmeticError("a setting is wrong")
        self.took = nap(self.seconds)
        return Table(logits)


class Trainer:
    """Stands in for a training: exchanges the model, and notes what it is called with."""

    def __init__(
        self,
        untrained: torch.Tensor,
        trained: torch.Tensor,
        loaders: dict[str, list[Any]],
        make: Any,
        fails: str,
    ) -> None:
        self.untrained, self.trained, self.make = untrained, trained, make
        self.fails, self.seconds = fails, 0.0
        self.names = {id(loader): name for name, loader in loaders.items()}
        self.seen: Training | None = None

    def __call__(self, model: nn.Module, *others: Any) -> tuple[nn.Module, dict[str, list[float]]]:
        start = time.perf_counter()
        names = [self.names.get(id(each), "another object") for each in others]
        logits = getattr(model, "logits", None)
        as_told = logits is not None and torch.equal(logits, self.untrained)
        self.seen = Training(names, as_told, getattr(model, "made_with", None), 0.0)
        if self.fails == "training":
            raise ArithmeticError("the loss is NaN")
        nap(self.seconds / 4)
        seconds = -1.0 if self.fails == "asking" else self.seconds
        model = self.make(self.trained, seconds=seconds)
        self.seen.seconds = time.perf_counter() - start
        return model, {"val_loss": [1.0]}


class Member(nn.Module):
    """Gives its logits, and in training mode others."""

    def __init__(self, logits: torch.Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)  # (batch, num_classes)
        self.inner = nn.Identity()

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        drawn = 5.0 * torch.arange(self.logits.shape[1])
        return self.logits + (drawn if self.inner.training else 0.0)


class Oracle:
    """Stands in for a model: says what it is told, and notes what it is asked."""

    def __init__(self, probabilities: list[list[float]]) -> None:
        self.probabilities = probabilities
        self.asked: list[Question] = []
        self.took: list[float] = []

    def forward_with_uncertainty(
        self,
        features: torch.Tensor,
        times: torch.Tensor,
        lengths: torch.Tensor,
        *,
        n_samples: int = 100,
    ) -> dict[str, torch.Tensor]:
        length = int(lengths.sum())
        self.asked.append(Question(times[0, :length, 0].tolist(), length, n_samples))
        self.took.append(nap(0.002))
        p = torch.tensor([self.probabilities[len(self.asked) - 1]])  # (1, num_classes)
        shift = 0.2 * (p.roll(1) - p)
        return {
            "predictions": p,
            "epistemic_uncertainty": torch.tensor([0.25]),
            "aleatoric_uncertainty": torch.tensor([0.5]),
            "prediction_samples": torch.stack([p + shift, p - shift]),
        }


class Pool:
    """Functions for active learning: a model is nothing but the number of its round."""

    def __init__(self, doubts: np.ndarray, may_fit: bool) -> None:
        self.doubts, self.may_fit = doubts, may_fit
        self.fitted: list[list[int]] = []
        self.candidates: list[list[int]] = []
        self.ages: list[int] = []
        self.others: list[tuple[str, str]] = []

    def _numbers(self, name: str, numbers: Any) -> list[int]:
        if not isinstance(numbers, np.ndarray) or numbers.dtype.kind not in "iu":
            dtype = f" of {numbers.dtype}" if isinstance(numbers, np.ndarray) else ""
            self.others.append((name, f"{type(numbers).__name__}{dtype}"))
        return [int(number) for number in numbers]

    def fit(self, numbers: Any) -> dict[str, int]:
        if not self.may_fit:
            raise Trouble("a model is fitted")
        self.fitted.append(self._numbers("fit", numbers))
        return {"round": len(self.fitted)}

    def score(self, model: dict[str, int]) -> float:
        return model["round"] / 7

    def uncertainty(self, model: dict[str, int], numbers: Any) -> np.ndarray:
        self.candidates.append(self._numbers("uncertainty", numbers))
        self.ages.append(len(self.fitted) - model["round"])
        return self.doubts[np.asarray(numbers, dtype=int)]


def counting_model(learner: Learner) -> Any:
    """The learner's class, which counts the calls of `forward`."""

    class Counting(learner.BayesianTransformerEncoder):  # type: ignore[name-defined]
        n_calls = 0

        def forward(self, *args: Any, **kwargs: Any) -> torch.Tensor:
            Counting.n_calls += 1
            return super().forward(*args, **kwargs)

    return Counting


@contextmanager
def what_is_left(model: nn.Module, given: torch.Tensor, x: torch.Tensor) -> Iterator[list[str]]:
    """Collect what is left changed: PyTorch's gradients, those of a model, and what was `given`."""
    left: list[str] = []
    try:
        yield left
        left += [] if torch.is_grad_enabled() else ["gradients"]
    finally:
        torch.set_grad_enabled(True)
    frozen = not all(weights.requires_grad for weights in model.parameters())
    left += ["parameters"] if frozen else []
    left += [] if torch.equal(given, x) else ["arguments"]


def crowd_table(learner: Learner, asked: list[Any]) -> Any:
    """A Bayesian model that is nothing but a table, and notes how many networks are asked."""

    class CrowdTable(learner.BayesianTransformerEncoder):  # type: ignore[name-defined]
        def __init__(self, logits: torch.Tensor, seconds: float = 0.0) -> None:
            nn.Module.__init__(self)
            self.logits = nn.Parameter(logits.clone())  # (rows, num_classes)

        def forward_with_uncertainty(
            self, features: torch.Tensor, *_: Any, n_samples: int = 100
        ) -> dict[str, torch.Tensor]:
            asked.append(n_samples)
            p = self.logits.detach()[features[:, 0, 0].long()].softmax(dim=-1)
            return {
                "predictions": p,
                "epistemic_uncertainty": torch.full((len(p),), 0.25),
                "aleatoric_uncertainty": torch.full((len(p),), 0.5),
                "prediction_samples": p.unsqueeze(0),
            }

    return CrowdTable


Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def inputs_of(x: torch.Tensor, lengths: list[int] | None = None) -> Inputs:
    """Features, times and lengths, which are those of the rows with a band unless given.

    The times are not those in the features, nor do they begin at 0.
    """
    counted = (x[..., 3:] != 0).any(dim=-1).sum(dim=-1)
    return x, x[..., :1] + 3.0, counted if lengths is None else torch.tensor(lengths)


def loader_of(labels: torch.Tensor, offset: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """A batch in which light curve i asks for the row `offset` + i of the table."""
    features = torch.zeros(len(labels), 2, 6)
    features[:, 0, 0] = torch.arange(len(labels)) + offset
    features[:, :, 3] = 1.0
    return [(features, labels)]


def kept_of(comparison: Any, trained: torch.Tensor, changed: bool) -> Kept:
    predictions, model = (x.get("a table") for x in (comparison.predictions, comparison.models))
    y_true = getattr(predictions, "y_true", None)
    return Kept(
        result=comparison.results.get("a table"),
        seconds=getattr(predictions, "seconds", None),
        n_predicted=len(y_true) if isinstance(y_true, np.ndarray) else None,
        y_prob=getattr(predictions, "y_prob", None),
        trained_model=isinstance(model, Table) and torch.equal(model.logits.cpu(), trained),
        earlier_result="earlier" in comparison.results,
        settings_changed=changed,
    )


def layers_of(learner: Learner, model: nn.Module) -> dict[str, Layer]:
    return {
        name: Layer(isinstance(layer, learner.MonteCarloDropout), layer.p)
        if isinstance(layer, nn.Dropout)
        else Layer(False, layer.dropout)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Dropout | nn.MultiheadAttention)
    }
