"""What the checks of the final project's light curves use: observations, and what came back."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding
from grader.course.counted import as_many, items_of
from grader.course.ex11.replies import View
from grader.course.oracles import Rng
from grader.expect import Mistake, expect, kind_of, require, showing
from grader.wire import Table

Observation = dict[str, Any]

FIELDS = ["mjd", "flux", "flux_err", "band"]
NAME = "ZTF18abc"
JD_OF_MJD_0 = 2400000.5
RTOL = 1e-10  # of an MJD, half a second


def observed(mjd: float, flux: float, flux_err: float, band: str = "r") -> Observation:
    return dict(zip(FIELDS, (float(mjd), float(flux), float(flux_err), band), strict=True))


def in_time(data: list[Observation]) -> list[Observation]:
    return sorted(data, key=lambda obs: obs["mjd"])


def random_times(rng: Rng, n: int, first: int = 59000) -> list[float]:
    """Times of different nights, in no order; thousandths of a day."""
    nights = rng.choice(np.arange(3 * n), n, replace=False)
    return [round(first + int(night) + rng.uniform(0.1, 0.9), 3) for night in nights]


def rows(view: View, what: str) -> list[Observation]:
    """The observations in a light curve's table, row by row. Raises `Failure` if there is none."""
    if not view.kind:
        kind = kind_of(view.value)
        require(view.value is not None, "nothing-returned", what=what)
        raise Finding("not-a-light-curve", what=what, kind=kind)
    table = view.table if isinstance(view.table, Table) else Table({}, [])
    held = [str(name) for name in table.columns]
    with showing("list({}.data.columns)"):
        require(sorted(held) == sorted(FIELDS), "other-columns", columns=", ".join(held) or "none")
    columns = [items_of(table.columns[field]) for field in FIELDS]
    n = len(columns[0])
    return [
        dict(zip(FIELDS, row, strict=True))
        for row in zip(*(as_many(column, n) for column in columns), strict=True)
    ]


def expect_rows(
    view: View, want: list[Observation], *mistakes: Mistake, what: str = "the light curve"
) -> None:
    """Compare the rows of a light curve with observations, in order of time."""
    found = rows(view, what)
    with showing("{}.data"):
        expect(Answer(found), want, *mistakes, what=f"the table of {what}", rtol=RTOL)


def expect_name(view: View, want: str = NAME) -> None:
    """The light curve is called like the object."""
    got = view.metadata.get("object_id")
    with showing("{}.object_id"):
        expect(Answer(got), want, Mistake("name-lost", "unknown"), what="`object_id`")
