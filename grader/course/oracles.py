"""What the checks of several exercises work out or make up, with NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np


class Rng(np.random.Generator):
    """The random numbers of a check, as those of NumPy.

    When a check has failed, it is run again with `most`, to find a short input that fails in the
    same way: sizes are then `most` at most, and uniform and normal numbers have three digits.
    """

    def __init__(self, seed: list[int], most: int | None = None) -> None:
        super().__init__(np.random.PCG64(seed))
        self._most = most
        self.largest = 0
        """The largest size that was asked for; 0 if there was none, so that no other would do."""

    def size(self, usual: int, least: int = 1) -> int:
        """The size of an input: the usual one, or as few as `least` where a short one is wanted."""
        self.largest = max(self.largest, usual)
        return usual if self._most is None else max(least, min(usual, self._most))

    def uniform(self, *args: Any, **kwargs: Any) -> Any:
        """As NumPy's, with three digits where a short input is wanted."""
        return self._fit(super().uniform(*args, **kwargs))

    def normal(self, *args: Any, **kwargs: Any) -> Any:
        """As NumPy's, with three digits where a short input is wanted."""
        return self._fit(super().normal(*args, **kwargs))

    @property
    def is_short(self) -> bool:
        """Whether this run only looks for what a learner can type; if not, there will be one."""
        self.largest = max(self.largest, 1)
        return self._most is not None

    def _fit(self, values: Any) -> Any:
        if self._most is None:
            return values
        return _rounded(values) if isinstance(values, np.ndarray) else float(f"{values:.3g}")


_rounded = np.vectorize(lambda value: float(f"{value:.3g}"), otypes=[float])


def softmax(logits: np.ndarray) -> np.ndarray:
    """The probabilities that logits stand for, along the last axis."""
    return np.exp(log_softmax(logits))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithm of the softmax along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def true_log_p(logits: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """The logarithm of the probability that each row of logits gives to its true class."""
    return log_softmax(logits)[np.arange(len(classes)), classes]


def light_curves(rng: Rng, lengths: list[int], rows: int, bands: int = 3) -> np.ndarray:
    """Features (batch, rows, 3 + bands) of light curves, with zeros as padding.

    The columns are the time [days] from 0 on, the flux, its error, and the one-hot band.
    """
    x = np.zeros((len(lengths), rows, 3 + bands))
    for one, n in zip(x, lengths, strict=True):
        one[1:n, 0] = np.cumsum(rng.uniform(0.5, 6.0, n))[:-1] if n else ()
        one[:n, 1] = rng.normal(0, 1.5, n)
        one[:n, 2] = rng.uniform(0.02, 0.1, n)
        one[np.arange(n), 3 + rng.integers(0, bands, n)] = 1
    return x
