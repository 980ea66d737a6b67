"""Fink: alerts as Parquet with ZTF's records inside, and its API's tables (columns like i:jd)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.quality import QualityReport
from solutions.final_project.readers import ztf_alert
from solutions.final_project.readers.photometry import alert_photometry
from solutions.final_project.readers.source import FormatError, Source
from solutions.final_project.readers.table import Table

FORMAT = "Fink alerts"


def recognises(source: Source) -> bool:
    """Whether the file has Fink's columns."""
    if source.frame is not None:
        return "candidate" in source.frame or "i:jd" in source.frame
    if source.is_json:
        documents = (each for _, each in source.documents if isinstance(each, list))
        return any("i:jd" in row for rows in documents for row in rows[:1])
    return source.table is not None and source.table.has("i:jd")


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield a light curve for each object."""
    if source.frame is not None and "candidate" in source.frame:
        yield from _alerts(source)
        return
    table: Table | None
    if source.frame is not None:
        table = Table(source.frame)
    elif source.is_json:
        rows = [row for _, each in source.documents for row in each]
        table = Table.of_records(rows)
    else:
        table = source.table
    assert table is not None
    for name, part in table.groups("i:objectId"):
        yield _rows(name or source.object_name, part)


def _alerts(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield one light curve for each object; its alerts overlap and are merged."""
    assert source.frame is not None
    curves: dict[str, list[LightCurve]] = {}
    for number, record in enumerate(_records(source.frame), start=1):
        if not ztf_alert.is_alert(record):
            yield source.error("it has no candidate", f"row {number}")
            continue
        curve = ztf_alert.light_curve(record, source.object_name)
        curves.setdefault(curve.object_id, []).append(curve)
    for parts in curves.values():
        merged = LightCurve.merged(parts)
        yield replace(merged, metadata={**merged.metadata, "source": "Fink"})


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _rows(object_id: str, table: Table) -> LightCurve:
    """Return the light curve of the API's rows; d:tag marks upper limits and bad quality."""
    tags = table.words("d:tag")
    bad = tags == "badquality"
    frame = table.frame[~bad].rename(columns=lambda name: name.removeprefix("i:"))
    limits = tags[~bad] == "upperlim"
    if limits.any() and "candid" in frame:
        frame = frame.astype({"candid": object})
        frame.loc[limits, "candid"] = None
    kept = Table(frame, table.unit, table.messages, table.n_malformed)
    left_out = QualityReport(int(bad.sum()), {"bad_quality": int(np.sum(bad))})
    curve = alert_photometry(object_id, kept, metadata={"source": "Fink"})
    return replace(curve, quality=curve.quality + left_out)
