"""ZTF alert packets: Avro in any of its schema versions, or the same records as JSON."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import fastavro

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers.photometry import alert_photometry
from solutions.final_project.readers.source import FormatError, Source
from solutions.final_project.readers.table import Table
from solutions.final_project.readers.ztf_forced_photometry import light_curve as forced_light_curve

FORMAT = "ZTF alert packet"


def recognises(source: Source) -> bool:
    """Whether the file holds alerts: records with a candidate."""
    if source.data[:4] == b"Obj\x01":
        return "candidate" in _field_names(source)
    return source.is_json and any(map(is_alert, _records(source)))


def is_alert(record: Any) -> bool:
    """Whether a record is an alert packet."""
    return isinstance(record, Mapping) and isinstance(record.get("candidate"), Mapping)


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield one light curve for each packet."""
    for number, record in enumerate(_records(source), start=1):
        if is_alert(record):
            yield light_curve(record, source.object_name)
        else:
            yield source.error("not an alert: it has no candidate", f"record {number}")


def _field_names(source: Source) -> set[str]:
    schema = avro_reader(source).writer_schema
    return {field["name"] for field in schema.get("fields", [])} if schema else set()


def avro_reader(source: Source) -> Any:
    """Return fastavro's reader of the file.

    Raises:
        FormatError: the file is cut off or otherwise broken.
    """
    try:
        return fastavro.reader(io.BytesIO(source.data))
    except Exception as error:  # fastavro lets errors of many kinds through
        raise source.error(f"the Avro header is broken: {error}") from error


def avro_records(source: Source) -> Iterator[Mapping[str, Any]]:
    """Yield the records of an Avro file, and raise FormatError where it breaks off."""
    reader, number = avro_reader(source), 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except Exception as error:
            why = f"the Avro file breaks off: {type(error).__name__}: {error}"
            raise source.error(why, f"record {number + 1}") from error
        number += 1
        yield record


def _records(source: Source) -> Iterator[Any]:
    if source.data[:4] == b"Obj\x01":
        yield from avro_records(source)
        return
    for _, document in source.documents:
        yield from document if isinstance(document, list) else [document]


def light_curve(alert: Mapping[str, Any], default_id: str) -> LightCurve:
    """Return the light curve of one packet: the candidate, its history, and forced photometry.

    Args:
        alert: the packet; the oldest ones have an alertId in place of an objectId.
        default_id: name of the object if the packet gives none.
    """
    object_id = str(alert.get("objectId") or alert.get("alertId") or default_id)
    newest = alert["candidate"]  # is a detection in any case
    candidate = {**newest, "candid": newest.get("candid") or alert.get("candid") or object_id}
    history = [each for each in _list(alert.get("prv_candidates")) if each is not None]
    table = Table.of_records([candidate, *history], "observation")
    metadata = {
        "source": "ZTF alert",
        "candid": alert.get("candid"),
        "schema_version": alert.get("schemavsn"),
    }
    photometry = alert_photometry(object_id, table, metadata=metadata)
    forced = _list(alert.get("fp_hists"))
    if not forced:
        return photometry
    rows = Table.of_records(forced, "forced observation")
    # Reaching back for a month at most, the packet has no epochs for a baseline.
    other = forced_light_curve(
        object_id, rows, baseline=False, ra=photometry.ra, dec=photometry.dec
    )
    return LightCurve.merged([photometry, other])


def _list(value: Any) -> list[Any]:
    """Return a list or array as a list, and nothing as an empty one."""
    return [] if value is None else list(value)
