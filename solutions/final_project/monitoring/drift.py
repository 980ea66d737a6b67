"""Has the input changed? The population stability index of each feature, and whether it is chance.

PSI = sum (p - q) ln(p / q) over the bins, p the shares of the night and q those of the reference.
By custom, above 0.1 is worth a look and above 0.25 is a change. But a few dozen objects have a
large PSI by luck alone: without any change, n m / (n + m) PSI is about chi-squared, with one degree
of freedom less than bins (n and m objects; Yurdakul and Naranjo 2020, J. Risk Model Validation 14).
So a feature has drifted if it is above 0.25 *and* chance gives as much once in a hundred nights,
all features taken together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from solutions.final_project.monitoring.reference import Reference, histogram

LARGE = 0.25
CHANCE = 0.01  # of a false alarm a night
FEWEST = 30  # objects; of fewer nothing is said
HALF = 0.5  # is added to each count, so that an empty bin has a logarithm


@dataclass(frozen=True)
class Drift:
    """What is known of a batch.

    Attributes:
        objects: how many were compared.
        psi: of each feature by its name; empty with too few objects.
        drifted: the features that have changed, the worst first.
    """

    objects: int
    psi: dict[str, float]
    drifted: tuple[str, ...]

    @property
    def largest(self) -> float:
        """The largest PSI, NaN if nothing was compared."""
        return max(self.psi.values(), default=float("nan"))


def compare(reference: Reference, features: np.ndarray) -> Drift:
    """Compare features (n, k), in the reference's order, with the reference."""
    n, m = len(features), reference.objects
    if n < FEWEST:
        return Drift(n, {}, ())
    psi, surprising = {}, {}
    rows = zip(reference.names, reference.edges, reference.shares, features.T, strict=True)
    for name, edges, shares, column in rows:
        psi[name], bins = index(histogram(column, edges), shares * m)
        p_value = chi2.sf(psi[name] * n * m / (n + m), max(bins - 1, 1))
        surprising[name] = p_value < CHANCE / len(reference.names)
    drifted = [name for name in psi if psi[name] > LARGE and surprising[name]]
    return Drift(n, psi, tuple(sorted(drifted, key=lambda name: -psi[name])))


def index(counts: np.ndarray, reference: np.ndarray) -> tuple[float, int]:
    """Return the PSI of two histograms of counts (bins,), and how many bins are not empty."""
    used = counts + reference > 0
    p, q = ((each[used] + HALF) / (each[used] + HALF).sum() for each in (counts, reference))
    return float(((p - q) * np.log(p / q)).sum()), int(used.sum())
