"""Checks of 10.3, The expected calibration error."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex10.checks.common import (
    Array,
    answers,
    bin_of,
    binned,
    call_tool,
    gaps,
    table_of,
)
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, expect, expect_error, kind_of, number, require
from grader.wire import Table


def left_closed(confidence: float, n_bins: int) -> int:
    return math.floor(confidence * n_bins)


CASES: dict[str, tuple[list[int], list[list[float]], int]] = {
    "one answer in 10 bins": ([1], [[0.25, 0.75]], 10),
    "three answers of a network with a single class": ([0, 0, 0], [[1.0], [1.0], [1.0]], 10),
    "probabilities of exactly 0 and 1": ([0, 1, 2, 2], np.eye(3)[[0, 1, 2, 0]].tolist(), 10),
    "confidences on the edges of 4 bins": (
        [0, 0, 1, 1, 1, 1],
        [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0], [0.5, 0.5], [0.5, 0.5]],
        4,
    ),
    "a confidence just above an edge": ([0, 0], [[0.5000005, 0.4999995], [0.75, 0.25]], 4),
    "three answers in a single bin": ([0, 1, 1], [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]], 1),
}


def cases(rng: Rng) -> dict[str, tuple[Array, Array, int]]:
    n = rng.size(60)
    ordinary = {
        f"{n} answer{'s' if n > 1 else ''} in 10 bins": (*answers(rng, n, 4), 10),
        "7 answers in 15 bins": (*answers(rng, 7, 3), 15),
    }
    special = {
        name: (np.array(true), np.array(prob, dtype=float), n)
        for name, (true, prob, n) in CASES.items()
    }
    return ordinary | special


@gate
def test_table(learner: Subject, rng: Rng) -> None:
    """Counts, confidences and accuracies of the bins"""
    for name, (y_true, y_prob, n_bins) in cases(rng).items():
        answer = call_tool(learner, "calibration_table", y_true, y_prob, n_bins)
        got = columns_of(answer, n_bins, name, y_true, y_prob)
        want = table_of(binned(y_true, y_prob, n_bins))
        near = binned(y_true, y_prob.clip(1e-5) - 1e-6, n_bins)
        wrong_side = table_of(binned(y_true, y_prob, n_bins, left_closed))
        of_truth = y_prob[np.arange(len(y_true)), y_true]
        counted = np.bincount([bin_of(c, n_bins) for c in of_truth], minlength=n_bins)
        pairs = [bin_of(c, n_bins) for c in y_prob.ravel().tolist()]
        every = np.bincount(pairs, minlength=n_bins).astype(float).tolist()
        over_range = counts_over_range(y_prob.max(axis=1), n_bins)
        expect(
            Answer(got["count"]),
            want["count"],
            Mistake("wrong-side-open", wrong_side["count"], name=name),
            Mistake(
                "wrong-side-open~last-closed",
                with_last(wrong_side["count"], y_prob, n_bins),
                name=name,
            ),
            Mistake("border-too-wide", table_of(near)["count"], name=name),
            *(Mistake("bins-over-data-range", counts, name=name) for counts in over_range),
            Mistake("all-classes-counted", every),
            Mistake("probability-of-truth", counted.astype(float).tolist()),
            what=f"the list of counts for {name}",
        )
        first_right = table_of(binned(with_ties_right(y_true, y_prob), y_prob, n_bins))
        check_means(got, want, name, first_right["accuracy"])


def counts_over_range(confidence: Array, n_bins: int) -> list[list[float]]:
    """Counts of bins from the smallest to the largest confidence, if they are not the same.

    In the first the bins are open to the left, seen in a mirror; in the second to the right.
    """
    if confidence.min() == confidence.max():
        return []
    mirrored, plain = (np.histogram(each, n_bins)[0] for each in (-confidence, confidence))
    return [counts.astype(float).tolist() for counts in (mirrored[::-1], plain)]


def with_ties_right(y_true: Array, y_prob: Array) -> Array:
    """Classes such that an answer is right if no other class is more probable than the true one."""
    best = y_prob.max(axis=1) == y_prob[np.arange(len(y_true)), y_true]
    return np.where(best, y_prob.argmax(axis=1), y_true)


def with_last(counts: list[float], y_prob: Array, n_bins: int) -> list[float]:
    """Counts of left-closed bins of which the last one is closed, as in np.histogram."""
    return [*counts[:-1], counts[-1] + float((y_prob.max(axis=1) == 1).sum())]


def columns_of(
    answer: Answer[Any], n_bins: int, name: str, y_true: Array, y_prob: Array
) -> dict[str, list[float]]:
    """The three columns as lists, once it is a table with a row for each bin."""
    got = answer.value
    if not isinstance(got, Table):
        raise Finding("not-a-table", got=kind_of(got))
    for column in ("count", "confidence", "accuracy"):
        require(column in got.columns, "table-column", column=column)
    filled = sum(1 for b in binned(y_true, y_prob, n_bins) if b)
    require(
        len(got) == n_bins or len(got) != filled,
        "empty-bins-missing",
        name=name,
        n_got=len(got),
        n_bins=n_bins,
    )
    require(len(got) == n_bins, "table-rows", n_got=len(got), n_bins=n_bins)
    try:
        return {
            column: [float(value) for value in got.columns[column]]
            for column in ("count", "confidence", "accuracy")
        }
    except (TypeError, ValueError):
        raise Finding("table-of-other-things") from None


def check_means(
    got: dict[str, list[float]], want: dict[str, list[float]], name: str, ties_right: list[float]
) -> None:
    """Confidence and accuracy of the bins, which are NaN in empty ones."""
    zeroed = {key: [0.0 if math.isnan(v) else v for v in want[key]] for key in want}
    for key, other in (("confidence", "accuracy"), ("accuracy", "confidence")):
        expect(
            Answer(got[key]),
            want[key],
            Mistake("empty-bins-zero", zeroed[key], name=name, column=key),
            Mistake("accuracy-and-confidence-swapped", want[other]),
            Mistake("ties-counted-right", ties_right),
            what=f"the list of values of `{key}` for {name}",
        )


def test_ece(learner: Subject, rng: Rng) -> None:
    """The expected calibration error, even where bins are empty, or with a single answer"""
    for name, (y_true, y_prob, n_bins) in cases(rng).items():
        answer = call_tool(learner, "expected_calibration_error", y_true, y_prob, n_bins)
        found, n = gaps(binned(y_true, y_prob, n_bins)), len(y_true)
        usual = sum(k * abs(gap) for k, gap in gaps(binned(y_true, y_prob, 10))) / n
        lost = gaps(binned(y_true, y_prob, n_bins, left_closed))
        want = sum(k * abs(gap) for k, gap in found) / n
        value = number(answer, f"the calibration error for {name}")
        require(not math.isnan(value), "empty-bin-nan", name=name)
        expect(
            Answer(value),
            want,
            Mistake("not-weighted", sum(abs(gap) for _, gap in found) / len(found)),
            Mistake("not-weighted~empty-too", sum(abs(gap) for _, gap in found) / n_bins),
            Mistake("signed-gaps", sum(k * gap for k, gap in found) / n),
            Mistake("signed-gaps~absolute-at-the-end", abs(sum(k * gap for k, gap in found)) / n),
            Mistake("signed-gaps", -sum(k * gap for k, gap in found) / n),
            Mistake("squared-gaps", sum(k * gap**2 for k, gap in found) / n),
            Mistake("all-classes-counted", error_of_all_classes(y_true, y_prob, n_bins)),
            Mistake("wrong-side-open", sum(k * abs(gap) for k, gap in lost) / n, name=name),
            Mistake("per-cent", 100 * want),
            Mistake("n-bins-ignored", usual, n_bins=n_bins),
            what=f"the calibration error for {name}",
        )


def error_of_all_classes(y_true: Array, y_prob: Array, n_bins: int) -> float:
    """The calibration error if the probability of each class counted as an answer."""
    hits = np.eye(y_prob.shape[1])[y_true].ravel().tolist()
    bins: dict[int, float] = {}
    for p, hit in zip(y_prob.ravel().tolist(), hits, strict=True):
        number = bin_of(p, n_bins)
        bins[number] = bins.get(number, 0.0) + hit - p
    return sum(map(abs, bins.values())) / y_prob.size


def test_no_answers(learner: Subject) -> None:
    """Without any answers there is nothing to say: ValueError"""
    for name in ("calibration_table", "expected_calibration_error"):
        nothing = (np.zeros(0, dtype=int), np.zeros((0, 3)))
        expect_error(
            call_tool(learner, name, *nothing),
            "ValueError",
            f"`{name}` without any answer",
            Mistake("empty-crashes", Raises("ZeroDivisionError")),
        )
