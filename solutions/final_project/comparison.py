"""The classifier beside others, on the very same objects in one run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from solutions.final_project import baselines, bootstrap, exercise8, figures, published
from solutions.final_project.answers import (
    PROBABILITIES,
    Classifier,
    arrays_of,
    classify,
    labels_of,
)
from solutions.final_project.evaluation import plain
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES, OTHER, REFUSED, measures, numbers_of
from solutions.final_project.splits import TEST, split

OURS = "this classifier"
SHOWN = [
    ("accuracy", "accuracy"),
    ("balanced_accuracy", "balanced accuracy"),
    ("ece", "ECE (less is better)"),
    ("log_loss", "log loss [nat] (less is better)"),
    *((f"recall_{name}", f"recall {name}") for name in CLASSES),
    ("purity_TDE", "purity TDE, with other types"),
    ("average_precision_TDE", "average precision TDE"),
]
Answered = tuple[np.ndarray, np.ndarray]  # predicted (n,) and probabilities (n, 5)


def compare(
    classifier: Classifier,
    lightcurves: Sequence[LightCurve],
    out: Path,
    synthetic: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """Train the others on the training part of a table, and judge all on its test part.

    Arguments:
        classifier: ours, trained already; the split is by the name of the object, so that it has
            not seen the test objects either.
        lightcurves: all objects of the table.
        out: a folder for comparison.csv, comparison.json and comparison.png. It also keeps the
            weights of Exercise 8's network and the answers of all others, so that a second run
            trains nothing again. Delete them, or take another folder, to begin anew.
        synthetic: how many invented light curves that network sees and for how many epochs; as in
            the exercise by default.

    Returns:
        One row for each classifier and measure: value, low, high, and by how much ours is above it
        with a paired interval.
    """
    out.mkdir(parents=True, exist_ok=True)
    label = labels_of(lightcurves)["label"].to_numpy(dtype=str)
    part = split([lc.object_id for lc in lightcurves])
    usable = np.array([len(lc) > 0 for lc in lightcurves])
    train_at = np.flatnonzero((part != TEST) & np.isin(label, CLASSES) & usable)
    test_at = np.flatnonzero((part == TEST) & (label != "") & usable)
    check(label[train_at], label[test_at])
    train, test = ([lightcurves[int(i)] for i in at] for at in (train_at, test_at))
    answers = {OURS: arrays_of(classify(classifier, test))}
    answers |= others(train, label[train_at], test, out, synthetic)
    truth = numbers_of(label[test_at])
    table = measured(truth, answers)
    table.to_csv(out / "comparison.csv", index=False)
    about = {
        "objects": {"train": len(train), "test": len(test)},
        "test_by_label": pd.Series(label[test_at]).value_counts().to_dict(),
        "left_out": [] if published.is_installed() else ["ParSNIP: astro-parsnip is not installed"],
        "measures": table.to_dict("records"),
    }
    (out / "comparison.json").write_text(json.dumps(plain(about), indent=1) + "\n", "utf-8")
    title = f"The same {int((truth != OTHER).sum())} test objects, 95% intervals"
    figures.save(figures.comparison(table, SHOWN, title), out / "comparison.png")
    return table


def check(train: np.ndarray, test: np.ndarray) -> None:
    """Say so if a class is missing.

    Errors:
        ValueError that names the classes without objects for training or for testing.
    """
    for part, labels in (("training", train), ("testing", test)):
        if missing := [name for name in CLASSES if name not in labels]:
            raise ValueError(f"no labelled objects of {', '.join(missing)} for {part}")


def others(
    train: Sequence[LightCurve],
    label: np.ndarray,
    test: Sequence[LightCurve],
    out: Path,
    synthetic: tuple[int, int] | None,
) -> dict[str, Answered]:
    """Return the answers of all other classifiers to the test objects."""
    numbers, asked = baselines.feature_table(train), baselines.feature_table(test)
    simple = baselines.feature_table(train, baselines.SIMPLE)
    simple_asked = baselines.feature_table(test, baselines.SIMPLE)
    network = exercise8.train(out / "exercise8.pt", *(synthetic or ()))
    many, few = numbers.shape[1], simple.shape[1]
    steps: dict[str, Callable[[], np.ndarray]] = {
        f"gradient boosting, {many} features": lambda: baselines.boosting(numbers, label, asked),
        f"random forest, {many} features": lambda: baselines.forest(numbers, label, asked),
        f"random forest, {few} features": lambda: baselines.forest(simple, label, simple_asked),
        "Exercise 8, synthetic data alone": lambda: exercise8.probabilities(network, test),
        "majority": lambda: baselines.majority(label, len(test)),
    }
    if published.is_installed():
        steps["ParSNIP"] = lambda: published.probabilities(train, label.tolist(), test)
    folder = out / f"answers-{fingerprint(train, test)}"
    folder.mkdir(exist_ok=True)
    names = [lc.object_id for lc in test]
    given: dict[str, Answered] = {}
    for name, answer in (bar := tqdm(steps.items())):
        bar.set_description(name)
        path = folder / f"{name}.csv"
        if not path.is_file():
            pd.DataFrame(answer(), columns=PROBABILITIES, index=names).to_csv(path)
        rows = pd.read_csv(path, index_col=0)[PROBABILITIES].to_numpy(dtype=float)
        given[name] = decided(rows), rows
    return given


def fingerprint(*parts: Sequence[LightCurve]) -> str:
    """Return a name for sets of objects, so that answers are kept for these alone."""
    names = "\n\n".join("\n".join(lc.object_id for lc in part) for part in parts)
    return hashlib.sha256(names.encode()).hexdigest()[:12]


def decided(probabilities: np.ndarray) -> np.ndarray:
    """Return the class of the highest probability, REFUSED for rows of NaN."""
    known = np.isfinite(probabilities).all(axis=1)
    return np.where(known, np.nan_to_num(probabilities).argmax(axis=1), REFUSED)


def measured(truth: np.ndarray, answers: dict[str, Answered]) -> pd.DataFrame:
    """Return all measures of all classifiers, with intervals and differences to ours."""
    values = {name: measures(truth, *given) for name, given in answers.items()}
    samples = {name: bootstrap.sampled(measures, truth, *given) for name, given in answers.items()}
    rows: list[dict[str, Any]] = []
    for name, value in values.items():
        found = bootstrap.figures_of(value, samples[name])
        gap = {key: values[OURS][key] - each for key, each in value.items()}
        apart = bootstrap.figures_of(gap, samples[OURS] - samples[name])
        for measure, figure in found.items():
            difference = {f"ours_minus_{key}": each for key, each in apart[measure].items()}
            rows.append({"classifier": name, "measure": measure} | figure | difference)
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return the measures that matter most, one row for each and one column for each classifier."""
    shown = [name for name, _ in SHOWN]
    wide = table.pivot(index="measure", columns="classifier", values="value").loc[shown]
    return wide[list(dict.fromkeys(table["classifier"]))].round(3)
