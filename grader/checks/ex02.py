"""Checks of Exercise 2: a light curve as a class, and a transient as a subclass of it.

Expected tables are made here from the observations by sorting plain lists, independently of any
solution.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject
from grader.checks import part
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    difference,
    expect,
    expect_error,
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

HINTS = {
    "2.1": [
        "Check every observation first; then one call makes the table and one sorts it.",
        "`pd.DataFrame(data, columns=COLUMNS)` works for an empty list too. Afterwards "
        "`sort_values('mjd', kind='stable', ignore_index=True)`.",
        "For each observation and column: `if column not in observation: raise ValueError(...)`, "
        "then `isinstance(observation[column], Real)` for the three numbers and "
        "`math.isfinite(observation['mjd'])`.",
    ],
    "2.2": [
        "Ask for the type of `key`: text is a band, a slice is a range, otherwise it is a number.",
        "`self._with_data(self.data[self.data['band'] == key])` is the band as a light curve of "
        "the same kind.",
        "`self.data.iloc[key].to_dict()` is one observation as a dict, with negative numbers and "
        "IndexError for free; `self._with_data(self.data.iloc[key])` serves a slice.",
    ],
    "2.3": [
        "Both return a string; nothing is printed.",
        "`len(self)` and `self.bands` are there to be used.",
        'f"{type(self).__name__}(object_id={self.object_id!r}, n={len(self)})" is a good repr.',
    ],
    "2.4": [
        "Both follow from one column of `self.data`.",
        "`self.data['band'].unique()` and `self.data['mjd'].max()`; mind their types.",
        "`.unique().tolist()` is a list of strings. For fewer than two rows the duration is 0.0.",
    ],
    "2.5": [
        "Let the parent class do what it does already.",
        "`super().__init__(data, object_id)`, without `self` as an argument.",
        "Then `self.transient_type = transient_type` and the same for `peak_mjd`.",
    ],
    "2.6": [
        "Four steps: check the period, choose the reference, compute the phase, make a new object.",
        "`((mjd - reference) / period) % 1`; the reference is `peak_mjd` unless it `is None`. "
        "(A second `% 1` would guard against a phase that is rounded up to 1.0.)",
        "`self._with_data(self.data.assign(phase=phase).sort_values('phase'))` leaves the original "
        "as it is.",
    ],
    "2.7": [
        "Choose the valid fluxes of the band first; the brightest has the largest flux.",
        "`flux[np.isfinite(flux) & (flux > 0)]` are those that have a magnitude.",
        "If none is left raise ValueError; otherwise `float(-2.5 * np.log10(valid.max()) + "
        "zeropoint)`.",
    ],
    "2.E1": [
        "Join the two tables, sort, and put the result into a copy of the left light curve.",
        "`pd.concat([self.data, other.data])` joins the tables and leaves both alone.",
        "`if not isinstance(other, LightCurve): return NotImplemented`, by `return`, not `raise`.",
    ],
    "2.E2": [
        "A method with `yield` in it is a generator: each loop gets a new one.",
        "`for number in range(len(self)): yield self[number]`.",
        "Mind that looping over a DataFrame gives the names of its columns.",
    ],
}


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
            f"`data` of {what} has no column {field!r}; its columns are {list(table.columns)}. The "
            f"four are called {', '.join(FIELDS)}; an index, as of `set_index`, is no column.",
            "column-missing",
        )
    values = {name: list(table.columns[name]) for name in FIELDS}
    return [{name: values[name][i] for name in FIELDS} for i in range(len(table))]


def _no_light_curve(value: Any, what: str) -> Failure:
    if value is None:
        says = f"{what} is None. Did you forget a `return`?"
        return Failure(says, misconception="nothing-returned")
    kinds = {Table: "plain-dataframe", list: "plain-list"}
    return Failure(
        f"{what} should be a light curve again, but it is {kind_of(value)}. Put the table into a "
        "copy of the object: `self._with_data(...)`.",
        misconception=kinds.get(type(value)),
    )


def _no_table(value: Any) -> Failure:
    fix = "`self.data = pd.DataFrame(data, columns=COLUMNS)`."
    if value is None:
        return Failure(
            "The light curve has no table `data`, or it is None. A plain `data = ...` is gone at "
            "the end of the method, and sorting with `inplace=True` returns None. Store the table: "
            + fix,
            misconception="data-not-stored",
        )
    if isinstance(value, list):
        says = f"`data` is still a list. Store it as a pandas DataFrame: {fix}"
        return Failure(says, misconception="stays-list")
    says = f"`data` is {kind_of(value)}; it should be a pandas DataFrame: {fix}"
    return Failure(says, misconception="not-a-dataframe")


def plain(observations_: list[Observation]) -> list[Observation]:
    """NumPy's scalars from a table as Python's."""
    return [
        {k: v.item() if isinstance(v, np.generic) else v for k, v in obs.items()}
        for obs in observations_
    ]


def expect_rows(view: dict, want: list[Observation], *mistakes: Mistake, what: str) -> None:
    """Compare the rows of a light curve with observations, in order."""
    expect(Answer(plain(rows(view, what))), want, *mistakes, what=f"the table of {what}")


# 2.1 LightCurve.__init__


@part("2.1")
def test_init_sorts(learner: Subject, rng: Rng) -> None:
    """`data` is a DataFrame with the four columns, sorted by MJD"""
    data = [dict(reversed(obs.items())) for obs in observations(rng)]
    view = learner.stored("LightCurve", data, object_id=NAME).value["lc"]
    want = in_time(data)
    torn = "Values of different observations stand in one row: columns were sorted by themselves. "
    whole = "Sort whole rows: `sort_values('mjd')`."
    expect_rows(
        view,
        want,
        Mistake(
            "not-sorted",
            data,
            "The observations are still in the order in which they came. "
            "Sort the table by `mjd`, and keep what `sort_values` returns: it does not sort in "
            "place.",
        ),
        Mistake(
            "sorted-backwards",
            want[::-1],
            "The latest observation comes first. Sort by `mjd` in ascending order.",
        ),
        Mistake(
            "sorted-by-flux",
            sorted(data, key=lambda o: o["flux"]),
            "The rows are sorted by flux; sort them by `mjd`.",
        ),
        Mistake("columns-torn-apart", _torn(data, FIELDS), torn + whole),
        Mistake("columns-torn-apart", _torn(data, ["mjd"]), torn + whole),
        what="the light curve",
    )
    table = view["data"]
    require(
        list(table.columns)[:4] == FIELDS,
        f"The columns are {list(table.columns)}; they should be {FIELDS}, in this order, whatever "
        "the order of the keys: `pd.DataFrame(data, columns=COLUMNS)`.",
        "column-order",
    )
    require(
        approx_equal(np.asarray(table.index), np.arange(len(data))),
        "The rows carry their old numbers. Number them afresh: `ignore_index=True` in "
        "`sort_values`, or `reset_index(drop=True)`, which gives a new table.",
        "old-index",
    )


def _torn(data: list[Observation], fields: list[str]) -> list[Observation]:
    """The observations with each of the fields sorted by itself."""
    columns = {field: sorted(obs[field] for obs in data) for field in fields}
    return [obs | {field: columns[field][i] for field in fields} for i, obs in enumerate(data)]


@part("2.1")
def test_init_stable(learner: Subject, rng: Rng) -> None:
    """Observations of the same time stay in their order"""
    data = observations(rng, 40)
    for obs in data[::2]:
        obs["mjd"] = data[0]["mjd"]
    got = plain(rows(learner.stored("LightCurve", data).value["lc"]))
    want = in_time(data)
    moved = approx_equal(sorted(map(str, got)), sorted(map(str, want)))
    says = (
        "Observations of the same time have changed places. Ask for a sort that leaves them: "
        "`sort_values('mjd', kind='stable')`."
    )
    expect(Answer(got), want, Mistake("unstable-sort", moved, says), what="the table")


@part("2.1")
def test_init_object_id(learner: Subject, rng: Rng) -> None:
    """`object_id` is stored, "unknown" if none is given"""
    data = observations(rng, 5)
    metadata = learner.stored("LightCurve", data, object_id=NAME).value["lc"].get("metadata", {})
    require(
        "object_id" in metadata,
        "The light curve has no attribute `object_id`. Store it: `self.object_id = object_id`.",
        "object-id-not-stored",
    )
    expect(
        Answer(metadata["object_id"]),
        NAME,
        Mistake(
            "object-id-fixed",
            "unknown",
            "`object_id` is 'unknown', whatever was given. Store "
            "the argument: `self.object_id = object_id`.",
        ),
        what="`object_id`",
    )
    metadata = learner.stored_by_default("LightCurve", data).value.get("metadata", {})
    expect(Answer(metadata.get("object_id")), "unknown", what="`object_id` by default")


@part("2.1")
def test_init_small(learner: Subject, rng: Rng) -> None:
    """No observations give an empty table with the four columns; one observation works"""
    answer = learner.stored("LightCurve", [])
    fail_if_recognised(
        answer,
        Mistake(
            "empty-crashes",
            failed(answer),
            f"An empty list makes your code raise "
            f"{answer.raised}. An empty list is allowed. Name the columns when you make the "
            "table, and there is something to sort: `pd.DataFrame(data, columns=COLUMNS)`.",
        ),
    )
    view = answer.value["lc"]
    columns = list(view["data"].columns) if isinstance(view.get("data"), Table) else None
    fail_if_recognised(
        answer,
        Mistake(
            "empty-without-columns",
            columns == [],
            "The table of an empty light curve has no "
            "columns. Name them: `pd.DataFrame(data, columns=COLUMNS)`.",
        ),
    )
    expect_rows(view, [], what="an empty light curve")
    one = observations(rng, 1)
    expect_rows(learner.stored("LightCurve", one).value["lc"], one, what="a single observation")


def expect_refusal(answer: Answer, when: str, field: str, *mistakes: Mistake) -> None:
    """The observations must be refused by a ValueError that names the field."""
    refused = answer.raised is not None and answer.raised.is_a("ValueError")
    message = answer.raised.message if answer.raised else ""
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake(
            "error-returned",
            Raises("TypeError", "__init__() should return None"),
            "`__init__` returns the error. An error is raised, not returned: `raise "
            "ValueError(...)`.",
        ),
        Mistake(
            "asserts",
            Raises("AssertionError"),
            f"For {when} an `assert` fails. Asserts are "
            "for your own mistakes, and Python can be told to skip them. To refuse what others "
            "pass in, write `if ...: raise ValueError(...)`.",
        ),
        *mistakes,
        Mistake(
            "culprit-not-named",
            refused and field not in message,
            f"For {when} ValueError is "
            f"right, but its message, {message!r}, does not name {field!r}. Put the name in: "
            "whoever reads it wants to know what to mend.",
        ),
    )


@part("2.1")
def test_init_missing_key(learner: Subject, rng: Rng) -> None:
    """An observation without one of the four keys is a ValueError that names the key"""
    for field in FIELDS:
        data = observations(rng, 6)
        del data[4][field]
        answer = learner.stored("LightCurve", data)
        expect_refusal(
            answer,
            f"an observation without {field!r}",
            field,
            Mistake(
                "missing-key-accepted",
                answer.raised is None,
                "An observation without "
                f"{field!r} is accepted. pandas does not complain about it: look for each key "
                "in each observation, and raise ValueError with the name of the key.",
            ),
            Mistake(
                "key-error-for-missing",
                Raises("KeyError"),
                f"An observation without "
                f"{field!r} ends in KeyError. Look whether the key is there before you use it, "
                "and raise ValueError with its name.",
            ),
        )


BAD_NUMBERS = [("flux", "bright"), ("flux_err", None), ("mjd", "yesterday"), ("flux", "12.3")]


@part("2.1")
@pytest.mark.parametrize(("field", "value"), BAD_NUMBERS)
def test_init_not_a_number(learner: Subject, rng: Rng, field: str, value: Any) -> None:
    """Text or None in the place of a number is a ValueError that names the field"""
    data = observations(rng, 6)
    data[3][field] = value
    answer = learner.stored("LightCurve", data)
    expect_refusal(
        answer,
        f"{field} = {value!r}",
        field,
        Mistake(
            "not-a-number-accepted",
            answer.raised is None,
            f"{field} = {value!r} is accepted "
            "as a number. Ask `isinstance(value, Real)` for mjd, flux and flux_err, and raise "
            "ValueError with the name of the field.",
        ),
        Mistake(
            "type-error-for-text",
            Raises("TypeError"),
            f"{field} = {value!r} ends in "
            "TypeError. Look whether it is a number before you use it, and raise ValueError "
            "with the name of the field.",
        ),
    )


GOOD_NUMBERS = [
    (
        "flux",
        40,
        "whole-numbers-refused",
        "An `int` is a number as well as a `float`: ask `isinstance(value, Real)`.",
    ),
    (
        "flux",
        0.0,
        "zero-taken-for-missing",
        "Zero is a measurement like any other, but `if not "
        "value` is true for it: ask `if key not in observation`.",
    ),
    (
        "flux",
        -3.5,
        "negative-flux-refused",
        "Where there is no source, the noise makes half of all fluxes negative: let them in.",
    ),
]


@part("2.1")
@pytest.mark.parametrize(("field", "value", "slug", "why"), GOOD_NUMBERS)
def test_init_numbers(
    learner: Subject, rng: Rng, field: str, value: float, slug: str, why: str
) -> None:
    """Whole numbers, zero and negative fluxes are numbers"""
    data = observations(rng, 5)
    data[2][field] = value
    answer = learner.stored("LightCurve", data)
    fail_if_recognised(
        answer, Mistake(slug, Raises("ValueError"), f"{field} = {value} is refused. {why}")
    )
    expect_rows(answer.value["lc"], in_time(data), what=f"a light curve with {field} = {value}")


@part("2.1")
def test_init_numpy_numbers(learner: Subject, rng: Rng) -> None:
    """NumPy's numbers are numbers, also those for whole numbers"""
    data = observations(rng, 6)
    for obs in data:
        obs["mjd"] = float(round(4 * obs["mjd"]))
    answer = learner.stored_as_numpy(data)
    fail_if_recognised(
        answer,
        Mistake(
            "numpy-numbers-refused",
            Raises("ValueError"),
            "NumPy's numbers, such as "
            "`np.int64(60000)`, are refused. They are no `int` and not always a `float`: ask "
            "`isinstance(value, Real)`, with `Real` from the module `numbers`.",
        ),
    )
    expect_rows(answer.value, in_time(data), what="a light curve of NumPy's numbers")


@part("2.1")
def test_init_not_finite(learner: Subject, rng: Rng) -> None:
    """A NaN or infinite MJD is a ValueError; a NaN flux is allowed"""
    data = observations(rng, 6)
    for value in (math.nan, math.inf):
        answer = learner.stored("LightCurve", [*data[:5], data[5] | {"mjd": value}])
        expect_refusal(
            answer,
            f"mjd = {value}",
            "mjd",
            Mistake(
                "time-not-finite",
                answer.raised is None,
                f"mjd = {value} is accepted, but an "
                "observation without a time is none. Raise ValueError unless "
                "`math.isfinite(mjd)`. (NaN does not equal itself, so `==` never finds it.)",
            ),
        )
    data[1]["flux"] = math.nan
    answer = learner.stored("LightCurve", data)
    fail_if_recognised(
        answer,
        Mistake(
            "nan-flux-refused",
            Raises("ValueError"),
            "A flux of NaN is refused. It is a "
            "missing measurement, which happens: only `mjd` must be finite.",
        ),
    )
    expect_rows(
        answer.value["lc"],
        in_time(data),
        Mistake(
            "nan-flux-dropped",
            in_time([*data[:1], *data[2:]]),
            "The observation with a flux "
            "of NaN is gone. It was made, even if its flux is missing: keep it.",
        ),
        what="a light curve with a NaN flux",
    )


@part("2.1")
def test_init_leaves_input(learner: Subject, rng: Rng) -> None:
    """The list that was given stays as it was"""
    data = observations(rng)
    got = learner.stored("LightCurve", data).value
    require(
        approx_equal(got["after"], data),
        "The caller's list or its dictionaries have changed. `data.sort(...)`, `pop` and `del` "
        "work in place: use `sorted(data, ...)`, or sort the table.",
        "input-changed",
    )


# 2.2 LightCurve.__len__ and __getitem__

SURVEY = {"object_id": NAME, "survey": "ZTF"}
TRANSIENT = {"object_id": NAME, "transient_type": "SN Ia", "peak_mjd": 59040.0}


def part_of(answer: Answer, what: str) -> dict:
    """What came of taking a part of a subclass's object, or of adding to it."""
    fail_if_recognised(
        answer,
        Mistake(
            "rebuilt-by-constructor",
            Raises("TypeError", "'survey'"),
            f"{what[0].upper()}{what[1:]} is made by calling the class, which fails for a "
            "subclass whose `__init__` wants more arguments. Make a copy: "
            "`self._with_data(...)`.",
        ),
    )
    return answer.value


def same_kind(view: dict, kind: str, metadata: dict, what: str) -> None:
    """A part of a light curve is of the same class and has the same metadata."""
    what = f"{what[0].upper()}{what[1:]}"
    made_here = " (a subclass made for this check)" if kind == "SurveyLightCurve" else ""
    require(
        view["is"] == kind,
        f"{what} is a {view['is']}; it should be a {kind}{made_here}, like the object that it "
        "comes from. `self._with_data(...)` makes a copy of the same kind.",
        "kind-lost",
    )
    for name, value in metadata.items():
        got = view["metadata"].get(name)
        require(
            approx_equal(got, value),
            f"{what} has other metadata: `{name}` is {shown(got)} instead of {value!r}. "
            "`self._with_data(...)` keeps all attributes.",
            "metadata-lost",
        )


@part("2.2")
def test_length(learner: Subject, rng: Rng) -> None:
    """`len(lc)` is the number of observations"""
    data = observations(rng, 9)
    data[2]["flux"] = math.nan
    expect(
        learner.length("LightCurve", data),
        9,
        Mistake(
            "length-of-columns",
            4,
            "`len` gives the number of columns. The number of rows is `len(self.data)`.",
        ),
        Mistake(
            "length-of-all-values",
            36,
            "`len` gives the number of values in the table. "
            "The number of rows is `len(self.data)`.",
        ),
        Mistake(
            "nan-not-counted",
            8,
            "An observation whose flux is NaN is not counted, as with "
            "`count()` or `dropna()`. It was made: count rows, `len(self.data)`.",
        ),
        what="`len` of a light curve with 9 observations",
    )
    expect(learner.length("LightCurve", []), 0, what="`len` of an empty light curve")


@part("2.2")
def test_item_number(learner: Subject, rng: Rng) -> None:
    """`lc[0]` is the first observation in time, `lc[-1]` the last, as a dict"""
    data = observations(rng)
    for number in (0, 3, -1):
        answer = learner.item(data, number)
        says = f"`lc[{number}]` raises {answer.raised}"
        if number < 0:
            fail_if_recognised(
                answer,
                Mistake(
                    "label-index",
                    Raises("KeyError"),
                    f"{says}. `loc` and `data[...]` look "
                    "for a label; counting from the end is `iloc`.",
                ),
                Mistake(
                    "negative-refused",
                    Raises("IndexError"),
                    f"{says}. Negative numbers count "
                    "from the end, -1 being the last observation. `iloc` knows that.",
                ),
            )
        column = Mistake(
            "column-lookup",
            Raises("KeyError"),
            f"{says}: the table looks for a "
            "column of that name. A row is `self.data.iloc[number]`.",
        )
        fail_if_recognised(answer, column)
        expect(
            Answer(_one_observation(answer.value, f"`lc[{number}]`")),
            in_time(data)[number],
            Mistake(
                "input-order",
                data[number],
                f"`lc[{number}]` counts in the order in which the "
                "observations came. Count in order of time: `self.data.iloc[number]` of the "
                "sorted table.",
            ),
            what=f"`lc[{number}]`",
        )


def _one_observation(view: dict, what: str) -> Any:
    """The observation that came back, or a `Failure` that says what came instead."""
    value: Any = view.get("value")
    row = "`self.data.iloc[number].to_dict()`."
    if view["is"] == "observation":
        nested = any(isinstance(item, dict | list) for item in value.values())
        require(
            not nested,
            f"The values of the dict {what} are themselves dicts or lists, as of a "
            f"whole table. Take the row alone, by one pair of brackets: {row}",
            "nested-for-number",
        )
        return value
    if value is None and view["is"] == "other":
        raise Failure(f"{what} is None. Did you forget a `return`?")
    kind = kind_of(value) if view["is"] == "other" else f"a {view['is']}"
    keys = f" with the keys {', '.join(map(str, value))}" if isinstance(value, dict) else ""
    raise Failure(
        f"{what} is {kind}{keys}; it should be one observation, a dict with the keys mjd, flux, "
        f"flux_err and band: {row}",
        misconception="light-curve-for-number" if view["is"] != "other" else _odd_row(value),
    )


def _odd_row(value: Any) -> str | None:
    """The misconception behind what should be an observation, if it is known."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        return "nested-for-number"
    slugs = {dict: "keys-missing", Table: "table-for-number"}
    slugs |= dict.fromkeys((list, tuple, np.ndarray), "values-for-number")
    return slugs.get(type(value))


@part("2.2")
def test_item_out_of_range(learner: Subject, rng: Rng) -> None:
    """A number beyond the end is an IndexError"""
    data = observations(rng, 6)
    for number in (6, -7):
        answer = learner.item(data, number)
        got = answer.result.get("value") if answer.raised is None else None
        when = f"`lc[{number}]` of a light curve with 6 observations"
        expect_error(
            Answer(got, answer.raised),
            "IndexError",
            when,
            Mistake(
                "index-wraps-around",
                any(approx_equal(got, obs) for obs in data),
                f"{when} starts "
                "again at the other end. `%` does that; `iloc` takes negative numbers as they "
                "are, and raises IndexError by itself.",
            ),
            Mistake(
                "out-of-range-silent",
                answer.raised is None,
                f"{when} gives {shown(got)}. Let "
                "it raise IndexError, as `iloc` does by itself: a wrong number should be "
                "noticed.",
            ),
            Mistake(
                "key-error-out-of-range",
                Raises("KeyError"),
                f"{when} raises KeyError, as "
                "`loc` does. Python expects IndexError of a number that is too large; `iloc` "
                "raises it.",
            ),
        )


@part("2.2")
def test_item_slice(learner: Subject, rng: Rng) -> None:
    """`lc[2:5]` is a light curve of the same kind and metadata"""
    data = observations(rng)
    want = in_time(data)
    answer = learner.selected("SurveyLightCurve", data, {"slice": [2, 5]}, **SURVEY)
    view = part_of(answer, "`lc[2:5]`")["item"]
    inclusive = Mistake(
        "slice-inclusive",
        want[2:6],
        "`lc[2:5]` has one observation too many: `loc` includes the end. Use `iloc`.",
    )
    expect_rows(view, want[2:5], inclusive, what="`lc[2:5]`")
    same_kind(view, "SurveyLightCurve", SURVEY, "`lc[2:5]`")
    _unchanged(answer.value["lc"], want, want[2:5], "`lc[2:5]`")


def _unchanged(view: dict, want: list[Observation], part: list[Observation], what: str) -> None:
    changed = Mistake(
        "original-changed",
        part,
        f"{what} throws the light curve's other "
        "observations away. Leave `self.data` alone, and put the selection into a "
        "copy: `self._with_data(...)`.",
    )
    expect_rows(view, want, changed, what=f"the light curve after {what}")


@part("2.2")
def test_item_open_slice(learner: Subject, rng: Rng) -> None:
    """Slices may have open ends, count from the end, and have a step"""
    data = observations(rng, 9)
    for ends, text in (([-3, None], "lc[-3:]"), ([1, 8, 3], "lc[1:8:3]")):
        answer = learner.item(data, {"slice": ends})
        fail_if_recognised(
            answer,
            Mistake(
                "open-slice-crashes",
                Raises("TypeError"),
                f"`{text}` raises {answer.raised}. "
                "The ends of a slice may be None; `self.data.iloc[key]` takes any slice as it "
                "is.",
            ),
        )
        expect_rows(
            answer.value,
            in_time(data)[slice(*ends)],
            Mistake(
                "step-ignored",
                in_time(data)[slice(*ends[:2])],
                f"`{text}` ignores the step, "
                "the third number. `self.data.iloc[key]` takes any slice as it is.",
            ),
            what=f"`{text}`",
        )


@part("2.2")
def test_item_band(learner: Subject, rng: Rng) -> None:
    """`lc["g"]` holds the band's observations, in a light curve of the same kind and metadata"""
    data = observations(rng)
    want = in_time(data)
    answer = learner.selected("SurveyLightCurve", data, "g", **SURVEY)
    column = answer.raised is not None and answer.raised.message == "'g'"
    fail_if_recognised(
        answer,
        Mistake(
            "band-as-column",
            column,
            f"`lc['g']` raises {answer.raised}: `self.data['g']` "
            "looks for a column of that name. Choose rows by the column `band`: "
            "`self.data[self.data['band'] == key]`.",
        ),
    )
    view = part_of(answer, "`lc['g']`")["item"]
    expect_rows(
        view,
        in_band(data, "g"),
        Mistake(
            "band-inverted",
            [o for o in want if o["band"] != "g"],
            "`lc['g']` holds all bands but g. Turn the condition round.",
        ),
        Mistake(
            "all-bands",
            want,
            "`lc['g']` holds all bands. Choose the rows whose `band` is the "
            "key, and use the table that this gives.",
        ),
        what="`lc['g']`",
    )
    same_kind(view, "SurveyLightCurve", SURVEY, "`lc['g']`")
    _unchanged(answer.value["lc"], want, in_band(data, "g"), "`lc['g']`")


@part("2.2")
def test_item_unknown_band(learner: Subject, rng: Rng) -> None:
    """A band that was not observed is a KeyError that names the bands there are"""
    data = observations(rng, 6, "gi")
    answer = learner.item(data, "r")
    when = "`lc['r']`, a band that was not observed,"
    quiet = answer.raised is None
    nothing = quiet and answer.value.get("value", 0) is None
    what = "None" if nothing else "a light curve without observations"
    fix = "A mistyped band should be noticed: raise KeyError and name the bands there are."
    silent = Mistake("unknown-band-silent", quiet, f"{when} gives {what}. {fix}")
    expect_error(answer, "KeyError", when, silent)
    assert answer.raised
    require(
        {"g", "i"} <= set(_letters(answer.raised.message)),
        f"The KeyError for {when} says only {answer.raised.message!r}. Name the bands there are, "
        "here g and i.",
        "bands-not-named",
    )


def _letters(text: str) -> list[str]:
    """Words of the text, and the letters of words made of nothing but bands (`gi`)."""
    words = "".join(c if c.isalnum() else " " for c in text).split()
    return words + [c for word in words if set(word) <= set("gi") for c in word]


# 2.3 LightCurve.__str__ and __repr__


def _texts(learner: Subject, data: list[Observation]) -> dict:
    answer = learner.texts("LightCurve", data, object_id=NAME)
    fail_if_recognised(
        answer,
        Mistake(
            "prints-instead-of-returns",
            Raises("TypeError", "non-string (type NoneType"),
            "`__str__` and `__repr__` have to return a string; one of yours returns nothing. A "
            "string that is printed is not returned: replace `print(...)` by `return ...`.",
        ),
        Mistake(
            "not-a-string",
            Raises("TypeError", "non-string"),
            f"{answer.raised}. Return one "
            "string: values with commas between them are a tuple. An f-string puts them "
            "together.",
        ),
    )
    return answer.value


def _names(text: str, what: str) -> None:
    require(
        NAME in text,
        f"{what} is {text[:120]!r}; it does not name the object, {NAME!r}.",
        "object-not-named",
    )


def _tells(text: str, n: int, what: str) -> None:
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text.replace(NAME, ""))]
    require(
        n in numbers,
        f"{what} is {text[:120]!r}; it does not tell the number of observations, {n}.",
        "number-not-told",
    )


@part("2.3")
def test_str(learner: Subject, rng: Rng) -> None:
    """`str(lc)` names the object, the number of observations and the bands, in one line"""
    n = int(rng.integers(11, 40))
    text = _texts(learner, observations(rng, n, "gi"))["str"]
    _names(text, "`str(lc)`")
    _tells(text, n, "`str(lc)`")
    rest = text.replace(NAME, "").replace("LightCurve", "")
    require(
        {"g", "i"} <= set(_letters(rest)),
        f"`str(lc)` is {text[:120]!r}; it does not name the bands, g and i.",
        "bands-not-told",
    )
    require(
        "\n" not in text.strip(),
        "`str(lc)` has several lines; one is asked for. Leave the "
        "table out, and put the facts side by side.",
        "several-lines",
    )


@part("2.3")
def test_repr(learner: Subject, rng: Rng) -> None:
    """`repr(lc)` begins with its own class's name and shows the object and the number"""
    n = int(rng.integers(11, 40))
    got = _texts(learner, observations(rng, n))
    text = got["repr"]
    require(
        text.startswith("LightCurve"),
        f"`repr(lc)` is {text[:120]!r}; it should begin with the name of the class, LightCurve, "
        "with nothing before it.",
        "class-not-named",
    )
    require(
        got["special"].startswith("SpecialLightCurve"),
        f"`repr` of an object of a subclass SpecialLightCurve is {got['special'][:60]!r}. Take the "
        "object's own class: `type(self).__name__`.",
        "class-name-fixed",
    )
    _names(text, "`repr(lc)`")
    _tells(text, n, "`repr(lc)`")


@part("2.3")
def test_texts_of_nothing(learner: Subject) -> None:
    """An empty light curve shows its name and 0 observations, too"""
    got = _texts(learner, [])
    for text, what in ((got["str"], "str"), (got["repr"], "repr")):
        require(
            NAME in text and "0" in text.replace(NAME, ""),
            f"`{what}(lc)` of an empty light curve is {text[:120]!r}; it should name the object, "
            f"{NAME!r}, and 0 observations, like any other.",
            "empty-not-named",
        )


# 2.4 LightCurve.bands and duration


def _property(learner: Subject, name: str, data: list[Observation]) -> Any:
    answer = learner.attribute(name, data)
    if answer.raised is None:
        require(
            not answer.value["called"],
            f"`lc.{name}` is a method that has to be called. Put `@property` above it.",
            "method-not-property",
        )
    return answer.value["value"]


def _in_order(bands: Any) -> Any:
    """Names of bands in alphabetical order, since any order is right; anything else as it is."""
    text = isinstance(bands, list) and all(isinstance(band, str) for band in bands)
    return sorted(bands) if text else bands


@part("2.4")
def test_bands(learner: Subject, rng: Rng) -> None:
    """`lc.bands` is a list with each band once"""
    data = observations(rng, 9, "gi")
    got = _property(learner, "bands", data)
    expect(
        Answer(_in_order(got)),
        ["g", "i"],
        Mistake(
            "bands-repeated",
            sorted(obs["band"] for obs in data),
            "`lc.bands` names a band for every observation. Name each band once: `.unique()`.",
        ),
        Mistake(
            "bands-as-text",
            isinstance(got, str),
            "`lc.bands` is one string; it should be a list of strings: `.unique().tolist()`.",
        ),
        Mistake(
            "bands-counted",
            2,
            "`lc.bands` is the number of bands. Give their names: "
            "`.unique()` instead of `.nunique()`.",
        ),
        Mistake(
            "bands-fixed",
            ["g", "i", "r"],
            "`lc.bands` names g, r and i, whatever was observed. Look into the column `band`.",
        ),
        Mistake(
            "bands-not-a-list",
            got is not None and not isinstance(got, list),
            f"`lc.bands` is {kind_of(got)}; it should be a list: `.unique().tolist()`.",
        ),
        what="`lc.bands`, sorted,",
    )
    expect(Answer(_property(learner, "bands", [])), [], what="`lc.bands` of an empty light curve")


@part("2.4")
def test_duration(learner: Subject, rng: Rng) -> None:
    """`lc.duration` is the time from the first observation to the last, in days"""
    data = observations(rng)
    in_time(data)[-1]["mjd"] += 0.125  # the duration is never a whole number
    times = [obs["mjd"] for obs in in_time(data)]
    want = times[-1] - times[0]
    got = _property(learner, "duration", data)
    rounded = isinstance(got, float | int) and got in (math.floor(want), math.ceil(want))
    expect(
        Answer(got),
        want,
        Mistake(
            "last-time",
            times[-1],
            "`lc.duration` is the time of the last observation. Subtract the first one's.",
        ),
        Mistake(
            "duration-negative",
            -want,
            "`lc.duration` is negative. Subtract the first time from the last.",
        ),
        Mistake(
            "duration-counts",
            float(len(data)),
            "`lc.duration` is the number of "
            "observations. It should be the time between the first and the last, in days.",
        ),
        Mistake(
            "duration-of-one-step",
            times[1] - times[0],
            "`lc.duration` is the time between "
            "the first two observations. Take the last one: `.iloc[-1]` or `.max()`.",
        ),
        Mistake(
            "duration-not-in-days",
            24 * want,
            "`lc.duration` is in hours. MJD are days, and "
            "the duration should be in days: do not convert it.",
        ),
        Mistake(
            "duration-not-in-days",
            86400 * want,
            "`lc.duration` is in seconds. MJD are days, "
            "and the duration should be in days: do not convert it.",
        ),
        Mistake(
            "duration-rounded",
            rounded,
            f"`lc.duration` is {got} days, rounded to whole days. "
            "Keep the fraction: `float(...)` instead of `int(...)` or `round(...)`.",
        ),
        what="`lc.duration`",
        unit="days",
    )


@part("2.4")
@pytest.mark.parametrize("n", [0, 1])
def test_duration_small(learner: Subject, rng: Rng, n: int) -> None:
    """`lc.duration` is 0.0 for an empty light curve and for a single observation"""
    answer = learner.attribute("duration", observations(rng, 1)[:n])
    when = ["an empty light curve", "a single observation"][n]
    got = answer.result.get("value") if isinstance(answer.result, dict) else None
    nothing = got is None or (isinstance(got, float) and math.isnan(got))
    gave = f"raises {answer.raised}" if failed(answer) else f"is {'None' if got is None else 'NaN'}"
    fail_if_recognised(
        answer,
        Mistake(
            "duration-of-nothing",
            failed(answer) or (answer.raised is None and nothing),
            f"`lc.duration` of {when} {gave}. Return 0.0 if there are fewer than two observations.",
        ),
    )
    expect(Answer(answer.value["value"]), 0.0, what=f"`lc.duration` of {when}", unit="days")


@part("2.4")
def test_properties_are_fresh(learner: Subject, rng: Rng) -> None:
    """Both are computed when they are asked for, so that they follow a change of the table"""
    data = in_time(observations(rng, 8))
    for i, obs in enumerate(data):
        obs["band"] = "g" if i < 3 else "i"
    got = learner.attributes_after_change(data, 3).value
    stale = {"bands": ["g", "i"], "duration": data[-1]["mjd"] - data[0]["mjd"]}
    want = {"bands": ["g"], "duration": data[2]["mjd"] - data[0]["mjd"]}
    for name in ("bands", "duration"):
        expect(
            Answer(_in_order(got[name])),
            want[name],
            Mistake(
                "computed-once",
                stale[name],
                f"`lc.{name}` is still the old one after "
                "`lc.data` was replaced, so that it would also be wrong for a part of the "
                "light curve. Compute it from `self.data` each time.",
            ),
            what=f"`lc.{name}` after the table was replaced",
        )


# 2.5 TransientLightCurve.__init__

SUPER = "`super().__init__(data, object_id)`"


def _metadata(view: dict, want: dict) -> None:
    """The attributes of a transient are those wanted."""
    require(
        view["is"] != "other",
        "TransientLightCurve is not a subclass of LightCurve. Write "
        "`class TransientLightCurve(LightCurve):`.",
        "not-a-subclass",
    )
    got = view["metadata"]
    crossed = [want["peak_mjd"], want["transient_type"]]
    swapped = approx_equal([got.get("transient_type"), got.get("peak_mjd")], crossed)
    fail_if_recognised(
        Answer(got),
        Mistake(
            "object-id-not-passed",
            approx_equal(got.get("object_id"), "unknown"),
            f"`object_id` is 'unknown': LightCurve did not get it. Pass it on: {SUPER}.",
        ),
        Mistake(
            "attributes-swapped",
            swapped and crossed != [None, None],
            "`transient_type` and `peak_mjd` have changed places.",
        ),
    )
    for name, value in want.items():
        require(
            name in got,
            f"The transient has no attribute `{name}`. Store the argument, also "
            f"if it is None: `self.{name} = {name}`.",
            "attribute-not-stored",
        )
        text = difference(got[name], value, f"`{name}`")
        require(not text, text)


@part("2.5")
def test_transient_stores(learner: Subject, rng: Rng) -> None:
    """Type and time of peak are stored, and the observations as in LightCurve"""
    data = observations(rng)
    answer = learner.stored("TransientLightCurve", data, **TRANSIENT)
    _super_works(learner, answer, data)
    view = answer.value["lc"]
    _metadata(view, TRANSIENT)
    table = view.get("data")
    unsorted = table if isinstance(table, list) else table and plain(rows(view, "the transient"))
    fail_if_recognised(
        answer,
        Mistake(
            "super-not-called",
            table is None,
            "The observations are not stored: the transient "
            f"has no `data`. Call {SUPER} first; `LightCurve(...)` would make another object.",
        ),
        Mistake(
            "not-sorted",
            approx_equal(unsorted, data),
            "The observations are not sorted by time, as "
            f"LightCurve does it. Leave `data` to it: {SUPER}, and no `self.data = ...`.",
        ),
    )
    expect_rows(view, in_time(data), what="the transient")


def _super_works(learner: Subject, answer: Answer, data: list[Observation]) -> None:
    """If there is no transient, though the observations are good enough for a light curve, why."""
    if not failed(answer):
        return
    too_many = (
        "The call of `super().__init__` has too many arguments. LightCurve takes the observations "
        f"and the object id only, and `self` goes in by itself: {SUPER}."
    )
    fail_if_recognised(
        answer,
        Mistake(
            "super-without-parentheses",
            Raises("TypeError", "requires a 'super' object"),
            f"`super` needs parentheses of its own: {SUPER}.",
        ),
        Mistake("too-many-for-super", Raises("TypeError", "were given"), too_many),
        Mistake("too-many-for-super", Raises("TypeError", "unexpected keyword"), too_many),
        Mistake(
            "super-arguments",
            learner.stored("LightCurve", data).raised is None,
            "Making a "
            f"transient raises {answer.raised}. The same observations are good enough for a "
            f"LightCurve, so look at how you call it: {SUPER}, in this order.",
        ),
    )


@part("2.5")
def test_transient_defaults(learner: Subject, rng: Rng) -> None:
    """Type and time of peak are None if they are not given"""
    answer = learner.stored_by_default("TransientLightCurve", observations(rng, 4), NAME)
    fail_if_recognised(
        answer,
        Mistake(
            "none-refused",
            failed(answer),
            "Without type and time of peak your code raises "
            f"{answer.raised}. Both may be unknown: store None as it is.",
        ),
    )
    got = answer.value.get("metadata", {})
    guess = "is not None, though none was given. Leave it None: an unknown value is not a guess."
    fail_if_recognised(
        Answer(got),
        Mistake("peak-guessed", isinstance(got.get("peak_mjd"), float), f"`peak_mjd` {guess}"),
        Mistake(
            "type-guessed", isinstance(got.get("transient_type"), str), f"`transient_type` {guess}"
        ),
    )
    _metadata(answer.value, {"object_id": NAME, "transient_type": None, "peak_mjd": None})


@part("2.5")
def test_transient_zero_peak(learner: Subject, rng: Rng) -> None:
    """A time of peak of 0.0 is kept"""
    metadata = TRANSIENT | {"peak_mjd": 0.0}
    view = learner.stored("TransientLightCurve", observations(rng, 4), **metadata).value["lc"]
    lost = view.get("metadata", metadata).get("peak_mjd", 0.0) is None
    require(
        not lost,
        "A peak at 0.0 becomes None: `peak_mjd or None` and `if peak_mjd` take 0.0 "
        "for missing. Store the argument as it is.",
        "zero-is-missing",
    )
    _metadata(view, metadata)


@part("2.5")
def test_transient_refuses(learner: Subject, rng: Rng) -> None:
    """What LightCurve refuses, a transient refuses as well"""
    data = observations(rng, 4)
    del data[1]["band"]
    if learner.stored("LightCurve", data).raised is None:
        return  # that is 2.1's concern
    answer = learner.stored("TransientLightCurve", data, **TRANSIENT)
    require(
        answer.raised is not None,
        "A transient accepts an observation without 'band', which "
        f"LightCurve refuses. Leave the observations to LightCurve: {SUPER}.",
        "super-not-called",
    )


# 2.6 TransientLightCurve.phase_fold


def phases(data: list[Observation], period: float, reference: float) -> list[Observation]:
    """Observations with their phase, in order of phase; by `math.floor`."""
    cycles = [(obs["mjd"] - reference) / period for obs in data]
    found = [obs | {"phase": c - math.floor(c)} for obs, c in zip(data, cycles, strict=True)]
    return sorted(found, key=lambda obs: obs["phase"])


def just_phases(data: list[Observation], period: float, reference: float) -> np.ndarray:
    return np.array([obs["phase"] for obs in phases(data, period, reference)])


def _column(view: dict, name: str) -> np.ndarray:
    column = view["data"].columns[name]
    numbers = all(isinstance(value, int | float | np.number) for value in column)
    require(numbers, f"The column `{name}` holds something that is not a number.")
    return np.array(column, dtype=float)


def _fold(learner: Subject, data: list, period: float, peak: float | None) -> dict:
    """The folded light curve, once it is clear that it is one, and a new one."""
    metadata = TRANSIENT | {"peak_mjd": peak}
    answer = learner.folded(data, period, **metadata)
    fail_if_recognised(
        answer,
        Mistake(
            "peak-required",
            peak is None and failed(answer),
            "Folding fails if `peak_mjd` is "
            f"None: {answer.raised}. Count from the first observation then.",
        ),
    )
    got = answer.value
    view = got["folded"]
    alone = view.get("value")
    require(
        not isinstance(alone, np.ndarray) and kind_of(alone) != "a Series",
        "The phases alone are returned. Put them into a table, as its column `phase`, and this "
        "table into a new light curve: `self._with_data(self.data.assign(phase=phase))`.",
        "phases-only",
    )
    before, after = (plain(rows(got[when])) for when in ("before", "after"))
    changed = (
        got["same"] or not approx_equal(after, before) or "phase" in got["after"]["data"].columns
    )
    require(
        not changed,
        "Folding changes the light curve itself. Leave `self.data` alone: "
        "`self.data.assign(phase=...)` gives a new table for the new light curve.",
        "original-changed",
    )
    rows(view, "the folded light curve")
    same_kind(view, "TransientLightCurve", metadata, "the folded light curve")
    require(
        "phase" in view["data"].columns,
        "The folded light curve has no column `phase`; its "
        f"columns are {list(view['data'].columns)}. (Making it from observations would lose "
        "the column: `self._with_data(...)` keeps it.)",
        "no-phase-column",
    )
    return view


def _wrong_phases(data: list, period: float, reference: float) -> list[Mistake]:
    """What the well-known slips in folding give."""
    times = np.array([obs["mjd"] for obs in in_time(data)])
    cycles = (times - reference) / period
    ignored = just_phases(data, period, times[0])
    truncated = np.fmod(cycles, 1)
    brackets = "Brackets are missing: `/` and `%` come before `-`. Write `((mjd - reference) / "
    whole = "This is the number of whole cycles, which `//` gives. Divide by `/`, and take what is "
    found = [
        (
            "phase-in-days",
            cycles % 1 * period,
            "The phase is in days, from 0 to the period. Divide "
            "by the period first, so that it runs from 0 to 1: `((mjd - reference) / period) % 1`.",
        ),
        (
            "counted-from-zero",
            (times / period) % 1,
            "The phase is counted from MJD 0. Subtract the "
            "reference, `peak_mjd` or the first observation, first.",
        ),
        (
            "peak-ignored",
            ignored,
            "The phase is counted from the first observation, though "
            "`peak_mjd` is known. Use it as the reference.",
        ),
        (
            "not-folded",
            cycles,
            "The phase is not folded: it grows beyond 1. Take what is left "
            "after whole cycles: `% 1`.",
        ),
        ("whole-cycles", np.floor(cycles), f"{whole}left over: `% 1`."),
        (
            "whole-cycles",
            0 * cycles,
            "Every phase is 0: `//` leaves whole cycles only. Divide by "
            "`/` before you take what is left over.",
        ),
        (
            "negative-phase",
            truncated,
            "Before the reference the phase is negative. Python's `% 1` "
            "gives a number in [0, 1); `np.fmod`, `math.fmod` and `int` do not.",
        ),
        (
            "negative-phase",
            np.abs(truncated),
            "Before the reference the phase runs backwards: its "
            "sign was removed. `% 1` of the negative number is right as it is.",
        ),
        (
            "phase-reversed",
            -cycles % 1,
            "The phase runs backwards. Subtract the reference from the "
            "time, not the time from the reference.",
        ),
        (
            "phase-centred",
            (cycles + 0.5) % 1 - 0.5,
            "The phase runs from -0.5 to 0.5; here it should run from 0 to 1.",
        ),
        (
            "frequency-for-period",
            cycles * period**2 % 1,
            "The time is multiplied by the period. Divide by it.",
        ),
        ("brackets-missing", (times - reference / period) % 1, f"{brackets}period) % 1`."),
        ("brackets-missing", times - reference / period % 1, f"{brackets}period) % 1`."),
    ]
    return [Mistake(slug, np.sort(value), says) for slug, value, says in found]


@part("2.6")
def test_fold_phase(learner: Subject, rng: Rng) -> None:
    """`phase` counts from `peak_mjd`, from 0 to 1, and the rows are sorted by it"""
    data, period = observations(rng), float(rng.uniform(3, 9))
    peak = in_time(data)[6]["mjd"] + 0.0625
    view = _fold(learner, data, period, peak)
    phase = _column(view, "phase")
    want = just_phases(data, period, peak)
    mistakes = _wrong_phases(data, period, peak)
    expect(Answer(np.sort(phase)), want, *mistakes, what="the phase, sorted,", rtol=1e-5)
    folded = [{field: obs[field] for field in FIELDS} for obs in phases(data, period, peak)]
    expect_rows(
        view,
        folded,
        Mistake(
            "phase-detached",
            approx_equal(phase, want, 1e-5),
            "The phases are sorted, but the rows "
            "are not: they no longer belong together. Sort rows: `sort_values('phase')`.",
        ),
        Mistake(
            "not-sorted-by-phase",
            in_time(data),
            "The rows of the folded light curve are in "
            "order of time. Sort them by `phase`, and keep what `sort_values` returns.",
        ),
        Mistake(
            "sorted-backwards",
            folded[::-1],
            "The largest phase comes first. Sort by `phase` in ascending order.",
        ),
        what="the folded light curve",
    )


@part("2.6")
@pytest.mark.parametrize("peak", [None, 0.0])
def test_fold_reference(learner: Subject, rng: Rng, peak: float | None) -> None:
    """Without `peak_mjd` the first observation has phase 0; a `peak_mjd` of 0.0 counts"""
    data, period = observations(rng), float(rng.uniform(3, 9))
    first, *_, last = [obs["mjd"] for obs in in_time(data)]
    in_time(data)[5]["flux"] = 95.0
    brightest = in_time(data)[5]["mjd"]
    view = _fold(learner, data, period, peak)
    others = [
        (
            "zero-is-missing",
            first,
            "A `peak_mjd` of 0.0 is taken for missing. `if self.peak_mjd` "
            "is false for 0.0 too: ask `is None`.",
        ),
        (
            "counted-from-zero",
            0.0,
            "Without `peak_mjd` the phase is counted from MJD 0. Subtract "
            "the first observation's MJD.",
        ),
        (
            "counted-from-last",
            last,
            "Without `peak_mjd` the phase is counted from the last "
            "observation. Count from the first one: `.min()`.",
        ),
        (
            "counted-from-brightest",
            brightest,
            "Without `peak_mjd` the phase is counted from the "
            "brightest observation. Count from the first one.",
        ),
    ]
    mistakes = [Mistake(slug, just_phases(data, period, ref), says) for slug, ref, says in others]
    got = np.sort(_column(view, "phase"))
    want = just_phases(data, period, first if peak is None else peak)
    expect(Answer(got), want, *mistakes, what="the phase, sorted,", rtol=1e-5)


@part("2.6")
def test_fold_bad_period(learner: Subject, rng: Rng) -> None:
    """A period that is zero, negative, NaN or infinite is a ValueError"""
    data = observations(rng, 5)
    for period in (0.0, -2.5, math.nan, math.inf):
        answer = learner.folded(data, period, **TRANSIENT)
        when = f"a period of {period:g} days"
        fix = "Raise ValueError unless it is finite and greater than zero."
        expect_error(
            answer,
            "ValueError",
            when,
            Mistake(
                "bad-period-accepted",
                answer.raised is None,
                f"{when.capitalize()} is accepted. {fix}",
            ),
            Mistake(
                "zero-division",
                Raises("ZeroDivisionError"),
                f"{when.capitalize()} ends in ZeroDivisionError. {fix}",
            ),
        )


@part("2.6")
def test_fold_empty(learner: Subject) -> None:
    """An empty light curve gives an empty one with a column `phase`"""
    answer = learner.folded([], 2.0, **(TRANSIENT | {"peak_mjd": None}))
    fail_if_recognised(
        answer,
        Mistake(
            "empty-crashes",
            failed(answer),
            f"Folding an empty light curve raises "
            f"{answer.raised}. It should give an empty one: `self.data['mjd'].min()` works "
            "without observations; `[0]` does not.",
        ),
    )
    view = answer.value["folded"]
    require(
        rows(view, "the folded light curve") == [] and "phase" in view["data"].columns,
        "Folding an empty light curve should give an empty one with a column `phase`. It needs no "
        "special case: the phases of no observations are an empty column.",
        "empty-without-phase",
    )


# 2.7 TransientLightCurve.get_peak_magnitude


def magnitude(flux: float, zeropoint: float = 25.0) -> float:
    return -2.5 * math.log10(flux) + zeropoint


def with_peak(rng: Rng, band: str) -> list[Observation]:
    """Observations with brighter other bands; the band's second is its peak, its third faint."""
    data = observations(rng)
    for obs in data:
        obs["flux"] += 0 if obs["band"] == band else 100
    for pick, place in ((max, 1), (min, 2)):
        here = in_band(data, band)[place]
        there = pick(in_band(data, band), key=lambda obs: obs["flux"])
        here["flux"], there["flux"] = there["flux"], here["flux"]
    return data


def _wrong_peaks(data: list[Observation], band: str, zero: float) -> list[Mistake]:
    """What the well-known slips give."""
    fluxes = [obs["flux"] for obs in in_band(data, band)]
    peak = max(fluxes)
    bare = "This is -2.5 log10(flux), without the zero point. Add it."
    found = [
        (
            "faintest",
            magnitude(min(fluxes), zero),
            "This is the faintest observation. The "
            "brightest has the largest flux, and so the smallest magnitude.",
        ),
        (
            "all-bands",
            magnitude(max(o["flux"] for o in data), zero),
            "This is the brightest "
            "observation of all bands. Look at the band that was asked for only.",
        ),
        (
            "flux-for-magnitude",
            peak,
            "This is the peak's flux, not its magnitude. Convert it: -2.5 log10(flux) + zeropoint.",
        ),
        (
            "zeropoint-ignored",
            magnitude(peak),
            "The zero point that was asked for is ignored: this is the magnitude for 25.0.",
        ),
        ("zeropoint-ignored", magnitude(peak, 0.0), bare),
        (
            "zeropoint-subtracted",
            magnitude(peak, -zero),
            "The zero point was subtracted. Add it: -2.5 log10(flux) + zeropoint.",
        ),
        (
            "natural-logarithm",
            -2.5 * math.log(peak) + zero,
            "This is the natural logarithm. Magnitudes use base 10: `np.log10`.",
        ),
        (
            "sign-of-magnitude",
            2.5 * math.log10(peak) + zero,
            "The sign is wrong: the factor is -2.5, so that brighter means a smaller magnitude.",
        ),
        (
            "mean-magnitude",
            magnitude(sum(fluxes) / len(fluxes), zero),
            "This is the magnitude of the mean flux. The peak is the largest one.",
        ),
        (
            "first-observation",
            magnitude(fluxes[0], zero),
            "This is the band's first observation. The peak is the brightest one.",
        ),
        (
            "last-observation",
            magnitude(fluxes[-1], zero),
            "This is the band's last observation. The peak is the brightest one.",
        ),
    ]
    return [Mistake(*each) for each in found]


@part("2.7")
def test_peak(learner: Subject, rng: Rng) -> None:
    """The magnitude of the brightest observation in the band, with any zero point"""
    for band, args in (("r", ["r"]), ("g", ["g", float(rng.uniform(22, 24))])):
        data, zero = with_peak(rng, band), (*args, 25.0)[1]
        answer = learner.peak_magnitude(data, *args)
        several = not isinstance(answer.result, float | int | None)
        fail_if_recognised(
            answer,
            Mistake(
                "all-magnitudes",
                several,
                f"The peak is {kind_of(answer.result)}; it should "
                "be one number: `float(...)` of the smallest magnitude.",
            ),
        )
        want = magnitude(max(obs["flux"] for obs in in_band(data, band)), zero)
        expect(answer, want, *_wrong_peaks(data, band, zero), what="the peak", unit="mag")


@part("2.7")
def test_peak_default_band(learner: Subject, rng: Rng) -> None:
    """Without a band it is the peak in r"""
    data = with_peak(rng, "r")
    peaks = {b: magnitude(max(obs["flux"] for obs in in_band(data, b))) for b in "gri"}
    mistakes = [
        Mistake(
            "default-band",
            peaks[b],
            "Without a band this is not the peak in r. Keep "
            "the default of the signature: `band: str = 'r'`.",
        )
        for b in "gi"
    ]
    answer = learner.peak_magnitude(data)
    expect(answer, peaks["r"], *mistakes, what="the peak in the default band r", unit="mag")


@part("2.7")
def test_peak_invalid(learner: Subject, rng: Rng) -> None:
    """Fluxes that are negative, zero, NaN or infinite do not count"""
    data = observations(rng, 12, "r")
    for obs, flux in zip(in_time(data)[::3], [math.nan, -500.0, 0.0, math.inf], strict=True):
        obs["flux"] = flux
    valid = [obs["flux"] for obs in data if 0 < obs["flux"] < math.inf]
    answer = learner.peak_magnitude(data, "r")
    got = answer.result if isinstance(answer.result, float) else 0.0
    expect(
        answer,
        magnitude(max(valid)),
        Mistake(
            "nan-wins",
            math.isnan(got),
            "The peak is NaN: one missing or negative flux takes "
            "over. Leave out fluxes that are not finite and positive before you look for the "
            "largest.",
        ),
        Mistake(
            "infinity-wins",
            math.isinf(got),
            "The peak is infinite: a flux of zero or of "
            "infinity takes over. Leave out fluxes that are not finite and positive.",
        ),
        Mistake(
            "absolute-flux",
            magnitude(500.0),
            "A negative flux of -500 is taken for the peak. "
            "A negative flux has no magnitude: leave it out instead of removing the sign.",
        ),
        what="the peak",
        unit="mag",
    )


@part("2.7")
def test_peak_nothing_valid(learner: Subject, rng: Rng) -> None:
    """No valid point in the band is a ValueError, also if the band was never observed"""
    data = observations(rng, 6, "gr")
    for obs in in_band(data, "g"):
        obs["flux"] *= -1
    for band, what in (("g", "a band with negative fluxes only"), ("i", "a band never observed")):
        answer = learner.peak_magnitude(data, band)
        expect_error(
            answer,
            "ValueError",
            what,
            Mistake(
                "nothing-for-no-peak",
                answer.raised is None,
                f"For {what} your code returns "
                f"{shown(answer.result)}. There is no peak: raise ValueError and say so.",
            ),
            Mistake(
                "key-error-for-band",
                Raises("KeyError"),
                f"For {what} your code raises "
                "KeyError, which comes from `self[band]`. Raise ValueError: choose the rows "
                "with `self.data['band'] == band`, or catch the KeyError.",
            ),
            Mistake(
                "index-error-for-nothing",
                Raises("IndexError"),
                f"For {what} your code raises "
                "IndexError: there is no first or last valid observation. Ask whether any are "
                "left, and raise ValueError if not.",
            ),
        )


# 2.E1 LightCurve.__add__


@part("2.E1")
def test_add(learner: Subject, rng: Rng) -> None:
    """`lc1 + lc2` holds the observations of both, sorted by time"""
    data = observations(rng, 13)
    left, right = data[:7], [dict(data[2]), *data[7:]]
    kinds = ["SurveyLightCurve", "LightCurve"]
    answer = learner.joined(kinds, [left, right], [SURVEY, {"object_id": "ZTF20aaelulu"}])
    fail_if_recognised(
        answer,
        Mistake(
            "plain-light-curve-refused",
            Raises("TypeError", "unsupported operand"),
            "A light "
            "curve of a subclass plus a plain one raises TypeError, though both are light "
            "curves. Ask `isinstance(other, LightCurve)`, not for `type(self)`.",
        ),
    )
    got = part_of(answer, "the sum")
    view, want = got["sum"], in_time([*left, *right])
    pairs = zip(got["before"], got["after"], strict=True)
    unchanged = all(
        approx_equal(plain(rows(before)), plain(rows(after))) for before, after in pairs
    )
    require(
        unchanged and not got["own"],
        "Adding changes one of the two light curves. `a + b` "
        "leaves both as they are and gives a new one.",
        "operand-changed",
    )
    join = "Put the rows of both below each other: `pd.concat([self.data, other.data])`."
    unique = [obs for i, obs in enumerate(want) if obs not in want[:i]]
    joined = plain(rows(view, "the sum"))
    added = bool(joined) and all(not obs["mjd"] < 100_000 for obs in joined)  # some are NaN
    expect_rows(
        view,
        want,
        Mistake(
            "appended-unsorted",
            in_time(left) + in_time(right),
            "The second light curve is appended to the first. Sort the joined table by `mjd`.",
        ),
        Mistake(
            "repeats-dropped",
            unique,
            "An observation that both contain is there only once. "
            "Keep repeats: dropping measurements is not this method's business.",
        ),
        Mistake(
            "repeats-only",
            [left[2]],
            f"Only the observations that both contain are there, as `merge` does it. {join}",
        ),
        Mistake(
            "left-only",
            in_time(left),
            f"Only the left light curve's observations are there. {join}",
        ),
        Mistake(
            "right-only",
            in_time(right),
            f"Only the right light curve's observations are there. {join}",
        ),
        Mistake(
            "values-added", added, f"The tables were added number by number, times too. {join}"
        ),
        what="the sum",
    )
    same_kind(view, "SurveyLightCurve", SURVEY, "the sum")


@part("2.E1")
def test_add_subclass(learner: Subject, rng: Rng) -> None:
    """A light curve of a subclass can be added to a plain one, which keeps its class"""
    left, right = observations(rng, 3), observations(rng, 2)
    answer = learner.joined(["LightCurve", "SurveyLightCurve"], [left, right], [{}, SURVEY])
    fail_if_recognised(
        answer,
        Mistake(
            "subclass-refused",
            Raises("TypeError", "unsupported operand"),
            "A light curve "
            "plus one of a subclass raises TypeError, though both are light curves. Ask "
            "`isinstance(other, LightCurve)`, which is true for subclasses as well.",
        ),
    )
    view = answer.value["sum"]
    rows(view, "the sum")
    same_kind(view, "LightCurve", {"object_id": "unknown"}, "the sum")


@part("2.E1")
@pytest.mark.parametrize("other", [5, []])
def test_add_something_else(learner: Subject, rng: Rng, other: Any) -> None:
    """Adding something that is no light curve is a TypeError"""
    answer = learner.joined_with(observations(rng, 4), other)
    stub = answer.raised is not None and answer.raised.message.startswith("2.")
    expect_error(
        answer,
        "TypeError",
        f"a light curve + {other!r}",
        Mistake(
            "raises-not-implemented-error",
            Raises("NotImplementedError") if not stub else False,
            "`raise NotImplementedError` is for "
            "code that is not written yet. `return NotImplemented`, the constant, tells Python "
            "that it cannot be added, and Python raises TypeError.",
        ),
        Mistake(
            "anything-added",
            Raises("AttributeError"),
            f"Adding {other!r} fails with "
            f"{answer.raised}. Ask `isinstance(other, LightCurve)` first and `return "
            "NotImplemented` otherwise.",
        ),
        Mistake(
            "anything-accepted",
            answer.raised is None,
            f"Adding {other!r} gives a result. Ask "
            "`isinstance(other, LightCurve)` and `return NotImplemented` otherwise.",
        ),
    )


# 2.E2 LightCurve.__iter__


@part("2.E2")
def test_loop(learner: Subject, rng: Rng) -> None:
    """`for obs in lc` gives every observation as a dict, in order of time"""
    data = observations(rng, 7)
    want = in_time(data)
    answer = learner.looped(data)
    fail_if_recognised(
        answer,
        Mistake(
            "not-an-iterator",
            Raises("TypeError", "iterator"),
            "`__iter__` returns something "
            "that has no next element, such as a list or a dict. `yield` the observations, or "
            "return `iter(...)` of a list.",
        ),
    )
    got = answer.value
    _every_one_an_observation(got)
    loop = [entry["value"] for entry in got]
    indexed = bool(loop) and all({"Index", "index"} & set(obs) for obs in loop)
    expect(
        Answer(loop),
        want,
        Mistake(
            "index-among-keys",
            indexed,
            "The dicts have the row's number as one more key, "
            "from `itertuples()` or `reset_index()`. Leave it out: `itertuples(index=False)`.",
        ),
        Mistake(
            "one-dict-for-all",
            [want[-1]] * 7,
            "`list(lc)` holds the last observation seven "
            "times: one and the same dict is handed out each time and overwritten. Make a new "
            "dict for each observation.",
        ),
        Mistake(
            "one-left-out",
            want[:-1],
            "The last observation is left out. `range(n)` ends before n by itself.",
        ),
        Mistake("one-left-out", want[1:], "The first observation is left out. Its number is 0."),
        what="the list of observations",
    )
    expect(learner.looped([]), [], what="the loop over an empty light curve")


def _every_one_an_observation(got: list[dict]) -> None:
    """The first thing in the loop that is no observation is told by what it is."""
    other = next((entry for entry in got if entry["is"] != "observation"), None)
    if other is None:
        return
    value = other.get("value")
    text = value if isinstance(value, str) else ""
    pair = isinstance(value, tuple) and len(value) == 2
    row_lists = isinstance(value, list) and all(isinstance(row, dict) for row in value)
    fail_if_recognised(
        Answer(value),
        Mistake(
            "light-curve-for-observation",
            other["is"] != "other",
            "The loop gives light "
            "curves, as slices do. Give observations: `self[number]` instead of "
            "`self[number:number + 1]`.",
        ),
        Mistake(
            "loops-over-columns",
            text in FIELDS,
            "The loop gives names of columns: that is "
            "what looping over a DataFrame or a dict does. Loop over the rows.",
        ),
        Mistake(
            "loops-over-bands",
            bool(text),
            "The loop gives bands. It should give observations, as dicts.",
        ),
        Mistake(
            "loops-over-numbers",
            isinstance(value, int | float),
            "The loop gives numbers. It "
            "should give observations, as dicts, for example `self[number]`.",
        ),
        Mistake(
            "pairs-of-index-and-row",
            pair,
            "The loop gives pairs, as `iterrows` and "
            "`enumerate` do. Give the observation alone, as a dict.",
        ),
        Mistake(
            "all-at-once",
            row_lists,
            "The loop gives all observations at once, in one list. "
            "Give one after another: `yield from` the list, or a `yield` within a loop.",
        ),
        Mistake(
            "values-without-names",
            isinstance(value, tuple | list | np.ndarray),
            "The loop "
            f"gives {kind_of(value)} for each observation. Give a dict with the keys mjd, "
            "flux, flux_err and band, for example `self[number]`.",
        ),
    )
    raise Failure(
        f"The loop gives {kind_of(value)}; it should give each observation, as a dict "
        "with the keys mjd, flux, flux_err and band."
    )


@part("2.E2")
def test_loop_again(learner: Subject, rng: Rng) -> None:
    """Each loop starts afresh, and two loops at once do not disturb each other"""
    answer = learner.looped_again(observations(rng, 7))
    fresh = "Make a new iterator in each call of `__iter__`: a method with `yield` does."
    disturbed = "Of two loops at once, one disturbs the other: they share one position."
    fail_if_recognised(
        answer,
        Mistake(
            "loops-share-position",
            Raises("IndexError"),
            f"{disturbed} Here they even run past the end: {answer.raised}. {fresh}",
        ),
    )
    got = answer.value
    n = got["first"]
    require(
        got["again"] == n,
        f"The first loop over a light curve gives {n} observations, the "
        f"second {got['again']}. {fresh}",
        "one-loop-only",
    )
    require(got["pairs"] == n * n, f"{disturbed} {fresh}", "loops-share-position")
