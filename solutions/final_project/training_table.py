"""A training set from a TNS table of types and a broker's light curves, one object at a time.

Every answer is kept in a folder, so that a run that was cut off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from solutions.final_project.light_curve import ZERO_POINT, LightCurve
from solutions.final_project.live.errors import BrokerError, RefusedError
from solutions.final_project.live.shelf import write_json
from solutions.final_project.readers import FormatError, read
from solutions.final_project.readers.source import ZTF_NAME

Fetch = Callable[[str], Any]  # from the name of an object to the broker's JSON answer


@dataclass
class Outcome:
    """What became of each object: counts, and the reason for each that failed."""

    fetched: int = 0
    from_cache: int = 0
    failures: dict[str, str] = field(default_factory=dict)


def wanted_objects(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the objects that have a class and a ZTF name, each once."""
    has_class = labels["label"].notna()
    has_name = labels["object_id"].str.fullmatch(ZTF_NAME.pattern)
    return labels[has_class & has_name].drop_duplicates("object_id").reset_index(drop=True)


def collect(
    objects: pd.DataFrame,
    fetch: Fetch,
    cache: Path,
    outcome: Outcome,
) -> Iterator[pd.DataFrame]:
    """Yield the rows of each object, from the cache or the broker.

    Args:
        objects: what wanted_objects returns.
        fetch: asks the broker, `Broker.answer`.
        cache: folder for the answers; an answer is written whole or not at all.
        outcome: is counted up as objects go by. A broker that refuses is not asked again.
    """
    cache.mkdir(parents=True, exist_ok=True)
    refused: RefusedError | None = None
    for label in objects.to_dict("records"):
        name = str(label["object_id"])
        path = cache / f"{name}.json"
        try:
            if path.exists():
                outcome.from_cache += 1
            elif refused:
                raise refused
            else:
                write_json(fetch(name), path)
                outcome.fetched += 1
            curves = [curve for curve in read(path, problems=[]) if len(curve)]
        except (BrokerError, FormatError) as error:
            outcome.failures[name] = str(error)
            refused = error if isinstance(error, RefusedError) else refused
            continue
        if not curves:
            outcome.failures[name] = "the light curve is empty"
            continue
        yield to_rows(LightCurve.merged(curves), {str(key): value for key, value in label.items()})


def to_rows(curve: LightCurve, label: dict[str, Any]) -> pd.DataFrame:
    """Return a light curve as rows of the project's table, with the label of its object."""
    rows = photometry(curve)
    for place, name in enumerate(("label", "label_strict", "raw_label"), start=1):
        rows.insert(place, name, label[name])
    for name in ("redshift", "ra", "dec"):
        rows[name] = rows[name].fillna(label.get(name, np.nan))
    return rows


def photometry(curve: LightCurve) -> pd.DataFrame:
    """Return a light curve as rows of the project's table, without labels."""
    seen, measured = curve.is_detection, np.isfinite(curve.flux)
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = ZERO_POINT - 2.5 * np.log10(np.abs(curve.flux))
        error = 2.5 / np.log(10) * curve.flux_err / np.abs(curve.flux)
    sign = np.sign(curve.flux) if curve.sign_known else np.full(len(curve), np.nan)
    columns = {
        "object_id": curve.object_id,
        "band": curve.band,
        "mjd": curve.mjd,
        "flux": curve.flux.astype(np.float32),
        "flux_err": curve.flux_err.astype(np.float32),
        "mag": np.where(seen, magnitude, np.nan).astype(np.float32),
        "mag_err": np.where(seen, error, np.nan).astype(np.float32),
        "is_detection": seen,
        "mag_lim": np.where(
            measured, np.nan, ZERO_POINT - 2.5 * np.log10(5 * curve.flux_err)
        ).astype(np.float32),
        "diff_sign": np.where(seen, sign, np.nan).astype(np.float32),
        "flux_kind": curve.row_kind.astype(object),
        "primary_alert": curve.row_kind == "diff_alert",
        "redshift": curve.redshift,
        "ra": curve.ra,
        "dec": curve.dec,
    }
    return pd.DataFrame(columns)


def write_table(frames: Iterable[pd.DataFrame], path: Path) -> int:
    """Write the rows of all objects as Parquet; return how many objects they are."""
    every = list(frames)
    if every:
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.concat(every, ignore_index=True).to_parquet(path, index=False)
    return len(every)
