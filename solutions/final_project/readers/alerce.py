"""ALeRCE: detections, upper limits and forced photometry of its API, client and Parquet samples.

ALeRCE gives difference magnitudes (magpsf) and, for objects on top of a source of the reference
image, corrected ones (magpsf_corr), in which that source is added: a total flux. The difference is
what is read here. The flag `dubious` speaks of the correction alone, so it leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.quality import QualityReport
from solutions.final_project.readers.photometry import (
    alert_photometry,
    forced_magnitudes,
    magnitudes_to_flux,
    report,
    to_bands,
    to_mjd,
)
from solutions.final_project.readers.source import FormatError, NotPhotometryError, Source
from solutions.final_project.readers.table import Table
from solutions.final_project.readers.ztf_forced_photometry import light_curve as forced_light_curve

FORMAT = "ALeRCE"
OBJECT = ("oid", "objectId", "aid")
PARTS = ("detections", "non_detections", "forced_photometry")
OBJECT_TABLE = ("ndethist", "ndet", "meanra", "firstmjd")


def recognises(source: Source) -> bool:
    """Whether the file has ALeRCE's columns or the parts of its API's answers."""
    if source.is_json:
        return any(_is_answer(document) for _, document in source.documents)
    table = _table(source)
    if table is None:
        return False
    magnitudes = table.has(
        *("magpsf", "diffmaglim", "mag", "mag_tot", "forcediffimflux", "magpsf_corr", "mag_corr")
    )
    return (table.has("fid") and magnitudes) or _is_object_table(table)


def _is_answer(document: Any) -> bool:
    if isinstance(document, Mapping):
        return any(isinstance(document.get(part), list) for part in PARTS)
    return isinstance(document, list) and any(
        isinstance(row, Mapping) and {"fid", "mjd"} <= set(row) for row in document
    )


def _is_object_table(table: Table) -> bool:
    return table.has(*OBJECT) and table.has(*OBJECT_TABLE) and not table.has("fid")


def _table(source: Source) -> Table | None:
    return Table(source.frame) if source.frame is not None else source.table


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield a light curve for each object."""
    if source.is_json:
        for _, document in source.documents:
            yield from _answer(document, source)
        return
    table = _table(source)
    assert table is not None
    if _is_object_table(table):
        raise NotPhotometryError(
            f"{source.path}: a table of ALeRCE's objects (means and counts), without photometry"
        )
    yield from _objects(table, source)


def _answer(document: Any, source: Source) -> Iterator[LightCurve | FormatError]:
    if isinstance(document, list):
        yield from _objects(Table.of_records(document), source)
        return
    name = str(document.get("oid") or "")
    curves: dict[str, list[LightCurve]] = {}
    for part in PARTS:
        rows = document.get(part) or []
        for curve in _objects(Table.of_records(rows, part), source, part):
            if isinstance(curve, FormatError):
                yield curve
                continue
            curves.setdefault(name or curve.object_id, []).append(curve)
    same = len(curves) > 1 and source.object_name in curves
    if same:  # upper limits carry no name of their own
        every = [curve for parts in curves.values() for curve in parts]
        yield LightCurve.merged(_renamed(every, source.object_name))
    else:
        for object_id, parts in curves.items():
            yield LightCurve.merged(_renamed(parts, object_id))


def _renamed(parts: list[LightCurve], object_id: str) -> list[LightCurve]:
    return [replace(part, object_id=object_id) for part in parts]


def _objects(table: Table, source: Source, part: str = "") -> Iterator[LightCurve | FormatError]:
    if len(table) == 0:
        if not part:
            yield source.error("the file has columns but no rows")
        return
    first = True
    for name, rows in table.groups(*OBJECT):
        if first:  # rows that could not be split belong to no object; the first one reports them
            rows = Table(rows.frame, table.unit, table.messages, table.n_malformed)
        first = False
        yield _light_curve(name or source.object_name, rows, part)


def _light_curve(object_id: str, table: Table, part: str) -> LightCurve:
    metadata = {"source": "ALeRCE"}
    other = np.array([bool(s) and not s.lower().startswith("ztf") for s in table.words("tid")])
    if other.any():  # ALeRCE joins other surveys to an object
        ztf = Table(table.frame[~other], table.unit, table.messages, table.n_malformed)
        left_out = QualityReport(int(other.sum()), {"other_survey": int(other.sum())})
        curve = _light_curve(object_id, ztf, part)
        return replace(curve, quality=curve.quality + left_out)
    if table.has("forcediffimflux") and table.has("magzpsci", "zpdiff", "zpmaginpsci"):
        return forced_light_curve(object_id, table, baseline=False, source="ALeRCE")
    if not table.has("magpsf", "mag", "diffmaglim"):
        return _total(object_id, table, metadata)
    if part == "forced_photometry" or (table.has("mag") and _is_forced(table)):
        return forced_magnitudes(object_id, table, metadata=metadata)
    return alert_photometry(object_id, table, metadata=metadata)


def _is_forced(table: Table) -> bool:
    return not table.has("candid") and table.has("procstatus", "forcediffimsnr", "scisigpix")


def _total(object_id: str, table: Table, metadata: dict[str, str]) -> LightCurve:
    """Return total fluxes, where there are no differences, or only counts without a zero point."""
    magnitude = table.numbers("mag_tot", *(f"{name}_corr" for name in ("magpsf", "mag")))
    names = ("sigma_mag_tot", "sigmapsf_corr_ext", "e_mag_corr_ext", "sigmapsf_corr", "e_mag_corr")
    error = to_magnitude_errors(table, names)
    flux, flux_err = magnitudes_to_flux(magnitude, error, np.ones(len(table)))
    return LightCurve.from_arrays(
        object_id,
        mjd=to_mjd(table.numbers("mjd", "jd")),
        band=to_bands(table.words("fid")),
        flux=flux,
        flux_err=flux_err,
        is_detection=np.ones(len(table), dtype=bool),
        kind="total_psf",
        quality=report(table, {}),
        metadata=metadata,
    )


def to_magnitude_errors(table: Table, names: tuple[str, ...]) -> np.ndarray:
    """Return for each row the first error that is no sentinel (100)."""
    result = np.full(len(table), np.nan)
    for name in names:
        values = table.numbers(name)
        result = np.where(np.isnan(result) & (values < 10), values, result)
    return result
