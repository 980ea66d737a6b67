"""Checks of Exercise 2: a light curve as a class, and a transient as a subclass of it.

Expected tables are made here from the observations by sorting plain lists, independently of any
solution.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Failure, Finding
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)
from grader.wire import Table

Rng = np.random.Generator


Observation = dict[str, Any]


FIELDS = ["mjd", "flux", "flux_err", "band"]


NAME = "ZTF18aabtxvd"


def observations(rng: Rng, n: int = 14, bands: str = "gri") -> list[Observation]:
    """Observations in no order, each band at least twice; MJD near 59000, flux in [10, 90]."""
    names = [bands[i % len(bands)] for i in range(n)]
    times = rng.choice(np.arange(1, 400), n, replace=False) / 4 + 59000
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


def in_time(data: list[Observation]) -> list[Observation]:
    return sorted(data, key=lambda obs: obs["mjd"])


def in_band(data: list[Observation], band: str) -> list[Observation]:
    return [obs for obs in in_time(data) if obs["band"] == band]


def failed(answer: Answer) -> bool:
    """Whether the learner's code raised something, other than that it is not written yet."""
    return answer.raised is not None and not answer.raised.is_a("NotImplementedError")


def rows(view: dict, what: str = "the light curve") -> list[Observation]:
    """The observations in a light curve's table, row by row. Raises `Failure` if there is none."""
    if "data" not in view:
        raise _no_light_curve(view["value"], f"{what[0].upper()}{what[1:]}")
    table = view["data"]
    if not isinstance(table, Table):
        raise _no_table(table)
    for field in FIELDS:
        require(
            field in table.columns,
            "column-missing",
            what=what,
            field=field,
            columns=list(table.columns),
            fields_=", ".join(FIELDS),
        )
    values = {name: list(table.columns[name]) for name in FIELDS}
    return [{name: values[name][i] for name in FIELDS} for i in range(len(table))]


def _no_light_curve(value: Any, what: str) -> Failure:
    if value is None:
        return Finding("nothing-returned", what=what)
    kinds = {Table: "plain-dataframe", list: "plain-list"}
    return Finding(
        kinds.get(type(value), ""),
        says=f"{what} should be a light curve again, but it is {kind_of(value)}. Put the table into a copy of the object: `self._with_data(...)`.",
    )


def _no_table(value: Any) -> Failure:
    fix = "`self.data = pd.DataFrame(data, columns=COLUMNS)`."
    if value is None:
        return Finding("data-not-stored")
    if isinstance(value, list):
        says = f"`data` is still a list. Store it as a pandas DataFrame: {fix}"
        return Finding("stays-list", says=says)
    says = f"`data` is {kind_of(value)}; it should be a pandas DataFrame: {fix}"
    return Finding("not-a-dataframe", says=says)


def plain(observations_: list[Observation]) -> list[Observation]:
    """NumPy's scalars from a table as Python's."""
    return [
        {k: v.item() if isinstance(v, np.generic) else v for k, v in obs.items()}
        for obs in observations_
    ]


def expect_rows(view: dict, want: list[Observation], *mistakes: Mistake, what: str) -> None:
    """Compare the rows of a light curve with observations, in order."""
    expect(Answer(plain(rows(view, what))), want, *mistakes, what=f"the table of {what}")


SURVEY = {"object_id": NAME, "survey": "ZTF"}


TRANSIENT = {"object_id": NAME, "transient_type": "SN Ia", "peak_mjd": 59040.0}


def part_of(answer: Answer, what: str) -> dict:
    """What came of taking a part of a subclass's object, or of adding to it."""
    fail_if_recognised(
        answer,
        Mistake(
            "rebuilt-by-constructor",
            Raises("TypeError", "'survey'"),
            what=what[0].upper(),
            what2=what[1:],
        ),
    )
    return answer.value


def same_kind(view: dict, kind: str, metadata: dict, what: str) -> None:
    """A part of a light curve is of the same class and has the same metadata."""
    what = f"{what[0].upper()}{what[1:]}"
    made_here = " (a subclass made for this check)" if kind == "SurveyLightCurve" else ""
    require(
        view["is"] == kind, "kind-lost", what=what, is_=view["is"], kind=kind, made_here=made_here
    )
    for name, value in metadata.items():
        got = view["metadata"].get(name)
        require(
            approx_equal(got, value),
            "metadata-lost",
            what=what,
            name=name,
            got=shown(got),
            value=value,
        )


def _letters(text: str) -> list[str]:
    """Words of the text, and the letters of words made of nothing but bands (`gi`)."""
    words = "".join(c if c.isalnum() else " " for c in text).split()
    return words + [c for word in words if set(word) <= set("gi") for c in word]
