"""A registry on trial, and the metrics that are agreed on."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file

from grader.course.ex09.checkpoints import network, write_checkpoint
from grader.runner import Learner


def share_right(labels: Any, predictions: Any) -> float:
    return float(np.mean(np.asarray(labels) == np.asarray(predictions)))


def share_of_class(labels: Any, predictions: Any, number: int = 1) -> float:
    """The recall of a class (0 if there is none of it)."""
    chosen = np.asarray(labels) == number
    return float(np.mean(np.asarray(predictions)[chosen] == number)) if chosen.any() else 0.0


AGREED: dict[str, Callable[[Any, Any], float]] = {"accuracy": share_right, "recall": share_of_class}
AGREED |= {f"recall of {k}": functools.partial(share_of_class, number=k) for k in range(3)}


class Registrar:
    """A registry on trial; what is deployed is told by the weight in its checkpoint."""

    def __init__(self, learner: Learner, place: Path) -> None:
        self.learner, self.place = learner, place
        self.seen: dict[Path, float] = {}
        self.reopen()

    def reopen(self) -> None:
        folder = self.place / "registry"
        self.registry = self.learner.ModelRegistry(folder, {"accuracy": share_right}, 20)

    def consider(
        self, weight: float, verdict: bool, labels: list[Any], predictions: list[Any]
    ) -> Any:
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
