"""Intervals by the bootstrap over objects (Efron 1979): how far a figure is luck of the sample."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

Measure = Callable[..., dict[str, float]]
Figure = dict[str, float]  # value, low, high

RESAMPLES = 1000
SEED = 0
LEVEL = 0.95


def resamples(objects: int, count: int, seed: int) -> Iterator[np.ndarray]:
    """Give places of `objects` objects drawn with replacement, `count` times."""
    rng = np.random.default_rng(seed)
    return (rng.integers(objects, size=objects) for _ in range(count))


def bounds(values: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Return the bounds of the middle `level` of the values, (2, ...), not counting NaN."""
    tail = 50 * (1 - level)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a measure may be NaN in every sample
        return np.nanpercentile(values, [tail, 100 - tail], axis=0)


def sampled(
    measure: Measure, *arrays: np.ndarray, count: int | None = None, seed: int = SEED
) -> pd.DataFrame:
    """Return the measures of drawn objects: one row for each sample, one column for each measure.

    The same seed and number of objects give the same draws, whatever is measured: two classifiers
    are then compared on the same objects each time.

    Arguments:
        measure: gives named numbers for arrays over objects.
        arrays: arrays over the same objects.
        count, seed: how many samples are drawn, RESAMPLES by default, and by which seed.
    """
    number = count or RESAMPLES
    drawn = tqdm(resamples(len(arrays[0]), number, seed), "bootstrap", number, leave=False)
    return pd.DataFrame([measure(*(each[at] for each in arrays)) for at in drawn])


def figures_of(value: dict[str, float], samples: pd.DataFrame) -> dict[str, Figure]:
    """Return each value with the bounds of its samples."""
    low, high = bounds(samples[list(value)].to_numpy(dtype=float))
    return {
        name: {"value": value[name], "low": float(a), "high": float(b)}
        for name, a, b in zip(value, low, high, strict=True)
    }


def intervals(
    measure: Measure, *arrays: np.ndarray, count: int | None = None, seed: int = SEED
) -> dict[str, Figure]:
    """Return each measure with its 95% interval; arguments as for `sampled`."""
    return figures_of(measure(*arrays), sampled(measure, *arrays, count=count, seed=seed))


def share(hits: np.ndarray) -> Figure:
    """Return the share of hits (n,) with its 95% interval; NaN for no objects.

    The interval is Wilson's (1927): the bootstrap gives none at all where all or no objects hit,
    which is common among a few.
    """
    objects = len(hits)
    if not objects:
        return {"value": np.nan, "low": np.nan, "high": np.nan}
    found, z = float(hits.mean()), 1.96
    centre = (found + z**2 / (2 * objects)) / (1 + z**2 / objects)
    half = z * np.sqrt(found * (1 - found) / objects + z**2 / (4 * objects**2))
    half /= 1 + z**2 / objects
    return {
        "value": found,
        "low": float(min(centre - half, found)),
        "high": float(max(centre + half, found)),
    }
