"""The recall of each class in slices: by magnitude, by number of detections, by age."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from solutions.final_project import bootstrap
from solutions.final_project.answers import Classifier, classify, some_of_each
from solutions.final_project.encoding import UnusableLightCurveError, alert_view, magnitude
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES

MAGNITUDES = [16.0, 17.0, 17.5, 18.0, 18.5, 19.0, 19.5, 20.0]
DETECTIONS = [3, 5, 10, 20, 40, 80, 160]
AGES = [1, 3, 7, 14, 30, 60, 120, 240]  # days since the first detection
PARTIAL_PER_CLASS = 150  # objects whose light curves are cut off at each age


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


def known_after(lc: LightCurve, days: float) -> LightCurve:
    """Return what was known so many days after the first detection; nothing if there is none."""
    detected = lc.mjd[lc.is_detection]
    return lc.until(float(detected[0]) + days if len(detected) else -np.inf)


def recall_by_age(
    classifier: Classifier, lightcurves: Sequence[LightCurve], label: np.ndarray
) -> pd.DataFrame:
    """Classify light curves as they were at each age, and return the recalls.

    What comes later is cut off before anything is done to a light curve, so that nothing of it
    enters a reference level or a scale. An object without an answer yet counts as missed.
    """
    at = some_of_each(label, PARTIAL_PER_CLASS)
    chosen, truth = [lightcurves[i] for i in at], label[at]
    rows = []
    for place, age in enumerate(tqdm([*AGES, np.inf], desc="recall by age")):
        answers = classify(classifier, [known_after(lc, age) for lc in chosen], progress=False)
        right = answers["predicted"].to_numpy() == truth
        answered = answers["predicted"].to_numpy() != ""
        name = "all" if np.isinf(age) else f"{age:g} d"
        for each in CLASSES:
            mine = truth == each
            about = {"class": each, "place": place, "bin": name, "count": int(mine.sum())}
            about["answered"] = float(answered[mine].mean()) if mine.any() else np.nan
            rows.append(about | bootstrap.share(right[mine]))
    return pd.DataFrame(rows)
