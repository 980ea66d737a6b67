"""The project's own table, one row for each point, as Parquet or CSV."""

from __future__ import annotations

from collections.abc import Iterator

from solutions.final_project.light_curve import TABLE_COLUMNS, LightCurve, from_table
from solutions.final_project.readers.source import FormatError, Source

FORMAT = "table of points"


def recognises(source: Source) -> bool:
    """Whether the file has the columns of such a table."""
    if source.frame is not None:
        return set(TABLE_COLUMNS) <= set(source.frame.columns)
    return source.table is not None and all(map(source.table.has, TABLE_COLUMNS))


def read(source: Source) -> Iterator[LightCurve | FormatError]:
    """Yield the light curves of the table."""
    if source.frame is not None:
        yield from from_table(source.frame)
        return
    table = source.table
    assert table is not None
    frame = table.frame.copy()
    for name in ("mjd", "flux", "flux_err", "mag_lim", "diff_sign", "redshift", "ra", "dec"):
        if name in frame:
            frame[name] = table.numbers(name)
    for name in ("is_detection", "label_strict", "primary_alert"):
        if name in frame:
            frame[name] = [str(word).lower() in ("true", "1", "1.0") for word in frame[name]]
    yield from from_table(frame)
