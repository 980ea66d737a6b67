"""Gradient-boosted trees on features, kept as LightGBM's own text, which holds no code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np

PARAMETERS: dict[str, Any] = {
    "objective": "multiclass",
    "learning_rate": 0.08,
    "num_leaves": 15,
    "min_child_samples": 20,
    "subsample": 0.7,
    "subsample_freq": 1,
    "colsample_bytree": 0.4,
    "reg_lambda": 3.0,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
ROUNDS = 150


@dataclass(frozen=True)
class Examples:
    """Examples in which every class, and every object within a class, weighs the same.

    Attributes:
        features: (n, k), NaN where not measured.
        labels: class numbers (n,).
        object_ids: (n,) whose view each row is.
        share: weight of a class beside those of other examples.
    """

    features: np.ndarray
    labels: np.ndarray
    object_ids: np.ndarray
    share: float = 1.0

    def weights(self) -> np.ndarray:
        """Return the weight of each row (n,)."""
        _, place, views = np.unique(self.object_ids, return_inverse=True, return_counts=True)
        weights = 1 / views[place]
        return np.asarray(self.share * weights / np.bincount(self.labels, weights)[self.labels])


def train_trees(examples: Sequence[Examples], seed: int, rounds: int = ROUNDS) -> lgb.Booster:
    """Train trees on several sets of examples.

    Args:
        examples: of the same features; every class occurs.
        seed: of all random numbers.
        rounds: number of trees per class.
    """
    features = np.concatenate([each.features for each in examples])
    labels = np.concatenate([each.labels for each in examples])
    weights = np.concatenate([each.weights() for each in examples])
    return _train(features, labels, weights, seed, rounds, num_class=int(labels.max()) + 1)


def train_novelty_trees(
    features: np.ndarray, labels: np.ndarray, seed: int, rounds: int = ROUNDS
) -> lgb.Booster:
    """Train trees that tell types outside the classes (label -1) from the classes.

    The classes weigh the same, and all others together as much as two of them.
    """
    counts = np.bincount(labels + 1)
    weights = np.where(labels < 0, 2.0, 1.0) / counts[labels + 1]
    is_other = (labels < 0).astype(int)
    return _train(features, is_other, weights, seed, rounds, objective="binary")


def _train(
    features: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    seed: int,
    rounds: int,
    **parameters: Any,
) -> lgb.Booster:
    data = lgb.Dataset(features, labels, weight=weights * len(labels) / weights.sum())
    return lgb.train(PARAMETERS | parameters | {"seed": seed}, data, num_boost_round=rounds)


def load_trees(path: Path) -> lgb.Booster:
    """Read trees that `Booster.save_model` wrote."""
    return lgb.Booster(model_file=str(path))


def tree_scores(booster: lgb.Booster, features: np.ndarray) -> np.ndarray:
    """Return log-probabilities up to a constant, centred, (n, classes); of two classes (n,)."""
    scores = np.asarray(booster.predict(features, raw_score=True, num_threads=1))
    return scores if scores.ndim == 1 else scores - scores.mean(axis=1, keepdims=True)
