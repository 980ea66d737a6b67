"""Checks of 1.2, Filter a light curve."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course import common_probes
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import Record, Rng, photometry
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
)


def kept(answer: Answer, want: list[Record], *mistakes: Mistake) -> None:
    """Compare the records that a filter keeps with those it should keep."""
    general = [
        Mistake(
            "suffix-as-field",
            answer.raised is not None
            and answer.raised.is_a("KeyError")
            and re.search(r"_(min|max)", answer.raised.message) is not None,
        ),
        Mistake(
            "strip-removes-letters",
            answer.raised is not None
            and answer.raised.is_a("KeyError")
            and re.search(r"\b(flu|jd)\b", answer.raised.message) is not None,
        ),
        Mistake(
            "lazy-filter",
            kind_of(answer.result) in ("a filter", "a generator"),
            result=kind_of(answer.result),
        ),
    ]
    fail_if_recognised(answer, *mistakes, *general)
    if (
        answer.raised is None
        and isinstance(answer.result, list)
        and len(answer.result) != len(want)
    ):
        require(False, "records-kept", n_result=len(answer.result), n_want=len(want))
    expect(answer, want)


def test_filter_equality(learner: Subject, rng: Rng) -> None:
    """`band="g"` keeps the records of the g band, in their order"""
    data = photometry(rng)
    answer = learner.ask(common_probes.call, "filter_lightcurve", data, band="g")
    kept(
        answer,
        [r for r in data if r["band"] == "g"],
        Mistake("filter-inverted", [r for r in data if r["band"] != "g"]),
        Mistake("filters-ignored", data),
        Mistake("first-match-only", [r for r in data if r["band"] == "g"][:1]),
    )
    kept(
        learner.ask(common_probes.call, "filter_lightcurve", data, band="gri"),
        [],
        Mistake("text-taken-apart", data),
    )


def test_filter_bounds(learner: Subject, rng: Rng) -> None:
    """`X_min` and `X_max` are bounds on the field X, and include the bound itself"""
    data = photometry(rng)
    lo, hi = data[5]["mjd"], data[17]["mjd"]
    kept(
        learner.ask(common_probes.call, "filter_lightcurve", data, mjd_min=lo),
        data[5:],
        Mistake("exclusive-bounds", data[6:], says=EXCLUSIVE.format("lower", "min", ">=")),
        Mistake("bounds-swapped", data[:6], says=SWAPPED.format("min", ">=", "upper")),
        Mistake("bounds-ignored", data),
        Mistake("suffix-as-field~2", []),
    )
    kept(
        learner.ask(common_probes.call, "filter_lightcurve", data, mjd_max=hi),
        data[:18],
        Mistake("exclusive-bounds", data[:17], says=EXCLUSIVE.format("upper", "max", "<=")),
        Mistake("bounds-swapped", data[17:], says=SWAPPED.format("max", "<=", "lower")),
    )
    kept(
        learner.ask(common_probes.call, "filter_lightcurve", data, mjd_min=lo, mjd_max=hi),
        data[5:18],
        Mistake("any-instead-of-all", data),
        Mistake("one-filter-only", data[:18]),
        Mistake("one-filter-only", data[5:]),
    )


EXCLUSIVE = (
    "The record that lies exactly on the {} bound is missing. `X_{}` is inclusive: use `{}`."
)


SWAPPED = "`mjd_{0}=10` is taken for the {2} bound. It should keep the records with `mjd {1} 10`."


NO_BOUND = (
    "A bound such as `mjd_min=10` has no effect. Ask `name.endswith('_min')`; the rest of the "
    "name, `name.removesuffix('_min')`, is the field."
)


NO_FIELD = (
    "No record is kept. `mjd_min=10` is about the field `mjd`: cut off `_min` or `_max` before you "
    "look the field up."
)


ONE_ONLY = (
    "Only one of the two filters has an effect. Go on filtering what the filter before has left, "
    "and return after the loop."
)


def test_filter_combined(learner: Subject, rng: Rng) -> None:
    """Several filters at once: a record must meet all of them"""
    data = photometry(rng)
    floor = float(np.median([r["flux"] for r in data]))
    start = data[4]["mjd"]
    answer = learner.ask(
        common_probes.call, "filter_lightcurve", data, band="r", mjd_min=start, flux_min=floor
    )
    tests = [lambda r: r["band"] == "r", lambda r: r["mjd"] >= start, lambda r: r["flux"] >= floor]
    kept(
        answer,
        [r for r in data if all(test(r) for test in tests)],
        Mistake("any-instead-of-all~2", [r for r in data if any(test(r) for test in tests)]),
        Mistake("duplicates", [r for test in tests for r in data if test(r)]),
        Mistake("one-filter-only", [r for r in data if tests[2](r)]),
        Mistake("one-filter-only", [r for r in data if tests[0](r)]),
    )


@pytest.mark.parametrize("kind", [list, tuple, set])
def test_filter_one_of(learner: Subject, rng: Rng, kind: type) -> None:
    """`band=["g", "r"]` keeps the records of either band; tuples and sets work alike"""
    data = photometry(rng)
    answer = learner.ask(common_probes.call, "filter_lightcurve", data, band=kind(["g", "i"]))
    kept(
        answer,
        [r for r in data if r["band"] in "gi"],
        Mistake("list-compared-as-whole", [], name=kind.__name__),
        Mistake(
            "first-of-list-only",
            [r for r in data if r["band"] == next(iter(kind(["g", "i"])))],
            name=kind.__name__,
        ),
    )


def test_filter_own_fields(learner: Subject, rng: Rng) -> None:
    """Any field of the records can be filtered, also one you have not thought of"""
    data = [
        r | {"airmass": float(rng.uniform(1, 2)), "field": i % 3}
        for i, r in enumerate(photometry(rng))
    ]
    answer = learner.ask(common_probes.call, "filter_lightcurve", data, airmass_max=1.5, field=0)
    low = [r for r in data if r["airmass"] <= 1.5]
    kept(
        answer,
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
        answer = learner.ask(
            common_probes.call, "filter_lightcurve", data, **{f"{field}_max": limit}
        )
        mistakes = _wrong_names(answer, field, [r for r in data if r[field] >= limit])
        kept(answer, [r for r in data if r[field] <= limit], *mistakes)


def _wrong_names(answer: Answer, field: str, above: list[Record]) -> list[Mistake]:
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
    data[3]["flux"] = math.nan
    passes = "A record whose flux is NaN is kept by `flux_{}`. NaN is neither above nor below a "
    advice = "bound: ask which records to keep, with `{}`, not which ones to throw out."
    for end, sign, meets in (("min", ">=", 1), ("max", "<=", -1)):
        want = [r for r in data if meets * (r["flux"] - floor) >= 0]
        loose = [r for r in data if not meets * (r["flux"] - floor) < 0]
        kept(
            learner.ask(common_probes.call, "filter_lightcurve", data, **{f"flux_{end}": floor}),
            want,
            Mistake("nan-within-bounds", loose, says=passes.format(end) + advice.format(sign)),
        )


def test_filter_nothing(learner: Subject, rng: Rng) -> None:
    """Without filters all records come back; without data an empty list"""
    data = photometry(rng, 6)
    kept(
        learner.ask(common_probes.call, "filter_lightcurve", data),
        data,
        Mistake("no-filters-nothing", []),
    )
    answer = learner.ask(common_probes.call, "filter_lightcurve", [], band="g")
    fail_if_recognised(
        answer,
        Mistake(
            "empty-data",
            answer.raised is not None and not answer.raised.is_a("NotImplementedError"),
            raised_=answer.raised,
        ),
    )
    expect(answer, [], what="the result for an empty list")


def test_filter_leaves_input(learner: Subject, rng: Rng) -> None:
    """The input is not changed, and the result is a new list"""
    data = photometry(rng)
    got = learner.ask(probes.with_input, "filter_lightcurve", data, band="g", flux_min=15).value
    require(approx_equal(got["after"], data), "input-changed")
    whole = learner.ask(probes.with_input, "filter_lightcurve", data).value
    require(not whole["same_object"], "same-list")


def test_filter_unknown_field(learner: Subject, rng: Rng) -> None:
    """A filter on a field that no record has is a KeyError that names the fields there are"""
    data = [r | {"airmass": 1.2} for r in photometry(rng, 6)]
    for name, value in [("colour", "red"), ("redshift_min", 0.1), ("redshift_max", 0.1)]:
        field = name.removesuffix("_min").removesuffix("_max")
        answer = learner.ask(common_probes.call, "filter_lightcurve", data, **{name: value})
        silent = Mistake(
            "unknown-field-silent",
            approx_equal(answer.result, []) or approx_equal(answer.result, data),
            name=name,
        )
        when = f"a filter called `{name}`"
        expect_error(answer, "KeyError", when, silent, naming=field)
        assert answer.raised
        require(
            all(known in answer.raised.message for known in data[0]),
            "fields-not-named",
            name=name,
            message=answer.raised.message,
            data=", ".join(data[0]),
        )
    answer = learner.ask(common_probes.call, "filter_lightcurve", data, band="u", colour="red")
    late = Mistake("unknown-field-noticed-late", [])
    expect_error(answer, "KeyError", "a filter called `colour`", late)
