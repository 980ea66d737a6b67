"""Simpler classifiers that see the same objects: the yardsticks of the evaluation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.utils.class_weight import compute_sample_weight

from solutions.final_project.control import UNKNOWN, blind_features, table_of
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES

SEED = 0
SIMPLE = (
    "span", "nights", "points_per_day", "longest_gap", "peak_brightness", "amplitude",
    "robust_amplitude", "days_to_peak", "days_after_peak", "peak_position", "days_above_half",
    "g_n", "g_rise", "g_decline_one", "g_slope_before", "g_slope_40", "g_std", "g_skew",
    "g_neumann", "g_peaks", "r_n", "r_rise", "r_decline_one", "r_slope_before", "r_slope_40",
    "r_std", "r_skew", "r_neumann", "r_peaks", "colour_mean", "colour_peak", "colour_slope",
    "peak_delay",
)  # fmt: skip


def feature_table(lightcurves: Sequence[LightCurve], names: Sequence[str] = ()) -> np.ndarray:
    """Return features of light curves, (n, m): those named, or all that every source has.

    Light curves without anything to measure have a row of NaN.
    """
    table = table_of(lightcurves, blind_features)
    return table[list(names) if names else sorted(table.columns)].to_numpy(dtype=float)


def majority(labels: np.ndarray, objects: int) -> np.ndarray:
    """Return the shares of the classes in the training set for every object, (objects, 5)."""
    shares = np.array([(labels == name).mean() for name in CLASSES])
    return np.tile(shares, (objects, 1))


def forest(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the probabilities of a random forest in which all classes weigh the same, (n, 5)."""
    model = RandomForestClassifier(
        500, min_samples_leaf=2, class_weight="balanced_subsample", random_state=SEED
    )
    model.fit(filled(train), labels)
    return in_order(model.predict_proba(filled(test)), model.classes_)


def boosting(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the probabilities of gradient boosting in which all classes weigh the same, (n, 5)."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.06, max_iter=250, l2_regularization=1.0, random_state=SEED
    )
    model.fit(train, labels, sample_weight=compute_sample_weight("balanced", labels))
    return in_order(model.predict_proba(test), model.classes_)


def filled(numbers: np.ndarray) -> np.ndarray:
    """Return the numbers with UNKNOWN, far off, in place of NaN and of infinities."""
    return np.nan_to_num(numbers, nan=UNKNOWN, posinf=UNKNOWN, neginf=UNKNOWN)


def in_order(given: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Return probabilities in the order of CLASSES; 0 for a class that the training set lacks."""
    found = np.zeros((len(given), len(CLASSES)))
    for column, name in enumerate(names.tolist()):
        found[:, CLASSES.index(name)] = given[:, column]
    return found
