"""What the probes of Exercise 10 use in place of trackers, trainings and networks."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import nn

from grader.course.ex10.replies import Logged, Question, Run, Start, Training


def nap(seconds: float) -> float:
    """Sleep, and give the time that it took: on a busy machine that is longer than asked for."""
    start = time.perf_counter()
    if seconds:
        time.sleep(seconds)
    return time.perf_counter() - start


class Recorder:
    """Stands in for a tracker, and notes what it is told."""

    def __init__(self, project_name: str, run: Run) -> None:
        self.run, self.project_name = run, project_name
        self.open = False

    def start_experiment(self, config: Any, experiment_name: str | None = None) -> Recorder:
        settings = [str(key) for key in dict(config)]
        self.run.starts.append(Start(self.project_name, settings, experiment_name))
        self.open = True
        return self

    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        self.run.logs.append(Logged([str(key) for key in dict(metrics)], self.open))

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
        nap(self.seconds)
        return self.logits[x[:, 0, 0].long()] * self.scale


class Trainer:
    """Stands in for a training: exchanges the model, and notes what it is called with."""

    def __init__(
        self,
        untrained: torch.Tensor,
        trained: torch.Tensor,
        loaders: dict[str, list[Any]],
        make: Any,
        fails: bool,
        seconds: float,
    ) -> None:
        self.untrained, self.trained, self.make = untrained, trained, make
        self.fails, self.seconds = fails, seconds
        self.names = {id(loader): name for name, loader in loaders.items()}
        self.seen: Training | None = None

    def __call__(self, model: nn.Module, *others: Any) -> tuple[nn.Module, dict[str, list[float]]]:
        names = [self.names.get(id(each), "another object") for each in others]
        logits = getattr(model, "logits", None)
        as_told = logits is not None and torch.equal(logits, self.untrained)
        self.seen = Training(names, as_told, getattr(model, "made_with", None), 0.0)
        if self.fails:
            raise ArithmeticError("the loss is NaN")
        self.seen.seconds = nap(self.seconds / 4)
        return self.make(self.trained, seconds=self.seconds), {"val_loss": [1.0]}


class Member(nn.Module):
    """Gives its logits, and in training mode others."""

    def __init__(self, logits: torch.Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)  # (batch, num_classes)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return self.logits + (5.0 * torch.arange(self.logits.shape[1]) if self.training else 0.0)


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
        return {
            "predictions": p,
            "epistemic_uncertainty": torch.tensor([0.25]),
            "aleatoric_uncertainty": torch.tensor([0.5]),
            "prediction_samples": p.unsqueeze(0),
        }
