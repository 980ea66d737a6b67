"""What the classifier is worth on labelled light curves: figures, intervals, pictures."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from solutions.final_project import bootstrap, figures, slices
from solutions.final_project.answers import Classifier, arrays_of, classify, labels_of
from solutions.final_project.control import by_kind
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import (
    CLASSES,
    OTHER,
    OTHER_LABEL,
    Measures,
    calibration,
    confusion,
    measures,
    numbers_of,
    purity_and_completeness,
    unknown_auroc,
)

RARE_TYPE = 5  # types outside the classes with fewer objects are shown together
GRID = np.linspace(0.02, 1, 50)  # of completeness, for the intervals of purity


def evaluate(
    classifier: Classifier,
    lightcurves: Sequence[LightCurve],
    out: Path,
    about: dict[str, Any] | None = None,
    partial: bool = True,
) -> dict[str, Any]:
    """Classify light curves and write predictions.csv, and, if some have labels, the rest.

    Arguments:
        classifier: is asked.
        lightcurves: of any objects, with labels in their metadata or without.
        out: a folder, made if need be, for predictions.csv, metrics.json and the figures.
        about: what the metrics are to say of table and model.
        partial: also classify light curves as they were at each age, which takes several times as
            long as all the rest.

    Returns:
        What metrics.json holds.
    """
    out.mkdir(parents=True, exist_ok=True)
    answers = classify(classifier, lightcurves)
    answers.to_csv(out / "predictions.csv", index=False)
    labels = labels_of(lightcurves)
    found: dict[str, Any] = {
        "about": about or {},
        "objects": counts(answers, labels),
        "speed": speed(answers),
    }
    labelled = (labels["label"] != "").to_numpy()
    if np.isin(labels["label"], CLASSES).any():
        known = [lc for lc, has in zip(lightcurves, labelled, strict=True) if has]
        answers, labels = answers[labelled], labels[labelled].reset_index(drop=True)
        found |= measured(answers.reset_index(drop=True), labels, known)
        found["tables"] = slices_of(known, answers, labels["label"].to_numpy(dtype=str))
        if partial:
            ages, sure = slices.by_age(classifier, known, labels["label"].to_numpy(dtype=str))
            found["tables"]["age"] = ages.to_dict("records")
            found["calibration_by_age"] = sure.to_dict("records")
            figures.save(figures.calibration_by_age(sure), out / "calibration_by_age.png")
        draw(found, answers.reset_index(drop=True), labels, out)
    (out / "metrics.json").write_text(json.dumps(plain(found), indent=1) + "\n", encoding="utf-8")
    return found


def counts(answers: pd.DataFrame, labels: pd.DataFrame) -> dict[str, Any]:
    """Return how many objects there are, of which label, and how many were refused and why."""
    refused = answers[answers["refused"] != ""]
    reasons = [
        str(reason).removeprefix(f"{name}: ")
        for name, reason in zip(refused["object_id"], refused["refused"], strict=True)
    ]
    return {
        "all": len(answers),
        "answered": int((answers["refused"] == "").sum()),
        "refused": len(reasons),
        "refused_by_reason": dict(Counter(reasons).most_common()),
        "labelled": int((labels["label"] != "").sum()),
        "by_label": {str(k): int(v) for k, v in labels["label"].value_counts().items() if k},
    }


def speed(answers: pd.DataFrame) -> dict[str, float]:
    """Return the time that a light curve took [seconds]."""
    seconds = answers["seconds"].dropna()
    if seconds.empty:
        return {}
    return {
        "median_seconds": float(seconds.median()),
        "seconds_95": float(seconds.quantile(0.95)),
        "longest_seconds": float(seconds.max()),
    }


def measured(
    answers: pd.DataFrame, labels: pd.DataFrame, lightcurves: Sequence[LightCurve]
) -> dict[str, Any]:
    """Return all measures with intervals, on all labelled objects and on parts of them."""
    truth = numbers_of(labels["label"].to_numpy(dtype=str))
    predicted, probabilities = arrays_of(answers)
    kinds = np.array([lc.kind for lc in lightcurves])
    parts = {
        "all": np.ones(len(truth), dtype=bool),
        "reliable_labels": labels["label_strict"].to_numpy(dtype=bool),
        "alerts_only": kinds == "diff_alert",
    }
    found: dict[str, Any] = {}
    for name, part in parts.items():
        if (truth[part] != OTHER).any():
            arrays = truth[part], predicted[part], probabilities[part]
            found[name] = bootstrap.intervals(measures, *arrays)
    unknown = answers["unknown"].to_numpy(dtype=float)
    auroc = bootstrap.intervals(lambda t, u: {"auroc": unknown_auroc(t, u)}, truth, unknown)
    return {
        "measures": found.pop("all"),
        "parts": found,
        "confusion": confusion(truth, predicted).tolist(),
        "confusion_rows": [*CLASSES, OTHER_LABEL],
        "confusion_columns": [*CLASSES, "refused"],
        "calibration": reliability_table(truth, probabilities).to_dict("records"),
        "unknown": auroc["auroc"],
        "contamination": contamination(truth, predicted),
        "outside_types": outside_types(labels, predicted).reset_index().to_dict("records"),
        "by_kind": by_kind(
            kinds, labels["label"].to_numpy(dtype=str), answers["predicted"].to_numpy(dtype=str)
        ).to_dict("records"),
    }


def contamination(truth: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
    """Return, for each class, which share of what is called so is outside the five classes."""

    def shares(truth: np.ndarray, predicted: np.ndarray) -> Measures:
        outside = truth == OTHER
        found = {}
        for place, name in enumerate(CLASSES):
            called = predicted == place
            found[name] = float(outside[called].mean()) if called.any() else math.nan
        return found

    return bootstrap.intervals(shares, truth, predicted)


def outside_types(labels: pd.DataFrame, predicted: np.ndarray) -> pd.DataFrame:
    """Return, for each type outside the classes, its count and the shares that were called what."""
    outside = ~labels["label"].isin([*CLASSES, ""]).to_numpy()
    kinds = labels.loc[outside, "raw_label"]
    rare = kinds.map(kinds.value_counts()) < RARE_TYPE
    kinds = kinds.mask(rare, f"fewer than {RARE_TYPE} objects each")
    names = np.array([*CLASSES, "refused"])[predicted[outside]]
    if not len(kinds):
        return pd.DataFrame(columns=["count", *CLASSES, "refused"])
    table = pd.crosstab(kinds.to_numpy(), names, normalize="index")
    table = table.reindex(columns=[*CLASSES, "refused"], fill_value=0.0)
    table.insert(0, "count", kinds.value_counts())
    table.index.name = "type"
    return table.sort_values("count", ascending=False)


def reliability_table(truth: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
    """Return the bins of the reliability diagram, with an interval of each accuracy."""
    use = np.isfinite(probabilities).all(axis=1) & (truth != OTHER)
    table = calibration(truth[use], probabilities[use])
    table = table.rename(columns={"low": "low_edge", "high": "high_edge"})
    bounds = []
    for count, accuracy in zip(table["count"], table["accuracy"], strict=True):
        bounds.append(bootstrap.share(np.arange(count) < round(accuracy * count)))
    return table.assign(low=[b["low"] for b in bounds], high=[b["high"] for b in bounds])


def purity_curves(truth: np.ndarray, probabilities: np.ndarray) -> dict[str, pd.DataFrame]:
    """Return for each class the purity at each completeness, with intervals."""
    curves = {}
    for place, name in enumerate(CLASSES):
        if not (truth == place).any():
            continue

        def purity(
            truth: np.ndarray, probabilities: np.ndarray, place: int = place
        ) -> dict[str, float]:
            _, purity, found = purity_and_completeness(truth, probabilities, place)
            at = np.searchsorted(found, GRID - 1e-9)
            reached = at < len(found)
            values = np.where(reached, purity[np.minimum(at, len(found) - 1)], np.nan)
            return {f"{x:.2f}": float(y) for x, y in zip(GRID, values, strict=True)}

        table = bootstrap.intervals(purity, truth, probabilities, count=200)
        curves[name] = pd.DataFrame(
            {
                "completeness": GRID,
                "purity": [row["value"] for row in table.values()],
                "low": [row["low"] for row in table.values()],
                "high": [row["high"] for row in table.values()],
            }
        )
    return curves


def slices_of(
    lightcurves: Sequence[LightCurve], answers: pd.DataFrame, label: np.ndarray
) -> dict[str, Any]:
    """Return the recalls by peak magnitude and by number of detections."""
    right = answers["predicted"].to_numpy(dtype=str) == label
    peaks = np.array([slices.peak_magnitude(lc) for lc in lightcurves])
    detections = np.array([float(lc.is_detection.sum()) for lc in lightcurves])
    return {
        "magnitude": slices.recall_in_bins(label, right, peaks, slices.MAGNITUDES).to_dict(
            "records"
        ),
        "detections": slices.recall_in_bins(label, right, detections, slices.DETECTIONS).to_dict(
            "records"
        ),
    }


def draw(found: dict[str, Any], answers: pd.DataFrame, labels: pd.DataFrame, out: Path) -> None:
    """Write the figures."""
    truth = numbers_of(labels["label"].to_numpy(dtype=str))
    _, probabilities = arrays_of(answers)
    measure = found["measures"]
    figures.save(figures.confusion_matrix(np.array(found["confusion"])), out / "confusion.png")
    bins = pd.DataFrame(found["calibration"])
    if len(bins):
        figures.save(figures.reliability(bins, measure["ece"]), out / "reliability.png")
    points = {
        name: {
            "completeness": measure[f"recall_{name}"]["value"],
            "purity": measure[f"purity_{name}"]["value"],
            "prevalence": float((truth == place).mean()),
        }
        for place, name in enumerate(CLASSES)
    }
    curves = purity_curves(truth, probabilities)
    figures.save(figures.purity_against_completeness(curves, points), out / "purity.png")
    words = {
        "magnitude": ("peak magnitude", "Recall by peak magnitude"),
        "detections": ("number of detections", "Recall by number of detections"),
        "age": ("days since the first detection", "Recall of partial light curves"),
    }
    for name, table in found["tables"].items():
        figure = figures.recall_by(pd.DataFrame(table), *words[name])
        figures.save(figure, out / f"recall_by_{name}.png")
    if found["outside_types"]:
        types = pd.DataFrame(found["outside_types"]).set_index("type")
        figures.save(figures.contamination(types), out / "contamination.png")
        unknown = answers["unknown"].to_numpy(dtype=float)
        known = np.isfinite(unknown)
        inside, outside = unknown[known & (truth != OTHER)], unknown[known & (truth == OTHER)]
        if len(inside) and len(outside):
            figure = figures.unknown_scores(inside, outside, found["unknown"])
            figures.save(figure, out / "unknown.png")


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: no NumPy types, and null in place of NaN."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
