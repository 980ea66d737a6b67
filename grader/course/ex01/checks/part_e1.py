"""Checks of 1.E1, Remember expensive results."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import Rng, check_identity, check_passed_on
from grader.expect import Mistake, Raises, approx_equal, expect, fail_if_recognised, require


def test_cache_separate(learner: Subject, rng: Rng) -> None:
    """Each decorated function has a memory of its own"""
    x = float(rng.uniform(3, 9))
    answer = learner.ask(probes.two_caches, x)
    shared = Mistake("shared-memory", [2 * x, 2 * x])
    expect(answer, [2 * x, 3 * x], shared, what="the values of two cached functions")


def test_cache_passes_on(learner: Subject, rng: Rng) -> None:
    """Arguments and the returned value go through; name and docstring are kept"""
    check_passed_on(learner, "cache_results", rng)
    check_identity(learner, "cache_results")


def test_cache_remembers(learner: Subject, rng: Rng) -> None:
    """The same arguments run the function once; other arguments run it again"""
    x, y = (float(v) for v in rng.uniform(1, 9, 2))
    calls = [[[x], {}], [[x], {}], [[y], {}], [[y], {}], [[x], {}]]
    answer = learner.ask(probes.cached_calls, calls)
    fail_if_recognised(
        answer, Mistake("unhashable-key", Raises("TypeError", "hash"), raised_=answer.raised)
    )
    got = answer.value
    fail_if_recognised(
        answer,
        Mistake("nothing-remembered", approx_equal(got["runs"], [1, 2, 3, 4, 5])),
        Mistake("arguments-ignored", approx_equal(got["runs"], [1, 1, 1, 1, 1])),
        Mistake("one-result-only", approx_equal(got["runs"], [1, 1, 2, 2, 3])),
    )
    require(
        approx_equal(got["values"], [[x], [x], [y], [y], [x]])
        and approx_equal(got["runs"], [1, 1, 2, 2, 2]),
        "calls-function-ran",
        runs=got["runs"][-1],
    )


def test_cache_keywords(learner: Subject, rng: Rng) -> None:
    """Keyword arguments belong to the arguments: other keywords, another result"""
    x = float(rng.uniform(1, 9))
    keywords: list[dict] = [{"band": "g"}, {"band": "r"}, {"band": "g"}, {}, {"field": "g"}]
    calls = [[[x], named] for named in keywords]
    answer = learner.ask(probes.cached_calls, calls)
    got = answer.value
    fail_if_recognised(
        answer,
        Mistake("keywords-ignored", approx_equal(got["runs"], [1, 1, 1, 1, 1])),
        Mistake("keyword-values-ignored", approx_equal(got["runs"], [1, 1, 1, 2, 3])),
        Mistake("keywords-not-remembered", approx_equal(got["runs"], [1, 2, 3, 4, 5])),
        Mistake("keyword-names-ignored", approx_equal(got["runs"], [1, 2, 2, 3, 3])),
    )
    require(approx_equal(got["runs"], [1, 2, 2, 3, 4]), "calls-band-band", runs=got["runs"][-1])


@pytest.mark.parametrize("value", ["none", "zero"])
def test_cache_false_values(learner: Subject, value: str) -> None:
    """Results of None and 0 are remembered too"""
    got = learner.ask(probes.cached_calls, [[["RR Lyrae"], {}], [["RR Lyrae"], {}]], value).value
    shown = {"none": "None", "zero": "0"}[value]
    require(approx_equal(got["runs"], [1, 1]), "false-values-forgotten", shown=shown)


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
        answer = learner.ask(probes.cached_calls, calls)
        fail_if_recognised(
            answer,
            Mistake("unhashable-refused", Raises("TypeError", "hash"), raised_=answer.raised),
        )
        expect(Answer(answer.value["values"]), [[args[0]], [args[0]]], what="the values")
        require(approx_equal(answer.value["runs"], [1, 2]), "keyed-by-text")


def test_cache_exceptions(learner: Subject) -> None:
    """An exception goes on to the caller and is not remembered"""
    answer = learner.ask(probes.cached_failure)
    swallowed = Mistake(
        "exception-swallowed", answer.raised is None and answer.result["first"] == "returned"
    )
    remembered = Mistake("exception-remembered", Raises("Trouble"))
    want = {"first": "raised", "second": "g", "ran": 2}
    expect(answer, want, swallowed, remembered, what="what two calls do, the first of which fails")
    answer = learner.ask(probes.cached_failure, as_type_error=True)
    mistaken = Mistake(
        "own-type-error-caught", answer.raised is None and answer.result["first"] == "returned"
    )
    expect(answer, want, mistaken, what="what two calls do, the first of which raises TypeError")
