"""Photometry files with a header that names the object, and a block of rows for each filter."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.readers.photometry import alert_photometry
from solutions.final_project.readers.source import FormatError, Source
from solutions.final_project.readers.table import Table

FORMAT = "photometry in blocks by filter"
NAME = re.compile(r"^#\s*SNNAME:\s*(\S+)", re.MULTILINE)
FILTER = re.compile(r"^#\s*FILTER\s+(\S+)")
COLUMNS = ("mjd", "mag", "magerr", "upperlimit")


def recognises(source: Source) -> bool:
    """Whether the file names its object and its filters in comments."""
    head = source.text[:5000]
    return bool(NAME.search(head)) and "FILTER" in head


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield the light curve of the file; the sign of the difference is not in it."""
    band, rows, places, messages = "", [], [], []
    for number, line in enumerate(source.text.splitlines(), start=1):
        fields = line.split()
        if line.startswith("#") or not fields:
            found = FILTER.match(line)
            band = found[1] if found else band
        elif len(fields) < len(COLUMNS):
            messages.append(f"line {number}: {len(fields)} fields, at least 4 are needed")
        else:
            rows.append(_row(fields, band))
            places.append(number)
    named = NAME.search(source.text)
    name = named[1] if named else source.object_name
    if not rows:
        yield source.error("the file names an object but has no observations")
        return
    frame = pd.DataFrame(rows, index=pd.Index(places), dtype=object)
    table = Table(frame, "line", messages, len(messages))
    yield alert_photometry(name, table, metadata={"source": "ALeRCE"})


def _row(fields: list[str], band: str) -> dict[str, str]:
    """Return a row in the columns of an alert: an upper limit's magnitude is the limit."""
    mjd, magnitude, error, is_limit = fields[:4]
    row = {"mjd": mjd, "filter": band}
    if is_limit.upper().startswith("T"):
        return row | {"diffmaglim": magnitude}
    return row | {"candid": "yes", "magpsf": magnitude, "sigmapsf": error}
