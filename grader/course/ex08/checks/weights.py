"""What class weights and weighted losses should be, for 8.5."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.answer import Answer
from grader.course.oracles import true_log_p
from grader.expect import Mistake, Raises, expect, fail_if_recognised
from grader.wire import Tensor


def balanced(labels: Sequence[int], num_classes: int) -> np.ndarray:
    """n / (k n_c), and 1 for a class that does not occur."""
    counts = Counter(labels)
    weights = [
        len(labels) / (len(counts) * counts[c]) if counts[c] else 1.0 for c in range(num_classes)
    ]
    return np.array(weights)


def losses_of(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The cross-entropy of each object, (objects,)."""
    return -true_log_p(logits, labels)


def weighted_mean(losses: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The mean of losses, each with the weight of its class."""
    return float((weights[labels] * losses).sum() / weights[labels].sum())


def check_weights(answer: Answer[Any], labels: list[int], of_dataset: list[int], size: int) -> None:
    """Compare class weights with those of the delivered labels."""
    counts = np.array([labels.count(c) for c in range(size)])
    got = answer.result
    odd = isinstance(got, Tensor) and not np.isfinite(got.array).all() and not counts.all()
    fail_if_recognised(
        answer,
        Mistake("infinite-weight", bool(odd)),
        Mistake("infinite-weight~division", Raises("ZeroDivisionError")),
    )
    absent_in_k = len(labels) / (size * np.maximum(counts, 1))
    expect(
        answer,
        Tensor.of(balanced(labels, size)),
        Mistake("dataset-counted", Tensor.of(balanced(of_dataset, size))),
        *otherwise_scaled(counts),
        Mistake("absent-class-in-k", Tensor.of(np.where(counts > 0, absent_in_k, 1.0))),
        Mistake("absent-class-in-k~weight", Tensor.of(absent_in_k)),
        what="the tensor of weights",
    )


def otherwise_scaled(counts: np.ndarray) -> list[Mistake]:
    """Weights that grow with the counts, and those in other proportions to 1 / counts."""
    n, size, there, safe = counts.sum(), len(counts), counts > 0, np.maximum(counts, 1)
    inverse = 1 / counts[there]
    growing = (counts / n, counts, counts / n * there.sum(), counts / counts.max())
    factors = (1.0, n, counts.max(), counts[there].min(), 1 / inverse.sum(), size / inverse.sum())

    def weights(values: np.ndarray, absent: float) -> Tensor:
        return Tensor.of(np.where(there, values, absent))

    return [
        *(
            Mistake("proportional-weights", weights(values, absent))
            for values in growing
            for absent in (0.0, 1.0)
        ),
        *(
            Mistake("not-normalised", weights(factor / safe, absent))
            for factor in factors
            for absent in (0.0, 1.0, float(factor))
        ),
    ]
