"""What the checks of several parts of Exercise 2 use: observations, and the tables they become.

Expected tables are made here from the observations by sorting plain lists, independently of any
solution.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from grader.answer import Answer, Finding
from grader.course.changes import in_another_order, what_changed
from grader.course.counted import as_many, items_of
from grader.course.ex02.replies import LightCurveView, Selected, Stored
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
    shown,
)
from grader.wire import Table

Observation = dict[str, Any]

FIELDS = ["mjd", "flux", "flux_err", "band"]
NAME = "ZTF18aabtxvd"
SURVEY = {"object_id": NAME, "survey": "ZTF"}
TRANSIENT = {"object_id": NAME, "transient_type": "SN Ia", "peak_mjd": 59040.125}


def observations(rng: Rng, n: int = 14, bands: str = "gri", *, least: int = 1) -> list[Observation]:
    """Observations in no order; MJD near 59000, flux in [10, 90].

    Where a short example is wanted, there are fewer, but not less than `least`.
    """
    n = rng.size(n, least)
    names = [bands[i % len(bands)] for i in range(n)]
    times = rng.choice(np.arange(1, 800), n, replace=False) / 8 + 59000
    if n > 2 and abs(np.sign(np.diff(times)).sum()) == n - 1:  # in order already
        times = np.roll(times, 1)
    return [
        {
            "mjd": float(mjd),
            "flux": float(rng.uniform(10, 90)),
            "flux_err": float(rng.uniform(1, 3)),
            "band": band,
        }
        for mjd, band in zip(times, names, strict=True)
    ]


def without_flux(data: list[Observation]) -> list[Observation]:
    """The same observations; the flux of the last one is NaN."""
    return [*data[:-1], data[-1] | {"flux": math.nan}]


def with_flux(data: list[Observation]) -> list[Observation]:
    """The observations whose flux is not NaN."""
    return [obs for obs in data if not math.isnan(obs["flux"])]


def in_time(data: list[Observation]) -> list[Observation]:
    return sorted(data, key=lambda obs: obs["mjd"])


def in_band(data: list[Observation], band: str) -> list[Observation]:
    return [obs for obs in in_time(data) if obs["band"] == band]


def failed(answer: Answer[Any]) -> bool:
    """Whether the learner's code raised something, other than that it is not written yet."""
    return answer.raised is not None and not answer.raised.is_a("NotImplementedError")


def columns(view: LightCurveView) -> dict[str, list[Any]]:
    """The columns of a light curve's table by name; none if it has no table."""
    found = view.table.columns if isinstance(view.table, Table) else None
    found = found if isinstance(found, dict) else {}
    return {str(name): items_of(column) for name, column in found.items()}


def rows(view: LightCurveView, what: str = "the light curve") -> list[Observation]:
    """The observations in a light curve's table, row by row. Raises `Failure` if there is none."""
    if not view.kind:
        raise _no_light_curve(view.value, _capital(what))
    found = _columns(view, what)
    n = len(found["mjd"])
    values = {name: as_many(found[name], n) for name in FIELDS}
    return [{name: values[name][i] for name in FIELDS} for i in range(n)]


def _columns(view: LightCurveView, what: str) -> dict[str, list[Any]]:
    """The columns of a light curve's table, which holds those of an observation."""
    found, fields = columns(view), ", ".join(FIELDS)
    with showing("{}.data"):
        if not isinstance(view.table, Table):
            raise _no_table(view.table)
        for field in FIELDS:
            held = ", ".join(found) or "none"
            there = field in found
            require(there, "column-missing", what=what, field=field, columns=held, fields=fields)
    return found


def _capital(what: str) -> str:
    return f"{what[0].upper()}{what[1:]}"


def _no_light_curve(value: Any, what: str) -> Finding:
    if value is None:
        return Finding("nothing-returned", what=what)
    if isinstance(value, Table):
        return Finding("plain-dataframe", what=what)
    if isinstance(value, list):
        return Finding("plain-list", what=what)
    return Finding("not-a-light-curve", what=what, kind=kind_of(value))


def _no_table(value: Any) -> Finding:
    if value is None:
        return Finding("data-not-stored")
    if isinstance(value, list):
        return Finding("stays-list")
    return Finding("not-a-dataframe", kind=kind_of(value))


def expect_rows(
    view: LightCurveView, want: list[Observation], *mistakes: Mistake, what: str
) -> None:
    """Compare the rows of a light curve with observations, in order."""
    found = rows(view, what)
    with showing("{}.data"):
        expect(Answer(found), want, *mistakes, what=f"the table of {what}", rtol=1e-9)


def check_input(got: Stored, data: list[Observation]) -> None:
    """The list that a light curve was made from is as it was."""
    if approx_equal(got.after, data):
        return
    with showing("{}\ndata"):
        require(not in_another_order(data, got.after), "input-changed~order")
        raise Finding("input-changed", changed=what_changed(data, got.after, "data"))


def part_of(answer: Answer[Selected], what: str) -> LightCurveView:
    """A part of a subclass's object."""
    fail_if_rebuilt(answer, what)
    return answer.value.item


def fail_if_rebuilt(answer: Answer[Any], what: str) -> None:
    """What is made of a subclass's object is not made by its constructor."""
    constructor = Raises("TypeError", "'survey'")
    fail_if_recognised(answer, Mistake("rebuilt-by-constructor", constructor, what=_capital(what)))


def same_kind(view: LightCurveView, kind: str, metadata: dict[str, Any], what: str) -> None:
    """A part of a light curve is of the same class and has the same metadata."""
    what = _capital(what)
    with showing("type({}).__name__"):
        require(
            view.kind == kind,
            "kind-lost~subclass" if kind == "SurveyLightCurve" else "kind-lost",
            what=what,
            got=view.kind,
            kind=kind,
        )
    for name, value in metadata.items():
        got = view.metadata.get(name)
        kept = approx_equal(got, value)
        with showing(f"{{}}.{name}"):
            require(kept, "metadata-lost", what=what, name=name, got=shown(got), value=value)


def words(text: str, bands: str) -> set[str]:
    """Words of the text, and the letters of words made of nothing but `bands` (`gz`)."""
    found = "".join(c if c.isalnum() else " " for c in re.sub(r"e\.g\.|i\.e\.", "", text)).split()
    return {*found, *(c for word in found if set(word) <= set(bands) for c in word)}
