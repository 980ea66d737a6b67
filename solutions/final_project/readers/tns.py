"""Labels: search results and daily tables of the TNS, and tables of the BTS explorer."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd
from astropy import units
from astropy.coordinates import Angle

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers.source import (
    ZTF_NAME,
    FormatError,
    NotPhotometryError,
    Source,
)
from solutions.final_project.readers.spectral_types import decide
from solutions.final_project.readers.table import Table

FORMAT = "TNS or BTS table of types"

# The spellings of the TNS website, of its daily CSV, of the BTS explorer and of ALeRCE's labels.
TYPE = ("type", "Type", "Obj. Type", "object_type", "classALeRCE")
NAME = ("name", "Name", "IAUID", "objname")
INTERNAL = ("internal_names", "Disc. Internal Name", "Internal Name/s", "ZTFID", "objectId")
LABEL_COLUMNS = (
    *("object_id", "tns_name", "ra", "dec", "redshift", "raw_label", "label", "label_strict"),
    *("reason", "discovery_mjd"),
)


def recognises(source: Source) -> bool:
    """Whether the file is a table of names and types."""
    table = source.table
    return table is not None and table.has(*TYPE) and table.has(*NAME, *INTERNAL)


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Refuse: there is no photometry in such a table."""
    raise NotPhotometryError(
        f"{source.path}: a table of names and types without photometry; read_labels reads it"
    )
    yield  # pragma: no cover - read is a generator in each reader


def read_labels(source: Source) -> pd.DataFrame:
    """Return a row for each object with its class.

    Returns:
        Columns object_id (ZTF's name if there is one, else the TNS name), tns_name, ra, dec [deg],
        redshift, raw_label, label (one of the five classes, "other", or None), label_strict,
        reason, discovery_mjd. `attrs["messages"]` says which rows could not be read.

    Raises:
        FormatError: the file is no such table.
    """
    if not recognises(source):
        raise source.error("no table of names and types (columns such as Name and Type)")
    table = source.table
    assert table is not None
    internal = [ZTF_NAME.findall(str(names)) for names in table.words(*INTERNAL)]
    tns = _tns_names(table)
    raw = [str(word) for word in table.words(*TYPE)]
    known = {name: decide(name) for name in set(raw)}
    decisions = [known[name] for name in raw]
    labels = pd.DataFrame(
        {
            "object_id": [own[0] if own else name for own, name in zip(internal, tns, strict=True)],
            "tns_name": tns,
            "ra": to_degrees(table.words("ra", "RA"), units.hourangle),
            "dec": to_degrees(table.words("declination", "dec", "DEC", "Dec"), units.deg),
            "redshift": table.numbers("redshift", "Redshift", "z"),
            "raw_label": raw,
            "label": pd.Series([each.label for each in decisions], dtype=object),
            "label_strict": [each.strict for each in decisions],
            "reason": [each.reason for each in decisions],
            "discovery_mjd": _dates(table.words("discoverydate", "Discovery Date (UT)")),
        }
    )
    labels.attrs["messages"] = list(table.messages)
    return labels[list(LABEL_COLUMNS)]


def _tns_names(table: Table) -> list[str]:
    """Return names like SN2019abc, or AT2019abc: with the prefix, without a space."""
    names = [str(name).replace(" ", "") for name in table.words(*NAME)]
    prefixes = [str(prefix) for prefix in table.words("name_prefix")]
    both = zip(prefixes, names, strict=True)
    return [name if name.startswith(prefix) else prefix + name for prefix, name in both]


def to_degrees(values: np.ndarray, unit: units.Unit) -> np.ndarray:
    """Return angles [deg], given in degrees or as sexagesimal text in `unit`, NaN for others."""
    result = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy(
        np.float64, copy=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 60 seconds are a minute: astropy mentions it
        for number in np.flatnonzero(np.isnan(result) & (values != "")).tolist():
            try:
                result[number] = Angle(str(values[number]), unit=unit).deg
            except ValueError:  # also what astropy raises
                continue
    return result


def _dates(values: np.ndarray) -> np.ndarray:
    """Return times of day in UTC as MJD, NaN where there is none."""
    times = pd.to_datetime(pd.Series(values, dtype=str), errors="coerce", format="ISO8601")
    days = (times - pd.Timestamp("1858-11-17")) / pd.Timedelta(days=1)
    return days.to_numpy(dtype=np.float64)
