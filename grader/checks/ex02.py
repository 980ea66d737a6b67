"""Checks of Exercise 2: a light curve as a class, and a transient as a subclass of it.

Expected tables are made here from the observations by sorting plain lists, independently of any
solution.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject
from grader.checks import part
from grader.expect import (
    Mistake,
    Raises,
    difference,
    expect,
    expect_error,
    kind_of,
    recognise,
    require,
    same,
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
        "`((mjd - reference) / period) % 1`; the reference is `peak_mjd` unless it `is None`.",
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
        "`if not isinstance(other, LightCurve): return NotImplemented`, with `return`, not `raise`.",
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


def rows(view: dict, what: str = "the light curve") -> list[Observation]:
    """The observations in a light curve's table, row by row. Raises `Failure` if there is none."""
    if view["is"] == "other":
        value = view["value"]
        slug = "plain-dataframe" if isinstance(value, Table) else None
        raise Failure(
            f"{what[0].upper()}{what[1:]} should be a light curve again, but it is "
            f"{kind_of(value)}. Put the table into a copy of the object: `self._with_data(...)`.",
            misconception=slug,
        )
    table = view["data"]
    if isinstance(table, list):
        raise Failure(
            "`data` is still a list. Store it as a pandas DataFrame: "
            "`self.data = pd.DataFrame(data, columns=COLUMNS)`.",
            misconception="stays-list",
        )
    if not isinstance(table, Table):
        raise Failure(f"`data` is {kind_of(table)}; it should be a pandas DataFrame.")
    for field in FIELDS:
        if field not in table.columns:
            raise Failure(
                f"`data` of {what} has no column {field!r}; its columns are {list(table.columns)}."
            )
    values = {name: list(table.columns[name]) for name in FIELDS}
    return [{name: values[name][i] for name in FIELDS} for i in range(len(table))]


def plain(observations_: list[Observation]) -> list[Observation]:
    """NumPy's scalars from a table as Python's."""
    return [{k: v.item() if isinstance(v, np.generic) else v for k, v in obs.items()}
            for obs in observations_]  # fmt: skip


def expect_rows(view: dict, want: list[Observation], *mistakes: Mistake, what: str) -> None:
    """Compare the rows of a light curve with observations, in order."""
    expect(Answer(plain(rows(view, what))), want, *mistakes, what=f"the table of {what}")


# 2.1 LightCurve.__init__


@part("2.1")
def test_init_sorts(learner: Subject, rng: Rng) -> None:
    """`data` is a DataFrame with the four columns, sorted by MJD"""
    data = observations(rng)
    view = learner.stored("LightCurve", data, object_id=NAME).value["lc"]
    want = in_time(data)
    expect_rows(
        view,
        want,
        Mistake("not-sorted", data, "The observations are still in the order in which they came. "
                "Sort the table by `mjd`, and keep what `sort_values` returns: it does not sort in "
                "place."),
        Mistake("sorted-backwards", want[::-1], "The latest observation comes first. Sort by `mjd` "
                "in ascending order."),
        Mistake("sorted-by-flux", sorted(data, key=lambda o: o["flux"]), "The rows are sorted by "
                "flux; sort them by `mjd`."),
        Mistake("columns-torn-apart", _torn(data), "Each column was sorted by itself, so that fluxes "
                "and times no longer belong together. Sort whole rows: `sort_values('mjd')`."),
        what="the light curve",
    )  # fmt: skip
    table = view["data"]
    require(
        list(table.columns)[:4] == FIELDS,
        f"The columns are {list(table.columns)}; they should be {FIELDS}, in this order.",
    )
    require(
        same(np.asarray(table.index), np.arange(len(data))),
        "The rows carry their old numbers. Number them afresh: `ignore_index=True` in "
        "`sort_values`, or `reset_index(drop=True)`.",
        "old-index",
    )


def _torn(data: list[Observation]) -> list[Observation]:
    columns = {field: sorted(obs[field] for obs in data) for field in FIELDS}
    return [{field: columns[field][i] for field in FIELDS} for i in range(len(data))]


@part("2.1")
def test_init_stable(learner: Subject, rng: Rng) -> None:
    """Observations of the same time stay in their order"""
    data = observations(rng, 40)
    for obs in data[::2]:
        obs["mjd"] = data[0]["mjd"]
    view = learner.stored("LightCurve", data).value["lc"]
    want = in_time(data)
    got = plain(rows(view))
    moved = same(sorted(map(str, got)), sorted(map(str, want))) and not same(got, want)
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
        Mistake("object-id-fixed", "unknown", "`object_id` is 'unknown', whatever was given. Store "
                "the argument: `self.object_id = object_id`."),
        what="`object_id`",
    )  # fmt: skip
    view = learner.stored_by_default("LightCurve", data).value
    expect(Answer(view["metadata"].get("object_id")), "unknown", what="`object_id` by default")


@part("2.1")
def test_init_small(learner: Subject, rng: Rng) -> None:
    """No observations give an empty table with the four columns; one observation works"""
    answer = learner.stored("LightCurve", [])
    raised = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    recognise(
        answer,
        Mistake("empty-crashes", raised, f"An empty list makes your code raise {answer.raised}. "
                "Name the columns when you make the table: `pd.DataFrame(data, columns=COLUMNS)`."),
    )  # fmt: skip
    view = answer.value["lc"]
    columns = list(view["data"].columns) if isinstance(view.get("data"), Table) else None
    recognise(
        answer,
        Mistake("empty-without-columns", columns == [], "The table of an empty light curve has no "
                "columns. Name them: `pd.DataFrame(data, columns=COLUMNS)`."),
    )  # fmt: skip
    expect_rows(view, [], what="an empty light curve")
    one = observations(rng, 1)
    expect_rows(learner.stored("LightCurve", one).value["lc"], one, what="a single observation")


@part("2.1")
def test_init_missing_key(learner: Subject, rng: Rng) -> None:
    """An observation without one of the four keys is a ValueError that names the key"""
    for field in FIELDS:
        data = observations(rng, 6)
        del data[4][field]
        answer = learner.stored("LightCurve", data)
        expect_error(
            answer,
            "ValueError",
            f"an observation without {field!r}",
            Mistake("missing-key-accepted", answer.raised is None, "An observation without "
                    f"{field!r} is accepted: pandas fills the gap with NaN and says nothing. Look "
                    "for each key in each observation, and raise ValueError with its name."),
            Mistake("key-error-for-missing", Raises("KeyError"), "A missing key ends in KeyError, "
                    "which comes from the lookup. Raise ValueError yourself before that, and name "
                    "the key that is missing."),
            naming=field,
        )  # fmt: skip


BAD_NUMBERS = [("flux", "bright"), ("flux_err", None), ("mjd", "yesterday"), ("flux", "12.3")]


@part("2.1")
@pytest.mark.parametrize(("field", "value"), BAD_NUMBERS)
def test_init_not_a_number(learner: Subject, rng: Rng, field: str, value: Any) -> None:
    """Text or None in the place of a number is a ValueError that names the field"""
    data = observations(rng, 6)
    data[3][field] = value
    answer = learner.stored("LightCurve", data)
    accepted = (
        f"{field} = {value!r} is accepted as a number. Ask `isinstance(value, Real)` for mjd, "
    )
    expect_error(
        answer,
        "ValueError",
        f"{field} = {value!r}",
        Mistake("not-a-number-accepted", answer.raised is None, accepted + "flux and flux_err, and "
                "raise ValueError with the name of the field."),
        Mistake("type-error-for-text", Raises("TypeError"), f"{field} = {value!r} ends in a "
                "TypeError from somewhere inside. Raise ValueError yourself, with the name of the "
                "field."),
        naming=field,
    )  # fmt: skip


@part("2.1")
def test_init_numpy_numbers(learner: Subject, rng: Rng) -> None:
    """NumPy's numbers are numbers, also those for whole numbers"""
    data = observations(rng, 6)
    for obs in data:
        obs["mjd"] = float(round(4 * obs["mjd"]))
    answer = learner.stored_as_numpy(data)
    refused = "NumPy's numbers, such as `np.int64(60000)`, are refused. They are no `int` and not "
    recognise(
        answer,
        Mistake("numpy-numbers-refused", Raises("ValueError"), refused + "always a `float`: ask "
                "`isinstance(value, Real)`, with `Real` from the module `numbers`."),
    )  # fmt: skip
    expect_rows(answer.value, in_time(data), what="a light curve of NumPy's numbers")


@part("2.1")
def test_init_not_finite(learner: Subject, rng: Rng) -> None:
    """A NaN or infinite MJD is a ValueError; a NaN flux is allowed"""
    for value in (math.nan, math.inf):
        data = observations(rng, 6)
        data[2]["mjd"] = value
        answer = learner.stored("LightCurve", data)
        says = f"mjd = {value} is accepted, but an observation without a time is none. "
        fix = "Raise ValueError unless `math.isfinite(mjd)`."
        expect_error(
            answer,
            "ValueError",
            f"mjd = {value}",
            Mistake("time-not-finite", answer.raised is None, says + fix),
            naming="mjd",
        )
    data = observations(rng, 6)
    data[1]["flux"] = math.nan
    answer = learner.stored("LightCurve", data)
    refused = answer.raised is not None and answer.raised.is_a("ValueError")
    recognise(answer, Mistake("nan-flux-refused", refused, "A flux of NaN is refused. It is a "
              "missing measurement, which happens: only `mjd` must be finite."))  # fmt: skip
    expect_rows(
        answer.value["lc"],
        in_time(data),
        Mistake("nan-flux-dropped", in_time([*data[:1], *data[2:]]), "The observation with a flux "
                "of NaN is gone. It was made, even if its flux is missing: keep it."),
        what="a light curve with a NaN flux",
    )  # fmt: skip


@part("2.1")
def test_init_leaves_input(learner: Subject, rng: Rng) -> None:
    """The list that was given stays as it was"""
    data = observations(rng)
    got = learner.stored("LightCurve", data).value
    require(
        same(got["after"], data),
        "The caller's list has changed. `data.sort(...)` sorts in place: use `sorted(data, ...)` or "
        "sort the table.",
        "input-changed",
    )


# 2.2 LightCurve.__len__ and __getitem__

SURVEY = {"object_id": NAME, "survey": "ZTF"}
TRANSIENT = {"object_id": NAME, "transient_type": "SN Ia", "peak_mjd": 59040.0}


def part_of(answer: Answer, what: str) -> dict:
    """What came of taking a part of a subclass's object, or of adding to it."""
    constructor = f"{what[0].upper()}{what[1:]} is made by calling the class, which fails for a "
    recognise(
        answer,
        Mistake("rebuilt-by-constructor", Raises("TypeError", "'survey'"), constructor + "subclass "
                "whose `__init__` wants more arguments. Make a copy: `self._with_data(...)`."),
    )  # fmt: skip
    return answer.value


def same_kind(view: dict, kind: str, metadata: dict, what: str) -> None:
    """A part of a light curve is of the same class and has the same metadata."""
    require(
        view["is"] == kind,
        f"{what[0].upper()}{what[1:]} of a {kind} is a {view['is']}. Keep the class: "
        "`self._with_data(...)` makes a copy of the same kind.",
        "kind-lost",
    )
    for name, value in metadata.items():
        got = view["metadata"].get(name)
        require(
            same(got, value),
            f"{what[0].upper()}{what[1:]} has lost its metadata: `{name}` is {got!r} instead of "
            f"{value!r}. `self._with_data(...)` keeps all attributes.",
            "metadata-lost",
        )


@part("2.2")
def test_length(learner: Subject, rng: Rng) -> None:
    """`len(lc)` is the number of observations"""
    for n in (9, 1, 0):
        answer = learner.length("LightCurve", observations(rng, n) if n else [])
        expect(
            answer,
            n,
            Mistake("length-of-columns", 4, "`len` gives the number of columns. The number of rows "
                    "is `len(self.data)`."),
            Mistake("length-of-all-values", 4 * n, "`len` gives the number of values in the table. "
                    "The number of rows is `len(self.data)`."),
            what=f"`len` of a light curve with {n} observations",
        )  # fmt: skip
    data = observations(rng, 6)
    data[2]["flux"] = math.nan
    skips = (
        "An observation whose flux is NaN is not counted, as `count()` does. It was made: count "
    )
    expect(
        learner.length("LightCurve", data),
        6,
        Mistake("nan-not-counted", 5, skips + "rows, `len(self.data)`."),
        what="`len` of a light curve with a missing flux",
    )


@part("2.2")
def test_item_number(learner: Subject, rng: Rng) -> None:
    """`lc[0]` is the first observation in time, `lc[-1]` the last, as a dict"""
    data = observations(rng)
    want = in_time(data)
    for number in (0, 3, -1, -len(data)):
        answer = learner.item("LightCurve", data, number)
        negative = answer.raised is not None and answer.raised.is_a("KeyError") and number < 0
        recognise(
            answer,
            Mistake("label-index", negative, f"`lc[{number}]` raises {answer.raised}. `loc` and "
                    "`data[...]` look for a label; counting from the end is `iloc`."),
            Mistake("column-lookup", Raises("KeyError"), f"`lc[{number}]` raises {answer.raised}: "
                    "the table looks for a column of that name. A row is `self.data.iloc[number]`."),
        )  # fmt: skip
        got = answer.value["item"]
        if got["is"] != "observation":
            value = got.get("value")
            kind = kind_of(value) if got["is"] == "other" else f"a {got['is']}"
            slug = "light-curve-for-number" if got["is"] != "other" else "tuple-for-number"
            raise Failure(
                f"`lc[{number}]` is {kind}; it should be one observation, a dict with the keys mjd, "
                "flux, flux_err and band: `self.data.iloc[number].to_dict()`.",
                misconception=slug if not isinstance(value, Table) else "table-for-number",
            )
        expect(
            Answer(got["value"]),
            want[number],
            Mistake("input-order", data[number], f"`lc[{number}]` counts in the order in which the "
                    "observations came. Count in order of time: `self.data.iloc[number]` of the "
                    "sorted table."),
            what=f"`lc[{number}]`",
        )  # fmt: skip


@part("2.2")
def test_item_out_of_range(learner: Subject, rng: Rng) -> None:
    """A number beyond the end is an IndexError"""
    data = observations(rng, 6)
    for number in (6, -7):
        answer = learner.item("LightCurve", data, number)
        got = answer.result["item"].get("value") if answer.raised is None else None
        wraps = (
            f"`lc[{number}]` of a light curve with 6 observations starts again at the other end. "
        )
        expect_error(
            Answer(got, answer.raised),
            "IndexError",
            f"`lc[{number}]` of a light curve with 6 observations",
            Mistake("index-wraps-around", got in data, wraps + "`%` does that; `iloc` takes negative "
                    "numbers as they are, and raises IndexError by itself."),
        )  # fmt: skip


@part("2.2")
def test_item_slice(learner: Subject, rng: Rng) -> None:
    """`lc[2:5]` is a light curve of the same kind and metadata"""
    data = observations(rng)
    want = in_time(data)
    answer = learner.item("SurveyLightCurve", data, {"slice": [2, 5]}, **SURVEY)
    view = part_of(answer, "`lc[2:5]`")["item"]
    inclusive = Mistake("slice-inclusive", want[2:6], "`lc[2:5]` has one observation too many: "
                        "`loc` includes the end. Use `iloc`.")  # fmt: skip
    expect_rows(view, want[2:5], inclusive, what="`lc[2:5]`")
    same_kind(view, "SurveyLightCurve", SURVEY, "`lc[2:5]`")
    expect_rows(answer.value["lc"], want, what="the light curve after `lc[2:5]`")


@part("2.2")
def test_item_band(learner: Subject, rng: Rng) -> None:
    """`lc["g"]` holds the band's observations, in a light curve of the same kind and metadata"""
    data = observations(rng)
    want = in_time(data)
    answer = learner.item("SurveyLightCurve", data, "g", **SURVEY)
    view = part_of(answer, "`lc['g']`")["item"]
    expect_rows(
        view,
        [obs for obs in want if obs["band"] == "g"],
        Mistake("band-inverted", [o for o in want if o["band"] != "g"], "`lc['g']` holds all bands "
                "but g. Turn the condition round."),
        Mistake("all-bands", want, "`lc['g']` holds all bands. Choose the rows whose `band` is the "
                "key."),
        what="`lc['g']`",
    )  # fmt: skip
    same_kind(view, "SurveyLightCurve", SURVEY, "`lc['g']`")
    expect_rows(
        answer.value["lc"],
        want,
        Mistake("original-changed", [o for o in want if o["band"] == "g"], "`lc['g']` throws the "
                "other bands of the light curve itself away. Leave `self.data` alone and put the "
                "selection into a copy."),
        what="the light curve after `lc['g']`",
    )  # fmt: skip


@part("2.2")
def test_item_unknown_band(learner: Subject, rng: Rng) -> None:
    """A band that was not observed is a KeyError that names the bands there are"""
    data = observations(rng, 6, "gi")
    answer = learner.item("LightCurve", data, "r")
    silent = "`lc['r']`, a band that was not observed, gives an empty light curve. A mistyped band "
    fix = "should be noticed: raise KeyError and name the bands there are."
    quiet = Mistake("unknown-band-silent", answer.raised is None, silent + fix)
    expect_error(answer, "KeyError", "a band that was not observed", quiet)
    assert answer.raised
    require(
        {"g", "i"} <= set(_letters(answer.raised.message)),
        f"The KeyError says only {answer.raised.message!r}. Name the bands there are, here g and i.",
        "bands-not-named",
    )


# 2.3 LightCurve.__str__ and __repr__


def _texts(learner: Subject, data: list[Observation]) -> dict:
    answer = learner.texts("LightCurve", data, object_id=NAME)
    recognise(
        answer,
        Mistake("prints-instead-of-returns", Raises("TypeError", "non-string"), "`__str__` and "
                "`__repr__` have to return a string. A string that is printed is not returned: "
                "replace `print(...)` by `return ...`."),
    )  # fmt: skip
    return answer.value


@part("2.3")
def test_str(learner: Subject, rng: Rng) -> None:
    """`str(lc)` names the object, the number of observations and the bands, in one line"""
    n = int(rng.integers(11, 40))
    text = _texts(learner, observations(rng, n, "gi"))["str"]
    without_name = text.replace(NAME, "")
    require(NAME in text, f"`str(lc)` is {text[:120]!r}; it does not name the object, {NAME!r}.",
            "object-not-named")  # fmt: skip
    require(str(n) in without_name, f"`str(lc)` is {text[:120]!r}; it does not tell the number of "
            f"observations, {n}.", "number-not-told")  # fmt: skip
    rest = without_name.replace("LightCurve", "")
    listed = {"g", "i"} <= set(_letters(rest))
    require(listed, f"`str(lc)` is {text[:120]!r}; it does not name the bands, g and i.",
            "bands-not-told")  # fmt: skip
    require("\n" not in text.strip(), "`str(lc)` has several lines; one is asked for. Do not put "
            "the whole table in.", "table-as-text")  # fmt: skip


def _letters(text: str) -> list[str]:
    """Words of the text, and the letters of words made of nothing but bands (`gi`)."""
    words = "".join(c if c.isalnum() else " " for c in text).split()
    return words + [c for word in words if set(word) <= set("gi") for c in word]


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


@part("2.3")
def test_repr(learner: Subject, rng: Rng) -> None:
    """`repr(lc)` begins with its own class's name and shows the object and the number"""
    n = int(rng.integers(11, 40))
    got = _texts(learner, observations(rng, n))
    text = got["repr"]
    require(text.startswith("LightCurve"), f"`repr(lc)` is {text[:120]!r}; it should begin with the "
            "name of the class, LightCurve.", "class-not-named")  # fmt: skip
    require(
        got["special"].startswith("SpecialLightCurve"),
        f"`repr` of an object of a subclass SpecialLightCurve is {got['special'][:60]!r}. Take the "
        "object's own class: `type(self).__name__`.",
        "class-name-fixed",
    )
    require(NAME in text, f"`repr(lc)` is {text[:120]!r}; it does not show the object id, {NAME!r}.",
            "object-not-named")  # fmt: skip
    require(str(n) in text.replace(NAME, ""), f"`repr(lc)` is {text[:120]!r}; it does not show the "
            f"number of observations, {n}.", "number-not-told")  # fmt: skip


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


@part("2.4")
def test_bands(learner: Subject, rng: Rng) -> None:
    """`lc.bands` is a list with each band once"""
    data = observations(rng, 9, "gi")
    got = _property(learner, "bands", data)
    repeated = [obs["band"] for obs in in_time(data)]
    answer = Answer(sorted(got) if isinstance(got, list) and _all_text(got) else got)
    recognise(
        answer,
        Mistake("bands-repeated", sorted(repeated), "`lc.bands` names a band for every observation. "
                "Name each band once: `.unique()`."),
        Mistake("bands-not-a-list", kind_of(got) in ("a set", "a tuple") or "rray" in kind_of(got),
                f"`lc.bands` is {kind_of(got)}; it should be a list: `.unique().tolist()`."),
        Mistake("bands-as-text", isinstance(got, str), "`lc.bands` is one string; it should be a "
                "list of strings."),
        Mistake("bands-fixed", ["g", "i", "r"], "`lc.bands` names g, r and i, whatever was "
                "observed. Look into the column `band`."),
    )  # fmt: skip
    expect(answer, ["g", "i"], what="`lc.bands`, sorted,")
    expect(Answer(_property(learner, "bands", [])), [], what="`lc.bands` of an empty light curve")


def _all_text(values: list) -> bool:
    return all(isinstance(value, str) for value in values)


@part("2.4")
def test_properties_are_fresh(learner: Subject, rng: Rng) -> None:
    """Both are computed when they are asked for, so that they follow a change of the table"""
    data = in_time(observations(rng, 8, "gi"))
    got = learner.attributes_after_change(data, 1).value
    want = {"bands": [data[0]["band"]], "duration": 0.0}
    stale = {"bands": ["g", "i"], "duration": data[-1]["mjd"] - data[0]["mjd"]}
    for name in ("bands", "duration"):
        value = sorted(got[name]) if name == "bands" and isinstance(got[name], list) else got[name]
        old = (
            f"`lc.{name}` is still the old one after `lc.data` was replaced, so that it would also "
        )
        expect(
            Answer(value),
            want[name],
            Mistake("computed-once", stale[name], old + "be wrong for a part of the light curve. "
                    "Compute it from `self.data` each time."),
            what=f"`lc.{name}` after the table was replaced",
        )  # fmt: skip


@part("2.4")
def test_duration(learner: Subject, rng: Rng) -> None:
    """`lc.duration` is the time from the first observation to the last, in days"""
    data = observations(rng)
    times = [obs["mjd"] for obs in in_time(data)]
    expect(
        Answer(_property(learner, "duration", data)),
        times[-1] - times[0],
        Mistake("last-time", times[-1], "`lc.duration` is the time of the last observation. "
                "Subtract the first one's."),
        Mistake("duration-negative", times[0] - times[-1], "`lc.duration` is negative. Subtract the "
                "first time from the last."),
        Mistake("duration-counts", float(len(data)), "`lc.duration` is the number of observations. "
                "It should be the time between the first and the last, in days."),
        Mistake("duration-of-one-step", times[1] - times[0], "`lc.duration` is the time between the "
                "first two observations. Take the last one: `.iloc[-1]` or `.max()`."),
        what="`lc.duration`",
        unit="days",
    )  # fmt: skip


@part("2.4")
@pytest.mark.parametrize("n", [0, 1])
def test_duration_small(learner: Subject, rng: Rng, n: int) -> None:
    """`lc.duration` is 0.0 for an empty light curve and for a single observation"""
    answer = learner.attribute("duration", observations(rng, 1)[:n])
    words = ["an empty light curve", "a single observation"][n]
    raised = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    got = answer.result.get("value") if isinstance(answer.result, dict) else None
    recognise(
        answer,
        Mistake("duration-of-nothing", raised, f"`lc.duration` of {words} raised {answer.raised}. "
                "Return 0.0 if there are fewer than two observations."),
        Mistake("duration-of-nothing", isinstance(got, float) and math.isnan(got), "`lc.duration` "
                f"of {words} is NaN. Return 0.0 if there are fewer than two observations."),
    )  # fmt: skip
    expect(Answer(answer.value["value"]), 0.0, what=f"`lc.duration` of {words}", unit="days")


# 2.5 TransientLightCurve.__init__


@part("2.5")
def test_transient_stores(learner: Subject, rng: Rng) -> None:
    """Type and time of peak are stored, and the observations as in LightCurve"""
    require(
        learner.inherits().value,
        "TransientLightCurve is not a subclass of LightCurve. Write "
        "`class TransientLightCurve(LightCurve):`.",
        "not-a-subclass",
    )
    data = observations(rng)
    answer = learner.stored("TransientLightCurve", data, **TRANSIENT)
    twice = Mistake("self-passed-twice", Raises("TypeError", "positional argument"), "The call of "
                    "`super().__init__` has too many arguments. `self` goes in by itself: "
                    "`super().__init__(data, object_id)`.")  # fmt: skip
    recognise(answer, twice)
    view = answer.value["lc"]
    recognise(
        answer,
        Mistake("super-not-called", view.get("data") is None, "The observations are not stored: "
                "the transient has no `data`. Call `super().__init__(data, object_id)` first."),
        Mistake("not-sorted", _unsorted(view, data), "The observations are not sorted by time, as "
                "LightCurve does it. Call `super().__init__(data, object_id)` instead of storing "
                "them again."),
    )  # fmt: skip
    expect_rows(view, in_time(data), what="the transient")
    _metadata(view, TRANSIENT)


def _unsorted(view: dict, data: list[Observation]) -> bool:
    return isinstance(view.get("data"), Table | list) and (
        same(view["data"], data)
        if isinstance(view["data"], list)
        else same(plain(rows(view)), data)
    )


def _metadata(view: dict, want: dict) -> None:
    got = view["metadata"]
    recognise(
        Answer(got),
        Mistake("object-id-not-passed", got.get("object_id") == "unknown", "`object_id` is "
                "'unknown': it does not reach LightCurve. Pass it on: "
                "`super().__init__(data, object_id)`."),
        Mistake("attributes-swapped",
                want["peak_mjd"] is not None
                and same(got.get("peak_mjd"), want["transient_type"])
                and same(got.get("transient_type"), want["peak_mjd"]),
                "`transient_type` and `peak_mjd` have changed places."),
    )  # fmt: skip
    for name, value in want.items():
        require(name in got, f"The transient has no attribute `{name}`. Store the argument: "
                f"`self.{name} = {name}`.", "attribute-not-stored")  # fmt: skip
        text = difference(got[name], value, f"`{name}`")
        require(not text, text)


@part("2.5")
def test_transient_defaults(learner: Subject, rng: Rng) -> None:
    """Type and time of peak are None if they are not given"""
    view = learner.stored_by_default("TransientLightCurve", observations(rng, 4), NAME).value
    want = {"object_id": NAME, "transient_type": None, "peak_mjd": None}
    got = view["metadata"]
    recognise(
        Answer(got),
        Mistake("peak-guessed", isinstance(got.get("peak_mjd"), float), "`peak_mjd` is not None, "
                "though none was given. Leave it None: whoever uses it decides what to do then."),
    )  # fmt: skip
    _metadata(view, want)


@part("2.5")
def test_transient_zero_peak(learner: Subject, rng: Rng) -> None:
    """A time of peak of 0.0 is kept"""
    metadata = TRANSIENT | {"peak_mjd": 0.0}
    view = learner.stored("TransientLightCurve", observations(rng, 4), **metadata).value["lc"]
    lost = view["metadata"].get("peak_mjd") is None
    require(not lost, "A peak at 0.0 becomes None: `peak_mjd or None` takes 0.0 for missing. Store "
            "the argument as it is.", "zero-is-missing")  # fmt: skip
    _metadata(view, metadata)


# 2.6 TransientLightCurve.phase_fold


def phases(data: list[Observation], period: float, reference: float) -> list[Observation]:
    """Observations with their phase, in order of phase; by `math.floor`."""
    cycles = [(obs["mjd"] - reference) / period for obs in data]
    found = [obs | {"phase": c - math.floor(c)} for obs, c in zip(data, cycles, strict=True)]
    return sorted(found, key=lambda obs: obs["phase"])


def _column(view: dict, name: str) -> Any:
    column = view["data"].columns[name]
    return np.asarray(column, dtype=float) if len(column) else np.zeros(0)


def _fold(learner: Subject, data: list, period: float, peak: float | None) -> dict:
    metadata = TRANSIENT | {"peak_mjd": peak}
    got = learner.folded(data, period, **metadata).value
    view = got["folded"]
    if (
        got["same"]
        or not same(plain(rows(got["after"])), plain(rows(got["before"])))
        or ("phase" in got["after"]["data"].columns)
    ):
        raise Failure(
            "Folding changes the light curve itself. Leave `self.data` alone: "
            "`self.data.assign(phase=...)` gives a new table for the new light curve.",
            misconception="original-changed",
        )
    rows(view, "the folded light curve")
    same_kind(view, "TransientLightCurve", metadata, "the folded light curve")
    require("phase" in view["data"].columns, "The folded light curve has no column `phase`; its "
            f"columns are {list(view['data'].columns)}.", "no-phase-column")  # fmt: skip
    return view


def _wrong_phases(data: list, period: float, reference: float, first: float) -> list[Mistake]:
    """What the well-known slips in folding give: the phases in the order that each would have."""
    times = np.array([obs["mjd"] for obs in in_time(data)])
    good = np.array([obs["phase"] for obs in phases(data, period, reference)])
    at_zero = (times / period) % 1
    at_first = ((times - first) / period) % 1
    cycles = (times - reference) / period
    truncated = np.fmod(cycles, 1)
    found = [
        ("phase-in-days", good * period, "The phase is in days, from 0 to the period. Divide by the "
         "period first, so that it runs from 0 to 1: `((mjd - reference) / period) % 1`."),
        ("counted-from-zero", at_zero, "The phase is counted from MJD 0. Subtract the reference, "
         "`peak_mjd` or the first observation, first."),
        ("peak-ignored", at_first, "The phase is counted from the first observation, though "
         "`peak_mjd` is known. Use it as the reference; 0.0 is a valid one, so ask "
         "`is None`."),
        ("not-folded", cycles, "The phase is not folded: it grows beyond 1. Take what is left after "
         "whole cycles: `% 1`."),
        ("negative-phase", truncated, "Before the reference the phase is negative. Python's `% 1` "
         "gives a number in [0, 1); `np.fmod` and `math.fmod` do not."),
        ("negative-phase", np.abs(truncated), "Before the reference the phase runs backwards: its "
         "sign was removed. `% 1` of the negative number is right as it is."),
        ("phase-centred", (cycles + 0.5) % 1 - 0.5, "The phase runs from -0.5 to 0.5; here it "
         "should run from 0 to 1."),
        ("frequency-for-period", ((times - reference) * period) % 1, "The time is multiplied by "
         "the period. Divide by it."),
    ]  # fmt: skip
    return [Mistake(slug, np.sort(value), says) for slug, value, says in found]


@part("2.6")
def test_fold_phase(learner: Subject, rng: Rng) -> None:
    """`phase` counts from `peak_mjd`, from 0 to 1, and the rows are sorted by it"""
    data, period = observations(rng), float(rng.uniform(3, 9))
    first = in_time(data)[0]["mjd"]
    peak = in_time(data)[6]["mjd"] + 0.0625
    want = phases(data, period, peak)
    view = _fold(learner, data, period, peak)
    got = _column(view, "phase")
    expected = np.array([obs["phase"] for obs in want])
    mistakes = _wrong_phases(data, period, peak, first)
    expect(Answer(np.sort(got)), expected, *mistakes, what="the phase, sorted,", rtol=1e-5)
    by_time = same(np.asarray(_column(view, "mjd")), np.sort(_column(view, "mjd")))
    require(not by_time, "The rows of the folded light curve are in order of time. Sort them by "
            "`phase`.", "not-sorted-by-phase")  # fmt: skip
    expect_rows(
        view,
        [{field: obs[field] for field in FIELDS} for obs in want],
        Mistake("phase-detached", same(got, expected), "The phases are sorted, but the rows are "
                "not: they no longer belong together. Sort whole rows: `sort_values('phase')`."),
        what="the folded light curve",
    )  # fmt: skip


@part("2.6")
@pytest.mark.parametrize("peak", [None, 0.0])
def test_fold_reference(learner: Subject, rng: Rng, peak: float | None) -> None:
    """Without `peak_mjd` the first observation has phase 0; a `peak_mjd` of 0.0 counts"""
    data, period = observations(rng), float(rng.uniform(3, 9))
    first = in_time(data)[0]["mjd"]
    reference = first if peak is None else peak
    answer = learner.folded(data, period, **(TRANSIENT | {"peak_mjd": peak}))
    recognise(
        answer,
        Mistake("peak-required", Raises("TypeError"), "Folding fails if `peak_mjd` is None: "
                f"{answer.raised}. Count from the first observation then."),
    )  # fmt: skip
    view = _fold(learner, data, period, peak)
    want = np.array([obs["phase"] for obs in phases(data, period, reference)])
    start = data[0]["mjd"]
    brightest = max(data, key=lambda obs: obs["flux"])["mjd"]
    others = [
        ("zero-is-missing", first, "A `peak_mjd` of 0.0 is taken for missing. `if self.peak_mjd` "
         "is false for 0.0 too: ask `is None`."),
        ("counted-from-input-order", start, "The phase is counted from the observation that came "
         "first in the list. Take the earliest one."),
        ("counted-from-zero", 0.0, "Without `peak_mjd` the phase is counted from MJD 0. Subtract "
         "the first observation's MJD."),
        ("counted-from-brightest", brightest, "Without `peak_mjd` the phase is counted from the "
         "brightest observation. Count from the first one."),
    ]  # fmt: skip
    mistakes = [
        Mistake(slug, np.array([obs["phase"] for obs in phases(data, period, ref)]), says)
        for slug, ref, says in others
    ]
    got = np.sort(_column(view, "phase"))
    expect(Answer(got), want, *mistakes, what="the phase, sorted,", rtol=1e-5)


@part("2.6")
def test_fold_bad_period(learner: Subject, rng: Rng) -> None:
    """A period that is zero, negative, NaN or infinite is a ValueError"""
    data = observations(rng, 5)
    for period in (0.0, -2.5, math.nan, math.inf):
        answer = learner.folded(data, period, **TRANSIENT)
        says = f"A period of {period:g} days is accepted. "
        fix = "Raise ValueError unless it is finite and greater than zero."
        accepted = Mistake("bad-period-accepted", answer.raised is None, says + fix)
        expect_error(answer, "ValueError", f"a period of {period:g} days", accepted)


@part("2.6")
def test_fold_empty(learner: Subject) -> None:
    """An empty light curve gives an empty one with a column `phase`"""
    for peak in (59040.0, None):
        answer = learner.folded([], 2.0, **(TRANSIENT | {"peak_mjd": peak}))
        failed = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
        recognise(answer, Mistake("empty-crashes", failed, "An empty light curve makes your code "
                  f"raise {answer.raised}. `self.data['mjd'].min()` works for it; `[0]` does not."))  # fmt: skip
        view = answer.value["folded"]
        require(rows(view) == [] and "phase" in view["data"].columns,
                "An empty light curve should give an empty one with a column `phase`.")  # fmt: skip


# 2.7 TransientLightCurve.get_peak_magnitude


def magnitude(flux: float, zeropoint: float = 25.0) -> float:
    return -2.5 * math.log10(flux) + zeropoint


@part("2.7")
def test_peak(learner: Subject, rng: Rng) -> None:
    """The magnitude of the brightest observation in the band, with any zero point"""
    for band, zeropoint in (("r", None), ("g", float(rng.uniform(22, 24)))):
        data = observations(rng)
        fluxes = [obs["flux"] for obs in data if obs["band"] == band]
        args = (band,) if zeropoint is None else (band, zeropoint)
        zero = 25.0 if zeropoint is None else zeropoint
        first = next(obs["flux"] for obs in in_time(data) if obs["band"] == band)
        found = [
            ("faintest", magnitude(min(fluxes), zero), "This is the faintest observation. The "
             "brightest has the largest flux, and so the smallest magnitude."),
            ("all-bands", magnitude(max(o["flux"] for o in data), zero), "This is the brightest "
             "observation of all bands. Look at the band that was asked for only."),
            ("flux-for-magnitude", max(fluxes), "This is the peak's flux, not its magnitude. "
             "Convert it: -2.5 log10(flux) + zeropoint."),
            ("zeropoint-ignored", magnitude(max(fluxes)), "The zero point that was asked for is "
             "ignored: this is the magnitude for 25.0."),
            ("natural-logarithm", -2.5 * math.log(max(fluxes)) + zero, "This is the natural "
             "logarithm. Magnitudes use base 10: `np.log10`."),
            ("sign-of-magnitude", 2.5 * math.log10(max(fluxes)) + zero, "The sign is wrong: the "
             "factor is -2.5."),
            ("mean-magnitude", magnitude(sum(fluxes) / len(fluxes), zero), "This is the magnitude "
             "of the mean flux. The peak is the largest one."),
            ("first-observation", magnitude(first, zero), "This is the band's first observation. "
             "The peak is the brightest one."),
        ]  # fmt: skip
        mistakes = [Mistake(*each) for each in found]
        answer = learner.peak_magnitude(data, *args)
        expect(answer, magnitude(max(fluxes), zero), *mistakes, what="the peak", unit="mag")
        require(not isinstance(answer.result, np.ndarray), "The peak is a NumPy array; it should be "
                "a number: `float(...)`.")  # fmt: skip
    data = observations(rng)
    want = magnitude(max(obs["flux"] for obs in data if obs["band"] == "r"))
    other = {b: magnitude(max(o["flux"] for o in data if o["band"] == b)) for b in "gi"}
    default = Mistake("default-band", min(other.values()), "The default band is r.")
    expect(learner.peak_magnitude(data), want, default, what="the peak in the default band r")


@part("2.7")
def test_peak_invalid(learner: Subject, rng: Rng) -> None:
    """Fluxes that are negative, zero, NaN or infinite do not count"""
    data = observations(rng, 12, "r")
    bad = [math.nan, -500.0, 0.0, math.inf]
    for obs, flux in zip(data[1::3], bad, strict=True):
        obs["flux"] = flux
    valid = [obs["flux"] for obs in data if math.isfinite(obs["flux"]) and obs["flux"] > 0]
    answer = learner.peak_magnitude(data, "r")
    got = answer.result if isinstance(answer.result, float) else 0.0
    expect(
        answer,
        magnitude(max(valid)),
        Mistake("nan-wins", math.isnan(got), "The peak is NaN: one missing or negative flux takes "
                "over. Leave out fluxes that are not finite and positive before you look for the "
                "largest."),
        Mistake("infinity-wins", math.isinf(got), "The peak is infinite: a flux of zero or of "
                "infinity takes over. Leave out fluxes that are not finite and positive."),
        Mistake("absolute-flux", magnitude(500.0), "A negative flux of -500 is taken for the peak. "
                "A negative flux has no magnitude: leave it out instead of removing the sign."),
        what="the peak",
        unit="mag",
    )  # fmt: skip
    require(not answer.warned, f"A warning appears: {(answer.warned or [''])[0]!r}. Leave out fluxes "
            "without a magnitude before the logarithm is taken.", "warns")  # fmt: skip


@part("2.7")
def test_peak_nothing_valid(learner: Subject, rng: Rng) -> None:
    """No valid point in the band is a ValueError, also if the band was never observed"""
    data = observations(rng, 6, "gr")
    for obs in data:
        if obs["band"] == "g":
            obs["flux"] = -abs(obs["flux"])
    for band, what in (("g", "a band with negative fluxes only"), ("i", "a band never observed")):
        answer = learner.peak_magnitude(data, band)
        expect_error(
            answer,
            "ValueError",
            what,
            Mistake("nothing-for-no-peak", answer.raised is None, f"For {what} your code returns a "
                    "value. There is no peak: raise ValueError and say so."),
            Mistake("key-error-for-band", Raises("KeyError"), f"For {what} your code raises "
                    "KeyError, which comes from `self[band]`. Raise ValueError: choose the rows "
                    "with `self.data['band'] == band`, or catch the KeyError."),
        )  # fmt: skip


# 2.E1 LightCurve.__add__


@part("2.E1")
def test_add(learner: Subject, rng: Rng) -> None:
    """`lc1 + lc2` holds the observations of both, sorted by time"""
    left, right = observations(rng, 7, "gr"), observations(rng, 6, "ri")
    right[0] = dict(left[2])
    kinds = ["SurveyLightCurve", "LightCurve"]
    answer = learner.joined(kinds, [left, right], [SURVEY, {"object_id": "ZTF20aaelulu"}])
    refused = (
        "A light curve of a subclass plus a plain one raises TypeError, though both are light "
    )
    recognise(
        answer,
        Mistake("plain-light-curve-refused", Raises("TypeError", "unsupported operand"), refused +
                "curves. Ask `isinstance(other, LightCurve)`, not for `type(self)`."),
    )  # fmt: skip
    got = part_of(answer, "the sum")
    view, want = got["sum"], in_time([*left, *right])
    unchanged = all(
        same(plain(rows(a)), plain(rows(b)))
        for a, b in zip(got["before"], got["after"], strict=True)
    )
    require(unchanged and not got["own"], "Adding changes one of the two light curves. `a + b` "
            "leaves both as they are and gives a new one.", "operand-changed")  # fmt: skip
    unsorted = in_time(left) + in_time(right)
    unique = [obs for i, obs in enumerate(want) if obs not in want[:i]]
    expect_rows(
        view,
        want,
        Mistake("appended-unsorted", unsorted, "The second light curve is appended to the first. "
                "Sort the joined table by `mjd`."),
        Mistake("repeats-dropped", unique, "An observation that both contain is there only once. "
                "Keep repeats: dropping measurements is not this method's business."),
        Mistake("left-only", in_time(left), "Only the left light curve's observations are there."),
        Mistake("right-only", in_time(right), "Only the right light curve's observations are "
                "there."),
        what="the sum",
    )  # fmt: skip
    same_kind(view, "SurveyLightCurve", SURVEY, "the sum")


@part("2.E1")
@pytest.mark.parametrize("other", [5, "ZTF", None, []])
def test_add_something_else(learner: Subject, rng: Rng, other: Any) -> None:
    """Adding something that is no light curve is a TypeError"""
    answer = learner.joined_with(observations(rng, 4), other)
    attribute = Raises("AttributeError")
    raised_it = (
        answer.raised is not None
        and answer.raised.is_a("NotImplementedError")
        and (not answer.raised.message.startswith("2."))
    )
    expect_error(
        answer,
        "TypeError",
        f"a light curve + {other!r}",
        Mistake("raises-not-implemented-error", raised_it, "`raise NotImplementedError` is for "
                "code that is not written yet. `return NotImplemented`, the constant, tells Python "
                "that it cannot be added, and Python raises TypeError."),
        Mistake("anything-added", attribute, f"Adding {other!r} fails with {answer.raised}. Ask "
                "`isinstance(other, LightCurve)` first and `return NotImplemented` otherwise."),
        Mistake("anything-accepted", answer.raised is None, f"Adding {other!r} gives a result. Ask "
                "`isinstance(other, LightCurve)` and `return NotImplemented` otherwise."),
    )  # fmt: skip


# 2.E2 LightCurve.__iter__


@part("2.E2")
def test_loop(learner: Subject, rng: Rng) -> None:
    """`for obs in lc` gives every observation as a dict, in order of time"""
    data = observations(rng, 7)
    answer = learner.looped(data)
    recognise(
        answer,
        Mistake("not-an-iterator", Raises("TypeError", "iterator"), "`__iter__` returns something "
                "that has no next element, such as a list or a dict. `yield` the observations, or "
                "return `iter(...)` of a list."),
    )  # fmt: skip
    first = answer.value["first"]
    others = [entry["value"] for entry in first if entry["is"] == "other"]
    columns = [o for o in others if isinstance(o, str)]
    recognise(
        answer,
        Mistake("loops-over-columns", bool(columns) and set(columns) <= {*FIELDS, "phase"},
                "The loop gives the names of the columns: that is what looping over a DataFrame "
                "does. Loop over the rows."),
        Mistake("loops-over-bands", bool(columns) and set(columns) <= set("gri"),
                "The loop gives bands. It should give observations."),
        Mistake("pairs-of-index-and-row", bool(others) and isinstance(others[0], tuple),
                "The loop gives tuples, as `iterrows` or `itertuples` do. Give each observation as "
                "a dict, for example `self[number]`."),
        Mistake("loops-over-times", bool(others) and isinstance(others[0], float),
                "The loop gives numbers. It should give observations, as dicts."),
    )  # fmt: skip
    got = [entry.get("value") if entry["is"] == "observation" else entry for entry in first]
    indexed = bool(got) and all(
        isinstance(obs, dict) and {"Index", "index"} & set(obs) for obs in got
    )
    extra = (
        "The dicts have the row's number as one more key, from `itertuples()` or `reset_index()`. "
    )
    recognise(Answer(got), Mistake("index-among-keys", indexed, extra + "Leave it out: "
              "`itertuples(index=False)`."))  # fmt: skip
    expect(Answer(got), in_time(data), what="the list of observations")
    expect(Answer(learner.looped([]).value["first"]), [], what="the loop over an empty light curve")


@part("2.E2")
def test_loop_again(learner: Subject, rng: Rng) -> None:
    """Each loop starts afresh, and two loops at once do not disturb each other"""
    got = learner.looped(observations(rng, 7)).value
    require(got["again"] == 7, f"The second loop over the same light curve gives {got['again']} "
            "observations instead of 7. Make a new iterator in each call of `__iter__`: a method "
            "with `yield` does.", "one-loop-only")  # fmt: skip
    require(got["pairs"] == 49, "Two loops at once, one inside the other, disturb each other: they "
            "share one position. Make a new iterator in each call of `__iter__`.",
            "loops-share-position")  # fmt: skip
