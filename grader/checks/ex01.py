"""Checks of Exercise 1: decorators, filters, magnitudes and functions as arguments.

Every expected value is worked out here from the inputs, independently of any solution.
"""

from __future__ import annotations

import copy
import math
import re
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
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
)

Rng = np.random.Generator
Record = dict[str, Any]

HINTS = {
    "1.1": [
        "A decorator defines a function inside itself, usually called `wrapper`, and returns it.",
        "Read `time.perf_counter()` before and after the call. With `try: return func(...)` and "
        "`finally: print(...)` the line appears in every case.",
        "Put `@wraps(func)` above `def wrapper(*args, **kwargs):`, return "
        "`func(*args, **kwargs)` under `try:` and print under `finally:`.",
    ],
    "1.2": [
        "Go through the filters one by one; a record stays if it meets all of them.",
        "Look at how a filter's name ends: `name.endswith('_min')`. Without that ending, "
        "`name.removesuffix('_min')`, it is the field.",
        "For each `name, wanted in filters.items()`: `>=` for `_min`, `<=` for `_max`, `in` for a "
        "list, tuple or set, `==` otherwise. Before that, raise KeyError for an unknown field.",
    ],
    "1.3": [
        "The formula is one line; the care goes into fluxes that have no logarithm.",
        "Replace fluxes that are not positive by NaN before the logarithm: "
        "`np.where(flux > 0, flux, np.nan)`.",
        "Begin with `flux = np.asarray(flux, dtype=float)`; at the end return `float(magnitude)` "
        "if `magnitude.ndim == 0`, otherwise the array.",
    ],
    "1.4": [
        "For each record: call the function with its flux, and put the result into a copy.",
        "`conversion_func(record['flux'], *args, **kwargs)` passes everything on, stars included.",
        "`{**record, 'magnitude': value}` is a copy with one more key. A list comprehension over "
        "`data` does the rest.",
    ],
    "1.E1": [
        "Keep a dictionary in the decorator, outside the wrapper, with the arguments as its key.",
        "`args` is a tuple already; make one of the keyword arguments with "
        "`tuple(sorted(kwargs.items()))`.",
        "Ask `if key not in memory`, so that None and 0 count as remembered. Catch the TypeError "
        "of `hash(key)` and just call the function then.",
    ],
    "1.E2": [
        "`band_processor` returns a function that takes the records.",
        "For each record look up `functions.get(record['band'])`; without a function the record "
        "passes through.",
        "Give the function `dict(record)`, a copy, and collect what it returns in a new list.",
    ],
}


def photometry(rng: Rng, n: int = 24, bands: str = "gri") -> list[Record]:
    """Records in order of time, with at least one of each band; flux in [10, 30]."""
    names = [bands[i % len(bands)] for i in range(n)]
    rng.shuffle(names)
    times = np.sort(rng.choice(100_000, n, replace=False)) / 1000  # no two alike
    return [
        {
            "mjd": float(mjd),
            "flux": float(rng.uniform(10, 30)),
            "flux_err": float(rng.uniform(0.1, 0.2)),
            "band": band,
        }
        for mjd, band in zip(times, names, strict=True)
    ]


# 1.1 timing_decorator


def decorated(answer: Answer) -> dict:
    """What a decorated call reports, once it is clear that decorating gives a function."""
    if not answer.raised:
        before, callable_ = answer.value["before"], answer.value["callable"]
        fail_if_recognised(
            answer,
            Mistake(
                "calls-while-decorating",
                before > 0,
                "The function is called already while it is being decorated. A decorator must only "
                "define and return the wrapper; the call belongs inside the wrapper.",
            ),
            Mistake(
                "wrapper-not-returned",
                not callable_,
                "Decorating gives something that cannot be called. Return the inner function "
                "itself (`return wrapper`, without parentheses) at the end of the decorator.",
            ),
        )
    return answer.value


def check_accepts(learner: Subject, decorator: str, value: float, band: str) -> None:
    """A decorated function can be called with any positional and keyword arguments."""
    plain = learner.decorated_call(decorator, value, 2)
    named = learner.decorated_call(decorator, value, 2, band=band)
    fix = "Let the wrapper take `*args, **kwargs` and pass both on: `func(*args, **kwargs)`."
    fail_if_recognised(
        plain,
        Mistake(
            "arguments-not-passed",
            Raises("TypeError", "positional argument"),
            f"The decorated function does not take any number of arguments. {fix}",
        ),
    )
    fail_if_recognised(
        named,
        Mistake(
            "keywords-not-passed",
            Raises("TypeError", "unexpected keyword argument"),
            f"The decorated function refuses keyword arguments. {fix}",
        ),
    )


def check_passed_on(learner: Subject, decorator: str, rng: Rng) -> None:
    """A decorated function receives its arguments once and gives its value back."""
    value, band = float(rng.uniform(10, 30)), str(rng.choice(list("gri")))
    check_accepts(learner, decorator, value, band)
    answer = learner.decorated_call(decorator, value, 2, band=band)
    got = decorated(answer)
    require(
        bool(got["calls"]),
        "The decorated function never calls the original one. Call it in the wrapper, with "
        "parentheses: `func(*args, **kwargs)`.",
        "never-calls",
    )
    args, kwargs = got["calls"][0]
    fail_if_recognised(
        answer,
        Mistake(
            "arguments-packed",
            approx_equal(args[:1], [(value, 2)]) or approx_equal(args[-1:], [{"band": band}]),
            "The function receives the whole tuple `args` or the whole dictionary `kwargs` as one "
            "argument. Unpack them with stars in the call: `func(*args, **kwargs)`.",
        ),
        Mistake(
            "keywords-not-passed",
            approx_equal(args, [value, 2]) and not kwargs,
            "The keyword arguments get lost on the way. Pass them on: `func(*args, **kwargs)`.",
        ),
        Mistake(
            "arguments-not-passed",
            not args,
            "The arguments get lost on the way. Pass them on: `func(*args, **kwargs)`.",
        ),
        Mistake(
            "calls-twice",
            len(got["calls"]) > 1,
            f"One call of the decorated function calls the original {len(got['calls'])} times. "
            "Call it once, keep the value in a variable and return that.",
        ),
        Mistake(
            "value-not-returned",
            got["value"] is None,
            "The decorated function returns None, though the original returned a value. Return "
            "from the wrapper what the function returned.",
        ),
    )
    text = difference(got["value"], value, "the value of the decorated function")
    require(not text, text)
    require(
        approx_equal(args, [value, 2]) and approx_equal(kwargs, {"band": band}),
        "The function does not receive the arguments that the decorated one was called with. "
        "Pass them on as they are: `func(*args, **kwargs)`.",
    )


def check_identity(learner: Subject, decorator: str) -> None:
    """A decorated function keeps its name and its docstring."""
    answer = learner.decorated_names(decorator)
    got = answer.value
    require(
        approx_equal(got, {"name": "mean_flux", "doc": "Mean of the fluxes."}),
        f"The decorated function calls itself {got['name']!r} with the docstring {got['doc']!r}; "
        "the original's name and docstring are lost. Put `@wraps(func)` right above "
        "`def wrapper(...)`.",
        "metadata-lost",
    )


@part("1.1")
def test_timing_passes_on(learner: Subject, rng: Rng) -> None:
    """Arguments, keyword arguments and the returned value go through unchanged"""
    check_passed_on(learner, "timing_decorator", rng)


@part("1.1")
def test_timing_prints(learner: Subject, rng: Rng) -> None:
    """Each call prints one line with the function's name and the time in seconds"""
    answer = learner.decorated_call("timing_decorator", float(rng.uniform(10, 30)))
    decorated(answer)
    lines = [line for line in answer.printed.splitlines() if line.strip()]
    require(
        bool(lines),
        "Nothing is printed when the decorated function is called. Print the elapsed time in the "
        "wrapper, with `print(...)`.",
        "nothing-printed",
    )
    require(
        "mean_flux" in answer.printed,
        f"The printed line, {lines[0][:80]!r}, does not name the function. `func.__name__` holds "
        "its name.",
        "name-not-printed",
    )
    require(
        re.search(r"\{[a-z_]", answer.printed) is None,
        f"The printed line is {lines[0][:80]!r}, braces and all. Put an `f` before the text: "
        "`f'...'` replaces what stands in braces by its value.",
        "f-missing",
    )
    require(
        re.search(r"\d", answer.printed.replace("mean_flux", "")) is not None,
        f"The printed line, {lines[0][:80]!r}, shows no time. Print the difference of two readings "
        "of `time.perf_counter()`, in seconds.",
        "time-not-printed",
    )
    require(
        len(lines) == 1,
        f"{len(lines)} lines are printed per call; print one, with the name and the time.",
        "several-lines",
    )


@part("1.1")
def test_timing_measures(learner: Subject) -> None:
    """The printed time is the duration of this call, in seconds"""
    answer = learner.timed_naps([0.08, 0.0])
    took = answer.value
    lines = [line for line in answer.printed.splitlines() if line.strip()]
    require(len(lines) == 2, f"Two calls should print two lines; {len(lines)} are printed.")
    first, second = (_numbers(line) for line in lines)
    long, short = took[0] + 0.05, took[1] + 0.05  # for a time rounded to a tenth of a second
    measured = _any_within(first, 0.07, long)
    if measured and _any_within(second, 0, short):
        return
    line = repr(lines[0].strip()[:80])
    fail_if_recognised(
        answer,
        Mistake(
            "clock-started-once",
            measured,
            "The printed time grows from call to call: the clock is started once, when the "
            "function is decorated. Read the starting time inside the wrapper.",
        ),
        Mistake(
            "time-reversed",
            _any_within(first, -long, -0.07),
            f"The printed time is negative: {line}. Subtract the start from the end.",
        ),
        Mistake(
            "not-in-seconds",
            _any_within(first, 70, 1000 * long) and _any_within(second, 0, 1000 * short),
            f"A call that took {took[0]:.2f} s prints {line}. Print the time in seconds, as "
            "`time.perf_counter()` gives it.",
        ),
        Mistake(
            "clock-reading-printed",
            min(first, default=0) > 5,
            f"A call that took {took[0]:.2f} s prints {line}. That is a reading of the clock, not "
            "a duration: subtract the reading before the call from the one after it.",
        ),
        Mistake(
            "clock-misplaced",
            True,
            f"A call that took {took[0]:.2f} s prints {line}. Read `time.perf_counter()` right "
            "before and right after the call, and do not round to whole seconds.",
        ),
    )


def _numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)]


def _any_within(numbers: list[float], low: float, high: float) -> bool:
    return any(low <= number <= high for number in numbers)


@part("1.1")
def test_timing_keeps_identity(learner: Subject) -> None:
    """The decorated function keeps its name and docstring"""
    check_identity(learner, "timing_decorator")


@part("1.1")
def test_timing_exceptions(learner: Subject, rng: Rng) -> None:
    """If the function raises, the time is printed and the exception goes on to the caller"""
    text = f"no flat field {rng.integers(10**6)}"
    answer = learner.decorated_failure("timing_decorator", text)
    got = answer.value
    fail_if_recognised(
        answer,
        Mistake(
            "exception-swallowed",
            got["raised"] is None,
            "The exception of the decorated function disappears: the caller never learns that it "
            "failed. Use `try:` and `finally:` without `except`, with only the print under "
            "`finally:`.",
        ),
        Mistake(
            "exception-replaced",
            got["raised"] is not None and not got["same"],
            f"The caller receives another exception, {got['raised']}, than the function raised. "
            "Use `try:` and `finally:` without `except`, with only the print under `finally:`.",
        ),
        Mistake(
            "silent-on-exception",
            "failing" not in answer.printed,
            "No line with the function's name is printed when the function raises, since what "
            "stands after the call is not reached. Put the print under `finally:`.",
        ),
    )
    require(
        got["calls"] == 1,
        f"A function that raises is called {got['calls']} times. Call it once, under `try:`.",
        "calls-twice",
    )


# 1.2 filter_lightcurve


def kept(answer: Answer, want: list[Record], *mistakes: Mistake) -> None:
    """Compare the records that a filter keeps with those it should keep."""
    general = [
        Mistake(
            "suffix-as-field",
            answer.raised is not None
            and answer.raised.is_a("KeyError")
            and re.search(r"_(min|max)", answer.raised.message) is not None,
            "Your code looks for a field with the filter's whole name, such as `flux_min`. That "
            "filter is about the field `flux`: cut off `_min` or `_max` first.",
        ),
        Mistake(
            "strip-removes-letters",
            answer.raised is not None
            and answer.raised.is_a("KeyError")
            and re.search(r"\b(flu|jd)\b", answer.raised.message) is not None,
            "The name of the field has lost a letter: `'flux_max'.rstrip('_max')` is `'flu'`, "
            "since `strip` removes single letters. Use `name.removesuffix('_max')` or `name[:-4]`.",
        ),
        Mistake(
            "lazy-filter",
            kind_of(answer.result) in ("a filter", "a generator"),
            f"The result is {kind_of(answer.result)}, which is used up by the first loop over it. "
            "Turn it into a list: `list(...)`.",
        ),
    ]
    fail_if_recognised(answer, *mistakes, *general)
    if (
        answer.raised is None
        and isinstance(answer.result, list)
        and len(answer.result) != len(want)
    ):
        require(False, f"{len(answer.result)} records are kept; it should be {len(want)}.")
    expect(answer, want)


@part("1.2")
def test_filter_equality(learner: Subject, rng: Rng) -> None:
    """`band="g"` keeps the records of the g band, in their order"""
    data = photometry(rng)
    answer = learner.call("filter_lightcurve", data, band="g")
    kept(
        answer,
        [r for r in data if r["band"] == "g"],
        Mistake(
            "filter-inverted",
            [r for r in data if r["band"] != "g"],
            "The records that meet the filter are thrown away and the others kept. Turn the "
            "condition round.",
        ),
        Mistake(
            "filters-ignored",
            data,
            "All records come back: `band='g'` has no effect. A filter without `_min` or `_max` "
            "asks for equality; go through the names and values in `filters.items()`.",
        ),
        Mistake(
            "first-match-only",
            [r for r in data if r["band"] == "g"][:1],
            "Only the first matching record comes back. Is there a `return` inside the loop?",
        ),
    )
    kept(
        learner.call("filter_lightcurve", data, band="gri"),
        [],
        Mistake(
            "text-taken-apart",
            data,
            "`band='gri'` keeps the bands g, r and i, but a text is one value, and no record has "
            "the band 'gri'. Only in lists, tuples and sets look with `in`.",
        ),
    )


@part("1.2")
def test_filter_bounds(learner: Subject, rng: Rng) -> None:
    """`X_min` and `X_max` are bounds on the field X, and include the bound itself"""
    data = photometry(rng)
    lo, hi = data[5]["mjd"], data[17]["mjd"]
    kept(
        learner.call("filter_lightcurve", data, mjd_min=lo),
        data[5:],
        Mistake("exclusive-bounds", data[6:], EXCLUSIVE.format("lower", "min", ">=")),
        Mistake("bounds-swapped", data[:6], SWAPPED.format("min", ">=", "upper")),
        Mistake("bounds-ignored", data, NO_BOUND),
        Mistake("suffix-as-field", [], NO_FIELD),
    )
    kept(
        learner.call("filter_lightcurve", data, mjd_max=hi),
        data[:18],
        Mistake("exclusive-bounds", data[:17], EXCLUSIVE.format("upper", "max", "<=")),
        Mistake("bounds-swapped", data[17:], SWAPPED.format("max", "<=", "lower")),
    )
    kept(
        learner.call("filter_lightcurve", data, mjd_min=lo, mjd_max=hi),
        data[5:18],
        Mistake(
            "any-instead-of-all",
            data,
            "Records that meet only one of two bounds are kept. A record has to meet all the "
            "filters.",
        ),
        Mistake("one-filter-only", data[:18], ONE_ONLY),
        Mistake("one-filter-only", data[5:], ONE_ONLY),
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


@part("1.2")
def test_filter_combined(learner: Subject, rng: Rng) -> None:
    """Several filters at once: a record must meet all of them"""
    data = photometry(rng)
    floor = float(np.median([r["flux"] for r in data]))
    start = data[4]["mjd"]
    answer = learner.call("filter_lightcurve", data, band="r", mjd_min=start, flux_min=floor)
    tests = [
        lambda r: r["band"] == "r",
        lambda r: r["mjd"] >= start,
        lambda r: r["flux"] >= floor,
    ]
    kept(
        answer,
        [r for r in data if all(test(r) for test in tests)],
        Mistake(
            "any-instead-of-all",
            [r for r in data if any(test(r) for test in tests)],
            "Records that meet only some of the filters are kept. A record has to meet all of "
            "them: use `all(...)`, or filter what is left again and again.",
        ),
        Mistake(
            "duplicates",
            [r for test in tests for r in data if test(r)],
            "Some records come back more than once: once for each filter they meet. A record has "
            "to meet all the filters.",
        ),
        Mistake("one-filter-only", [r for r in data if tests[2](r)], ONE_ONLY),
        Mistake("one-filter-only", [r for r in data if tests[0](r)], ONE_ONLY),
    )


@part("1.2")
@pytest.mark.parametrize("kind", [list, tuple, set])
def test_filter_one_of(learner: Subject, rng: Rng, kind: type) -> None:
    """`band=["g", "r"]` keeps the records of either band; tuples and sets work alike"""
    data = photometry(rng)
    answer = learner.call("filter_lightcurve", data, band=kind(["g", "i"]))
    kept(
        answer,
        [r for r in data if r["band"] in "gi"],
        Mistake(
            "list-compared-as-whole",
            [],
            f"No record is kept: a band is never equal to a whole {kind.__name__}. If the value is "
            "a list, a tuple or a set, ask with `in` whether it contains the record's value.",
        ),
        Mistake(
            "first-of-list-only",
            [r for r in data if r["band"] == next(iter(kind(["g", "i"])))],
            f"Only one of the values in the {kind.__name__} counts. Ask with `in` whether it "
            "contains the record's value.",
        ),
    )


@part("1.2")
def test_filter_own_fields(learner: Subject, rng: Rng) -> None:
    """Any field of the records can be filtered, also one you have not thought of"""
    data = [
        r | {"airmass": float(rng.uniform(1, 2)), "field": i % 3}
        for i, r in enumerate(photometry(rng))
    ]
    answer = learner.call("filter_lightcurve", data, airmass_max=1.5, field=0)
    fixed = (
        "Filters work on the usual four fields only, but records may have others, such as "
        "`airmass`. Take the field from the name of the filter instead of listing fields."
    )
    low = [r for r in data if r["airmass"] <= 1.5]
    kept(
        answer,
        [r for r in low if r["field"] == 0],
        Mistake("fixed-fields", Raises("KeyError"), fixed),
        Mistake("fixed-fields", data, fixed),
        Mistake(
            "zero-filter-ignored",
            low,
            "`field=0` has no effect. Zero is a value like any other: do not ask `if value:`.",
        ),
    )


@part("1.2")
def test_filter_field_names(learner: Subject, rng: Rng) -> None:
    """The end of a filter's name decides what it means; the rest is the field, whatever it is"""
    data = [r | {"luminosity": float(rng.uniform(1, 2))} for r in photometry(rng)]
    for field in ("flux", "flux_err", "luminosity"):
        limit = float(np.median([r[field] for r in data]))
        answer = learner.call("filter_lightcurve", data, **{f"{field}_max": limit})
        mistakes = _wrong_names(answer, field, [r for r in data if r[field] >= limit])
        kept(answer, [r for r in data if r[field] <= limit], *mistakes)


def _wrong_names(answer: Answer, field: str, above: list[Record]) -> list[Mistake]:
    underscore = (
        "A field may have an underscore in its own name: `flux_err_max` is about `flux_err`. Cut "
        "off only the ending, with `name.removesuffix('_max')` or `name.rsplit('_', 1)`."
    )
    within = (
        "`luminosity_max` is taken for a lower bound, because there is a 'min' inside its name. "
        "Only the end of the name counts: `name.endswith('_min')`."
    )
    if field == "flux_err":
        return [
            Mistake("underscore-in-field", Raises("ValueError", "unpack"), underscore),
            Mistake("underscore-in-field", [], underscore),
        ]
    if field == "luminosity":
        return [
            Mistake("min-within-name", Raises("KeyError", "lu"), within),
            Mistake("min-within-name", above, within),
        ]
    return []


@part("1.2")
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
            learner.call("filter_lightcurve", data, **{f"flux_{end}": floor}),
            want,
            Mistake("nan-within-bounds", loose, passes.format(end) + advice.format(sign)),
        )


@part("1.2")
def test_filter_nothing(learner: Subject, rng: Rng) -> None:
    """Without filters all records come back; without data an empty list"""
    data = photometry(rng, 6)
    kept(
        learner.call("filter_lightcurve", data),
        data,
        Mistake(
            "no-filters-nothing",
            [],
            "Without any filter no record comes back. Every record meets no condition at all: "
            "begin with all records, or use `all(...)`.",
        ),
    )
    answer = learner.call("filter_lightcurve", [], band="g")
    fail_if_recognised(
        answer,
        Mistake(
            "empty-data",
            answer.raised is not None and not answer.raised.is_a("NotImplementedError"),
            f"With an empty list of records your code raised {answer.raised}. The result is an "
            "empty list.",
        ),
    )
    expect(answer, [], what="the result for an empty list")


@part("1.2")
def test_filter_leaves_input(learner: Subject, rng: Rng) -> None:
    """The input is not changed, and the result is a new list"""
    data = photometry(rng)
    got = learner.with_input("filter_lightcurve", data, band="g", flux_min=15).value
    require(
        approx_equal(got["after"], data),
        "The input list is changed by the filter: the caller's data are gone. Build a new list "
        "instead of removing from `data`.",
        "input-changed",
    )
    whole = learner.with_input("filter_lightcurve", data).value
    require(
        not whole["same_object"],
        "Without filters the input list itself is returned. Return a new list, `list(data)`, so "
        "that a change of one does not change the other.",
        "same-list",
    )


@part("1.2")
def test_filter_unknown_field(learner: Subject, rng: Rng) -> None:
    """A filter on a field that no record has is a KeyError that names the fields there are"""
    data = [r | {"airmass": 1.2} for r in photometry(rng, 6)]
    for name, value in [("colour", "red"), ("redshift_min", 0.1), ("redshift_max", 0.1)]:
        field = name.removesuffix("_min").removesuffix("_max")
        answer = learner.call("filter_lightcurve", data, **{name: value})
        silent = Mistake(
            "unknown-field-silent",
            approx_equal(answer.result, []) or approx_equal(answer.result, data),
            f"`{name}` is about a field that no record has, and your code says nothing. Whoever "
            "mistypes a name should hear of it: raise KeyError and name the fields there are.",
        )
        when = f"a filter called `{name}`"
        expect_error(answer, "KeyError", when, silent, naming=field)
        assert answer.raised
        require(
            all(known in answer.raised.message for known in data[0]),
            f"The KeyError for `{name}` does not say which fields there are; its message is "
            f"{answer.raised.message!r}. Name all fields of the records: {', '.join(data[0])}.",
            "fields-not-named",
        )
    answer = learner.call("filter_lightcurve", data, band="u", colour="red")
    late = Mistake(
        "unknown-field-noticed-late",
        [],
        "With `band='u', colour='red'` the first filter leaves no record, and then nobody notices "
        "that there is no field `colour`. Look for unknown fields before you filter.",
    )
    expect_error(answer, "KeyError", "a filter called `colour`", late)


# 1.3 flux_to_magnitude


def pogson(flux: Any, zeropoint: float = 25.0) -> np.ndarray:
    """m = -2.5 log10(flux) + zeropoint, NaN for a flux that is not positive; by Python's `math`."""
    values = np.asarray(flux, dtype=float)
    flat = [-2.5 * math.log10(f) + zeropoint if f > 0 else math.nan for f in values.ravel()]
    return np.array(flat).reshape(values.shape)


def wrong_magnitudes(flux: Any, zeropoint: float) -> list[Mistake]:
    """What the well-known slips in Pogson's formula give."""
    values = np.asarray(flux, dtype=float)
    log = np.log10(values)

    def shaped(array: Any) -> Any:
        return float(array) if np.ndim(flux) == 0 else array

    found = [
        (
            "natural-logarithm",
            -2.5 * np.log(values) + zeropoint,
            "This is the natural logarithm. Magnitudes use the logarithm to base 10: `np.log10`.",
        ),
        (
            "sign-of-magnitude",
            2.5 * log + zeropoint,
            "The sign is wrong: these magnitudes grow with the flux, but a brighter source has a "
            "smaller magnitude. The factor is -2.5.",
        ),
        (
            "zeropoint-subtracted",
            -2.5 * log - zeropoint,
            "The zero point is subtracted; it has to be added.",
        ),
        (
            "zeropoint-ignored",
            -2.5 * log + 25.0,
            "The zero point that was asked for is ignored: these magnitudes have 25.0. Use the "
            "argument `zeropoint`.",
        ),
        ("zeropoint-missing", -2.5 * log, "The zero point is missing: add `zeropoint`."),
        ("factor-two-and-a-half", -2.0 * log + zeropoint, "The factor is -2.5, not -2."),
        (
            "binary-logarithm",
            -2.5 * np.log2(values) + zeropoint,
            "This is the logarithm to base 2. Magnitudes use base 10: `np.log10`.",
        ),
        (
            "inverse-conversion",
            10 ** (-0.4 * (values - zeropoint)),
            "This is the way back, from magnitude to flux. Here the flux is given.",
        ),
        (
            "zeropoint-in-logarithm",
            -2.5 * np.log10(values + zeropoint),
            "The zero point is added to the flux. Take the logarithm of the flux alone, then "
            "add it.",
        ),
        (
            "zeropoint-multiplied",
            -2.5 * (log + zeropoint),
            "The zero point is multiplied by -2.5 as well. Add it last, outside the parentheses.",
        ),
    ]
    rounded = [
        (
            "rounded",
            np.round(-2.5 * log + zeropoint, digits),
            "The magnitude is rounded. Return it as it is, and round only where you print it.",
        )
        for digits in range(5)
    ]
    return [Mistake(slug, shaped(value), says) for slug, value, says in [*found, *rounded]]


@part("1.3")
def test_magnitude_of_number(learner: Subject, rng: Rng) -> None:
    """One flux gives Pogson's magnitude, with any zero point"""
    for zeropoint in (25.0, float(rng.uniform(22, 24))):
        flux = float(rng.uniform(5, 500))
        answer = learner.call("flux_to_magnitude", flux, zeropoint)
        want = float(pogson(flux, zeropoint))
        mistakes = [*wrong_magnitudes(flux, zeropoint), _arrays_only(answer), _array(answer)]
        expect(answer, want, *mistakes, what="the magnitude", unit="mag")
        fail_if_recognised(answer, _array(answer))
    flux = float(rng.uniform(5, 500))
    answer = learner.call("flux_to_magnitude", flux)
    what = "the magnitude with the default zero point"
    expect(answer, float(pogson(flux)), *wrong_magnitudes(flux, 25.0), what=what, unit="mag")


def _array(answer: Answer) -> Mistake:
    return Mistake(
        "array-for-number",
        isinstance(answer.result, np.ndarray),
        "For one flux the result is a NumPy array. Turn it into a number: `float(magnitude)`.",
    )


def _arrays_only(answer: Answer) -> Mistake:
    raised = answer.raised
    return Mistake(
        "arrays-only",
        raised is not None
        and (raised.is_a("TypeError") or raised.is_a("AttributeError"))
        and re.search(r"'(float|int)'", raised.message) is not None,
        f"With a single flux your code raised {raised}. A number has no items and no shape: begin "
        "with `flux = np.asarray(flux, dtype=float)`.",
    )


@part("1.3")
def test_magnitude_of_array(learner: Subject, rng: Rng) -> None:
    """An array of fluxes gives an array of the same shape"""
    for shape in (7, (3, 4), 1):
        flux = rng.uniform(5, 500, shape)
        answer = learner.call("flux_to_magnitude", flux, zeropoint=23.9)
        scalar_only = Mistake(
            "numbers-only",
            answer.raised is not None
            and (
                "truth value" in answer.raised.message
                or "scalar" in answer.raised.message
                or "must be real number" in answer.raised.message
            ),
            f"With an array your code raised {answer.raised}. `if flux > 0` and the functions of "
            "`math` work for one number only: use NumPy's, and `np.where` instead of `if`.",
        )
        size = np.size(flux)
        shape_lost = Mistake(
            "shape-lost",
            isinstance(answer.result, list | float)
            or (
                isinstance(answer.result, np.ndarray)
                and answer.result.shape != flux.shape
                and answer.result.size == size
            ),
            f"An array of shape {flux.shape} gives {kind_of(answer.result)}. Let NumPy calculate "
            "with the whole array at once, and the shape stays.",
        )
        mistakes = [*wrong_magnitudes(flux, 23.9), scalar_only, shape_lost]
        expect(answer, pogson(flux, 23.9), *mistakes, what="the magnitude", unit="mag")


@part("1.3")
def test_magnitude_of_integers(learner: Subject, rng: Rng) -> None:
    """Whole numbers are fluxes too"""
    flux = rng.integers(5, 500, 6)
    answer = learner.call("flux_to_magnitude", flux)
    got = answer.result
    integers = Mistake(
        "integer-result",
        isinstance(got, np.ndarray) and got.dtype.kind in "iu",
        "An array of whole numbers gives magnitudes without decimals: `zeros_like`, `empty_like` "
        "and `full_like` copy the type as well. Begin with `flux = np.asarray(flux, dtype=float)`.",
    )
    expect(answer, pogson(flux), integers, what="the magnitude", unit="mag")
    answer = learner.call("flux_to_magnitude", 100)
    expect(answer, 20.0, _arrays_only(answer), what="the magnitude of the flux 100", unit="mag")


@part("1.3")
def test_magnitude_missing(learner: Subject, rng: Rng) -> None:
    """A flux that is zero, negative or NaN has the magnitude NaN"""
    flux = np.array([rng.uniform(5, 500), 0.0, -rng.uniform(0.1, 9), math.nan, rng.uniform(5, 500)])
    answer = learner.call("flux_to_magnitude", flux)
    want = pogson(flux)
    got = answer.result if isinstance(answer.result, np.ndarray) else np.zeros(0)
    bad = got[1:4] if got.shape == flux.shape and got.dtype.kind == "f" else np.zeros(0)
    mistakes = [
        Mistake(
            "infinite-magnitude",
            bool(np.isinf(bad).any()),
            "A flux of zero gives an infinite magnitude. It has none: return NaN for every flux "
            "that is not greater than zero.",
        ),
        Mistake(
            "input-changed",
            Raises("ValueError", "read-only"),
            "Your code writes into the array that it was given. Work on a copy, for example with "
            "`np.where(flux > 0, flux, np.nan)`.",
        ),
        Mistake(
            "none-for-missing",
            kind_of(answer.result) == "a ndarray",
            "The array holds something that is not a number, perhaps None. Use NaN (`np.nan`), "
            "which is one, for a flux without a magnitude.",
        ),
        Mistake(
            "zero-for-missing",
            bool((bad == 0).any()),
            "A flux without a magnitude gives 0, but that is a very bright star. Return NaN.",
        ),
        Mistake(
            "absolute-flux",
            bad.size == 3 and approx_equal(float(bad[1]), float(pogson(-flux[2]))),
            "The minus sign of a negative flux is dropped. A negative flux is noise around zero "
            "and has no magnitude: return NaN.",
        ),
        Mistake(
            "zeropoint-for-missing",
            bad.size == 3 and bool((bad == 25.0).any()),
            "A flux without a magnitude gives the zero point, the magnitude of a source with flux "
            "1. Return NaN.",
        ),
        Mistake(
            "number-for-missing",
            bad.size == 3
            and bool(np.isfinite(bad[0]))
            and approx_equal(float(bad[0]), float(bad[1])),
            f"Fluxes without a magnitude give {_first(bad):g} mag, which looks like a "
            "measurement. Return NaN, and whoever gets it knows that nothing is there.",
        ),
        Mistake(
            "missing-dropped",
            got.ndim == 1 and 0 < got.size < flux.size,
            "The fluxes without a magnitude are left out, so that the result is shorter than the "
            "input. Put NaN in their places.",
        ),
        Mistake(
            "refuses-missing",
            answer.raised is not None
            and not answer.raised.is_a("NotImplementedError")
            and "truth value" not in answer.raised.message,
            f"With a flux that is not positive your code raised {answer.raised}. Such a flux is an "
            "ordinary thing in a survey: its magnitude is NaN.",
        ),
    ]
    expect(answer, want, *mistakes, what="the magnitude", unit="mag")
    for one in (0.0, -3.0):
        answer = learner.call("flux_to_magnitude", one)
        expect(answer, math.nan, *_single(answer), what=f"the magnitude of a flux of {one:g}")


def _first(array: np.ndarray) -> float:
    return float(array[0]) if array.size else math.nan


def _single(answer: Answer) -> list[Mistake]:
    got = answer.result if isinstance(answer.result, float) else 1.0
    return [
        Mistake(
            "infinite-magnitude",
            math.isinf(got),
            "A flux of zero gives an infinite magnitude. It has none: return NaN.",
        ),
        Mistake(
            "none-for-missing",
            answer.raised is None and answer.result is None,
            "A single flux that is not positive gives None. Return NaN (`np.nan`), which stays a "
            "number in an array.",
        ),
        Mistake(
            "refuses-missing",
            answer.raised is not None and not answer.raised.is_a("NotImplementedError"),
            f"With a single flux of zero or less your code raised {answer.raised}. Return NaN.",
        ),
    ]


@part("1.3")
def test_magnitude_quiet(learner: Subject, rng: Rng) -> None:
    """No warning is shown, and the input array stays as it was"""
    flux = np.array([rng.uniform(5, 500), 0.0, -rng.uniform(0.1, 9), math.nan])
    for value in (flux, 0.0, -2.0):
        answer = learner.call("flux_to_magnitude", value)
        require(
            not answer.warned,
            f"A warning appears: {(answer.warned or [''])[0]!r}. Replace fluxes that are not "
            "positive by NaN before the logarithm is taken, `np.where(flux > 0, flux, np.nan)`, or "
            "calculate under `with np.errstate(divide='ignore', invalid='ignore'):`.",
            "warns",
        )
    got = learner.with_input("flux_to_magnitude", flux).value
    require(
        approx_equal(got["after"], flux),
        "The caller's array of fluxes is changed. Work on a copy, for example with `np.where`.",
        "input-changed",
    )


# 1.4 apply_magnitude_conversion


@part("1.4")
def test_conversion_passes_arguments(learner: Subject, rng: Rng) -> None:
    """`*args` and `**kwargs` go on to the conversion function, one flux at a time"""
    data = photometry(rng, 5)
    zeropoint, scale = float(rng.uniform(22, 26)), float(rng.uniform(1, 2))
    answer = learner.conversion(data, zeropoint, scale=scale)
    ignored = (
        "The function that is handed over is never called. Call `conversion_func`, whatever it is, "
        "not one certain function."
    )
    fail_if_recognised(
        answer, Mistake("function-ignored", Raises("TypeError", "flux_to_magnitude"), ignored)
    )
    got = answer.value
    require(bool(got["calls"]), ignored, "function-ignored")
    flux, args, kwargs = got["calls"][0]
    fail_if_recognised(
        answer,
        Mistake(
            "whole-record",
            isinstance(flux, dict),
            "The conversion function gets the whole record. Give it the flux: `record['flux']`.",
        ),
        Mistake(
            "whole-list",
            isinstance(flux, list | np.ndarray),
            "The conversion function gets "
            "all fluxes at once. It may work for one number only: call it for each record.",
        ),
        Mistake(
            "stars-missing",
            approx_equal(args[:1], [(zeropoint,)]) or approx_equal(args[-1:], [{"scale": scale}]),
            "The conversion function gets the tuple `args` or the dictionary `kwargs` as one "
            "argument. Unpack them with stars: `conversion_func(flux, *args, **kwargs)`.",
        ),
        Mistake(
            "args-not-passed",
            not args and approx_equal(kwargs, {"scale": scale}),
            "The further positional arguments do not reach the conversion function. Pass on "
            "`*args` as well.",
        ),
        Mistake(
            "kwargs-not-passed",
            approx_equal(args, [zeropoint]) and not kwargs,
            "The keyword arguments do not reach the conversion function. Pass on `**kwargs` as "
            "well.",
        ),
        Mistake(
            "args-not-passed",
            not args and not kwargs,
            "Neither the positional nor the "
            "keyword arguments reach the conversion function. Pass them on: "
            "`conversion_func(flux, *args, **kwargs)`.",
        ),
    )
    for record in data:
        call = [record["flux"], [zeropoint], {"scale": scale}]
        require(
            any(approx_equal(made, call) for made in got["calls"]),
            "The conversion function is not called with each record's flux and the further "
            "arguments: `conversion_func(record['flux'], *args, **kwargs)`.",
        )


@part("1.4")
def test_conversion_adds_magnitude(learner: Subject, rng: Rng) -> None:
    """Each record comes back as a copy with `magnitude` added and `flux` kept"""
    data = photometry(rng, 8)
    slope = float(rng.uniform(2, 5))
    answer = learner.real_conversion(data, slope)
    want = [r | {"magnitude": slope * r["flux"]} for r in data]
    values = [r["magnitude"] for r in want]
    expect(
        answer,
        want,
        Mistake(
            "values-only",
            values,
            "The result is a list of magnitudes alone: time, error and band are lost. Return a "
            "copy of each record with the key `magnitude` added.",
        ),
        Mistake(
            "values-only",
            np.array(values),
            "The result is an array of magnitudes alone. "
            "Return a copy of each record with the key `magnitude` added.",
        ),
        Mistake(
            "flux-overwritten",
            [r | {"flux": m} for r, m in zip(data, values, strict=True)],
            "The flux is replaced by the magnitude. Keep `flux` as it is and store the result "
            "under the key `magnitude`.",
        ),
        Mistake(
            "flux-dropped",
            [{k: v for k, v in r.items() if k != "flux"} for r in want],
            "The records have lost their flux. Keep everything they had and add `magnitude`.",
        ),
        Mistake(
            "magnitudes-only-records",
            [{"magnitude": m} for m in values],
            "The records hold nothing but the magnitude. Keep everything they had: "
            "`{**record, 'magnitude': ...}`.",
        ),
        Mistake(
            "key-mag",
            [r | {"mag": m} for r, m in zip(data, values, strict=True)],
            "The magnitude stands under the key `mag`; the key asked for is `magnitude`.",
        ),
        Mistake(
            "same-record-repeated",
            [want[-1]] * len(want),
            "Every item is the last record: "
            "one dictionary is filled again and again. Make a new one for each record.",
        ),
        Mistake(
            "first-record-only",
            want[:1],
            "Only the first record comes back. Is there a `return` inside the loop?",
        ),
    )


@part("1.4")
def test_conversion_leaves_input(learner: Subject, rng: Rng) -> None:
    """The input records stay as they were; no records give no records"""
    data = photometry(rng, 5)
    got = learner.conversion(data).value
    require(
        approx_equal(got["after"], data),
        "The caller's records are changed: they have got a `magnitude` too. Copy each record "
        "before you add to it: `{**record, 'magnitude': ...}` or `dict(record)`.",
        "input-changed",
    )
    expect(learner.real_conversion([], 2.0), [], what="the result for an empty list")


@part("1.4")
def test_conversion_again(learner: Subject, rng: Rng) -> None:
    """A magnitude that a record had before is replaced"""
    data = [r | {"magnitude": 99.0} for r in photometry(rng, 4)]
    slope = float(rng.uniform(2, 5))
    kept_old = "A record that had a `magnitude` before keeps the old one. Assign the new one: "
    expect(
        learner.real_conversion(data, slope),
        [r | {"magnitude": slope * r["flux"]} for r in data],
        Mistake("old-magnitude-kept", data, kept_old + "`{**record, 'magnitude': ...}`."),
    )


# 1.E1 cache_results


@part("1.E1")
def test_cache_separate(learner: Subject, rng: Rng) -> None:
    """Each decorated function has a memory of its own"""
    x = float(rng.uniform(3, 9))
    answer = learner.two_caches(x)
    shared = Mistake(
        "shared-memory",
        [2 * x, 2 * x],
        "Two cached functions share one memory: the second returns the first one's result. Make "
        "the dictionary inside the decorator, above the wrapper.",
    )
    expect(answer, [2 * x, 3 * x], shared, what="the values of two cached functions")


@part("1.E1")
def test_cache_passes_on(learner: Subject, rng: Rng) -> None:
    """Arguments and the returned value go through; name and docstring are kept"""
    check_passed_on(learner, "cache_results", rng)
    check_identity(learner, "cache_results")


@part("1.E1")
def test_cache_remembers(learner: Subject, rng: Rng) -> None:
    """The same arguments run the function once; other arguments run it again"""
    x, y = (float(v) for v in rng.uniform(1, 9, 2))
    calls = [[[x], {}], [[x], {}], [[y], {}], [[y], {}], [[x], {}]]
    answer = learner.cached_calls(calls)
    fail_if_recognised(
        answer,
        Mistake(
            "unhashable-key",
            Raises("TypeError", "hash"),
            "The key cannot be hashed, though "
            f"the arguments can: {answer.raised}. Make it of tuples, for example "
            "`(args, tuple(sorted(kwargs.items())))`.",
        ),
    )
    got = answer.value
    fail_if_recognised(
        answer,
        Mistake(
            "nothing-remembered",
            approx_equal(got["runs"], [1, 2, 3, 4, 5]),
            "The function runs at "
            "every call. Make the dictionary in the decorator, before the wrapper (in the "
            "wrapper it would be new for each call), and store each result in it.",
        ),
        Mistake(
            "arguments-ignored",
            approx_equal(got["runs"], [1, 1, 1, 1, 1]),
            "The first result is "
            "returned for all arguments. Use the arguments as the key of the memory.",
        ),
        Mistake(
            "one-result-only",
            approx_equal(got["runs"], [1, 1, 2, 2, 3]),
            "Only the latest result is remembered. Keep all of them in a dictionary.",
        ),
    )
    require(
        approx_equal(got["values"], [[x], [x], [y], [y], [x]])
        and approx_equal(got["runs"], [1, 1, 2, 2, 2]),
        f"For the calls f(x), f(x), f(y), f(y), f(x) the function ran {got['runs'][-1]} times; it "
        "should run twice, and each call should return the value that belongs to its argument.",
    )


@part("1.E1")
def test_cache_keywords(learner: Subject, rng: Rng) -> None:
    """Keyword arguments belong to the arguments: other keywords, another result"""
    x = float(rng.uniform(1, 9))
    keywords: list[dict] = [{"band": "g"}, {"band": "r"}, {"band": "g"}, {}, {"field": "g"}]
    calls = [[[x], named] for named in keywords]
    answer = learner.cached_calls(calls)
    got = answer.value
    fail_if_recognised(
        answer,
        Mistake(
            "keywords-ignored",
            approx_equal(got["runs"], [1, 1, 1, 1, 1]),
            "Calls that differ in a "
            "keyword argument alone give the same result. Make the keyword arguments part of "
            "the key, for example `tuple(sorted(kwargs.items()))`.",
        ),
        Mistake(
            "keyword-values-ignored",
            approx_equal(got["runs"], [1, 1, 1, 2, 3]),
            "Calls that differ "
            "in the value of a keyword argument alone give the same result. Take "
            "`kwargs.items()` into the key, not only the names.",
        ),
        Mistake(
            "keywords-not-remembered",
            approx_equal(got["runs"], [1, 2, 3, 4, 5]),
            "Calls with keyword "
            "arguments are never remembered. Make a key of them, for example "
            "`tuple(sorted(kwargs.items()))`.",
        ),
        Mistake(
            "keyword-names-ignored",
            approx_equal(got["runs"], [1, 2, 2, 3, 3]),
            "`band='g'` and "
            "`field='g'` give the same result. Take `kwargs.items()` into the key, not only "
            "the values.",
        ),
    )
    require(
        approx_equal(got["runs"], [1, 2, 2, 3, 4]),
        "For calls with band='g', band='r', band='g', no keyword and field='g' the function ran "
        f"{got['runs'][-1]} times; it should run 4 times, and not for the second band='g'.",
    )


@part("1.E1")
@pytest.mark.parametrize("value", ["none", "zero"])
def test_cache_false_values(learner: Subject, value: str) -> None:
    """Results of None and 0 are remembered too"""
    got = learner.cached_calls([[["RR Lyrae"], {}], [["RR Lyrae"], {}]], value).value
    shown = {"none": "None", "zero": "0"}[value]
    require(
        approx_equal(got["runs"], [1, 1]),
        f"A function whose result is {shown} runs again at each call. Ask whether the key is in "
        "the memory (`key in memory`), not whether the remembered value is true or not None.",
        "false-values-forgotten",
    )


@part("1.E1")
def test_cache_unhashable(learner: Subject, rng: Rng) -> None:
    """Lists, dictionaries and arrays as arguments work, though they cannot be remembered"""
    x = float(rng.uniform(1, 9))
    for args, kwargs in (
        ([[x]], {}),
        ([{"g": x}], {}),
        ([np.array([x, 2.0])], {}),
        ([x], {"b": [1]}),
    ):
        calls = [[args, kwargs], [copy.deepcopy(args), kwargs]]
        answer = learner.cached_calls(calls)
        fail_if_recognised(
            answer,
            Mistake(
                "unhashable-refused",
                Raises("TypeError", "hash"),
                "An argument that cannot be "
                f"hashed makes the call fail: {answer.raised}. Catch the TypeError of "
                "`hash(key)` and call the function without the memory.",
            ),
        )
        expect(Answer(answer.value["values"]), [[args[0]], [args[0]]], what="the values")
        require(
            approx_equal(answer.value["runs"], [1, 2]),
            "With a list, dictionary or array as argument the function must run at each call. Key "
            "by the arguments themselves, not by their text or by a tuple made of them: two arrays "
            "may differ and yet look alike when printed.",
            "keyed-by-text",
        )


@part("1.E1")
def test_cache_exceptions(learner: Subject) -> None:
    """An exception goes on to the caller and is not remembered"""
    answer = learner.cached_failure()
    swallowed = Mistake(
        "exception-swallowed",
        answer.raised is None and answer.result["first"] == "returned",
        "The exception of the cached function disappears. Do not catch it: the caller must see it.",
    )
    remembered = Mistake(
        "exception-remembered",
        Raises("Trouble"),
        "The second call raises the exception of the first without trying again. Remember values "
        "only.",
    )
    want = {"first": "raised", "second": "g", "ran": 2}
    expect(answer, want, swallowed, remembered, what="what two calls do, the first of which fails")
    answer = learner.cached_failure(as_type_error=True)
    mistaken = Mistake(
        "own-type-error-caught",
        answer.raised is None and answer.result["first"] == "returned",
        "A function that raises a TypeError of its own runs twice in one call: your `except "
        "TypeError` takes it for an argument without a hash. Put only `hash(key)` under `try:`.",
    )
    expect(answer, want, mistaken, what="what two calls do, the first of which raises TypeError")


# 1.E2 band_processor


def processed(data: list[Record], factors: dict[str, float]) -> list[Record]:
    return [
        r | {"flux": r["flux"] * factors[r["band"]], "scaled_by": r["band"]}
        if r["band"] in factors
        else r
        for r in data
    ]


def _processor(answer: Answer) -> Answer:
    """The processed records, once it is clear that there is a function that makes them."""
    fail_if_recognised(
        answer,
        Mistake(
            "no-function-returned",
            Raises("TypeError", "required positional argument"),
            f"`band_processor(functions)` raised {answer.raised}. Return the inner function "
            "itself, without calling it: `return process`.",
        ),
        Mistake(
            "flux-instead-of-record",
            Raises("TypeError", "'float' object"),
            "A band's function is called with a number. Give it the whole record.",
        ),
    )
    got = answer.value
    require(
        got["callable"],
        f"`band_processor(functions)` gives {got['kind']}, not a function. Define a function "
        "inside that takes the records, and return it.",
        "no-function-returned",
    )
    return Answer(got["result"])


@part("1.E2")
def test_bands_processed(learner: Subject, rng: Rng) -> None:
    """Each record goes through the function of its own band, and the order stays"""
    data = photometry(rng, 12)
    factors = {band: float(rng.uniform(1.1, 2)) for band in "gri"}
    answer = learner.per_band(data, factors)
    result = _processor(answer)
    want = processed(data, factors)
    last = dict.fromkeys("gri", factors["i"])
    expect(
        result,
        want,
        Mistake(
            "grouped-by-band",
            [r for band in "gri" for r in want if r["band"] == band],
            "The records come back grouped by band. Keep their order: go through the records, "
            "not through the bands.",
        ),
        Mistake(
            "late-binding",
            [r | {"scaled_by": "i"} for r in processed(data, last)],
            "Every record went through the last band's function. A function made in a loop "
            "sees the loop's variable as it is at the end: look up `functions[record['band']]` "
            "for each record instead.",
        ),
        Mistake(
            "all-functions-applied",
            _by_all(data, factors),
            "Every record went through the "
            "functions of all bands. Use only the one of its own band: "
            "`functions[record['band']]`.",
        ),
        Mistake(
            "lazy-result",
            kind_of(result.result) in ("a generator", "a map", "a filter"),
            f"The records come as {kind_of(result.result)}, which is used up by the first loop "
            "over it. Return a list: `list(...)`, or collect them with `append`.",
        ),
        Mistake(
            "value-ignored",
            data,
            "The records come back as they were. Use what the band's "
            "function returns: it need not change the record it is given.",
        ),
    )


def _by_all(data: list[Record], factors: dict[str, float]) -> list[Record]:
    product = math.prod(factors.values())
    return [r | {"flux": r["flux"] * product, "scaled_by": list(factors)[-1]} for r in data]


@part("1.E2")
def test_bands_without_function(learner: Subject, rng: Rng) -> None:
    """Records of a band without a function pass through unchanged"""
    data = photometry(rng, 12)
    factors = {"g": float(rng.uniform(1.1, 2))}
    answer = learner.per_band(data, factors)
    refused = (
        f"A band without a function makes the call fail with {answer.raised}. Let such records "
        "pass: `functions.get(record['band'])` is None for them."
    )
    fail_if_recognised(
        answer,
        Mistake("unknown-band-refused", Raises("KeyError"), refused),
        Mistake("unknown-band-refused", Raises("TypeError", "'NoneType' object"), refused),
    )
    expect(
        _processor(answer),
        processed(data, factors),
        Mistake(
            "unknown-band-dropped",
            [r for r in processed(data, factors) if r["band"] == "g"],
            "Records of bands without a function are dropped. Pass them through unchanged.",
        ),
        Mistake(
            "unknown-band-none",
            [r if r["band"] == "g" else None for r in processed(data, factors)],
            "Records of bands without a function become None. Pass them through unchanged.",
        ),
    )


@part("1.E2")
def test_bands_leave_input(learner: Subject, rng: Rng) -> None:
    """The input stays as it was, even if a function writes into its record"""
    data = photometry(rng, 6)
    answer = learner.per_band(data, {"g": 2.0, "r": 3.0, "i": 4.0}, spoil=True)
    _processor(answer)
    require(
        approx_equal(answer.value["after"], data),
        "The caller's list or its records are changed. Build a new list, and give each function a "
        "copy, `dict(record)`, since a function may write into its argument.",
        "input-changed",
    )
    expect(_processor(learner.per_band([], {"g": 2.0})), [], what="the result for an empty list")


@part("1.E2")
def test_bands_again(learner: Subject, rng: Rng) -> None:
    """The function can be used more than once"""
    data = photometry(rng, 6)
    factors = {"g": 2.0, "r": 3.0, "i": 4.0}
    want = processed(data, factors)
    piled = Mistake(
        "results-pile-up",
        want + want,
        "The second call returns the records of the first one too. Make the new list inside the "
        "inner function.",
    )
    again = _processor(learner.per_band(data, factors, times=2))
    expect(again, want, piled, what="the result of the second call")
