"""A registry on trial, and the metrics that are agreed on."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file

from grader.course.ex09.checkpoints import network, write_checkpoint
from grader.course.ex09.on_trial import outcome_of
from grader.course.ex09.replies import Draws, Step
from grader.runner import Learner


def share_right(labels: Any, predictions: Any) -> float:
    if not isinstance(labels, np.ndarray) or not isinstance(predictions, np.ndarray):
        raise TypeError("a metric takes two arrays")
    return float(np.mean(labels == predictions))


def share_of_class(labels: Any, predictions: Any, number: int = 1) -> float:
    """The recall of a class (0 if there is none of it)."""
    chosen = np.asarray(labels) == number
    return float(np.mean(np.asarray(predictions)[chosen] == number)) if chosen.any() else 0.0


AGREED: dict[str, Callable[[Any, Any], float]] = {"accuracy": share_right, "recall": share_of_class}


@dataclass
class Scripted:
    """A metric by which a candidate beats another version in all but some resamples.

    All labels are 2, the candidate always predicts 1, and the other version 0. The `first` that is
    lost is the fifth. If `swapped`, the metric takes the predictions first.
    """

    n_lost: int
    swapped: bool = False
    first: int = 5
    n_asked: int = 0

    def __call__(self, labels: Any, predictions: Any) -> float:
        truth, guess = (predictions, labels) if self.swapped else (labels, predictions)
        if set(np.asarray(truth).tolist()) != {2}:
            return 2.0  # better than any, so that it shows where one is asked the wrong way
        if set(np.asarray(guess).tolist()) != {1}:
            return 0.5
        self.n_asked += 1
        return 0.0 if 0 <= self.n_asked - self.first < self.n_lost else 1.0


def metric_of(name: str) -> Callable[[Any, Any], float]:
    """A metric: one agreed, or one with a script: "all but 2", "all but 1, later", "swapped".

    By a script, the candidate (all its predictions are 1) beats the other version (all 0) in all
    but so many resamples; "swapped" takes the predictions first.
    """
    if name == "swapped":
        return Scripted(0, swapped=True)
    n_lost = name.removeprefix("all but ").removesuffix(", later")
    first = 11 if name.endswith("later") else 5
    return Scripted(int(n_lost), first=first) if name.startswith("all but") else AGREED[name]


def plain_bool(value: Any) -> Any:
    """A bool as Python's own; anything else as it is."""
    return bool(value) if isinstance(value, np.bool_) else value


class Registrar:
    """A registry on trial; what is deployed is told by the weight in its checkpoint."""

    def __init__(self, learner: Learner, place: Path) -> None:
        self.learner, self.place = learner, place
        self.seen: dict[Path, float] = {}
        self.offered = "kept"
        self.reopen()

    def walked(self, steps: list[list[Any]]) -> list[Step]:
        """What became of each step, [method, *arguments], and what is deployed after it."""
        told = []
        for what, *arguments in steps:
            self.offered = "kept"
            action = functools.partial(getattr(self, what), *arguments)
            returned, error = outcome_of(action)
            n_files = sum(1 for _ in (self.place / "registry").rglob("*"))
            name = Path(self.registry.current or "").name
            told.append(Step(returned, error, self.current(), n_files, self.offered, name))
        return told

    def reopen(self) -> None:
        folder = self.place / "registry"
        self.registry = self.learner.ModelRegistry(folder, {"accuracy": share_right}, 20)

    def consider(
        self, weight: float, verdict: bool | None, labels: list[Any], predictions: list[Any]
    ) -> Any:
        """Offer a candidate; then delete its folder.

        `is_better` says the verdict, or what it says by itself, if that is None.
        """
        if verdict is not None:
            self.registry.is_better = lambda *_, **__: verdict
        files = write_checkpoint(self.place / "candidate", network([[weight]]), {}, 0, {})
        before = {path.name: path.read_bytes() for path in files.iterdir()}
        try:
            given = files if weight % 2 else str(files)
            return self.registry.consider(given, np.array(labels), np.array(predictions))
        finally:
            after = {path.name: path.read_bytes() for path in files.glob("*")}
            lost = not before.items() <= after.items()
            self.offered = "gone" if lost else "kept" if before == after else "changed"
            shutil.rmtree(files, ignore_errors=True)

    def rollback(self) -> bool:
        return self.registry.rollback() == self.registry.current

    def current(self) -> Any:
        folder = self.registry.current
        if folder is None:
            return None
        file = Path(folder) / "model.safetensors"
        if self.place / "registry" not in file.parents:
            return "outside of the registry"
        if not (file.exists() and file.with_name("checkpoint.json").exists()):
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


def draws(learner: Learner, place: Path, n: int, seed: int) -> Draws:
    """The numbers of the objects by which a metric of `is_better` is asked for the candidate."""
    drawn: list[list[int]] = []

    def metric(labels: Any, predictions: Any) -> float:
        if max(np.max(predictions), np.max(labels)) < n:
            return 0.0
        drawn.append((np.asarray(labels) % n).tolist())
        return 1.0

    registry = learner.ModelRegistry(place, {"m": metric}, n_bootstrap=5, seed=seed)
    before = np.random.get_state(legacy=False)
    registry.is_better(np.arange(n), np.arange(n) + n, np.arange(n))
    return Draws(drawn, repr(before) != repr(np.random.get_state(legacy=False)))
