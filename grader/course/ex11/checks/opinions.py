"""What many networks say of some light curves: used by the checks of 11.9.

Which answer is for a light curve stands in the flux of its first row, so that light curves that
change places are noticed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from grader.course.oracles import Rng, softmax
from grader.wire import Tensor

Array = np.ndarray
CLASSES = ["TDE", "SNIa", "AGN"]  # not in the order of the notebook


class Night(NamedTuple):
    """What a network says of some light curves, and the rows of each."""

    samples: Array  # (n_samples, n, 3)
    temperature: float
    rows: dict[str, Any]


def rows_of(rng: Rng, number: int, n: int) -> Array:
    """Rows (n, 6) of a light curve, whose first flux is its number."""
    rows = np.zeros((n, 6))
    rows[:, 0] = np.cumsum(rng.uniform(1, 4, n)).round(2)
    rows[:, 1:3] = rng.uniform(0.1, 0.9, (n, 2)).round(2)
    rows[np.arange(n), 3 + rng.integers(0, 3, n)] = 1
    rows[0, 1] = number
    return rows


def night(rng: Rng, lengths: tuple[int, ...] = (2, 1, 3), n_samples: int = 3) -> Night:
    """A night on which the temperature changes the most probable class of the first object."""
    temperature = float(rng.choice([0.4, 2.5]))
    rows = {f"ZTF{i}": Tensor.of(rows_of(rng, i, n)) for i, n in enumerate(lengths)}
    while True:
        samples = softmax(rng.normal(0, 2, (n_samples, len(lengths), 3))).clip(0.01, 0.98).round(2)
        samples[..., 0] = (1 - samples[..., 1:].sum(axis=-1)).round(2)
        if not (samples > 0).all():
            continue
        mean, mean_at = (p.mean(axis=0) for p in (samples, at(samples, temperature)))
        changed = mean.argmax(axis=1) != mean_at.argmax(axis=1)
        if changed[0] and not changed[1:].all():
            return Night(samples, temperature, rows)


def at(p: Array, temperature: float) -> Array:
    """Probabilities at another temperature."""
    return softmax(np.log(p) / temperature)


def named(p: Array) -> list[dict[str, float]]:
    """The probabilities of each light curve, by the names of the classes."""
    return [dict(zip(CLASSES, row, strict=True)) for row in p.tolist()]


def spreads(p: Array) -> dict[str, list[float]]:
    """The two uncertainties of samples (n_samples, n, classes), and others."""
    centre = p.mean(axis=0)
    total = (centre * (1 - centre)).sum(axis=-1)
    aleatoric = (p * (1 - p)).mean(axis=0).sum(axis=-1)
    parts = {"epistemic": total - aleatoric, "aleatoric": aleatoric, "total": total}
    return {name: value.tolist() for name, value in parts.items()}
