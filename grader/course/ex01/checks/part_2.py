"""Checks of 1.2, Filter a light curve."""

from __future__ import annotations

import math
import re
import statistics
from typing import Any

import pytest

from grader.answer import Answer, Finding, Subject
from grader.course import common_probes
from grader.course.changes import what_changed
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import Record, gives_up, photometry, time_of, unordered
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


def filtered(learner: Subject, data: list[Record], **filters: Any) -> Answer[Any]:
    return learner.ask(common_probes.call, "filter_lightcurve", data, **filters)


def check_kept(
    learner: Subject, data: list[Record], want: list[Record], *mistakes: Mistake, **filters: Any
) -> None:
    """Compare the records that filters keep with those they should keep."""
    judge_kept(learner, filtered(learner, data, **filters), data, want, *mistakes, **filters)


def judge_kept(
    learner: Subject,
    answer: Answer[Any],
    data: list[Record],
    want: list[Record],
    *mistakes: Mistake,
    **filters: Any,
) -> None:
    """The same, for what was kept already."""
    if answer.raised is None and approx_equal(answer.result, want):
        return
    got = answer.result
    lazy = kind_of(got) in ("a filter", "a generator", "a map")
    stripped = gives_up(answer) and re.search(r"\b(flu|jd)\b", answer.message) is not None
    fail_if_recognised(
        answer,
        *mistakes,
        Mistake("suffix-as-field", not lazy and _finds_whole_name(learner, data)),
        Mistake("strip-removes-letters", stripped, error=answer.raised),
        Mistake("lazy-filter", lazy, kind=kind_of(got)),
    )
    if isinstance(got, list):
        _explain(
            answer, want, ", ".join(f"{name}={shown(value)}" for name, value in filters.items())
        )
    expect(answer, want)


def _finds_whole_name(learner: Subject, data: list[Record]) -> bool:
    """Whether `mjd_min=1e9` finds the records that have 1e9 in a field called `mjd_min`."""
    marked = [r | {"mjd_min": 0.0 if i % 3 else 1e9} for i, r in enumerate(data)]
    return approx_equal(filtered(learner, marked, mjd_min=1e9).result, marked[::3])


def _explain(answer: Answer[Any], want: list[Record], filters: str) -> None:
    """Name the first record that is missing, or that should not be there, or is there too often."""
    got = answer.result
    missing = next((r for r in want if _count(r, got) < _count(r, want)), None)
    extra = next((r for r in got if _count(r, got) > _count(r, want)), None)
    counts = {"n_kept": len(got), "n_wanted": len(want), "filters": filters}
    seldom = missing is not None and _count(missing, got) > 0
    require(not seldom, "record-missing~once", answer, record=_short(missing), **counts)
    require(missing is None, "record-missing", answer, record=_short(missing), **counts)
    again = extra is not None and _count(extra, want) > 0
    require(not again, "record-repeated", answer, record=_short(extra), **counts)
    require(extra is None, "record-too-many", answer, record=_short(extra), **counts)
    require(False, "order-changed", answer, filters=filters)


def _count(record: Any, records: list[Any]) -> int:
    return sum(approx_equal(record, one) for one in records if isinstance(one, dict))


def _short(record: Any) -> str:
    """A record as it is printed, with numbers of four digits."""
    if not isinstance(record, dict):
        return shown(record)
    items = (
        f"{key!r}: {value:.6g}" if isinstance(value, float) else f"{key!r}: {shown(value)}"
        for key, value in record.items()
    )
    return f"{{{', '.join(items)}}}"


FALSE_VALUES: list[Any] = [None, 0, [], ""]


def _expect_effect(learner: Subject, answer: Answer[Any], data: list[Record]) -> None:
    """If a filter whose value is false keeps all records, so may others, which are told with it."""
    if not approx_equal(answer.result, data):
        return
    ignored = [
        f"`band={value!r}`"
        for value in FALSE_VALUES
        if approx_equal(filtered(learner, data, band=value).result, data)
    ]
    several = len(ignored) > 1
    fail_if_recognised(
        answer, Mistake("zero-filter-ignored~several", several, filters=", ".join(ignored))
    )


@gate
def test_filter_equality(learner: Subject, rng: Rng) -> None:
    """`band="g"` keeps the records of the g band, in their order"""
    data = unordered(rng, photometry(rng))
    want = [r for r in data if r["band"] == "g"]
    check_kept(
        learner,
        data,
        want,
        Mistake("filter-inverted", [r for r in data if r["band"] != "g"]),
        Mistake("filters-ignored", data),
        Mistake("first-match-only", want[:1]),
        Mistake("sorted-by-time", sorted(want, key=time_of)),
        band="g",
    )
    text = Mistake("text-taken-apart", [r for r in data if r["band"] in "gri"])
    check_kept(learner, data, [], text, band="gri")


def test_filter_whole_values(learner: Subject, rng: Rng) -> None:
    """A value is equal or it is not: `"g"` is neither `"zg"` nor `"G"`"""
    data = photometry(rng, 10)
    for record, band in zip(data[:6], ("zg", "gp", "G", "g", "Rg", "r"), strict=True):
        record["band"] = band
    for bands in ("g", ["g"]):
        want = [r for r in data if r["band"] in list(bands)]
        within = [r for r in data if any(band in r["band"] for band in bands)]
        any_case = [r for r in data if r["band"].lower() in list(bands)]
        part_of_name = Mistake("part-of-a-name", within, bands=bands)
        case = Mistake("case-ignored", any_case, bands=bands)
        check_kept(learner, data, want, part_of_name, case, band=bands)
    flux = data[2]["flux"] = 20.0
    data[5]["flux"] = flux * (1 + 1e-9)
    near = Mistake("nearly-equal", [data[2], data[5]])
    check_kept(learner, data, [data[2]], near, flux=flux)
    answer = filtered(learner, data, band=None)
    _expect_effect(learner, answer, data)
    judge_kept(learner, answer, data, [], Mistake("zero-filter-ignored~none", data), band=None)


def test_filter_bounds(learner: Subject, rng: Rng) -> None:
    """`X_min` and `X_max` are bounds on the field X, and include the bound itself"""
    data = photometry(rng)
    i, j = len(data) // 4, 3 * len(data) // 4
    lo, hi = data[i]["mjd"], data[j]["mjd"]
    check_kept(
        learner,
        data,
        data[i:],
        Mistake("exclusive-bounds", data[i + 1 :], bound="lower", end="min", sign=">="),
        Mistake("bounds-swapped", data[: i + 1], bound="upper", end="min", sign=">="),
        Mistake("bounds-ignored", data),
        mjd_min=lo,
    )
    check_kept(
        learner,
        data,
        data[: j + 1],
        Mistake("exclusive-bounds", data[:j], bound="upper", end="max", sign="<="),
        Mistake("bounds-swapped", data[j:], bound="lower", end="max", sign="<="),
        mjd_max=hi,
    )
    check_kept(
        learner,
        data,
        data[i : j + 1],
        Mistake("any-instead-of-all", data),
        Mistake("one-filter-only", data[: j + 1], filters="mjd_min, mjd_max"),
        Mistake("one-filter-only", data[i:], filters="mjd_min, mjd_max"),
        mjd_min=lo,
        mjd_max=hi,
    )


def test_filter_combined(learner: Subject, rng: Rng) -> None:
    """Several filters at once: a record must meet all of them"""
    data = photometry(rng)
    floor = statistics.median(r["flux"] for r in data)
    start = data[len(data) // 6]["mjd"]
    data = unordered(rng, data)
    tests = [lambda r: r["band"] == "r", lambda r: r["mjd"] >= start, lambda r: r["flux"] >= floor]
    names = "band, mjd_min, flux_min"
    check_kept(
        learner,
        data,
        [r for r in data if all(test(r) for test in tests)],
        Mistake("any-instead-of-all~several", [r for r in data if any(t(r) for t in tests)]),
        Mistake("duplicates", [r for test in tests for r in data if test(r)]),
        Mistake("one-filter-only", [r for r in data if tests[2](r)], filters=names),
        Mistake("one-filter-only", [r for r in data if tests[0](r)], filters=names),
        band="r",
        mjd_min=start,
        flux_min=floor,
    )


@pytest.mark.parametrize("kind", [list, tuple, set])
def test_filter_one_of(learner: Subject, rng: Rng, kind: type) -> None:
    """`band=["g", "r"]` keeps the records of either band; tuples and sets work alike"""
    data = photometry(rng)
    bands = kind(["g", "i", "g"])
    first = [r for r in data if r["band"] == next(iter(bands))]
    orders = [list(bands), ["g", "i"], ["i", "g"]]
    check_kept(
        learner,
        data,
        [r for r in data if r["band"] in "gi"],
        Mistake("list-compared-as-whole", [], kind=kind.__name__),
        Mistake("first-of-list-only", first, kind=kind.__name__),
        *(
            Mistake(
                "value-by-value",
                [r for band in order for r in data if r["band"] == band],
                bands=bands,
                order=", then those of ".join(order),
            )
            for order in orders
        ),
        band=bands,
    )


def test_filter_own_fields(learner: Subject, rng: Rng) -> None:
    """Any field of the records can be filtered, also one you have not thought of"""
    data = [
        r | {"airmass": float(rng.uniform(1, 2)), "field": i % 3}
        for i, r in enumerate(photometry(rng))
    ]
    data[1::2] = [dict(reversed(r.items())) for r in data[1::2]]
    low = [r for r in data if r["airmass"] <= 1.5]
    for text in ("1", ["1"]):
        as_text, answer = data[1::3], filtered(learner, data, field=text)
        if as_text:
            fail_if_recognised(answer, Mistake("compared-as-text", as_text, text=text))
    answer = filtered(learner, data, airmass_max=1.5, field=1.0)
    unknown = Mistake("fixed-fields", Raises("KeyError"), error=answer.raised)
    ignored = Mistake("fixed-fields~ignored", data)
    want = [r for r in low if r["field"] == 1]
    judge_kept(learner, answer, data, want, unknown, ignored, airmass_max=1.5, field=1.0)


def test_filter_zero(learner: Subject, rng: Rng) -> None:
    """0 is a value and a bound like any other, and an empty list has no band in it"""
    data = [r | {"field": i % 3} for i, r in enumerate(photometry(rng, 8))]
    for record in data[::2]:
        record["flux"] *= -1
    zero = Mistake("zero-filter-ignored", data, filters="field=0")
    answer = filtered(learner, data, field=0)
    _expect_effect(learner, answer, data)
    judge_kept(learner, answer, data, [r for r in data if r["field"] == 0], zero, field=0)
    zero = Mistake("zero-filter-ignored", data, filters="flux_min=0")
    check_kept(learner, data, data[1::2], zero, flux_min=0)
    zero = Mistake("zero-filter-ignored", data, filters="flux_max=0")
    check_kept(learner, data, data[::2], zero, flux_max=0)
    empty = Mistake("zero-filter-ignored~empty", data)
    check_kept(learner, data, [], empty, band=[])
    check_kept(learner, data, [], Mistake("zero-filter-ignored~text", data), band="")


def test_filter_field_names(learner: Subject, rng: Rng) -> None:
    """The end of a filter's name decides what it means; the rest is the field, whatever it is"""
    more = ("flux_err", "luminosity", "exp_minutes")
    data = [r | {name: float(rng.uniform(10, 30)) for name in more} for r in photometry(rng, 8)]
    for field in ("flux", *more):
        limit = statistics.median(r[field] for r in data)
        above = [r for r in data if r[field] >= limit]
        below = [r for r in data if r[field] <= limit]
        filters = {f"{field}_max": limit}
        answer = filtered(learner, data, **filters)
        mistakes = _wrong_names(answer, data, field, above, limit)
        judge_kept(learner, answer, data, below, *mistakes, **filters)
    same = data[-1]["exp_minutes"]
    check_kept(learner, data, data[-1:], exp_minutes=same)
    check_kept(learner, data, [r for r in data if r["band"] >= "h"], band_min="h")


def _wrong_names(
    answer: Answer[Any], data: list[Record], field: str, above: list[Record], limit: float
) -> list[Mistake]:
    """What comes of a filter's name that is cut in the wrong place."""
    name, error = f"{field}_max", answer.raised
    if field == "flux_err":
        return [
            Mistake("underscore-in-field", Raises("ValueError", "unpack"), error=error),
            Mistake("underscore-in-field~first", [r for r in data if r["flux"] <= limit]),
        ]
    if field in ("luminosity", "exp_minutes"):
        return [
            Mistake("min-within-name~refused", Raises("KeyError"), name=name, error=error),
            Mistake("min-within-name", above, name=name),
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
        check_kept(learner, data, want, passes, **{f"flux_{end}": floor})


def test_filter_nothing(learner: Subject, rng: Rng) -> None:
    """Without filters all records come back; without data an empty list"""
    data = unordered(rng, photometry(rng, 6))
    check_kept(learner, data, data, Mistake("no-filters-nothing", []))
    answer = filtered(learner, [], band="g", mjd_min=1.0, colour=["red"])
    fails = Mistake("empty-data", gives_up(answer), error=answer.raised)
    expect(answer, [], fails, what="the result for an empty list")


def test_filter_leaves_input(learner: Subject, rng: Rng) -> None:
    """The input is not changed, and the result is a new list"""
    data = unordered(rng, photometry(rng))
    filters = {"band": "g", "flux_min": 15, "mjd_max": 90.0, "flux_err": [0.1, 0.2]}
    got = learner.ask(probes.input_after, "filter_lightcurve", data, **filters).value
    if not approx_equal(got.after, data):
        raise Finding("input-changed", changed=what_changed(data, got.after, "data"))
    whole = learner.ask(probes.input_after, "filter_lightcurve", data).value
    with showing("result is data"):
        require(not whole.returned_itself, "same-list")
    nothing = learner.ask(probes.input_after, "filter_lightcurve", []).value
    with showing("result is data"):
        require(not nothing.returned_itself, "same-list~empty")


def test_filter_unknown_field(learner: Subject, rng: Rng) -> None:
    """A filter on a field that no record has is a KeyError that names the fields there are"""
    data = [r | {"airmass": 1.2} for r in photometry(rng, 6)]
    _check_unknown(learner, data, "colour", "red")
    _check_unknown(learner, data, "redshift_min", 0.1)
    _check_unknown(learner, data, "redshift_max", 0.1)
    for filters in ({"band": "u", "colour": "red"}, {"redshift_max": 0.1, "flux_min": 1e9}):
        answer = filtered(learner, data, **filters)
        name = next(name for name in filters if name in ("colour", "redshift_max"))
        said = ", ".join(f"{key}={value!r}" for key, value in filters.items())
        late = Mistake("unknown-field-noticed-late", [], filters=said, name=name)
        expect_error(answer, "KeyError", f"a filter called `{name}`", late)


def _check_unknown(learner: Subject, data: list[Record], name: str, value: Any) -> None:
    """A filter of that name is refused, by an error that names its field and those there are."""
    answer = filtered(learner, data, **{name: value})
    empty = approx_equal(answer.result, [])
    silent = empty or approx_equal(answer.result, data)
    kept = "an empty list" if empty else "all records"
    expect_error(
        answer,
        "KeyError",
        f"a filter called `{name}`",
        Mistake("unknown-field-silent", silent, name=name, got=kept),
        naming=name.removesuffix("_min").removesuffix("_max"),
    )
    message = answer.message
    all_named = all(field in message for field in data[0])
    require(all_named, "fields-not-named", name=name, message=message, fields=", ".join(data[0]))
