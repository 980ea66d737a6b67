"""Checks of 2.2, Length and square brackets."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    SURVEY,
    Observation,
    expect_rows,
    in_band,
    in_time,
    observations,
    part_of,
    same_kind,
    with_flux,
    words,
)
from grader.course.ex02.replies import Item, LightCurveView, Selected
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    showing,
    shown,
)
from grader.wire import Table


@gate
def test_length(learner: Subject, rng: Rng) -> None:
    """`len(lc)` is the number of observations"""
    data = observations(rng, 9)
    data[2]["flux"] = data[5]["flux"] = math.nan
    data[4]["mjd"] = data[0]["mjd"]
    expect(
        learner.ask(probes.length, "LightCurve", data),
        9,
        Mistake("length-of-columns", 4),
        Mistake("length-of-all-values", 36),
        Mistake("nan-not-counted", 7),
        what="`len` of a light curve with 9 observations",
    )
    expect(learner.ask(probes.length, "LightCurve", []), 0, what="`len` of an empty light curve")


def test_item_number(learner: Subject, rng: Rng) -> None:
    """`lc[0]` is the first observation in time, `lc[-1]` the last, as a dict"""
    for number in (0, -1, None):
        data = observations(rng)
        in_time(data)[-1]["flux"] = math.nan
        _check_item(learner, data, -len(data) if number is None else number)


def _check_item(learner: Subject, data: list[Observation], number: int) -> None:
    answer = learner.ask(probes.item, data, number)
    error = answer.raised
    no_label, refused = Raises("KeyError"), Raises("IndexError")
    if number < 0:
        fail_if_recognised(
            answer,
            Mistake("label-index", no_label, number=number, error=error),
            Mistake("negative-refused", refused, number=number, error=error, n=len(data)),
        )
    fail_if_recognised(answer, Mistake("column-lookup", no_label, number=number, error=error))
    what = f"`lc[{number}]`"
    expect(
        Answer(_one_observation(answer.value, what)),
        in_time(data)[number],
        Mistake("input-order", data[number], number=number),
        what=what,
    )


def _one_observation(item: Item, what: str) -> Observation:
    """The observation that came back, or a `Failure` that says what came instead."""
    if item.observation is None:
        raise _no_observation(item.view, what)
    nested = any(isinstance(value, dict | list) for value in item.observation.values())
    require(not nested, "nested-for-number", what=what)
    return item.observation


def _no_observation(view: LightCurveView, what: str) -> Finding:
    """What came back instead of an observation."""
    value = view.value
    if view.kind:
        return Finding("light-curve-for-number", what=what, kind=view.kind)
    if value is None:
        return Finding("nothing-returned", what=what)
    if isinstance(value, dict):
        return Finding("keys-missing", what=what, keys=", ".join(map(str, value)) or "none")
    if isinstance(value, Table):
        return Finding("table-for-number", what=what)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        return Finding("nested-for-number~list", what=what)
    if isinstance(value, list | tuple | np.ndarray):
        return Finding("values-for-number", what=what, kind=kind_of(value))
    return Finding("not-an-observation", what=what, kind=kind_of(value))


def test_item_out_of_range(learner: Subject, rng: Rng) -> None:
    """A number beyond the end is an IndexError"""
    for number, n in ((6, 6), (-7, 6), (0, 0)):
        data = observations(rng, 6)[:n]
        answer = learner.ask(probes.item, data, number)
        got = None if answer.raised else answer.value.view.value
        wraps = bool(data) and approx_equal(got, in_time(data)[number % n])
        below = wraps and number < 0
        fields = {"number": number, "n": n}
        expect_error(
            Answer(got, answer.raised),
            "IndexError",
            f"`lc[{number}]` of a light curve with {n} observations",
            Mistake("index-wraps-around~negative", below, **fields),
            Mistake("index-wraps-around", wraps, **fields),
            Mistake("out-of-range-silent", answer.raised is None, got=shown(got), **fields),
            Mistake("key-error-out-of-range", Raises("KeyError"), **fields),
        )


def test_item_slice(learner: Subject, rng: Rng) -> None:
    """`lc[2:5]` is a light curve of the same kind and metadata"""
    data = observations(rng)
    in_time(data)[3]["flux"] = math.nan
    want = in_time(data)
    answer = learner.ask(probes.selected, "SurveyLightCurve", data, {"slice": [2, 5]}, **SURVEY)
    view = part_of(answer, "`lc[2:5]`")
    inclusive = Mistake("slice-inclusive", want[2:6])
    dropped = Mistake("nan-flux-dropped", [want[2], want[4]], what="`lc[2:5]`")
    expect_rows(view, want[2:5], inclusive, dropped, what="`lc[2:5]`")
    same_kind(view, "SurveyLightCurve", SURVEY, "`lc[2:5]`")
    _unchanged(answer.value.light_curve, want, want[2:5], "`lc[2:5]`")
    _check_part(answer.value, want[2:5], "lc[2:5]")


def _check_part(got: Selected, want: list[Observation], code: str) -> None:
    """The part's own length and first observation, after the whole one was asked for its own."""
    if got.first is None:  # the checks of numbers say so
        return
    first = got.first.observation
    with showing("len(lc), lc[0]\nlen({})"):
        require(got.length == len(want), "length-remembered", code=code, got=shown(got.length))
    with showing("len(lc), lc[0]\n{}[0]"):
        expect(Answer(first), want[0], what=f"`{code}[0]`, after `lc[0]` was looked at,")


def _unchanged(
    view: LightCurveView, want: list[Observation], part: list[Observation], what: str
) -> None:
    changed = Mistake("original-changed", part, what=what)
    with showing("{}\nlc"):
        expect_rows(view, want, changed, what=f"the light curve after {what}")


SLICES: dict[str, list[int | None]] = {
    "lc[-7::3]": [-7, None, 3],
    "lc[8:20]": [8, 20],
    "lc[4:4]": [4, 4],
}


def test_item_open_slice(learner: Subject, rng: Rng) -> None:
    """Slices may have open ends, count from the end, have a step, end late, or hold nothing"""
    for text, ends in SLICES.items():
        data = observations(rng, 9)
        answer = learner.ask(probes.item, data, {"slice": ends})
        error = answer.raised
        fail_if_recognised(
            answer,
            Mistake("open-slice-crashes", Raises("TypeError"), code=text, error=error),
            Mistake("slice-refused", Raises("IndexError"), code=text, error=error),
        )
        expect_rows(
            answer.value.view,
            in_time(data)[slice(*ends)],
            Mistake("step-ignored", in_time(data)[slice(*ends[:2])], code=text),
            what=f"`{text}`",
        )


def test_item_band(learner: Subject, rng: Rng) -> None:
    """`lc["g"]` holds the band's observations, in a light curve of the same kind and metadata"""
    data = observations(rng)
    for obs, band in zip(data[1::3], ("zg", "gp", "G"), strict=False):
        obs["band"] = band
    in_band(data, "g")[1]["flux"] = math.nan
    want = in_time(data)
    answer = learner.ask(probes.selected, "SurveyLightCurve", data, "g", **SURVEY)
    column = answer.raised is not None and answer.raised.message == "'g'"
    fail_if_recognised(answer, Mistake("band-as-column", column, error=answer.raised))
    view = part_of(answer, "`lc['g']`")
    expect_rows(
        view,
        in_band(data, "g"),
        Mistake("band-inverted", [o for o in want if o["band"] != "g"]),
        Mistake("part-of-a-name", [o for o in want if "g" in o["band"]]),
        Mistake("part-of-a-name~start", [o for o in want if o["band"].startswith("g")]),
        Mistake("case-ignored", [o for o in want if o["band"].lower() == "g"]),
        Mistake("nan-flux-dropped", with_flux(in_band(data, "g")), what="`lc['g']`"),
        Mistake("all-bands", want),
        what="`lc['g']`",
    )
    same_kind(view, "SurveyLightCurve", SURVEY, "`lc['g']`")
    _unchanged(answer.value.light_curve, want, in_band(data, "g"), "`lc['g']`")


def test_item_unknown_band(learner: Subject, rng: Rng) -> None:
    """A band that was not observed is a KeyError that names the bands there are"""
    _expect_no_band(learner, [], "flux")
    data = observations(rng, 6, "gz")
    message = _expect_no_band(learner, data, "r")
    named, bands = words(message, "griz"), sorted({each["band"] for each in data})
    require(named >= set(bands), "bands-not-named", message=message, bands=" and ".join(bands))
    require("i" not in named, "bands-not-named~fixed", message=message)


def _expect_no_band(learner: Subject, data: list[Observation], band: str) -> str:
    """A band that was not observed is a KeyError; its message."""
    answer = learner.ask(probes.item, data, band)
    view = None if answer.raised else answer.value.view
    what = "nothing"
    if view is not None:
        what = "a light curve" if view.kind else kind_of(view.value)
    silent = Mistake("unknown-band-silent", view is not None, what=what, band=band)
    expect_error(answer, "KeyError", f"`lc[{band!r}]`, a band that was not observed,", silent)
    return answer.message
