"""What the probes of Exercise 10 use in place of trackers, trainings and networks."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from grader.course.common_probes import Trouble
from grader.course.ex10.replies import Layer, Question
from grader.runner import Learner


def nap(seconds: float) -> float:
    """Sleep, and give the time that it took: on a busy machine that is longer than asked for."""
    start = time.perf_counter()
    if seconds:
        time.sleep(seconds)
    return time.perf_counter() - start


class Member(nn.Module):
    """Gives its logits, and in training mode others; notes what it is asked."""

    def __init__(self, logits: torch.Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)  # (batch, num_classes)
        self.inner = nn.Identity()
        self.asked: list[torch.Tensor] = []

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        self.asked.append(x.clone())
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
        self.took.append(nap(0.0018))
        p = torch.tensor(
            [self.probabilities[(len(self.asked) - 1) % len(self.probabilities)]]
        )  # (1, num_classes)
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
        return model["round"] * 3 % 7 / 7  # it goes up and down

    def uncertainty(self, model: dict[str, int], numbers: Any) -> np.ndarray:
        self.candidates.append(self._numbers("uncertainty", numbers))
        self.ages.append(len(self.fitted) - model["round"])
        return self.doubts[np.asarray(numbers, dtype=int)]


@contextmanager
def sources_of_random_numbers() -> Iterator[list[str]]:
    """Note generators that are made, and at the end global ones that were used."""
    used: list[str] = []
    usual, old = np.random.default_rng, np.random.RandomState

    def default_rng(*args: Any, **kwargs: Any) -> np.random.Generator:
        used.append("default_rng")
        return usual(*args, **kwargs)

    class RandomState(old):  # type: ignore[misc,valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            used.append("np.random.RandomState")
            super().__init__(*args, **kwargs)

    np.random.seed(1)
    before = random.getstate()
    np.random.default_rng, np.random.RandomState = default_rng, RandomState  # type: ignore[misc]
    try:
        yield used
    finally:
        np.random.default_rng, np.random.RandomState = usual, old  # type: ignore[misc]
    used += ["random"] if random.getstate() != before else []
    used += ["np.random"] if np.random.random() != old(1).random() else []


def counting_model(learner: Learner) -> Any:
    """The learner's class, which counts the calls of `forward`, and notes what drops in them."""

    class Counting(learner.BayesianTransformerEncoder):  # type: ignore[name-defined]
        n_calls = 0
        dropping: ClassVar[list[str]] = []

        def forward(self, *args: Any, **kwargs: Any) -> torch.Tensor:
            Counting.n_calls += 1
            Counting.dropping = sorted({*Counting.dropping, *dropping_in(learner, self)})
            return super().forward(*args, **kwargs)

    return Counting


def dropping_in(learner: Learner, model: nn.Module) -> set[str]:
    """The kinds of layers of a model whose ordinary dropout is on."""
    kinds = nn.Dropout | nn.MultiheadAttention
    on = [each for each in model.modules() if each.training and isinstance(each, kinds)]
    return {type(each).__name__ for each in on if not isinstance(each, learner.MonteCarloDropout)}


@contextmanager
def what_is_left(
    model: nn.Module, given: Sequence[torch.Tensor] = (), same: Sequence[torch.Tensor] = ()
) -> Iterator[list[str]]:
    """Collect what is left changed: PyTorch's gradients, those of a model, and what was `given`.

    That should be the `same` still.
    """
    left: list[str] = []
    try:
        yield left
        left += [] if torch.is_grad_enabled() else ["gradients"]
    finally:
        torch.set_grad_enabled(True)
    frozen = not all(weights.requires_grad for weights in model.parameters())
    left += ["parameters"] if frozen else []
    left += [] if all(map(torch.equal, given, same)) else ["arguments"]


Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def inputs_of(x: torch.Tensor, lengths: list[int] | None = None) -> Inputs:
    """Features, times and lengths, which are those of the rows with a band unless given.

    The times are not those in the features, nor do they begin at 0.
    """
    counted = (x[..., 3:] != 0).any(dim=-1).sum(dim=-1)
    return x, x[..., :1] + 3.0, counted if lengths is None else torch.tensor(lengths)


def layers_of(learner: Learner, model: nn.Module) -> dict[str, Layer]:
    return {
        name: Layer(isinstance(layer, learner.MonteCarloDropout), layer.p)
        if isinstance(layer, nn.Dropout)
        else Layer(False, layer.dropout)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Dropout | nn.MultiheadAttention)
    }


def nest_dropout(model: Any) -> None:
    """Put dropout into modules of modules, and a copy of a transformer's first layer on its top."""
    inner = nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.Dropout(0.25), nn.ReLU()))
    model.classifier = nn.Sequential(inner, nn.Dropout(0.25), nn.Linear(8, 3))
    last = model.transformer.layers[-1]
    last.linear1 = nn.Sequential(last.linear1, nn.Sequential(nn.Dropout(0.25)))
    model.input_projection = nn.Sequential(model.input_projection, nn.Dropout(0.25))
    model.transformer.layers.append(copy.deepcopy(model.transformer.layers[0]))
