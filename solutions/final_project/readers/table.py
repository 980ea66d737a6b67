"""Rows with named columns: numbers under several names, and where in the file a bad value is."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

NULLS = {"", "nan", "null", "none", "na", "n/a", "-", "--", "<na>", "nat", "\\n"}
SENTINEL = -99999  # "no value" in ALeRCE and in ZTF's forced photometry

# A line that has two of these among its fields is the header of a table.
HEADER_NAMES = {
    *("mjd", "jd", "time", "fid", "filter", "band", "flux", "mag", "magerr", "magpsf", "sigmapsf"),
    *("diffmaglim", "candid", "isdiffpos", "fluxerr", "flux_err", "zp", "lim_mag", "limiting_mag"),
    *("ant_mjd", "ant_passband", "ant_mag", "ant_magerr", "i:jd", "i:fid", "i:magpsf"),
    *(
        "forcediffimflux",
        "zpdiff",
        "psfflux",
        "midpointmjdtai",
        "midpointtai",
        "objectid",
        "oid",
        "object_id",
        "classalerce",
        "ztfid",
        "iauid",
    ),
    *("objid", "name", "type", "obj. type", "redshift", "ra", "dec", "declination"),
}


class Table:
    """Columns of one length, each value as the file gave it.

    Attributes:
        frame: the rows; its index says where each one stands in the file.
        unit: what the index counts, such as "line" or "row".
        messages: what was wrong so far, each with its place.
        n_malformed: rows that could not even be split into fields.
        before: text lines in front of the header.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        unit: str = "row",
        messages: Iterable[str] = (),
        n_malformed: int = 0,
        before: str = "",
    ) -> None:
        self.frame = frame.rename(columns=lambda name: str(name).strip())
        self.unit = unit
        self.messages = list(messages)
        self.n_malformed = n_malformed
        self.before = before

    @classmethod
    def of_records(cls, records: Iterable[Any], unit: str = "row") -> Table:
        """Return the table of a list of dictionaries; what is no dictionary is malformed."""
        good, places, messages = [], [], []
        for place, record in enumerate(records, start=1):
            if isinstance(record, Mapping):
                good.append(dict(record))
                places.append(place)
            else:
                messages.append(f"{unit} {place}: not a record but {str(record)[:40]!r}")
        frame = pd.DataFrame(good, index=pd.Index(places, dtype=int), dtype=object)
        return cls(frame, unit, messages, len(messages))

    def __len__(self) -> int:
        return len(self.frame)

    def has(self, *names: str) -> bool:
        """Whether any of the columns exists."""
        return any(name in self.frame for name in names)

    def rows(self, mask: np.ndarray) -> Table:
        """Return some of the rows; messages and malformed rows stay with the original."""
        return Table(self.frame[mask], self.unit)

    def numbers(self, *names: str) -> np.ndarray:
        """Return a column as float64, NaN where there is no value; the first name that has one.

        What is neither a number nor a usual word for "no value" is NaN too, and leaves a message.
        """
        result = np.full(len(self.frame), np.nan)
        for name in names:
            if name in self.frame:
                result = np.where(np.isnan(result), self._numbers(name), result)
        return result

    def _numbers(self, name: str) -> np.ndarray:
        column = self.frame[name]
        values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        if not pd.api.types.is_numeric_dtype(column.dtype):
            words = _words(column)
            for place in np.flatnonzero(np.isnan(values) & (words != "")).tolist():
                where = f"{self.unit} {self.frame.index[place]}"
                self._note(f"{where}: {name} is {words[place]!r}, not a number")
        return np.where(values == SENTINEL, np.nan, values)

    def _note(self, message: str) -> None:
        if message not in self.messages:
            self.messages.append(message)

    def words(self, *names: str) -> np.ndarray:
        """Return a column as text without spaces around it, '' where there is no value."""
        result = np.full(len(self.frame), "", dtype=object)
        for name in names:
            if name in self.frame:
                result = np.where(result == "", _words(self.frame[name]), result)
        return result

    def groups(self, *names: str) -> list[tuple[str, Table]]:
        """Return the table of each object, by the column that names it, in order of appearance."""
        objects = self.words(*names)
        if len(objects) == 0:
            return []
        codes, unique = pd.factorize(objects)
        return [(str(name), self.rows(codes == code)) for code, name in enumerate(unique)]


def _words(column: pd.Series) -> np.ndarray:
    """Return a column as text without spaces around it, '' where there is no value."""
    words = (str(value).strip() for value in column.to_numpy(dtype=object))
    return np.array(["" if word.lower() in NULLS else word for word in words], dtype=object)


def delimited(text: str) -> Table | None:
    """Return the table of a text with a header line somewhere near its top, None without one.

    The header is found by the names in it, not by its place: lines of text, comments or nothing
    may stand before it, and it may itself be commented. A row with more or fewer fields than the
    header is left out, with a message.
    """
    lines = text.splitlines()
    for number, line in enumerate(lines[:200]):
        for delimiter in (",", "\t", ";"):
            names = next(csv.reader([line.lstrip("#").strip()], delimiter=delimiter), [])
            names = [name.strip() for name in names]
            if len(HEADER_NAMES & {name.lower() for name in names}) >= 2:
                spaced = delimiter == "," and _is_spaced(lines[number + 1 :], len(names))
                return _rows(lines, number, names, " " if spaced else delimiter)
    return None


def _is_spaced(lines: list[str], n_names: int) -> bool:
    """Whether the rows are separated by spaces although the header has commas."""
    rows = [line for line in lines[:20] if line.strip() and not line.lstrip().startswith("#")]
    return any(len(row.split()) >= n_names > row.count(",") + 1 for row in rows)


def _rows(lines: list[str], header: int, names: list[str], delimiter: str) -> Table:
    reader = csv.reader(
        (line + "\n" for line in lines[header + 1 :]),
        delimiter=delimiter,
        skipinitialspace=delimiter == " ",
    )
    names = [name or f"column {number}" for number, name in enumerate(names)]
    places, rows, messages = [], [], []
    for fields in reader:
        place = header + 1 + reader.line_num
        if delimiter == " " and fields and not fields[-1]:
            fields = fields[:-1]
        if not any(value.strip() for value in fields) or fields[0].lstrip().startswith("#"):
            continue
        if len(fields) != len(names):
            messages.append(f"line {place}: {len(fields)} fields, but the header has {len(names)}")
            continue
        places.append(place)
        rows.append(fields)
    frame = pd.DataFrame(rows, columns=names, index=pd.Index(places, dtype=int), dtype=object)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    return Table(frame, "line", messages, len(messages), "\n".join(lines[:header]))
