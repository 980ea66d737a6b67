"""Checks of 2.2, Length and square brackets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    SURVEY,
    Observation,
    Rng,
    _letters,
    expect_rows,
    in_band,
    in_time,
    observations,
    part_of,
    same_kind,
)
from grader.course.gates import gate
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)
from grader.wire import Table


@gate
def test_length(learner: Subject, rng: Rng) -> None:
    """`len(lc)` is the number of observations"""
    data = observations(rng, 9)
    data[2]["flux"] = math.nan
    expect(
        learner.ask(probes.length, "LightCurve", data),
        9,
        Mistake("length-of-columns", 4),
        Mistake("length-of-all-values", 36),
        Mistake("nan-not-counted", 8),
        what="`len` of a light curve with 9 observations",
    )
    expect(learner.ask(probes.length, "LightCurve", []), 0, what="`len` of an empty light curve")


def test_item_number(learner: Subject, rng: Rng) -> None:
    """`lc[0]` is the first observation in time, `lc[-1]` the last, as a dict"""
    data = observations(rng)
    for number in (0, 3, -1):
        answer = learner.ask(probes.item, data, number)
        if number < 0:
            fail_if_recognised(
                answer,
                Mistake("label-index", Raises("KeyError"), number=number, raised_=answer.raised),
                Mistake(
                    "negative-refused", Raises("IndexError"), number=number, raised_=answer.raised
                ),
            )
        column = Mistake("column-lookup", Raises("KeyError"), number=number, raised_=answer.raised)
        fail_if_recognised(answer, column)
        expect(
            Answer(_one_observation(answer.value, f"`lc[{number}]`")),
            in_time(data)[number],
            Mistake("input-order", data[number], number=number),
            what=f"`lc[{number}]`",
        )


def _one_observation(view: dict, what: str) -> Any:
    """The observation that came back, or a `Failure` that says what came instead."""
    value: Any = view.get("value")
    row = "`self.data.iloc[number].to_dict()`."
    if view["is"] == "observation":
        nested = any(isinstance(item, dict | list) for item in value.values())
        require(not nested, "nested-for-number", what=what)
        return value
    if value is None and view["is"] == "other":
        raise Finding("none-did-forget", what=what)
    kind = kind_of(value) if view["is"] == "other" else f"a {view['is']}"
    keys = f" with the keys {', '.join(map(str, value))}" if isinstance(value, dict) else ""
    raise Finding(
        "light-curve-for-number" if view["is"] != "other" else _odd_row(value) or "",
        says=f"{what} is {kind}{keys}; it should be one observation, a dict with the keys mjd, flux, flux_err and band: {row}",
    )


def _odd_row(value: Any) -> str | None:
    """The misconception behind what should be an observation, if it is known."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        return "nested-for-number"
    slugs = {dict: "keys-missing", Table: "table-for-number"}
    slugs |= dict.fromkeys((list, tuple, np.ndarray), "values-for-number")
    return slugs.get(type(value))


def test_item_out_of_range(learner: Subject, rng: Rng) -> None:
    """A number beyond the end is an IndexError"""
    data = observations(rng, 6)
    for number in (6, -7):
        answer = learner.ask(probes.item, data, number)
        got = answer.result.get("value") if answer.raised is None else None
        when = f"`lc[{number}]` of a light curve with 6 observations"
        expect_error(
            Answer(got, answer.raised),
            "IndexError",
            when,
            Mistake(
                "index-wraps-around", any(approx_equal(got, obs) for obs in data), number=number
            ),
            Mistake("out-of-range-silent", answer.raised is None, number=number, got=shown(got)),
            Mistake("key-error-out-of-range", Raises("KeyError"), number=number),
        )


def test_item_slice(learner: Subject, rng: Rng) -> None:
    """`lc[2:5]` is a light curve of the same kind and metadata"""
    data = observations(rng)
    want = in_time(data)
    answer = learner.ask(probes.selected, "SurveyLightCurve", data, {"slice": [2, 5]}, **SURVEY)
    view = part_of(answer, "`lc[2:5]`")["item"]
    inclusive = Mistake("slice-inclusive", want[2:6])
    expect_rows(view, want[2:5], inclusive, what="`lc[2:5]`")
    same_kind(view, "SurveyLightCurve", SURVEY, "`lc[2:5]`")
    _unchanged(answer.value["lc"], want, want[2:5], "`lc[2:5]`")


def _unchanged(view: dict, want: list[Observation], part: list[Observation], what: str) -> None:
    changed = Mistake("original-changed", part, what=what)
    expect_rows(view, want, changed, what=f"the light curve after {what}")


def test_item_open_slice(learner: Subject, rng: Rng) -> None:
    """Slices may have open ends, count from the end, and have a step"""
    data = observations(rng, 9)
    for ends, text in (([-3, None], "lc[-3:]"), ([1, 8, 3], "lc[1:8:3]")):
        answer = learner.ask(probes.item, data, {"slice": ends})
        fail_if_recognised(
            answer,
            Mistake("open-slice-crashes", Raises("TypeError"), text_=text, raised_=answer.raised),
        )
        expect_rows(
            answer.value,
            in_time(data)[slice(*ends)],
            Mistake("step-ignored", in_time(data)[slice(*ends[:2])], text_=text),
            what=f"`{text}`",
        )


def test_item_band(learner: Subject, rng: Rng) -> None:
    """`lc["g"]` holds the band's observations, in a light curve of the same kind and metadata"""
    data = observations(rng)
    want = in_time(data)
    answer = learner.ask(probes.selected, "SurveyLightCurve", data, "g", **SURVEY)
    column = answer.raised is not None and answer.raised.message == "'g'"
    fail_if_recognised(answer, Mistake("band-as-column", column, raised_=answer.raised))
    view = part_of(answer, "`lc['g']`")["item"]
    expect_rows(
        view,
        in_band(data, "g"),
        Mistake("band-inverted", [o for o in want if o["band"] != "g"]),
        Mistake("all-bands", want),
        what="`lc['g']`",
    )
    same_kind(view, "SurveyLightCurve", SURVEY, "`lc['g']`")
    _unchanged(answer.value["lc"], want, in_band(data, "g"), "`lc['g']`")


def test_item_unknown_band(learner: Subject, rng: Rng) -> None:
    """A band that was not observed is a KeyError that names the bands there are"""
    data = observations(rng, 6, "gi")
    answer = learner.ask(probes.item, data, "r")
    when = "`lc['r']`, a band that was not observed,"
    quiet = answer.raised is None
    nothing = quiet and answer.value.get("value", 0) is None
    what = "None" if nothing else "a light curve without observations"
    silent = Mistake("unknown-band-silent", quiet, what=what)
    expect_error(answer, "KeyError", when, silent)
    assert answer.raised
    require(
        {"g", "i"} <= set(_letters(answer.raised.message)),
        "bands-not-named",
        message=answer.raised.message,
    )
