"""Samples of alert packets: ZTF's and Rubin's, and Fink's Parquet of ZTF's."""

from __future__ import annotations

import io
from typing import Any

import fastavro
import numpy as np
import pandas as pd
from astropy.time import Time
from lsst.alert.packet import Schema, get_schema_path

from solutions.final_project.samples.sky import FID, Epochs, Sky
from solutions.final_project.samples.text import candid, to_json

SYNC = b"astronomy-ml-wbk"  # the 16 bytes between Avro's blocks, by default random
RUBIN_VERSION = (11, 1)
NANOJANSKY = 1000.0  # in a microjansky

OBSERVATION: dict[str, Any] = {
    "jd": "double",
    "fid": "int",
    **{name: ["null", "long"] for name in ("candid", "pid")},
    "isdiffpos": ["null", "string"],
    **{name: ["null", "double"] for name in ("ra", "dec")},
    **{name: ["null", "float"] for name in ("diffmaglim", "magpsf", "sigmapsf", "magnr")},
    **{name: ["null", "float"] for name in ("rb", "drb")},
}
FORCED: dict[str, Any] = {
    **dict.fromkeys(("field", "rcid", "fid"), "int"),
    "jd": "double",
    "procstatus": "string",
    **dict.fromkeys(("scisigpix", "sciinpseeing", "magzpsci", "diffmaglim"), "float"),
    **dict.fromkeys(("forcediffimflux", "forcediffimfluxunc"), "float"),
}


def _record(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    listed = [{"name": key, "type": kind} for key, kind in fields.items()]
    return {"type": "record", "name": name, "fields": listed}


def _observation(epochs: Epochs, n: int) -> dict[str, Any]:
    """Return a detection or, without candid and magnitude, an upper limit."""
    row: dict[str, Any] = dict.fromkeys(OBSERVATION)
    row |= {"jd": float(epochs.jd[n]), "fid": FID[str(epochs.band[n])]}
    row |= {"diffmaglim": float(epochs.limit[n])}
    if epochs.detected[n]:
        row |= {"candid": candid(epochs, n), "pid": candid(epochs, n) // 10**6}
        row |= {"isdiffpos": "t" if epochs.flux[n] > 0 else "f", "ra": epochs.ra, "dec": epochs.dec}
        row |= {"magpsf": float(epochs.magnitude[n]), "rb": 0.83, "drb": 0.997}
        row |= {"sigmapsf": float(epochs.magnitude_error[n]), "magnr": 18.2}
    return row


def _forced(epochs: Epochs, n: int) -> dict[str, Any]:
    """Return a row of fp_hists: counts, and the zero point of the science image for them."""
    zero_point = 26.25 if epochs.band[n] == "g" else 26.15
    counts = 10 ** (0.4 * (zero_point - 23.9))
    row: dict[str, Any] = {"field": 600, "rcid": 12, "fid": FID[str(epochs.band[n])]}
    row |= {"jd": float(epochs.jd[n]), "procstatus": "0", "scisigpix": 6.1, "sciinpseeing": 2.1}
    row |= {"magzpsci": zero_point, "diffmaglim": float(epochs.limit[n])}
    row |= {"forcediffimflux": float(epochs.flux[n] * counts)}
    return row | {"forcediffimfluxunc": float(epochs.flux_err[n] * counts)}


def _history(epochs: Epochs) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the last detection, and 30 days of history before it."""
    last = int(np.flatnonzero(epochs.detected)[-1])
    recent = [n for n in range(last) if epochs.mjd[n] > epochs.mjd[last] - 30]
    forced = [_forced(epochs, n) for n in recent]
    if forced:
        forced[0] |= {"forcediffimflux": -99999.0, "forcediffimfluxunc": -99999.0}
        forced[0] |= {"procstatus": "61"}
    return _observation(epochs, last), [_observation(epochs, n) for n in recent], forced


def _packet(epochs: Epochs) -> dict[str, Any]:
    candidate, history, forced = _history(epochs)
    return {
        "schemavsn": "4.02",
        "publisher": "invented",
        "objectId": epochs.name,
        "candid": candidate["candid"],
        "candidate": candidate,
        "prv_candidates": history,
        "fp_hists": forced,
    }


def _avro(schema: dict[str, Any], records: list[dict[str, Any]]) -> bytes:
    stream = io.BytesIO()
    fastavro.writer(stream, fastavro.parse_schema(schema), records, sync_marker=SYNC)
    return stream.getvalue()


def ztf_alert(sky: Sky) -> bytes:
    """An alert of a TDE in the layout of schema 4.02: earlier detections, limits, forced fluxes."""
    observation, forced = _record("observation", OBSERVATION), _record("forced", FORCED)
    fields = {
        **dict.fromkeys(("schemavsn", "publisher", "objectId"), "string"),
        "candid": "long",
        "candidate": observation,
        "prv_candidates": ["null", {"type": "array", "items": "observation"}],
        "fp_hists": ["null", {"type": "array", "items": forced}],
    }
    epochs = sky.object("TDE", 2).first(40)
    return _avro(_record("alert", fields), [_packet(epochs)])


def ztf_alert_2017(sky: Sky) -> bytes:
    """Alerts in the layout of 2017: no objectId, isdiffpos as 1, no history, or a null one."""
    fields = {
        "alertId": "long",
        "candid": "long",
        "candidate": _record("observation", OBSERVATION),
        "prv_candidates": ["null", {"type": "array", "items": "observation"}],
    }
    records = []
    for number in (7, 8):
        epochs = sky.object("AGN", number).first(12, of_detections=3)
        candidate, history, _ = _history(epochs)
        candidate["isdiffpos"] = "1" if candidate["isdiffpos"] == "t" else "0"
        alert = {"alertId": candidate["candid"], "candid": -candidate["candid"]}
        past = history if number == 7 else None
        records.append(alert | {"candidate": candidate, "prv_candidates": past})
    return _avro(_record("alert", fields), records)


def _dia_source(epochs: Epochs, n: int) -> dict[str, Any]:
    """Return what Rubin's schemas and Lasair call a row: nanojansky, and TAI in place of UTC."""
    row: dict[str, Any] = {"diaSourceId": candid(epochs, n), "diaObjectId": 7_000_000_000_000_123}
    row |= {"midpointMjdTai": float(Time(epochs.mjd[n], format="mjd", scale="utc").tai.mjd)}
    row |= {"band": str(epochs.band[n]), "ra": epochs.ra, "dec": epochs.dec}
    row |= {"visit": 20260000 + n, "detector": 94}
    row |= {"psfFlux": float(np.float32(epochs.flux[n] * NANOJANSKY))}
    return row | {"psfFluxErr": float(np.float32(epochs.flux_err[n] * NANOJANSKY))}


def _with_old_names(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the names that the schemas before 4.0 have for the same values, too."""
    old = {"midPointTai": "midpointMjdTai", "filterName": "band", "decl": "dec"}
    old |= {"psFlux": "psfFlux", "psFluxErr": "psfFluxErr"}
    return row | {name: row[known] for name, known in old.items()}


def _filled(schema: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return a record of a schema: the values given, null where that is allowed, or else zero."""
    blank = {"string": "", "boolean": False, "bytes": b""}
    filled = {}
    for field in schema["fields"]:
        kind = field["type"]
        nullable = isinstance(kind, list) and "null" in kind
        filled[field["name"]] = None if nullable else blank.get(str(kind), 0)
    return filled | {name: value for name, value in values.items() if name in filled}


def _rubin_parts(epochs: Epochs) -> tuple[dict[str, Any], list[Any], list[Any]]:
    detected = np.flatnonzero(epochs.detected).tolist()
    history = [_dia_source(epochs, n) for n in detected[:-1]]
    forced = [{**_dia_source(epochs, n), "diaForcedSourceId": n + 1} for n in range(len(epochs))]
    return _dia_source(epochs, detected[-1]), history, forced


def rubin_packet(epochs: Epochs, version: tuple[int, int]) -> tuple[Any, dict[str, Any]]:
    """Return a published schema, and an alert that follows it: the last detection and the past."""
    major, minor = version
    path = f"{get_schema_path(major, minor)}/lsst.v{major}_{minor}.alert.avsc"
    schema = Schema.from_file(path).definition
    newest, history, forced = _rubin_parts(epochs)
    about = {"diaObjectId": newest["diaObjectId"], "ra": epochs.ra, "dec": epochs.dec}
    about["decl"] = epochs.dec  # as the schemas before 4.0 have it
    rows = {"diaSource": [newest], "prvDiaSources": history, "prvDiaForcedSources": forced}
    values: dict[str, Any] = {"diaSourceId": newest["diaSourceId"]}
    kinds = {field["name"]: _record_type(field["type"]) for field in schema["fields"]}
    kinds["prvDiaSources"] = kinds["diaSource"]  # the schema gives it once and then by name
    for name, given in rows.items():
        values[name] = [_filled(kinds[name], _with_old_names(each)) for each in given]
    values["diaSource"] = values["diaSource"][0]
    values["diaObject"] = _filled(kinds["diaObject"], about)
    return schema, _filled(schema, values)


def _record_type(kind: Any) -> Any:
    """Return the record in a field's type, which may be nullable, an array, or both."""
    if isinstance(kind, list):
        kind = next(each for each in kind if each != "null")
    return kind["items"] if isinstance(kind, dict) and kind["type"] == "array" else kind


def rubin_alert(sky: Sky) -> bytes:
    """One message of Rubin's stream: five bytes that name the schema, then Avro without it."""
    major, minor = RUBIN_VERSION
    schema, record = rubin_packet(sky.object("SNIa", 8).first(24), RUBIN_VERSION)
    stream = io.BytesIO()
    stream.write(b"\0" + (100 * major + minor).to_bytes(4, "big"))
    fastavro.schemaless_writer(stream, schema, record)
    return stream.getvalue()


def lasair_lsst_object(sky: Sky) -> bytes:
    """A supernova of type II by Lasair for LSST; the object's position stands for nothing: 0."""
    epochs = sky.object("SNII", 8).first(20)
    newest, history, forced = _rubin_parts(epochs)
    summary = {"diaObjectId": newest["diaObjectId"] + 1, "ra": 0.0, "decl": 0.0}
    sources = [row | {"diaObjectId": summary["diaObjectId"]} for row in [newest, *history]]
    document: dict[str, Any] = {"diaObject": summary, "diaSourcesList": sources}
    return to_json(document | {"diaForcedSourcesList": forced, "diaNondetectionLimitsList": []})


def fink_alerts(sky: Sky) -> bytes:
    """Three alerts of one AGN and one of a TDE by Fink, with null and with missing histories."""
    agn, tde = sky.object("AGN", 3), sky.object("TDE", 7).first(12)
    packets = [_packet(agn.first(0, of_detections=n)) for n in (2, 4, 6)] + [_packet(tde)]
    for packet in packets:
        del packet["fp_hists"]
    packets[3]["prv_candidates"] = None
    frame = pd.DataFrame(packets).assign(cdsxmatch="Unknown", fink_broker_version="3.0")
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()
