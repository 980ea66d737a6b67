"""The recall of each class in slices: by magnitude, by number of detections, by age."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from solutions.final_project import bootstrap
from solutions.final_project.answers import Classifier, arrays_of, classify
from solutions.final_project.augmentation import AGES, age_name
from solutions.final_project.encoding import UnusableLightCurveError, alert_view, magnitude
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES, calibration_error, numbers_of

MAGNITUDES = [16.0, 17.0, 17.5, 18.0, 18.5, 19.0, 19.5, 20.0]
DETECTIONS = [3, 5, 10, 20, 40, 80, 160]
RESAMPLES = 300  # of the measures of probabilities at each age


def peak_magnitude(lc: LightCurve) -> float:
    """Return the brightest difference magnitude of a light curve, NaN if there is none.

    From total flux a reference level is subtracted, as the classifier does it.
    """
    try:
        return float(magnitude(alert_view(lc).flux.max()))
    except UnusableLightCurveError:
        return float("nan")


def recall_in_bins(
    label: np.ndarray, right: np.ndarray, values: np.ndarray, edges: Sequence[float]
) -> pd.DataFrame:
    """Return the recall of each class in bins of some value.

    Arguments:
        label, right, values: (n,) the true class, whether the answer is it, and the value; objects
            of other classes or without a value are left out.
        edges: between the bins, [low, high) each; the first and the last bin are open.

    Returns:
        Columns class, place (0 for the lowest bin), bin (in words), count, value, low, high.
    """
    names = [f"< {edges[0]:g}", *(f"{a:g} to {b:g}" for a, b in pairwise(edges))]
    names.append(f"≥ {edges[-1]:g}")
    place = np.digitize(values, edges)
    rows = []
    for each in CLASSES:
        for number, name in enumerate(names):
            mine = (label == each) & (place == number) & np.isfinite(values)
            found = bootstrap.share(right[mine])
            rows.append(
                {"class": each, "place": number, "bin": name, "count": int(mine.sum())} | found
            )
    return pd.DataFrame(rows)


def by_age(
    classifier: Classifier, lightcurves: Sequence[LightCurve], label: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Classify light curves as they were at each of AGES; return recalls and calibration.

    What comes later is cut off before anything is done to a light curve, so that nothing of it
    enters a reference level or a scale. An object without an answer yet counts as missed.

    Returns:
        The recalls, as of recall_in_bins, with the share `answered`; and what `calibration_at` says
        of the probabilities at each age. All objects count, so that the shares of the classes are
        those of the table.
    """
    inside = np.isin(label, CLASSES)
    chosen = [lc for lc, has in zip(lightcurves, inside, strict=True) if has]
    truth = label[inside]
    recalls, probabilities = [], []
    for place, age in enumerate(tqdm([*AGES, np.inf], desc="by age")):
        known = chosen if np.isinf(age) else [lc.known_after(age) for lc in chosen]
        answers = classify(classifier, known, progress=False)
        right = answers["predicted"].to_numpy() == truth
        answered = answers["predicted"].to_numpy() != ""
        name = {"place": place, "bin": age_name(age)}
        for each in CLASSES:
            mine = truth == each
            about = {"class": each, **name, "count": int(mine.sum())}
            about["answered"] = float(answered[mine].mean()) if mine.any() else np.nan
            recalls.append(about | bootstrap.share(right[mine]))
        probabilities.append(name | calibration_at(numbers_of(truth), arrays_of(answers)[1]))
    return pd.DataFrame(recalls), pd.DataFrame(probabilities)


def calibration_at(truth: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Return log loss [nat] and calibration error of some objects of the classes, with intervals.

    Returns:
        `count`, the objects with an answer; for log_loss and ece `X`, `X_low` and `X_high`; and
        `log_loss_of_shares`, that of an answer which knows the share of each class among these
        objects and nothing else.
    """
    answered = np.isfinite(probabilities).all(axis=1)
    truth, probabilities = truth[answered], probabilities[answered]
    found: dict[str, float] = {"count": len(truth)}
    if not len(truth):
        return found

    def measure(truth: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
        own = probabilities[np.arange(len(truth)), truth]
        return {
            "log_loss": float(-np.log(own.clip(min=1e-12)).mean()),
            "ece": calibration_error(truth, probabilities),
        }

    for name, figure in bootstrap.intervals(measure, truth, probabilities, count=RESAMPLES).items():
        found |= {
            name: figure["value"],
            f"{name}_low": figure["low"],
            f"{name}_high": figure["high"],
        }
    shares = np.bincount(truth) / len(truth)
    return found | {"log_loss_of_shares": float(-np.log(shares[truth]).mean())}
