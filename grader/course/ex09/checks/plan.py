"""The plan of a training, by which all its numbers can be worked out."""

from __future__ import annotations

import copy
import math
from itertools import pairwise
from typing import Any

import numpy as np

from grader.course.ex09.checks.common import CLASSES
from grader.course.oracles import Rng, softmax

RARE = CLASSES.index("TDE")


def focal_losses(rows: np.ndarray, labels: list[int], gamma: float) -> list[float]:
    """The mean of -(1 - p)^gamma log p for each row of logits, the same for all objects."""
    p = softmax(rows)[:, labels]  # (rows, objects)
    losses: list[float] = (-((1 - p) ** gamma) * np.log(p)).mean(axis=1).tolist()
    return losses


def focal_loss(logits: np.ndarray, labels: list[int], gamma: float) -> float:
    """The same for one row."""
    return focal_losses(logits[None], labels, gamma)[0]


def accuracy(guess: int, labels: list[int]) -> float:
    """The fraction of right answers if all objects are given the same class."""
    return labels.count(guess) / len(labels)


def f1_of_rare(guess: int, labels: list[int]) -> float:
    """F1 of the rare class if all objects are given the same class."""
    hits = labels.count(RARE) if guess == RARE else 0
    given = len(labels) if guess == RARE else 0
    total = labels.count(RARE) + given
    return 2 * hits / total if total else 0.0


def measured(logits: np.ndarray, labels: list[int], gamma: float) -> dict[str, float]:
    """The metrics of a set if all its objects have the same logits."""
    guess = int(logits.argmax())
    return {
        "loss": focal_loss(logits, labels, gamma),
        "accuracy": accuracy(guess, labels),
        "f1_rare_events": f1_of_rare(guess, labels),
    }


class Plan:
    """A training whose network gives planned logits: row e + 1 of `logits` after epoch e.

    Unless it is `plain`, each known way to choose another epoch than the best shows in its result.
    """

    def __init__(self, rng: Rng, epochs: int = 6, *, plain: bool = False) -> None:
        self.epochs = epochs
        self.gamma = round(float(rng.uniform(1, 1.9)), 2)  # not the 2 of `DEFAULTS`
        while True:
            self.logits = rng.normal(0, 1.2, (epochs + 1, 5)).round(3)
            self.labels = {
                "train": [*range(5), *rng.integers(5, size=5).tolist()],
                "val": [RARE, RARE, 0, *rng.integers(5, size=3).tolist()],
                "test": [RARE, 1, 2, 3, *rng.integers(4, size=5).tolist()],
            }
            if plain or self._tells():
                return

    def _tells(self) -> bool:
        """Whether each known mistake would show: by test, by F1, the worst, the last, the first."""
        val, last = self.series("val", "loss"), self.epochs - 1
        best, worst = int(np.argmin(val)), int(np.argmax(val))
        if best in (0, last) or worst == last:
            return False
        f1 = self.series("val", "f1_rare_events")
        by_f1 = int(np.argmax(f1))
        if by_f1 in (best, last, worst):
            return False
        test = self.series("test", "loss")
        by_test = int(np.argmin(test))
        if by_test in (best, last, worst, by_f1):
            return False
        apart = min(abs(a - b) for a, b in pairwise(sorted(val))) > 0.01
        test_apart = min(abs(a - b) for a, b in pairwise(sorted(test))) > 0.01
        told = all(
            series[best] != series[last]
            for series in (f1, self.series("val", "accuracy"), self.series("test", "accuracy"))
        )
        return apart and test_apart and told

    def series(self, name: str, metric: str, gamma: float | None = None) -> list[float]:
        """A metric of a set after each epoch."""
        labels, rows = self.labels[name], self.logits[1:]
        if metric == "loss":
            return focal_losses(rows, labels, self.gamma if gamma is None else gamma)
        of_guess = {"accuracy": accuracy, "f1_rare_events": f1_of_rare}[metric]
        return [of_guess(guess, labels) for guess in rows.argmax(axis=1).tolist()]

    def row(self, epoch: int) -> dict[str, float]:
        """What is logged after an epoch."""
        found = measured(self.logits[epoch + 1], self.labels["val"], self.gamma)
        train = focal_loss(self.logits[epoch], self.labels["train"], self.gamma)
        return {"epoch": epoch, "train_loss": train} | {f"val_{k}": v for k, v in found.items()}

    def result(self, best: int, tested: int | None = None) -> dict[str, float]:
        """The result if an epoch is taken for the best, and another one's weights are tested."""
        val = measured(self.logits[best + 1], self.labels["val"], self.gamma)
        row = self.logits[(best if tested is None else tested) + 1]
        test = measured(row, self.labels["test"], self.gamma)
        named = {f"val_{k}": v for k, v in val.items()} | {f"test_{k}": v for k, v in test.items()}
        return {"best_epoch": best} | named

    def stops_after(self, losses: list[float], patience: int, min_delta: float = 0.001) -> int:
        """How many epochs there are with early stopping (8.2) by these losses."""
        best, count = math.inf, 0
        for epoch, loss in enumerate(losses):
            best, count = (loss, 0) if loss < best - min_delta else (best, count + 1)
            if count >= patience:
                return epoch + 1
        return self.epochs

    def slightly_better(self, row: np.ndarray) -> np.ndarray:
        """Logits whose validation loss is smaller by about half of the `min_delta` of 8.2."""
        loss = focal_loss(row, self.labels["val"], self.gamma)
        for step in np.geomspace(1e-5, 0.3, 200):
            for sign in (-step, step):
                changed = (row + sign * (np.arange(5) == RARE)).round(6)
                gain = loss - focal_loss(changed, self.labels["val"], self.gamma)
                if 4e-4 < gain < 7e-4:
                    return changed
        return row

    @staticmethod
    def guessing(row: np.ndarray, guess: int) -> np.ndarray:
        """The same logits, of which the largest is that of a class."""
        changed, top = row.copy(), int(row.argmax())
        changed[[top, guess]] = row[[guess, top]]
        return changed

    @property
    def best(self) -> int:
        """The epoch of the smallest validation loss."""
        return int(np.argmin(self.series("val", "loss")))

    def config(self, **more: Any) -> dict[str, Any]:
        """The settings of the training."""
        sizes = {"num_epochs": self.epochs, "patience": 20, "batch_size": 4}
        return sizes | {"focal_loss_gamma": self.gamma} | more

    def turned(self) -> Plan:
        """The same with other labels: the last class takes the place of the first, and so on."""
        other = copy.copy(self)
        other.labels = {name: [4 - n for n in numbers] for name, numbers in self.labels.items()}
        return other

    def arguments(self) -> tuple[list[list[float]], dict[str, list[int]]]:
        """What the probe needs to know."""
        return self.logits.tolist(), self.labels


def impatient(rng: Rng, patience: int) -> tuple[Plan, int]:
    """A plan that this patience ends, and after how many epochs.

    Its last loss is better by less than `min_delta`; other losses and scores end it elsewhere.
    """
    while True:
        plan = Plan(rng, plain=True)
        losses = plan.series("val", "loss")
        want = plan.stops_after(losses, patience)
        if not 3 <= want < plan.epochs or ends_alike(plan, want, patience):
            continue
        plan.logits[want] = plan.slightly_better(plan.logits[1 + int(np.argmin(losses[:want]))])
        stops = plan.stops_after(plan.series("val", "loss"), patience)
        if stops == want and not ends_alike(plan, want, patience, slightly=True):
            return plan, want


def ends_alike(plan: Plan, want: int, patience: int, *, slightly: bool = False) -> bool:
    """Whether something else than the validation loss ends a training after as many epochs."""
    test = plan.stops_after(plan.series("test", "loss"), patience)
    scores = [plan.series("val", name) for name in ("f1_rare_events", "accuracy")]
    others = [plan.stops_after([-x for x in each], patience) for each in scores]
    others += [plan.stops_after(each, patience) for each in scores]
    others.append(plan.stops_after([plan.row(e)["train_loss"] for e in range(6)], patience))
    if slightly:
        others.append(plan.stops_after(plan.series("val", "loss"), patience, 0.0))
    return want in [test, *others] or test == plan.epochs


def nearly_equal(rng: Rng) -> Plan:
    """A plan where epoch 1 is better than 0 by less than `min_delta`, and epoch 2 equal to it.

    In these all objects are taken for the rare class, and in epoch 3, which is worse, for another.
    """
    while True:
        plan = Plan(rng, plain=True)
        first = plan.guessing(plan.logits[1], 4)
        better = plan.slightly_better(first)
        plan.logits[1:5] = first, better, better, plan.guessing(plan.logits[4], 0)
        f1, losses = plan.series("val", "f1_rare_events"), plan.series("val", "loss")
        small_step = 4e-4 < losses[0] - losses[1] < 7e-4
        if small_step and losses[3] > losses[0] + 0.01 and f1[0] == f1[1] > f1[3]:
            return plan
