"""An instructor's own table of labelled light curves, as an exam."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from grader.capstone.exam import BANDS, CLASSES, COLUMNS, DETECTION, ZERO_POINT, BadExam, Exam

NEEDED = ("object_id", "label", "mjd", "band", "flux", "flux_err")
TEXTS = ("object_id", "label", "band", "flux_kind")
NUMBERS = ("mjd", "flux", "flux_err", "mag_lim")
REFERENCE = 0.3  # quantile of a band's total flux that stands for the constant source


def read(path: Path) -> Exam:
    """Return the objects of the five classes in a table with one row a point.

    Columns are NEEDED, and, if they are there, `is_detection`, `mag_lim` (the 5-sigma limit) and
    `flux_kind`: where it says `total_psf`, a level for each band is subtracted.

    Raises
    ------
    BadExam
        If there is no such table, a column is missing, or a class has no objects.
    """
    table, notes = _of_the_classes(_usable(_as_differences(_opened(path))))
    table = table.sort_values(["object_id", "mjd"], kind="stable")
    groups = [group for _, group in table.groupby("object_id", sort=True)]
    curves = [group[list(COLUMNS)].reset_index(drop=True) for group in groups]
    truth = np.array([CLASSES.index(group["label"].iloc[0]) for group in groups], dtype=int)
    return Exam(curves, truth, f"{len(curves)} objects of {path.name}", notes)


def _opened(path: Path) -> pd.DataFrame:
    try:
        is_csv = any(suffix == ".csv" for suffix in path.suffixes)
        table = pd.read_csv(path) if is_csv else pd.read_parquet(path)
    except ImportError:
        raise BadExam(f"{path} needs pyarrow: `pip install pyarrow`, or give a CSV file.") from None
    except Exception as error:  # pandas and pyarrow raise anything for a file that is none
        raise BadExam(f"{path} cannot be read as a table: {error}") from None
    if missing := [name for name in NEEDED if name not in table]:
        raise BadExam(f"{path} has no column {', '.join(missing)}.")
    table = table.loc[table["object_id"].notna() & table["label"].notna()].copy()
    for name in {"flux_kind", "mag_lim"} - set(table):
        table[name] = "diff_alert" if name == "flux_kind" else np.nan
    texts = {name: table[name].astype(str) for name in TEXTS}
    numbers = {name: pd.to_numeric(table[name], errors="coerce").astype(float) for name in NUMBERS}
    return table.assign(**texts, **numbers)


def _as_differences(table: pd.DataFrame) -> pd.DataFrame:
    """The same with differences in place of total flux, errors of limits, and detections.

    What the table says of detections counts for alerts alone: forced photometry and total flux
    have them from 5 sigma on.
    """
    flux, flux_err, kind = table["flux"], table["flux_err"], table["flux_kind"]
    total = table[kind == "total_psf"]
    level = total.groupby(["object_id", "band"])["flux"].transform("quantile", REFERENCE)
    flux = flux - level.reindex(flux.index).fillna(0.0)
    limit = 10 ** (0.4 * (ZERO_POINT - table["mag_lim"])) / DETECTION
    flux_err = flux_err.where(flux.notna() | flux_err.notna(), limit)
    seen = flux.abs() >= DETECTION * flux_err
    if "is_detection" in table:
        given = table["is_detection"].fillna(False).astype(bool)
        seen = seen.where(kind != "diff_alert", given & flux.notna())
    return table.assign(flux=flux, flux_err=flux_err, is_detection=seen)


def _usable(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a known band with a time, an error, and no infinite flux."""
    finite = np.isfinite(table["mjd"]) & np.isfinite(table["flux_err"]) & ~np.isinf(table["flux"])
    usable: pd.DataFrame = table[finite & (table["flux_err"] > 0) & table["band"].isin(BANDS)]
    return usable


def _of_the_classes(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The objects of one class each, and how many others there were."""
    labels = table.groupby("object_id")["label"].agg(["nunique", "first"])
    several = labels["nunique"] > 1
    outside = ~several & ~labels["first"].isin(CLASSES)
    reasons = {"have more than one label": several, "are of other types": outside}
    notes = [
        f"{n} objects {why}: left out." for why, which in reasons.items() if (n := which.sum())
    ]
    return table[table["object_id"].isin(labels.index[~several & ~outside])], notes


def written(exam: Exam, path: Path) -> None:
    """Write an exam, with its labels, as a table that `read` reads."""
    parts = [
        curve.assign(object_id=f"practice-{number:04d}", label=CLASSES[place])
        for number, (curve, place) in enumerate(zip(exam.curves, exam.truth, strict=True))
    ]
    rounded = pd.concat(parts).round({"mjd": 5, "flux": 3, "flux_err": 3})
    rounded[["object_id", "label", *COLUMNS]].to_csv(path, index=False)
