"""Checks of 1.E1, Remember expensive results."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import check_identity, check_passed_on
from grader.course.ex01.replies import CachedFailure
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, approx_equal, expect, fail_if_recognised, require, shown

Arguments = tuple[list[Any], dict[str, Any]]
UNHASHABLE = Raises("TypeError", "hash")


def test_cache_separate(learner: Subject, rng: Rng) -> None:
    """Each decorated function has its own memory"""
    x = round(rng.uniform(3, 9), 2)
    answer = learner.ask(probes.two_caches, x)
    shared = Mistake("shared-memory", [2 * x, 2 * x])
    expect(answer, [2 * x, 3 * x], shared, what="the values of two cached functions")


def test_cache_passes_on(learner: Subject, rng: Rng) -> None:
    """Arguments and the returned value go through; name and docstring are kept"""
    check_passed_on(learner, "cache_results", rng)
    check_identity(learner, "cache_results")


@gate
def test_cache_remembers(learner: Subject, rng: Rng) -> None:
    """The same arguments run the function once; other arguments run it again"""
    x, y = (round(rng.uniform(1, 9), 2) for _ in range(2))
    order = [x, x, y, y, x]
    calls: list[Arguments] = [([value], {}) for value in order]
    answer = learner.ask(probes.cached_calls, calls)
    fail_if_recognised(answer, Mistake("unhashable-key", UNHASHABLE, error=answer.raised))
    got = answer.value
    require(got.runs != [1, 2, 3, 4, 5], "nothing-remembered")
    require(got.runs != [1, 1, 1, 1, 1], "arguments-ignored")
    require(got.runs != [1, 1, 2, 2, 3], "one-result-only")
    right = approx_equal(got.values, [[value] for value in order]) and got.runs == [1, 1, 2, 2, 2]
    require(right, "wrong-runs", n_runs=max(got.runs, default=0))


def test_cache_keywords(learner: Subject, rng: Rng) -> None:
    """Keyword arguments belong to the arguments: other keywords, another result"""
    x = round(rng.uniform(1, 9), 2)
    keywords: list[dict[str, Any]] = [
        {"band": "g"},
        {"band": "r"},
        {"band": "g"},
        {},
        {"field": "g"},
    ]
    runs = learner.ask(probes.cached_calls, [([x], named) for named in keywords]).value.runs
    require(runs != [1, 1, 1, 1, 1], "keywords-ignored")
    require(runs != [1, 1, 1, 2, 3], "keyword-values-ignored")
    require(runs != [1, 2, 3, 4, 5], "keywords-not-remembered")
    require(runs != [1, 2, 2, 3, 3], "keyword-names-ignored")
    require(runs == [1, 2, 2, 3, 4], "wrong-runs~keywords", n_runs=max(runs, default=0))


def _differing() -> list[tuple[Arguments, Arguments, Finding]]:
    """Two calls that differ, and what is found if they share a result."""
    return [
        (([1, 2], {}), ([2, 1], {}), Finding("calls-mixed-up~order")),
        (([1], {"a": -1}), ([1], {"a": -2}), Finding("calls-mixed-up~keywords")),
        (([1, "band", "g"], {}), ([1], {"band": "g"}), Finding("calls-mixed-up~flat-words")),
        (([1, 2], {}), ([1, 3], {}), Finding("calls-mixed-up~positional")),
        (([1], {}), (["1"], {}), Finding("calls-mixed-up~text")),
        (([1], {"band": "g"}), ([2], {"band": "g"}), Finding("calls-mixed-up~either")),
        (([], {"a": 1, "b": 2}), ([], {"a": 2, "b": 1}), Finding("calls-mixed-up~names")),
        (([1, ("band", "g")], {}), ([1], {"band": "g"}), Finding("calls-mixed-up~flat")),
    ]


def test_cache_tells_calls_apart(learner: Subject) -> None:
    """Calls whose arguments differ in any way have different results"""
    runs = learner.ask(probes.cached_calls, [([-1], {}), ([-2], {})]).value.runs
    require(runs == [1, 2], "hash-as-key")
    for one, other, shared in _differing():
        if learner.ask(probes.cached_calls, [one, other]).value.runs != [1, 2]:
            raise shared
    alike = approx_equal(learner.ask(probes.cached_stars).value, [1, 2])
    require(alike, "keyed-by-text~objects")


def _as_call(arguments: Arguments) -> str:
    args, kwargs = arguments
    texts = [repr(value) for value in args] + [f"{k}={v!r}" for k, v in kwargs.items()]
    return f"f({', '.join(texts)})"


def test_cache_remembers_many(learner: Subject) -> None:
    """All results are remembered, however many there are"""
    n = 5000
    n_runs = learner.ask(probes.many_cached_calls, n).value
    require(n_runs == n, "memory-limited", n=n, n_runs=n_runs)


def test_cache_hashable(learner: Subject, rng: Rng) -> None:
    """Tuples, texts and None are arguments that can be remembered, and so is none at all"""
    x = round(rng.uniform(1, 9), 2)
    calls: list[Arguments] = [([(x, ("g", 2)), None, "RR Lyrae"], {"b": (1, True)}), ([], {})]
    for args, kwargs in calls:
        runs = learner.ask(probes.cached_calls, [(args, kwargs)] * 2).value.runs
        require(runs == [1, 1], "hashable-forgotten", call=_as_call((args, kwargs)))


@pytest.mark.parametrize("value", ["none", "zero"])
def test_cache_false_values(learner: Subject, value: str) -> None:
    """Results of None and 0 are remembered too"""
    got = learner.ask(probes.cached_calls, [(["RR Lyrae"], {}), (["RR Lyrae"], {})], value).value
    shown = {"none": "None", "zero": "0"}[value]
    require(got.runs == [1, 1], "false-values-forgotten", result=shown)
    same = approx_equal(got.values, [None] * 2 if value == "none" else [0, 0])
    require(same, "false-values-forgotten~changed", result=shown, got=repr(got.values[-1:])[1:-1])


@pytest.mark.parametrize("kind", ["list", "dict", "array", "set", "nested", "keyword"])
def test_cache_unhashable(learner: Subject, rng: Rng, kind: str) -> None:
    """Lists, dictionaries and arrays as arguments work, though they cannot be remembered"""
    x = round(rng.uniform(1, 9), 2)
    arguments: dict[str, Arguments] = {
        "list": ([[x]], {}),
        "dict": ([{"g": x}], {}),
        "array": ([np.array([x, 2.0])], {}),
        "set": ([{x, 2.0}], {}),
        "nested": ([(x, [2.0])], {}),
        "keyword": ([x], {"b": [1]}),
    }
    args, kwargs = arguments[kind]
    answer = learner.ask(probes.cached_calls, [(args, kwargs), (copy.deepcopy(args), kwargs)])
    fail_if_recognised(answer, Mistake("unhashable-refused", UNHASHABLE, error=answer.raised))
    got = answer.value
    values = [value[0] if isinstance(value, list) and value else value for value in got.values]
    if kind != "set":  # which is sent as something else
        expect(Answer(values), [args[0], args[0]], what="the values")
    passed_on = all(approx_equal(named, kwargs) for named in got.received)
    require(passed_on, "keywords-not-passed~lost")
    argument = shown(args[0] if kind != "keyword" else kwargs)
    require(got.runs == [1, 2], "keyed-by-text", argument=argument)


def test_cache_unhashable_objects(learner: Subject) -> None:
    """Objects of any class that cannot be hashed run the function each time"""
    answer = learner.ask(probes.cached_stars, hashable=False)
    fail_if_recognised(answer, Mistake("unhashable-refused", UNHASHABLE, error=answer.raised))
    require(approx_equal(answer.value, [1, 2]), "keyed-by-text~unhashable")


def test_cache_exceptions(learner: Subject) -> None:
    """An exception goes on to the caller and is not remembered"""
    answer = learner.ask(probes.cached_failure)
    fail_if_recognised(answer, Mistake("exception-remembered", Raises("Trouble")))
    _check_failure(answer.value)


def test_cache_own_type_error(learner: Subject) -> None:
    """A TypeError of the function itself goes on to the caller like any other exception"""
    _check_failure(learner.ask(probes.cached_failure, as_type_error=True).value)


def _check_failure(got: CachedFailure) -> None:
    """The first call raises, and the second one runs the function again."""
    require(got.n_first != 2, "own-type-error-caught")
    require(got.raised, "exception-swallowed")
    expect(Answer(got.second), "g", what="the value of the call after one that failed")
    expect(Answer(got.n_runs), 2, what="the number of runs in two calls")
