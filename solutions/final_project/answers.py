"""From a table of photometry to a table of answers, one row for each object, none lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from solutions.final_project.light_curve import TABLE_COLUMNS, LightCurve, from_table
from solutions.final_project.metrics import CLASSES
from solutions.final_project.splits import split

PROBABILITIES = [f"p_{name}" for name in CLASSES]
SCORES = ["epistemic", "aleatoric", "unknown", "seconds"]
COLUMNS = ["object_id", *PROBABILITIES, "predicted", *SCORES, "refused"]  # of predictions.csv
NUMBERS = ["mjd", "flux", "flux_err", "mag", "mag_err", "mag_lim", "diff_sign", "redshift"]
UNLABELLED = ("", "nan", "none", "<na>", "unknown")
CHUNK = 512  # light curves between two steps of the progress bar


class Classifier(Protocol):
    """What is evaluated: ProductionTransientClassifier, or anything that answers like it."""

    def classify_with_uncertainty(self, lightcurves: list[LightCurve]) -> list[dict[str, Any]]:
        """Return one answer or named refusal for each light curve, in order."""
        ...


def read_table(path: Path, part: str | None = None, primary_alert: bool = False) -> pd.DataFrame:
    """Return the rows of a table of photometry.

    Arguments:
        path: a Parquet or CSV file with the columns that from_table wants.
        part: "train", "validation" or "test": only the objects that splits.py puts there.
        primary_alert: only rows whose column primary_alert is true.

    Numbers that cannot be read become NaN, so that the quality cuts count them. Rows without an
    object_id belong to nobody and are left out.

    Errors:
        ValueError that says what is missing: the file, a column, or any rows.
    """
    if not path.is_file():
        raise ValueError(f"there is no table {path}")
    table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    if missing := [name for name in TABLE_COLUMNS if name not in table]:
        raise ValueError(f"{path} has no column {', '.join(missing)}")
    if primary_alert and "primary_alert" not in table:
        raise ValueError(f"{path} has no column primary_alert to choose rows by")
    for name in set(NUMBERS) & set(table.columns):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    table = table[table["object_id"].notna()].assign(object_id=lambda t: t["object_id"].astype(str))
    if primary_alert:
        table = table[table["primary_alert"].fillna(False).astype(bool)]
    if part is not None:
        names = table["object_id"].unique()
        table = table[table["object_id"].isin(names[split(names) == part])]
    if table.empty:
        raise ValueError(f"{path} holds no rows of the kind asked for")
    return table


def read_lightcurves(table: pd.DataFrame) -> list[LightCurve]:
    """Return the light curves of a table, in order of object_id."""
    return from_table(table)


def labels_of(lightcurves: Sequence[LightCurve]) -> pd.DataFrame:
    """Return label, raw_label and label_strict of each light curve; "" for a missing label."""
    rows = [
        {
            "label": clean(lc.metadata.get("label")),
            "raw_label": clean(lc.metadata.get("raw_label")) or clean(lc.metadata.get("label")),
            "label_strict": clean(lc.metadata.get("label_strict", True)).lower()
            not in ("false", "0"),
        }
        for lc in lightcurves
    ]
    return pd.DataFrame(rows, columns=["label", "raw_label", "label_strict"])


def clean(value: object) -> str:
    """Return a label as text, "" for whatever means that there is none."""
    text = "" if value is None else str(value).strip()
    return "" if text.lower() in UNLABELLED else text


def some_of_each(label: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """Return the places of at most so many objects of each class, drawn at random, in order."""
    rng = np.random.default_rng(seed)
    mine = [np.flatnonzero(label == name) for name in CLASSES]
    return np.sort(np.concatenate([rng.permutation(some)[:most] for some in mine]))


def classify(
    classifier: Classifier, lightcurves: Sequence[LightCurve], progress: bool = True
) -> pd.DataFrame:
    """Return the answers to light curves, in order, with the columns COLUMNS.

    A light curve that the classifier refuses has NaN for numbers, "" for `predicted`, and the
    reason in `refused`.
    """
    starts = range(0, len(lightcurves), CHUNK)
    rows: list[dict[str, Any]] = []
    for start in tqdm(starts, desc="classify", disable=not progress or len(starts) < 2):
        some = list(lightcurves[start : start + CHUNK])
        given = answers_to(classifier, some)
        rows += [row_of(lc, each) for lc, each in zip(some, given, strict=True)]
    return pd.DataFrame(rows, columns=COLUMNS)


def answers_to(classifier: Classifier, lightcurves: list[LightCurve]) -> Iterable[dict[str, Any]]:
    """Ask the classifier; if a batch fails as a whole, ask one by one: a bad one costs one."""
    try:
        return classifier.classify_with_uncertainty(lightcurves)
    except Exception as error:
        if len(lightcurves) == 1:
            return [{"refused": f"error: {type(error).__name__}: {error}"}]
        return [next(iter(answers_to(classifier, [each]))) for each in lightcurves]


def row_of(lc: LightCurve, answer: dict[str, Any]) -> dict[str, Any]:
    """Return one row of the table of answers."""
    row: dict[str, Any] = {"object_id": lc.object_id, "predicted": "", "refused": ""}
    row |= {name: answer.get(name, np.nan) for name in SCORES}
    if answer.get("refused"):
        return row | {"refused": str(answer["refused"])}
    given = answer["probabilities"]
    row |= {f"p_{name}": float(given[name]) for name in CLASSES}
    return row | {"predicted": str(answer["predicted"])}


def arrays_of(answers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the answers as the measures want them: predicted (n,) and probabilities (n, 5)."""
    places = {name: place for place, name in enumerate(CLASSES)}
    refused = len(CLASSES)
    predicted = np.array([places.get(name, refused) for name in answers["predicted"]], dtype=int)
    return predicted, answers[PROBABILITIES].to_numpy(dtype=float)
