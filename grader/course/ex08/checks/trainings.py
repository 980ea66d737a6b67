"""A training by script, and what its history should be, for 8.5."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import N_CLASSES
from grader.course.ex08.replies import Training
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import Mistake, Raises, fail_if_recognised, kind_of, number, require
from grader.wire import Tensor


class Plan:
    """What a training by script is given, and what its history should be."""

    def __init__(self, rng: Rng, script: list[float | None]) -> None:
        self.script = script
        self.labels = rng.permutation([0] * 9 + [1] * 5 + [2] * 2 + [3] * 2).astype(int)
        self.logits = rng.normal(0, 1, (18, N_CLASSES))
        self.batch = [*rng.permutation(18).tolist(), *np.flatnonzero(self.labels == 2).tolist()]
        self.val_labels = rng.permutation([0] * 12 + [1] * 3 + [2] * 4 + [3] * 2 + [4])
        self.right = [(rng.random(22) < 0.3 + 0.4 * rng.random()).tolist() for _ in script]
        for row in self.right:
            row[int(np.flatnonzero(self.val_labels == 4)[0])] = True

    def ask(self, learner: Subject, **options: Any) -> Answer[Training]:
        """What comes of a training with these options."""
        return learner.ask(
            probes.trained,
            Tensor.of(self.logits),
            Tensor.of(self.labels),
            self.batch,
            Tensor.of(self.val_labels),
            self.script,
            self.right,
            **({"num_epochs": len(self.script)} | options),
        )

    def run(self, learner: Subject, **options: Any) -> Training:
        """Train, and see that a model and a history come back."""
        answer = self.ask(learner, **options)
        fail_if_recognised(
            answer,
            Mistake("whole-model-saved~pickle", Raises("PicklingError", "Scripted")),
            Mistake("too-few-weights", Raises("RuntimeError", "weight tensor should be defined")),
            Mistake(
                "metric-for-every-scheduler",
                Raises("TypeError", "step()"),
                error=quoted(answer.raised),
            ),
        )
        got = answer.value
        if got.cut:
            return got
        require(got.result != "NoneType", "nothing-returned~pair")
        is_pair = got.result == "pair" and got.model == "model"
        require(is_pair, "not-a-pair", got=got.model if got.result == "pair" else got.result)
        require(isinstance(got.history, dict), "history-not-a-dict", got=kind_of(got.history))
        return got

    def delivered(self) -> tuple[np.ndarray, np.ndarray]:
        """Logits and labels as the loader gives them, some twice."""
        return self.logits[self.batch], self.labels[self.batch]

    def val_accuracies(self) -> tuple[list[float], list[float]]:
        """Accuracy and balanced accuracy of each epoch."""
        plain, even = [], []
        for row in self.right:
            flags = np.array(row)
            plain.append(float(flags.mean()))
            even.append(float(np.mean([flags[self.val_labels == c].mean() for c in range(5)])))
        return plain, even


def only_parameters(got: Training, rate: float, best: int) -> bool:
    """Whether the parameters are those of the best epoch, and the buffers of a later one."""
    walked = math.isclose(got.walker, -rate * (best + 1), rel_tol=1e-3)
    return walked and got.steps > best + 1


def series(got: Training, name: str, length: int) -> list[float]:
    """A series of the history as floats, once it is a list of the right length."""
    history = got.history if isinstance(got.history, dict) else {}
    require(name in history, "series-missing", name=name, names=", ".join(map(str, history)))
    values = history[name]
    require(isinstance(values, list), "series-not-a-list", name=name, got=kind_of(values))
    floats = [number(Answer(value), f"`history[{name!r}]`") for value in values]
    whole = len(floats) == length
    require(whole, "series-too-short-or-long", name=name, got=len(floats), want=length)
    return floats


def epochs_run(got: Training) -> int:
    """How many epochs the history has."""
    losses = got.history.get("val_loss") if isinstance(got.history, dict) else None
    return len(losses) if isinstance(losses, list) else 0


def plateau_rates(losses: Sequence[float], rate: float) -> list[float]:
    """The learning rate of each epoch: halved after more than five epochs without improvement."""
    rates, best, bad = [], math.inf, 0
    for loss in losses:
        rates.append(rate)
        bad = 0 if loss < best * (1 - 1e-4) else bad + 1
        best = min(best, loss)
        if bad > 5:
            rate, bad = rate / 2, 0
    return rates
