"""The population stability index of 11.E1, by counting, and samples to compare."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from grader.course.oracles import Rng

Array = np.ndarray
Bins = Callable[[float, list[float]], int]


def edges_of(reference: Array, n_bins: int) -> list[float]:
    """The quantiles between the bins, by linear interpolation between the sorted values."""
    ordered = sorted(reference[~np.isnan(reference)].tolist())
    edges = []
    for k in range(1, n_bins):
        below, part = divmod(k * (len(ordered) - 1), n_bins)
        above = min(below + 1, len(ordered) - 1)
        edges.append(ordered[below] + (ordered[above] - ordered[below]) * part / n_bins)
    return edges


def above(value: float, edges: list[float]) -> int:
    return sum(edge <= value for edge in edges)


def below(value: float, edges: list[float]) -> int:
    return sum(edge < value for edge in edges)


def shares(values: Array, edges: list[float], bin_of: Bins = above, whole: int = 0) -> list[float]:
    """The share of the values in each bin."""
    counts = [0] * (len(edges) + 1)
    present = values[~np.isnan(values)].tolist()
    for value in present:
        counts[bin_of(value, edges)] += 1
    return [count / (whole or len(present)) for count in counts]


def index_of(p: list[float], q: list[float], least: float = 1e-4) -> float:
    pairs = [(max(a, least), max(b, least)) for a, b in zip(p, q, strict=True)]
    return sum((b - a) * math.log(b / a) for a, b in pairs)


def psi(reference: Array, current: Array, n_bins: int) -> float:
    edges = edges_of(reference, n_bins)
    return index_of(shares(reference, edges), shares(current, edges))


def steps(low: float, high: float, n_bins: int) -> list[float]:
    """Edges at equal distances."""
    return [low + (high - low) * k / n_bins for k in range(1, n_bins)]


def samples(rng: Rng, n: int, m: int) -> tuple[Array, Array]:
    """A reference, and values that are brighter and more scattered; all have two digits."""
    reference = rng.normal(19, 0.8, n).round(2)
    return reference, rng.normal(18.7, 1.1, m).round(2)


def plain_samples(rng: Rng, n_bins: int) -> tuple[Array, Array]:
    """Samples without what is special: no bin is empty, no value on an edge, none outside."""
    while True:
        reference, current = samples(rng, rng.size(60, 18), rng.size(45, 18))
        current = current.clip(reference.min(), reference.max())
        edges = edges_of(reference, n_bins)
        both = np.concatenate([reference, current]).tolist()
        filled = min(*shares(reference, edges), *shares(current, edges)) > 0
        if filled and not set(edges) & set(both):
            return reference, current
