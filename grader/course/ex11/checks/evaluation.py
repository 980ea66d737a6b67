"""What `evaluate` of 11.7 should find, and what it would by known mistakes.

The temperature is found by SciPy. Sets are drawn until what is wanted differs from what every
mistake gives, and does not hang on the last digit of the temperature.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

from grader.course.ex11.checks.thresholds import Array, counted, threshold_of
from grader.course.oracles import Rng, softmax
from grader.expect import approx_equal

TDE = 4  # of AGN, CV, SNII, SNIa, TDE
N_TRIES = 200


class Objects(NamedTuple):
    """Probabilities (n, 5) of a network, and the true classes."""

    probabilities: Array
    labels: Array

    def at(self, temperature: float) -> Array:
        return softmax(np.log(self.probabilities) / temperature)


def drawn(rng: Rng, temperature: float, classes: tuple[int, ...] = (0, 1, 2, 3, 4)) -> Objects:
    """Objects of these classes whose probabilities would be right at a temperature.

    The probabilities have two digits, and no object has two that are largest.
    """
    n = rng.size(40, 18)
    p = softmax(rng.normal([0.0, 0.0, 0.3, 0.8, 0.8], 1.6, (2 * n, 5))).clip(0.01, None).round(2)
    p[np.arange(2 * n), p.argmax(axis=1)] += 1 - p.sum(axis=1)
    p = p.round(2)
    p = p[np.diff(np.sort(p, axis=1)[:, -2:]).ravel() > 0.001][:n]
    chance = softmax(np.log(p) / temperature)[:, classes].cumsum(axis=1)
    places = (chance / chance[:, -1:] > rng.random((n, 1))).argmax(axis=1)
    return Objects(p, np.array(classes)[places])


def temperature_of(objects: Objects) -> float:
    """The temperature of the smallest cross-entropy."""

    def cross_entropy(logarithm: float) -> float:
        p = objects.at(math.exp(logarithm))[np.arange(len(objects.labels)), objects.labels]
        return -float(np.log(p.clip(1e-12)).mean())

    return math.exp(minimize_scalar(cross_entropy, bounds=(-3.0, 3.0), method="bounded").x)


def ece_of(p: Array, labels: Array) -> float:
    """The expected calibration error in ten bins."""
    gaps: dict[int, float] = {}
    for row, label in zip(p.tolist(), labels.tolist(), strict=True):
        confidence = max(row)
        number = math.ceil(confidence * 10)
        gaps[number] = gaps.get(number, 0.0) + (row.index(confidence) == label) - confidence
    return sum(map(abs, gaps.values())) / len(labels)


def share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def found_in(p: Array, labels: Array, threshold: float) -> dict[str, float]:
    """Recall and precision of the TDEs at a threshold."""
    right, wrong, missed = counted(p[:, TDE], labels == TDE, threshold)
    return {
        "tde_recall": share(right, right + missed),
        "tde_precision": share(right, right + wrong),
    }


def recalls_of(p: Array, labels: Array) -> list[float]:
    """The share of each class that is called by its name, of those that occur."""
    said = p.argmax(axis=1)
    return [float((said[labels == c] == c).mean()) for c in sorted(set(labels.tolist()))]


def measured(p: Array, labels: Array, threshold: float) -> dict[str, float]:
    """All that is measured on a set with these probabilities."""
    recalls = recalls_of(p, labels)
    return {
        "accuracy": float((p.argmax(axis=1) == labels).mean()),
        "balanced_accuracy": sum(recalls) / len(recalls),
        "ece": ece_of(p, labels),
        **found_in(p, labels, threshold),
    }


def numbers(
    val: Objects, test: Objects, wanted: float = 0.6, temperature: float = 0.0
) -> dict[str, float]:
    """What an evaluation should find; at another temperature than the fitted one, if given."""
    fitted = temperature or temperature_of(val)
    threshold = threshold_of(val.at(fitted)[:, TDE], val.labels == TDE, wanted)
    return {
        "temperature": fitted,
        "threshold": threshold,
        **measured(test.at(fitted), test.labels, threshold),
    }


NEAR = {"temperature": 0.02, "threshold": 0.01, "ece": 0.01}
"""How far a number may be off, as temperatures are found to within a percent."""


def close(key: str, got: float, want: float) -> bool:
    return approx_equal(got, want, 0.0, NEAR.get(key, 1e-9) * (want if key == "temperature" else 1))


def is_firm(val: Objects, test: Objects, wanted: float = 0.6) -> bool:
    """Whether all numbers are the same at temperatures that are a little off."""
    want = numbers(val, test, wanted)
    fitted = want["temperature"]
    return 0.1 < fitted < 10 and all(
        close(key, number, want[key])
        for factor in (0.985, 1.015)
        for key, number in numbers(val, test, wanted, fitted * factor).items()
    )


def mistaken(val: Objects, test: Objects) -> dict[str, dict[str, float]]:
    """For each number what it is by known mistakes."""
    want = numbers(val, test)
    threshold, fitted = want["threshold"], want["temperature"]
    raw = measured(test.probabilities, test.labels, threshold)
    of_val = measured(val.at(fitted), val.labels, threshold)
    p, labels = test.at(fitted), test.labels
    called = np.where(p.argmax(axis=1) == TDE, 1.0, 0.0)
    by_name = found_in(np.tile(called[:, None], 5), labels, 0.5)
    raw_val = val.probabilities[:, TDE]
    by_number: dict[str, dict[str, float]] = {
        "temperature": {"temperature-from-test": temperature_of(test)},
        "threshold": {
            "threshold-from-test": threshold_of(p[:, TDE], labels == TDE, 0.6),
            "temperature-forgotten": threshold_of(raw_val, val.labels == TDE, 0.6),
        },
        "accuracy": {"measured-on-val": of_val["accuracy"]},
        "balanced_accuracy": {
            "measured-on-val": of_val["balanced_accuracy"],
            "plain-accuracy": want["accuracy"],
            "precisions-averaged": mean_precision(p, labels),
        },
        "ece": {"measured-on-val": of_val["ece"], "test-not-calibrated": raw["ece"]},
    }
    for key, other in (("tde_recall", "tde_precision"), ("tde_precision", "tde_recall")):
        by_number[key] = {
            "measured-on-val": of_val[key],
            "swapped": want[other],
            "test-not-calibrated": raw[key],
            "most-probable": by_name[key],
        }
    return by_number


def mean_precision(p: Array, labels: Array) -> float:
    said = p.argmax(axis=1)
    present = sorted(set(labels.tolist()) & set(said.tolist()))
    return sum(float((labels[said == c] == c).mean()) for c in present) / len(present)


FAR = {"temperature": 0.2, "threshold": 0.02, "ece": 0.03}
"""How far a mistaken number must be off to be told apart."""


def sets(rng: Rng, *keys: str) -> tuple[Objects, Objects]:
    """A set that is too sure and one that is not sure enough; no mistake in these is hidden."""
    for _ in range(N_TRIES):
        val, test = drawn(rng, 1.9), drawn(rng, 0.9)
        want, others = numbers(val, test), mistaken(val, test)
        each = {key: [want[key], *others[key].values()] for key in keys}
        told_apart = (apart(values, FAR.get(key, 1e-3)) for key, values in each.items())
        if all(told_apart) and is_firm(val, test):
            break
    return val, test


def apart(values: list[float], least: float) -> bool:
    """Whether all values are numbers, and no two are nearer to each other than that."""
    close = (b - a < least for a, b in pairwise(sorted(values)))
    return all(map(math.isfinite, values)) and not any(close)
