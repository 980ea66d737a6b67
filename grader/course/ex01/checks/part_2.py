"""Checks of 1.2, Filter a light curve."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course import common_probes
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import Record, gives_up, photometry
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
)


def filtered(learner: Subject, data: list[Record], **filters: Any) -> Answer[Any]:
    return learner.ask(common_probes.call, "filter_lightcurve", data, **filters)


def kept(answer: Answer[Any], want: list[Record], *mistakes: Mistake) -> None:
    """Compare the records that a filter keeps with those it should keep."""
    if answer.raised is None and approx_equal(answer.result, want):
        return
    got = answer.result
    lazy = kind_of(got) in ("a filter", "a generator")
    fail_if_recognised(
        answer,
        *mistakes,
        Mistake("suffix-as-field", _looks_up(answer, r"_(min|max)")),
        Mistake("strip-removes-letters", _looks_up(answer, r"\b(flu|jd)\b")),
        Mistake("lazy-filter", lazy, kind=kind_of(got)),
    )
    if isinstance(got, list):
        require(len(got) == len(want), "wrong-number-kept", n_kept=len(got), n_wanted=len(want))
    expect(answer, want)


def _looks_up(answer: Answer[Any], name: str) -> bool:
    """Whether a KeyError tells of a field whose name is of this pattern."""
    raised = answer.raised
    return raised is not None and raised.is_a("KeyError") and bool(re.search(name, raised.message))


@gate
def test_filter_equality(learner: Subject, rng: Rng) -> None:
    """`band="g"` keeps the records of the g band, in their order"""
    data = photometry(rng)
    want = [r for r in data if r["band"] == "g"]
    kept(
        filtered(learner, data, band="g"),
        want,
        Mistake("filter-inverted", [r for r in data if r["band"] != "g"]),
        Mistake("filters-ignored", data),
        Mistake("first-match-only", want[:1]),
    )
    kept(filtered(learner, data, band="gri"), [], Mistake("text-taken-apart", data))


def test_filter_bounds(learner: Subject, rng: Rng) -> None:
    """`X_min` and `X_max` are bounds on the field X, and include the bound itself"""
    data = photometry(rng)
    i, j = len(data) // 4, 3 * len(data) // 4
    lo, hi = data[i]["mjd"], data[j]["mjd"]
    kept(
        filtered(learner, data, mjd_min=lo),
        data[i:],
        Mistake("exclusive-bounds", data[i + 1 :], bound="lower", end="min", sign=">="),
        Mistake("bounds-swapped", data[: i + 1], bound="upper", end="min", sign=">="),
        Mistake("bounds-ignored", data),
        Mistake("suffix-as-field~nothing-kept", []),
    )
    kept(
        filtered(learner, data, mjd_max=hi),
        data[: j + 1],
        Mistake("exclusive-bounds", data[:j], bound="upper", end="max", sign="<="),
        Mistake("bounds-swapped", data[j:], bound="lower", end="max", sign="<="),
    )
    kept(
        filtered(learner, data, mjd_min=lo, mjd_max=hi),
        data[i : j + 1],
        Mistake("any-instead-of-all", data),
        Mistake("one-filter-only", data[: j + 1]),
        Mistake("one-filter-only", data[i:]),
    )


def test_filter_combined(learner: Subject, rng: Rng) -> None:
    """Several filters at once: a record must meet all of them"""
    data = photometry(rng)
    floor = float(np.median([r["flux"] for r in data]))
    start = data[len(data) // 6]["mjd"]
    tests = [lambda r: r["band"] == "r", lambda r: r["mjd"] >= start, lambda r: r["flux"] >= floor]
    kept(
        filtered(learner, data, band="r", mjd_min=start, flux_min=floor),
        [r for r in data if all(test(r) for test in tests)],
        Mistake("any-instead-of-all~several", [r for r in data if any(t(r) for t in tests)]),
        Mistake("duplicates", [r for test in tests for r in data if test(r)]),
        Mistake("one-filter-only", [r for r in data if tests[2](r)]),
        Mistake("one-filter-only", [r for r in data if tests[0](r)]),
    )


@pytest.mark.parametrize("kind", [list, tuple, set])
def test_filter_one_of(learner: Subject, rng: Rng, kind: type) -> None:
    """`band=["g", "r"]` keeps the records of either band; tuples and sets work alike"""
    data = photometry(rng)
    bands = kind(["g", "i"])
    first = [r for r in data if r["band"] == next(iter(bands))]
    kept(
        filtered(learner, data, band=bands),
        [r for r in data if r["band"] in "gi"],
        Mistake("list-compared-as-whole", [], kind=kind.__name__),
        Mistake("first-of-list-only", first, kind=kind.__name__),
    )


def test_filter_own_fields(learner: Subject, rng: Rng) -> None:
    """Any field of the records can be filtered, also one you have not thought of"""
    data = [
        r | {"airmass": float(rng.uniform(1, 2)), "field": i % 3}
        for i, r in enumerate(photometry(rng))
    ]
    low = [r for r in data if r["airmass"] <= 1.5]
    kept(
        filtered(learner, data, airmass_max=1.5, field=0),
        [r for r in low if r["field"] == 0],
        Mistake("fixed-fields", Raises("KeyError")),
        Mistake("fixed-fields", data),
        Mistake("zero-filter-ignored", low),
    )


def test_filter_field_names(learner: Subject, rng: Rng) -> None:
    """The end of a filter's name decides what it means; the rest is the field, whatever it is"""
    data = [r | {"luminosity": float(rng.uniform(1, 2))} for r in photometry(rng)]
    for field in ("flux", "flux_err", "luminosity"):
        limit = float(np.median([r[field] for r in data]))
        above = [r for r in data if r[field] >= limit]
        below = [r for r in data if r[field] <= limit]
        kept(filtered(learner, data, **{f"{field}_max": limit}), below, *_wrong_names(field, above))


def _wrong_names(field: str, above: list[Record]) -> list[Mistake]:
    """What comes of a filter's name that is cut in the wrong place."""
    if field == "flux_err":
        return [
            Mistake("underscore-in-field", Raises("ValueError", "unpack")),
            Mistake("underscore-in-field", []),
        ]
    if field == "luminosity":
        return [
            Mistake("min-within-name", Raises("KeyError", "lu")),
            Mistake("min-within-name", above),
        ]
    return []


def test_filter_missing_flux(learner: Subject, rng: Rng) -> None:
    """A flux of NaN meets no bound"""
    data = photometry(rng, 8)
    floor = data[0]["flux"]
    data[-1]["flux"] = math.nan
    for end, sign, meets in (("min", ">=", 1), ("max", "<=", -1)):
        want = [r for r in data if meets * (r["flux"] - floor) >= 0]
        loose = [r for r in data if not meets * (r["flux"] - floor) < 0]
        passes = Mistake("nan-within-bounds", loose, end=end, sign=sign)
        kept(filtered(learner, data, **{f"flux_{end}": floor}), want, passes)


def test_filter_nothing(learner: Subject, rng: Rng) -> None:
    """Without filters all records come back; without data an empty list"""
    data = photometry(rng, 6)
    kept(filtered(learner, data), data, Mistake("no-filters-nothing", []))
    answer = filtered(learner, [], band="g")
    fails = Mistake("empty-data", gives_up(answer), error=answer.raised)
    expect(answer, [], fails, what="the result for an empty list")


def test_filter_leaves_input(learner: Subject, rng: Rng) -> None:
    """The input is not changed, and the result is a new list"""
    data = photometry(rng)
    got = learner.ask(probes.input_after, "filter_lightcurve", data, band="g", flux_min=15).value
    require(approx_equal(got.after, data), "input-changed")
    whole = learner.ask(probes.input_after, "filter_lightcurve", data).value
    with showing("result is data"):
        require(not whole.returned_itself, "same-list")


def test_filter_unknown_field(learner: Subject, rng: Rng) -> None:
    """A filter on a field that no record has is a KeyError that names the fields there are"""
    data = [r | {"airmass": 1.2} for r in photometry(rng, 6)]
    _check_unknown(learner, data, "colour", "red")
    _check_unknown(learner, data, "redshift_min", 0.1)
    _check_unknown(learner, data, "redshift_max", 0.1)
    late = Mistake("unknown-field-noticed-late", [])
    answer = filtered(learner, data, band="u", colour="red")
    expect_error(answer, "KeyError", "a filter called `colour`", late)


def _check_unknown(learner: Subject, data: list[Record], name: str, value: Any) -> None:
    """A filter of that name is refused, by an error that names its field and those there are."""
    answer = filtered(learner, data, **{name: value})
    silent = approx_equal(answer.result, []) or approx_equal(answer.result, data)
    expect_error(
        answer,
        "KeyError",
        f"a filter called `{name}`",
        Mistake("unknown-field-silent", silent, name=name),
        naming=name.removesuffix("_min").removesuffix("_max"),
    )
    message = answer.message
    all_named = all(field in message for field in data[0])
    require(all_named, "fields-not-named", name=name, message=message, fields=", ".join(data[0]))
