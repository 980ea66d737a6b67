"""Checks of Exercise 10: a crowd of networks, calibration, comparison, losses and a live stream.

Probabilities of a crowd are judged exactly: its distribution over all masks of dropout is worked
out here by counting them. Calibration is done by loops over single answers. Models that are
compared are tables of logits, so that all that should come out of them is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from statistics import mean
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10 import probes
from grader.course.ex10.lines import NAMES
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, require, showing
from grader.wire import Tensor

Array = np.ndarray

N_ROWS = 7  # of a light curve with its padding


def epistemic_mistakes(p: Array) -> list[Mistake]:
    """What other spreads of samples (samples, batch, classes) would be."""
    centre, n = p.mean(axis=0), len(p)
    deviation = np.sqrt(((p - centre) ** 2).sum(axis=0) / max(n - 1, 1))
    variance = ((p - centre) ** 2).mean(axis=0)
    alone = n == 1
    return [
        Mistake(
            "divided-by-n-minus-1",
            Tensor.of(np.full(p.shape[1], math.nan) if alone else (deviation**2).sum(axis=-1)),
        ),
        Mistake("standard-deviation", Tensor.of(deviation.mean(axis=-1))),
        Mistake("standard-deviation~sum-of-roots", Tensor.of(np.sqrt(variance).sum(axis=-1))),
        Mistake("mean-over-classes", Tensor.of(variance.mean(axis=-1))),
        Mistake("spread-of-mean", Tensor.of(centre.var(axis=-1))),
    ]


def squeezed(values: Tensor) -> Tensor:
    """The values without axes of length 1."""
    return Tensor.of(values.array.squeeze())


def call_tool(learner: Subject, name: str, *args: Any, **kwargs: Any) -> Answer[Any]:
    """The answer of a tool, which must not have changed its arguments."""
    answer = learner.ask(probes.tool, name, *args, **kwargs)
    if answer.raised:
        return answer
    names = NAMES[name]
    before = f"before = [{', '.join(f'{each}.copy()' for each in names)}]"
    with showing(f"{before}\n{{}}\nnot all(map(np.array_equal, before, [{', '.join(names)}]))"):
        require(not answer.result.changed, "arguments-changed", answer)
    return replace(answer, result=answer.result.value)


def answers(rng: Rng, n: int, num_classes: int, sharpness: float = 2.0) -> tuple[Array, Array]:
    """True classes and probabilities, neither right nor wrong all of the time."""
    y_prob = softmax(rng.normal(0, sharpness, (n, num_classes)))
    drawn = (y_prob.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    noise = rng.random(n) < 0.3
    return np.where(noise, rng.integers(0, num_classes, n), drawn), y_prob


def bin_of(confidence: float, n_bins: int) -> int:
    """The bin b with b/n < confidence <= (b + 1)/n."""
    return next(b for b in range(n_bins) if confidence <= (b + 1) / n_bins)


def binned(
    y_true: Array, y_prob: Array, n_bins: int, bin_number: Callable[[float, int], int] = bin_of
) -> list[list[tuple[float, bool]]]:
    """In each bin confidence and truth of its answers, by a loop."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(n_bins)]
    for true, row in zip(y_true.tolist(), y_prob.tolist(), strict=True):
        confidence = max(row)
        place = bin_number(confidence, n_bins)
        if 0 <= place < n_bins:
            bins[place].append((confidence, row.index(confidence) == true))
    return bins


def table_of(bins: list[list[tuple[float, bool]]]) -> dict[str, list[float]]:
    """Columns of the table."""
    return {
        "count": [float(len(b)) for b in bins],
        "confidence": [mean(c for c, _ in b) if b else math.nan for b in bins],
        "accuracy": [mean(float(right) for _, right in b) if b else math.nan for b in bins],
    }


def gaps(bins: list[list[tuple[float, bool]]]) -> list[tuple[int, float]]:
    """Count and signed gap of each bin that is not empty."""
    return [
        (len(b), mean(float(right) for _, right in b) - mean(c for c, _ in b)) for b in bins if b
    ]


def ece_of(y_true: Array, y_prob: Array, n_bins: int) -> float:
    found = gaps(binned(y_true, y_prob, n_bins))
    return sum(n * abs(gap) for n, gap in found) / len(y_true)


def at_temperature(y_prob: Array, temperature: float) -> Array:
    with np.errstate(divide="ignore"):
        return softmax(np.log(y_prob) / temperature)


def cross_entropy(y_true: Array, y_prob: Array, temperature: float, least: float = 1e-12) -> float:
    p = at_temperature(y_prob, temperature)[np.arange(len(y_true)), y_true]
    return -float(np.log(p.clip(least)).mean())


def best_temperature(y_true: Array, y_prob: Array, least: float = 1e-12) -> float:
    """The temperature of the smallest cross-entropy, by thirds of the interval in its logarithm.

    A probability counts as `least` at least.
    """
    low, high = math.log(0.05), math.log(20)
    while high - low > 1e-4:
        left, right = low + (high - low) / 3, high - (high - low) / 3
        of_left, of_right = (
            cross_entropy(y_true, y_prob, math.exp(t), least) for t in (left, right)
        )
        low, high = (left, high) if of_left > of_right else (low, right)
    return math.exp(low)
