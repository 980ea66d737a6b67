"""Tables of forced photometry, and what becomes of their rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.course.ex11.checks.light_curves import (
    JD_OF_MJD_0,
    Observation,
    observed,
    random_times,
)
from grader.course.oracles import Rng

Row = dict[str, Any]
COMMENTS = ["# Requested input R.A. = 352.3828 degrees", "#", "# Order of columns below:"]
COLUMNS = [
    *("index", "filter", "infobitssci", "sciinpseeing", "scisigpix", "zpdiff", "jd"),
    *("forcediffimflux", "forcediffimfluxunc", "forcediffimfluxap", "procstatus"),
]


def measured(rng: Rng, index: int, mjd: float, filter: str = "r") -> Row:
    """A good row, as the service would write it."""
    flux = round(float(rng.uniform(50, 900)) * (-1) ** index, 3)
    return {
        "index": index,
        "filter": f"ZTF_{filter}",
        "infobitssci": 0,
        "sciinpseeing": round(float(rng.uniform(1.5, 3.5)), 3),
        "scisigpix": round(float(rng.uniform(5, 12)), 3),
        "zpdiff": round(float(rng.uniform(25.5, 26.5)), 3),
        "jd": round(mjd + JD_OF_MJD_0, 3),
        "forcediffimflux": flux,
        "forcediffimfluxunc": round(float(rng.uniform(10, 30)), 3),
        "forcediffimfluxap": round(flux * 1.25, 3),
        "procstatus": "0",
    }


def good_rows(rng: Rng, n: int) -> list[Row]:
    times = sorted(random_times(rng, n))
    return [measured(rng, i, mjd, "gri"[i % 3]) for i, mjd in enumerate(times)]


def header(columns: list[str]) -> str:
    return f" {', '.join(columns)}"


def row_of(one: Row, gap: str = " ", columns: list[str] = COLUMNS) -> str:
    return gap + gap.join(str(one[name]) for name in columns)


def table_of(data: list[Row], columns: list[str] = COLUMNS) -> list[str]:
    """The lines of a file in the usual layout."""
    return [*COMMENTS, header(columns), "#", *(row_of(one, columns=columns) for one in data)]


def observation(one: Row, zero_point: float | None = None) -> Observation:
    """What becomes of a row; its own zero point counts unless another is given."""
    magnitude = one["zpdiff"] if zero_point is None else zero_point
    with np.errstate(over="ignore"):  # of a zero point of -99999
        unit = float(np.power(100.0, (23.9 - magnitude) / 5))
    flux, error = one["forcediffimflux"], one["forcediffimfluxunc"]
    return observed(one["jd"] - JD_OF_MJD_0, flux * unit, error * unit, one["filter"][-1])


def observations(data: list[Row], zero_point: float | None = None) -> list[Observation]:
    return [observation(one, zero_point) for one in data]
