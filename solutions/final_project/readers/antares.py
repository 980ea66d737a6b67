"""ANTARES: loci as JSON, whose light curve is a CSV in a string, and exported light curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.quality import QualityReport
from solutions.final_project.readers.photometry import alert_photometry
from solutions.final_project.readers.source import FormatError, Source
from solutions.final_project.readers.table import Table, delimited

FORMAT = "ANTARES locus"
ZTF_DETECTION, ZTF_LIMIT = 1, 2  # ant_survey


def recognises(source: Source) -> bool:
    """Whether the file holds loci, or a table with the columns of their light curves."""
    if source.is_json:
        return any(_is_locus(item) for item in _items(source))
    table = source.table
    if table is None:
        return False
    exported = table.has("time") and table.has("mag") and table.has("magerr") and table.has("band")
    return table.has("ant_mjd") or exported


def _items(source: Source) -> Iterator[Any]:
    """Yield each locus; the API wraps them in "data" and "attributes"."""
    for _, document in source.documents:
        data = document.get("data", document) if isinstance(document, Mapping) else document
        yield from data if isinstance(data, list) else [data]


def _attributes(item: Mapping[str, Any]) -> Mapping[str, Any]:
    attributes = item.get("attributes")
    return attributes if isinstance(attributes, Mapping) else item


def _is_locus(item: Any) -> bool:
    return isinstance(item, Mapping) and "lightcurve" in _attributes(item)


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield a light curve for each locus."""
    if not source.is_json:
        assert source.table is not None
        if len(source.table) == 0:
            yield source.error("the light curve has a header but no rows")
        else:
            yield light_curve(source.object_name, source.table)
        return
    for number, item in enumerate(_items(source), start=1):
        where = f"locus {number}"
        if not _is_locus(item):
            yield source.error("no locus: it has no lightcurve", where)
            continue
        table = _lightcurve(_attributes(item)["lightcurve"])
        if table is None:
            yield source.error("the lightcurve is not a CSV with ANTARES's columns", where)
        else:
            yield _locus(item, table, source.object_name)


def _lightcurve(value: Any) -> Table | None:
    if isinstance(value, list):
        return Table.of_records(value)
    return delimited(value) if isinstance(value, str) else None


def _locus(item: Mapping[str, Any], table: Table, default_id: str) -> LightCurve:
    attributes = _attributes(item)
    properties = attributes.get("properties") or {}
    locus = attributes.get("locus_id") or item.get("id")
    name = properties.get("ztf_object_id") or locus or default_id
    about = {key: attributes.get(key) for key in ("ra", "dec")}
    position = {key: float(value) for key, value in about.items() if value is not None}
    return light_curve(str(name), table, locus_id=locus, tags=attributes.get("tags"), **position)


def light_curve(object_id: str, table: Table, **about: Any) -> LightCurve:
    """Return the light curve of rows in ANTARES's columns.

    Args:
        object_id: name of the object.
        table: ant_mjd, ant_passband, ant_mag, ant_magerr, and ant_survey, ant_maglim,
            ztf_isdiffpos if they were exported. Without ztf_isdiffpos, the sign is lost.
        **about: ra, dec [deg]; the rest is metadata.
    """
    survey = table.numbers("ant_survey")
    other = np.isfinite(survey) & ~np.isin(survey, (ZTF_DETECTION, ZTF_LIMIT))
    position = {key: about.pop(key) for key in ("ra", "dec") if key in about}
    metadata = {"source": "ANTARES", **about}
    rows = Table(table.frame[~other], table.unit, table.messages, table.n_malformed)
    limits = (survey[~other] == ZTF_LIMIT) | np.isnan(rows.numbers("ant_mag", "mag"))
    if limits.any():  # a limit has an alert_id too
        frame = rows.frame.drop(columns=["alert_id", "candid"], errors="ignore").copy()
        for column in frame.columns.intersection(["ant_mag", "ant_magerr"]):
            frame.loc[limits, column] = None
        rows = Table(frame, table.unit, table.messages, table.n_malformed)
    left_out = QualityReport(int(other.sum()), {"other_survey": int(other.sum())})
    curve = alert_photometry(object_id, rows, metadata=metadata, **position)
    return replace(curve, quality=curve.quality + left_out)
