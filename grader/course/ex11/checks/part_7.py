"""Checks of 11.7, Three sets, three tasks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course import common_probes
from grader.course.ex11 import probes
from grader.course.ex11.checks.evaluation import (
    NEAR,
    TDE,
    Objects,
    drawn,
    found_in,
    is_firm,
    mistaken,
    numbers,
    recalls_of,
    sets,
)
from grader.course.ex11.checks.thresholds import other_thresholds, telling, threshold_of
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, approx_equal, expect, kind_of, require, showing


def threshold_mistakes(values: dict[str, float]) -> list[Mistake]:
    return [
        Mistake("highest-precision", values["highest-precision"]),
        Mistake("highest-precision", values["highest-precision~highest"]),
        Mistake("highest-threshold", values["highest-threshold"]),
        Mistake("stops-at-first-gap", values["stops-at-first-gap"]),
        Mistake("recall-for-precision", values["recall-for-precision"]),
        Mistake("recall-for-precision", values["recall-for-precision~highest"]),
        Mistake("accuracy-for-precision", values["accuracy-for-precision"]),
        Mistake("strictly-above", values["strictly-above"]),
    ]


def test_threshold(learner: Subject, rng: Rng) -> None:
    """`choose_threshold` returns the lowest score with the wanted precision"""
    for wanted in (0.7, 0.55, 0.8):
        score, is_tde = telling(rng, wanted)
        answer = learner.ask(common_probes.call, "choose_threshold", score, is_tde, wanted)
        others = threshold_mistakes(other_thresholds(score, is_tde, wanted))
        want = threshold_of(score, is_tde, wanted)
        expect(answer, want, *others, what=f"the threshold for a precision of {wanted}")


def test_threshold_exactly(learner: Subject, rng: Rng) -> None:
    """A precision that is just reached will do, and equal scores are above together"""
    score, is_tde = np.array([0.9, 0.8, 0.7, 0.6, 0.2]), np.array([1, 0, 1, 1, 0], dtype=bool)
    for wanted, right, strict in ((0.75, 0.6, 0.9), (0.6, 0.2, 0.6), (1.0, 0.9, math.inf)):
        answer = learner.ask(common_probes.call, "choose_threshold", score, is_tde, wanted)
        mistake = Mistake("more-than-wanted", strict, wanted=wanted)
        expect(answer, right, mistake, what=f"the threshold for a precision of {wanted}")
    score, is_tde = np.array([0.5, 0.8, 0.5, 0.5, 0.8]), np.array([1, 1, 0, 0, 1], dtype=bool)
    answer = learner.ask(common_probes.call, "choose_threshold", score, is_tde, 0.7)
    taken = Mistake("ties-divided", 0.5)  # as after a sort, where one of three equals is enough
    expect(answer, 0.8, taken, what="the threshold where scores are equal")
    answer = learner.ask(common_probes.call, "choose_threshold", score, is_tde, 0.0)
    expect(answer, 0.5, what="the threshold for a precision of 0")


def test_no_threshold(learner: Subject, rng: Rng) -> None:
    """Where no threshold will do, it is infinite"""
    score = rng.uniform(0.1, 0.9, 5).round(2)
    nothing = np.zeros(0)
    for case, scores, truth in (
        ("no TDE", score, np.zeros(5, dtype=bool)),
        ("no object", nothing, nothing.astype(bool)),
    ):
        answer = learner.ask(common_probes.call, "choose_threshold", scores, truth, 0.5)
        expect(
            answer,
            math.inf,
            Mistake("none-is-not-infinite", answer.raised is None and answer.result is None),
            Mistake("none-is-not-infinite", 0.0),
            Mistake("none-is-not-infinite", 1.0),
            Mistake("none-is-not-infinite", math.nan),
            *(
                Mistake("none-raises", Raises(kind), error=answer.raised, case=case)
                for kind in ("ValueError", "IndexError", "ZeroDivisionError")
            ),
            what=f"the threshold for {case}",
        )


def mistakes_of(key: str, others: dict[str, float]) -> Iterator[Mistake]:
    """The mistakes that one of the numbers may show."""
    if key == "temperature":
        yield Mistake("temperature-from-test", others["temperature-from-test"])
    if key == "threshold":
        yield Mistake("threshold-from-test", others["threshold-from-test"])
        yield Mistake("temperature-forgotten", others["temperature-forgotten"])
    if "measured-on-val" in others:
        yield Mistake("measured-on-val", others["measured-on-val"], name=key)
    if key == "balanced_accuracy":
        yield Mistake("plain-accuracy", others["plain-accuracy"])
        yield Mistake("precisions-averaged", others["precisions-averaged"])
    if "test-not-calibrated" in others:
        yield Mistake("test-not-calibrated", others["test-not-calibrated"], name=key)
    if key.startswith("tde"):
        yield Mistake("precision-and-recall-swapped", others["swapped"])
        yield Mistake("most-probable-for-threshold", others["most-probable"], name=key)


def evaluation(learner: Subject, val: Objects, test: Objects, *wanted: float) -> dict[str, Any]:
    """What the learner's evaluation says, once it is a dictionary with all keys."""
    answer = learner.ask(probes.evaluated, val, test, *wanted)
    got = answer.value.value
    if not isinstance(got, dict):
        raise Finding("not-a-dictionary", got=kind_of(got))
    lacking = [key for key in numbers(val, test) if key not in got]
    require(not lacking, "keys-missing", names=", ".join(lacking))
    return got


def expect_number(
    got: dict[str, Any], key: str, want: float, *mistakes: Mistake, when: str = ""
) -> None:
    near = NEAR.get(key, 1e-9) * (want if key == "temperature" else 1)
    with showing(f"{{}}[{key!r}]"):
        answer = Answer(got[key])
        expect(answer, want, *mistakes, what=f"`{key}`{when}", rtol=0.0, atol=near)


def expect_numbers(learner: Subject, rng: Rng, *keys: str) -> None:
    """These numbers must be right, on sets on which no mistake in them is hidden."""
    val, test = sets(rng, *keys)
    got = evaluation(learner, val, test)
    want, others = numbers(val, test), mistaken(val, test)
    for key in keys:
        expect_number(got, key, want[key], *mistakes_of(key, others[key]))


@gate
@twice
def test_calibrated(learner: Subject, rng: Rng) -> None:
    """The temperature is found on `val`, the accuracy on `test`"""
    expect_numbers(learner, rng, "temperature", "accuracy")


def test_measures(learner: Subject, rng: Rng) -> None:
    """Balanced accuracy and calibration error of `test`, at the temperature of `val`"""
    expect_numbers(learner, rng, "balanced_accuracy", "ece")


def test_tdes(learner: Subject, rng: Rng) -> None:
    """The threshold of `val`, and recall and precision of `test`"""
    expect_numbers(learner, rng, "threshold", "tde_recall", "tde_precision")


def test_wanted_precision(learner: Subject, rng: Rng) -> None:
    """The threshold keeps the precision that is asked for, and what equals it is found"""
    for wanted in (0.9, 0.3):
        val = drawn(rng, 1.9)
        while not is_firm(val, val, wanted) or close_thresholds(val, wanted):
            val = drawn(rng, 1.9)
        got = evaluation(learner, val, val, wanted)
        want, usual = numbers(val, val, wanted), numbers(val, val)
        when = f" with `min_precision={wanted}`"
        ignored = Mistake("precision-ignored", usual["threshold"], wanted=wanted)
        expect_number(got, "threshold", want["threshold"], ignored, when=when)
        above = found_in(val.at(want["temperature"]), val.labels, want["threshold"] + 1e-9)
        for key in ("tde_recall", "tde_precision"):
            strict = Mistake("strictly-above~evaluate", above[key], name=key)
            expect_number(got, key, want[key], strict, when=when)


def close_thresholds(val: Objects, wanted: float) -> bool:
    """Whether another precision would give nearly the same threshold, or none is to be had."""
    one, other = numbers(val, val, wanted)["threshold"], numbers(val, val)["threshold"]
    return math.isinf(one) or math.isinf(other) or abs(one - other) < 0.03


def test_absent_classes(learner: Subject, rng: Rng) -> None:
    """Classes that do not occur in `test` do not count; without TDEs the recall is NaN"""
    val, test = drawn(rng, 1.9), drawn(rng, 0.9, (1, 2, 3))
    while not (is_firm(val, test) and numbers(val, test)["tde_precision"] == 0):
        val, test = drawn(rng, 1.9), drawn(rng, 0.9, (1, 2, 3))
    got = evaluation(learner, val, test)
    want = numbers(val, test)
    recalls = recalls_of(test.at(want["temperature"]), test.labels)
    expect_number(
        got,
        "balanced_accuracy",
        want["balanced_accuracy"],
        Mistake("absent-classes-counted", sum(recalls) / 5),
        Mistake("absent-classes-counted", math.nan),
        when=" if only three classes occur",
    )
    zero = Mistake("zero-for-unknown", 0.0, name="tde_recall", what="TDE in `test`")
    expect_number(got, "tde_recall", math.nan, zero, when=" without TDEs")
    expect_number(got, "tde_precision", 0.0, when=" without TDEs")


def test_nothing_found(learner: Subject, rng: Rng) -> None:
    """If no object reaches the threshold, the precision is NaN and the recall 0"""
    val, test = drawn(rng, 1.9, (0, 1, 2, 3)), drawn(rng, 0.9)
    while not is_firm(val, test) or TDE not in test.labels:
        val, test = drawn(rng, 1.9, (0, 1, 2, 3)), drawn(rng, 0.9)
    got = evaluation(learner, val, test)
    expect_number(got, "threshold", math.inf, when=" without TDEs in `val`")
    zero = Mistake("zero-for-unknown", 0.0, name="tde_precision", what="object above the threshold")
    expect_number(got, "tde_precision", math.nan, zero, when=" if nothing is found")
    expect_number(got, "tde_recall", 0.0, when=" if nothing is found")


def test_inputs_kept(learner: Subject, rng: Rng) -> None:
    """Neither set is changed, and all results are plain numbers"""
    val, test = drawn(rng, 1.9), drawn(rng, 0.9)
    answer = learner.ask(probes.evaluated, val, test)
    with showing("{}\nval, test"):
        require(approx_equal(answer.value.arrays, [*val, *test]), "sets-changed")
    got = evaluation(learner, val, test)
    extra = [str(key) for key in got if key not in numbers(val, test)]
    require(not extra, "keys-too-many", names=", ".join(extra))
