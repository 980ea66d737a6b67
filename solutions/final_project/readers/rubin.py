"""Rubin Observatory: alert packets by the published schemas 3.0 to 11.1, and Lasair's LSST objects.

Fluxes are in nanojansky and times in TAI. Packets are Avro files, or single messages of the stream
without their schema, which the package lsst-alert-packet supplies. Where psfFlux of a DiaSource is
below 3 sigma, the row is no detection: simulations list forced photometry as DiaSources.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Mapping
from typing import Any

import fastavro
import numpy as np
from astropy.time import Time

from solutions.final_project.light_curve import DETECTION_SNR, LightCurve
from solutions.final_project.quality import Sieve
from solutions.final_project.readers.photometry import place, report, to_bands, to_flux
from solutions.final_project.readers.source import FormatError, Source
from solutions.final_project.readers.table import Table
from solutions.final_project.readers.ztf_alert import avro_records

FORMAT = "Rubin alert or Lasair LSST object"
NANOJANSKY = 31.4  # AB zero point of 1 nJy
SOURCES = ("diaSource", "prvDiaSources", "diaSourcesList", "diaSources")
FORCED = ("prvDiaForcedSources", "diaForcedSourcesList", "diaForcedSources")
LIMITS = ("prvDiaNondetectionLimits", "diaNondetectionLimitsList")
TIMES = ("midpointMjdTai", "midPointTai", "midPointMjdTai")
WIRE_MAGIC = b"\0"  # of a stream's message: this, and the number of the schema in four bytes
LEAST_SNR = 3.0
LEAST_ERROR = 0.02  # [microjansky] a third of the noise of Rubin's best single visits

TOO_PRECISE = (
    "Most errors are below 20 nJy, if the fluxes are nanojansky, and no visit of Rubin is so "
    "precise. In FLUXCAL, as files of the ELAsTiCC simulation, they have the zero point 27.5 "
    "(`read --zero-point 27.5`)."
)


def recognises(source: Source) -> bool:
    """Whether the file holds DiaSources."""
    if _table(source) is not None:
        return True
    if source.frame is not None:
        return "diaSource" in source.frame
    if source.data[:4] == b"Obj\x01":
        return any(_is_alert(record) for record in _first(avro_records(source)))
    if source.data[:1] == WIRE_MAGIC and len(source.data) > 5:
        return _wire_schema(source) is not None
    return source.is_json and any(map(_is_alert, _json_records(source)))


def _table(source: Source) -> Table | None:
    """Return a table with a row for each DiaSource or forced source, None if it is none."""
    table = Table(source.frame) if source.frame is not None else source.table
    if source.is_json:
        rows = [row for row in _json_records(source) if isinstance(row, Mapping)]
        table = Table.of_records(rows) if rows else None
    if table is None:
        return None
    frame = table.frame.rename(columns=lambda name: name.removeprefix("r:"))  # as Fink's API
    table = Table(frame, table.unit, table.messages, table.n_malformed)
    return table if table.has(*TIMES) and table.has("psfFlux", "psFlux") else None


def _first(records: Iterator[Any]) -> list[Any]:
    return [record for record, _ in zip(records, range(1), strict=False)]


def _is_alert(record: Any) -> bool:
    return isinstance(record, Mapping) and bool(set(record) & {*SOURCES, *FORCED, "diaObject"})


def _json_records(source: Source) -> Iterator[Any]:
    for _, document in source.documents:
        yield from document if isinstance(document, list) else [document]


def _wire_schema(source: Source) -> Any:
    """Return the schema of a single message, None if there is no such schema.

    The number of the schema is 100 times its major version and its minor one: 703 is 7.3.
    """
    return _published(*divmod(int.from_bytes(source.data[1:5], "big"), 100))


@functools.cache  # to build it takes as long as to read a packet
def _published(major: int, minor: int) -> Any:
    from lsst.alert.packet import Schema, get_schema_path

    try:
        path = f"{get_schema_path(major, minor)}/lsst.v{major}_{minor}.alert.avsc"
        return fastavro.parse_schema(Schema.from_file(path).definition)
    except Exception:  # whatever goes wrong with a number that is no version
        return None


def _records(source: Source) -> Iterator[Any]:
    if source.data[:4] == b"Obj\x01":
        yield from avro_records(source)
    elif source.data[:1] == WIRE_MAGIC:
        try:
            yield fastavro.schemaless_reader(io.BytesIO(source.data[5:]), _wire_schema(source))
        except Exception as error:
            raise source.error(f"the message does not follow its schema: {error!r}") from error
    elif source.frame is not None:
        yield from source.frame.to_dict("records")
    else:
        yield from _json_records(source)


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield one light curve for each packet or object."""
    table = _table(source)
    chosen = source.choices.zero_point
    zero_point = NANOJANSKY if chosen is None else chosen
    if table is not None:
        kind = "forced source" if table.has("diaForcedSourceId") else "source"
        for name, rows in table.groups("diaObjectId", "objectId"):
            object_id = name or source.object_name
            yield _part(object_id, rows, kind, zero_point, {"source": "Rubin"}, {})
        return
    for number, record in enumerate(_records(source), start=1):
        if _is_alert(record):
            yield light_curve(record, source.object_name, zero_point)
        else:
            yield source.error("it has no DiaSources", f"record {number}")


def light_curve(
    alert: Mapping[str, Any], default_id: str, zero_point: float = NANOJANSKY
) -> LightCurve:
    """Return the light curve of an alert: its source, earlier ones, forced photometry and limits.

    Args:
        alert: the packet, or Lasair's object.
        default_id: name of the object if the packet gives none.
        zero_point: AB magnitude of a flux of 1. By the schemas that is 31.4; files of the ELAsTiCC
            simulation in the same layout have 27.5.
    """
    parts = [
        ("source", _rows(alert, SOURCES)),
        ("forced source", _rows(alert, FORCED)),
        ("limit", _rows(alert, LIMITS)),
    ]
    object_id = _object_id(alert, default_id)
    metadata = {"source": "Rubin", "alert": alert.get("alertId") or alert.get("diaSourceId")}
    about = _position(alert)
    curves = [
        _part(object_id, Table.of_records(rows, kind), kind, zero_point, metadata, about)
        for kind, rows in parts
        if rows
    ]
    if not curves:
        curves = [_part(object_id, Table.of_records([]), "source", zero_point, metadata, about)]
    return LightCurve.merged(curves)


def _rows(alert: Mapping[str, Any], names: tuple[str, ...]) -> list[Any]:
    rows: list[Any] = []
    for name in names:
        value = alert.get(name)
        if isinstance(value, Mapping):
            rows.append(value)
        elif value is not None and not np.isscalar(value):
            rows += list(value)
    return rows


def _object_id(alert: Mapping[str, Any], default_id: str) -> str:
    summary, first = alert.get("diaObject") or {}, (_rows(alert, SOURCES) or [{}])[0]
    for known in (alert, summary, first):
        if isinstance(known, Mapping) and (name := known.get("diaObjectId")):
            return str(name)
    solar = first.get("ssObjectId") if isinstance(first, Mapping) else None
    return str(alert.get("objectId") or solar or default_id)


def _position(alert: Mapping[str, Any]) -> dict[str, float]:
    """Return the object's position [deg]; zeros stand for nothing in Lasair's samples."""
    summary = alert.get("diaObject") or {}
    ra, dec = summary.get("ra") or 0.0, summary.get("dec") or summary.get("decl") or 0.0
    return {"ra": float(ra), "dec": float(dec)} if ra or dec else {}


def to_utc(mjd_tai: np.ndarray) -> np.ndarray:
    """Return MJD in UTC of MJD in TAI, which is ahead by 37 s."""
    result = np.array(mjd_tai, dtype=np.float64)
    sane = (result > 41317) & (result < 90000)  # from 1972 on, when UTC began
    result[sane] = Time(result[sane], format="mjd", scale="tai").utc.mjd
    return result


def _part(
    object_id: str,
    table: Table,
    kind: str,
    zero_point: float,
    metadata: Mapping[str, Any],
    about: dict[str, float],
) -> LightCurve:
    unit = float(to_flux(np.array(zero_point)))  # [microjansky] of a flux of 1
    flux = table.numbers("psfFlux", "psFlux") * unit
    flux_err = table.numbers("psfFluxErr", "psFluxErr", "diaNoise") * unit
    least = LEAST_SNR if kind == "source" else DETECTION_SNR
    with np.errstate(invalid="ignore"):
        detected = np.abs(flux) >= least * flux_err
    sieve = Sieve(len(table))
    sieve.drop("withdrawn", np.isfinite(table.numbers("timeWithdrawnMjdTai")))
    if kind != "limit":
        sieve.drop("bad_flux", ~np.isfinite(flux))
    kept = sieve.kept
    flagged = np.isin([word.lower() for word in table.words("psfFlux_flag")], ["true", "1", "1.0"])
    notes = {
        "sign_negative": int((kept & detected & (flux < 0)).sum()),
        "flagged": int((kept & flagged).sum()),
        "too_precise": int((kept & (flux_err < LEAST_ERROR)).sum()),
    }
    if zero_point == NANOJANSKY and notes["too_precise"] > kept.sum() / 2:
        table.messages.append(TOO_PRECISE)
    mjd, band = to_utc(table.numbers(*TIMES)), to_bands(table.words("band", "filterName"))
    return LightCurve.from_arrays(
        object_id,
        mjd=mjd[kept],
        band=band[kept],
        flux=flux[kept],
        flux_err=flux_err[kept],
        is_detection=detected[kept],
        kind="diff_alert" if kind != "forced source" else "diff_forced",
        quality=report(table, notes, sieve),
        metadata=metadata,
        **(place(table, kept) | about),
    )
