"""Lasair's ZTF objects: JSON of one object, of several, or of light curves alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers.photometry import alert_photometry
from solutions.final_project.readers.source import FormatError, Source
from solutions.final_project.readers.table import Table
from solutions.final_project.readers.ztf_forced_photometry import light_curve as forced_light_curve

FORMAT = "Lasair object"


def recognises(source: Source) -> bool:
    """Whether the file holds objects with candidates, or lists of candidates."""
    return source.is_json and any(_is_object(each) or _is_rows(each) for _, each in _items(source))


def _is_object(item: Any) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get("candidates"), list)


def _is_rows(item: Any) -> bool:
    """Whether the item is a light curve alone: a list of candidates."""
    if not isinstance(item, list) or not item:
        return False
    return any(isinstance(row, Mapping) and {"jd", "fid"} <= set(row) for row in item)


def _items(source: Source) -> Iterator[tuple[str, Any]]:
    """Yield each object or list of candidates, with the name that text before it gives."""
    for before, document in source.documents:
        names = before.split()
        if isinstance(document, Mapping) and not _is_object(document):
            answers = {str(key): value for key, value in document.items()}
            by_name = not set(answers) & {"detections", "non_detections", "forced_photometry"}
            if by_name and any(_is_object(each) or _is_rows(each) for each in answers.values()):
                yield from answers.items()
            else:
                yield "", document
        elif isinstance(document, list) and not _is_rows(document):
            names = names if len(names) == len(document) else [""] * len(document)
            yield from zip(names, document, strict=True)
        else:
            yield (names[-1] if names else ""), document


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield a light curve for each object."""
    items = list(_items(source))
    for number, (name, item) in enumerate(items, start=1):
        default = source.object_name if len(items) == 1 else f"{source.object_name}-{number}"
        if _is_object(item):
            yield _object(item, name or default)
        elif _is_rows(item):
            yield _rows(name or default, item, {"source": "Lasair"})
        elif isinstance(item, Mapping) and set(item) & {"error", "detail", "message"}:
            why = item.get("error") or item.get("detail") or item.get("message")
            yield source.error(f"Lasair answered with an error: {why}", f"object {number}")
        else:
            yield source.error("no object of Lasair: it has no candidates", f"object {number}")


def _rows(object_id: str, rows: list[Any], metadata: dict[str, Any], **about: float) -> LightCurve:
    return alert_photometry(
        object_id, Table.of_records(rows, "candidate"), metadata=metadata, **about
    )


def _object(item: Mapping[str, Any], default_id: str) -> LightCurve:
    """Return the light curve of an object, with its redshift and type if they are known."""
    tns = _mapping(item.get("TNS"))
    sherlock = _mapping(item.get("sherlock"))
    metadata = {
        "source": "Lasair",
        "tns_name": tns.get("tns_name"),
        "raw_label": tns.get("type"),
        "sherlock": sherlock.get("classification"),
    }
    summary = _mapping(item.get("objectData"))
    position = {"ra": _number(summary.get("ramean")), "dec": _number(summary.get("decmean"))}
    position = {name: value for name, value in position.items() if np.isfinite(value)}
    object_id = str(item.get("objectId") or default_id)
    redshift = _number(tns.get("z"))
    if not redshift > 0:
        redshift = float("nan")
    curve = _rows(object_id, item["candidates"], metadata, redshift=redshift, **position)
    forced = item.get("forcedphot") or []
    if not forced:
        return curve
    table = Table.of_records(forced, "forced observation")
    other = forced_light_curve(object_id, table, baseline=False, ra=curve.ra, dec=curve.dec)
    return LightCurve.merged([curve, other])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
