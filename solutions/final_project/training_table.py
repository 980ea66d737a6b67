"""A training set from a TNS table of types and a broker's light curves, one object at a time.

Every answer is kept in a folder, so that a run that was cut off goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from solutions.final_project.light_curve import ZERO_POINT, LightCurve
from solutions.final_project.readers import FormatError, read
from solutions.final_project.readers.source import ZTF_NAME

Fetch = Callable[[str], Any]  # from the name of an object to the broker's JSON answer

LASAIR_ZTF = "https://lasair-ztf.lsst.ac.uk/api"
TRIES, FIRST_WAIT = 3, 2.0  # [s] the wait doubles from one try to the next


class BrokerError(RuntimeError):
    """A broker does not answer, or there is no way to ask it."""


def alerce_fetch(url: str | None = None) -> Fetch:
    """Return a function that asks ALeRCE, by its own client, for an object's light curve.

    Args:
        url: of the API, if it is not ALeRCE's own. (The client takes no such argument itself.)

    Raises:
        BrokerError: the client is not installed.
    """
    try:
        from alerce.core import Alerce
    except ImportError as error:
        raise BrokerError("ALeRCE's client is missing: pip install alerce") from error
    client = Alerce()
    if url:
        client.legacy_ztf_client.config["ZTF_API_URL"] = url.rstrip("/")
    return lambda name: client.query_lightcurve(name, survey="ztf", format="json")


def lasair_fetch(url: str | None = None) -> Fetch:
    """Return a function that asks Lasair, by its own client, for an object.

    Args:
        url: of the API, if it is not Lasair's for ZTF.

    Raises:
        BrokerError: the client is not installed, or there is no token in LASAIR_TOKEN.
    """
    try:
        from lasair import lasair_client
    except ImportError as error:
        raise BrokerError("Lasair's client is missing: pip install lasair") from error
    token = os.environ.get("LASAIR_TOKEN")
    if not token:
        raise BrokerError("set LASAIR_TOKEN to the token of your Lasair account")
    client = lasair_client(token, endpoint=(url or LASAIR_ZTF).rstrip("/"))
    return lambda name: client.object(name, lite=False, lasair_added=False)


BROKERS: dict[str, Callable[[str | None], Fetch]] = {
    "alerce": alerce_fetch,
    "lasair": lasair_fetch,
}


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
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[pd.DataFrame]:
    """Yield the rows of each object, from the cache or the broker.

    Args:
        objects: what wanted_objects returns.
        fetch: asks the broker.
        cache: folder for the answers; an answer is written whole or not at all.
        outcome: is counted up as objects go by.
        wait: sleeps between tries.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for label in objects.to_dict("records"):
        name = str(label["object_id"])
        path = cache / f"{name}.json"
        try:
            if path.exists():
                outcome.from_cache += 1
            else:
                _store(_ask(fetch, name, wait), path)
                outcome.fetched += 1
            curves = [curve for curve in read(path, problems=[]) if len(curve)]
        except (BrokerError, FormatError) as error:
            outcome.failures[name] = str(error)
            continue
        if not curves:
            outcome.failures[name] = "the light curve is empty"
            continue
        yield to_rows(LightCurve.merged(curves), {str(key): value for key, value in label.items()})


def _ask(fetch: Fetch, name: str, wait: Callable[[float], None]) -> Any:
    """Return the broker's answer, after several tries if it takes them.

    Raises:
        BrokerError: no try had an answer.
    """
    for number in range(TRIES):
        try:
            answer = fetch(name)
        except Exception as error:  # each client raises errors of its own
            reason = f"{type(error).__name__}: {error}"
        else:
            if isinstance(answer, dict) and set(answer) <= {"error", "message", "detail"}:
                raise BrokerError(f"the broker answered {answer}")
            return answer
        if number + 1 < TRIES:
            wait(FIRST_WAIT * 2**number)
    raise BrokerError(f"no answer in {TRIES} tries; the last was {reason}")


def _store(answer: Any, path: Path) -> None:
    """Write an answer beside its place first, so that a cut-off run leaves no half file."""
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(answer), "utf-8")
    beside.replace(path)


def to_rows(curve: LightCurve, label: dict[str, Any]) -> pd.DataFrame:
    """Return a light curve as rows of the project's table, with the label of its object."""
    seen, measured = curve.is_detection, np.isfinite(curve.flux)
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = ZERO_POINT - 2.5 * np.log10(np.abs(curve.flux))
        error = 2.5 / np.log(10) * curve.flux_err / np.abs(curve.flux)
    sign = np.sign(curve.flux) if curve.sign_known else np.full(len(curve), np.nan)
    redshift = curve.redshift if np.isfinite(curve.redshift) else label.get("redshift")
    columns = {
        "object_id": curve.object_id,
        "label": label["label"],
        "label_strict": label["label_strict"],
        "raw_label": label["raw_label"],
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
        "redshift": redshift,
        "ra": curve.ra if np.isfinite(curve.ra) else label.get("ra"),
        "dec": curve.dec if np.isfinite(curve.dec) else label.get("dec"),
    }
    return pd.DataFrame(columns)


def write_table(frames: Iterable[pd.DataFrame], path: Path) -> int:
    """Write the rows of all objects as Parquet; return how many objects they are."""
    every = list(frames)
    if every:
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.concat(every, ignore_index=True).to_parquet(path, index=False)
    return len(every)
