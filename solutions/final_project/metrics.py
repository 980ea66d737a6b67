"""What a classification is worth: recall, purity, calibration, separation of the unknown.

Everything here works on three arrays over the same `n` objects:

- `truth`, (n,) int: the place of the true class in CLASSES, or OTHER for an object of none of them;
- `predicted`, (n,) int: the place of the answer, or REFUSED where there was none;
- `probabilities`, (n, len(CLASSES)) float: rows of NaN where there was no answer.

A refused object counts as missed: it lowers the recall and the accuracy of its class, never the
precision. A measure that would be 0/0 is NaN.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

CLASSES = ("SNIa", "SNII", "CV", "AGN", "TDE")
MAIN_CLASSES = CLASSES[:4]  # those that the curriculum wants right nine times out of ten
OTHER = REFUSED = len(CLASSES)
OTHER_LABEL = "other"
NUM_BINS = 10  # of the reliability diagram, as in Exercise 10

Measures = dict[str, float]


def numbers_of(labels: np.ndarray) -> np.ndarray:
    """Return the place in CLASSES of each label, (n,); whatever is no class becomes OTHER."""
    places = {name: place for place, name in enumerate(CLASSES)}
    return np.array([places.get(label, OTHER) for label in labels], dtype=int)


def ratio(part: np.ndarray | float, whole: np.ndarray | float) -> np.ndarray:
    """Return part / whole, NaN where whole is 0."""
    whole = np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def confusion(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return how often each true class (row) was called what (column).

    The last row counts the objects outside the classes, the last column the refused ones.
    """
    size = len(CLASSES) + 1
    return np.bincount(size * truth + predicted, minlength=size * size).reshape(size, size)


def decisions(truth: np.ndarray, predicted: np.ndarray) -> Measures:
    """Return the measures of the answers alone.

    accuracy, and main_accuracy over the objects of MAIN_CLASSES; balanced_accuracy, the mean recall
    of the classes that occur; per class `recall_X` (completeness), `precision_X` among objects of
    the classes, `purity_X` where the objects outside them count as contaminants too, `f1_X`.
    """
    counts = confusion(truth, predicted).astype(float)
    known = counts[:-1]  # without the objects outside the classes
    right, true = known.diagonal(), known.sum(axis=1)
    recall = ratio(right, true)
    precision = ratio(right, known[:, :-1].sum(axis=0))
    purity = ratio(right, counts[:, :-1].sum(axis=0))
    f1 = ratio(2 * right, true + known[:, :-1].sum(axis=0))
    main = len(MAIN_CLASSES)
    found = {
        "accuracy": ratio(right.sum(), true.sum()),
        "main_accuracy": ratio(right[:main].sum(), true[:main].sum()),
        "balanced_accuracy": np.nanmean(recall) if np.isfinite(recall).any() else np.nan,
    }
    for name, values in (("recall", recall), ("precision", precision), ("purity", purity),
                         ("f1", f1)):  # fmt: skip
        found |= {f"{name}_{each}": value for each, value in zip(CLASSES, values, strict=True)}
    return {key: float(value) for key, value in found.items()}


def bins_of(confidence: np.ndarray, bins: int, equal_mass: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges of the bins, and the bin of each confidence, which contains its right edge.

    The bins have equal width from 0 to 1, or, with equal_mass, equally many objects.
    """
    edges = np.linspace(0, 1, bins + 1)
    if equal_mass:
        edges = np.quantile(confidence, edges)
    return edges, np.searchsorted(edges[1:-1], confidence, side="left")


def calibration(truth: np.ndarray, probabilities: np.ndarray, bins: int = NUM_BINS) -> pd.DataFrame:
    """Return confidence and accuracy in bins of the highest probability.

    Arguments:
        truth, probabilities: objects of the classes that got an answer.
        bins: the number of bins of equal width.

    Returns:
        One row for each bin that is not empty: low and high edge, count, confidence (the mean of
        the highest probability) and accuracy (of the class that has it).
    """
    highest = probabilities.max(axis=1)
    edges, place = bins_of(highest, bins, equal_mass=False)
    right = (probabilities.argmax(axis=1) == truth).astype(float)
    table = pd.DataFrame({"bin": place, "confidence": highest, "right": right})
    found = table.groupby("bin").agg(
        count=("right", "size"), confidence=("confidence", "mean"), accuracy=("right", "mean")
    )
    at = found.index.to_numpy(dtype=int)
    return found.assign(low=edges[at], high=edges[at + 1]).reset_index(drop=True)


def calibration_error(
    truth: np.ndarray, probabilities: np.ndarray, bins: int = NUM_BINS, equal_mass: bool = False
) -> float:
    """Return the expected calibration error (Guo et al. 2017, eq. 3), NaN for no objects.

    It is the mean over the bins of |confidence - accuracy|, weighted by their numbers of objects.
    """
    if not len(truth):
        return float("nan")
    highest = probabilities.max(axis=1)
    _, place = bins_of(highest, bins, equal_mass)
    gap = highest - (probabilities.argmax(axis=1) == truth)
    return float(np.abs(np.bincount(place, weights=gap)).sum() / len(truth))


def probabilistic(truth: np.ndarray, probabilities: np.ndarray) -> Measures:
    """Return the measures of the probabilities, for objects of the classes.

    ece (bins of equal width) and ece_equal_mass, log_loss [nat], brier (sum over classes), and per
    class `average_precision_X`, the area below the curve of purity against completeness.
    """
    answered = np.isfinite(probabilities).all(axis=1) & (truth != OTHER)
    truth, probabilities = truth[answered], probabilities[answered]
    if not len(truth):
        names = ("ece", "ece_equal_mass", "log_loss", "brier")
        return dict.fromkeys([*names, *(f"average_precision_{c}" for c in CLASSES)], np.nan)
    one_hot = np.eye(len(CLASSES))[truth]
    own = probabilities[np.arange(len(truth)), truth]
    found = {
        "ece": calibration_error(truth, probabilities),
        "ece_equal_mass": calibration_error(truth, probabilities, equal_mass=True),
        "log_loss": float(-np.log(own.clip(min=1e-12)).mean()),
        "brier": float(((probabilities - one_hot) ** 2).sum(axis=1).mean()),
    }
    for place, name in enumerate(CLASSES):
        _, purity, completeness = purity_and_completeness(truth, probabilities, place)
        gained = np.diff(completeness, prepend=0.0)
        found[f"average_precision_{name}"] = float((purity * gained).sum())
    return found


def measures(truth: np.ndarray, predicted: np.ndarray, probabilities: np.ndarray) -> Measures:
    """Return all measures of the answers and of the probabilities."""
    return decisions(truth, predicted) | probabilistic(truth, probabilities)


def unknown_auroc(truth: np.ndarray, unknown: np.ndarray) -> float:
    """Return the probability that an object outside the classes has the higher unknown score.

    Arguments:
        truth: (n,) as above.
        unknown: (n,) the scores, NaN where there was no answer.
    """
    answered = np.isfinite(unknown)
    outside = truth[answered] == OTHER
    if outside.all() or not outside.any():
        return float("nan")
    return float(roc_auc_score(outside, unknown[answered]))


def purity_and_completeness(
    truth: np.ndarray, probabilities: np.ndarray, place: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return thresholds, purity and completeness of a class, for every threshold that occurs.

    An object is called so if its probability is at least the threshold. Objects outside the classes
    count as contaminants; refused ones of the class as missed.
    """
    score = np.nan_to_num(probabilities[:, place], nan=-1.0)
    order = np.argsort(-score, kind="stable")
    score, right = score[order], truth[order] == place
    last = np.flatnonzero(np.diff(score, append=-np.inf))  # ties are called together
    last = last[score[last] >= 0]  # and the refused never
    found, called = np.cumsum(right)[last], last + 1
    return score[last], ratio(found, called), ratio(found, np.full(len(found), right.sum()))
