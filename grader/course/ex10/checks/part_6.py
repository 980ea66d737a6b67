"""Checks of 10.6, Is the uncertainty of any use?"""

from __future__ import annotations

import math
from statistics import mean
from typing import Any, NamedTuple

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10.checks.common import Array, answers, call_tool
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, number


class Case(NamedTuple):
    """Answers, their uncertainties, and which of them are right, from the least uncertain one on.

    With them come the mistakes that would lead to other accuracies.
    """

    y_true: Array
    y_prob: Array
    doubt: Array
    ranked: list[float]
    mistakes: list[Mistake]


def case(rng: Rng, n: int, rejected: float) -> Case:
    """Answers of which the uncertain ones are more often wrong."""
    y_true, y_prob = answers(rng, n, 3)
    y_prob = y_prob.round(3)
    right = (y_prob.argmax(axis=1) == y_true).astype(float).tolist()
    doubt = rng.random(n).round(6) + [0.0 if r else 0.4 for r in right]
    refused, up = int(rejected * n), math.ceil(rejected * n)
    if n == 15:  # the last one that is kept is wrong, so that one fewer makes a difference
        last = int(np.argsort(doubt)[n - refused - 1])
        y_true[last], right[last] = (y_prob[last].argmax() + 1) % 3, 0.0
    ranked = [r for _, r in sorted(zip(doubt.tolist(), right, strict=True))]
    above = int((doubt > np.quantile(doubt, 1 - rejected)).sum())
    mistakes = [
        Mistake("most-certain-refused", mean(ranked[refused:])),
        Mistake("divided-by-all", sum(ranked[: n - refused]) / n),
        Mistake("confidence-for-uncertainty", mean(by_confidence(right, y_prob)[: n - refused])),
        Mistake("accuracy-of-refused", mean(ranked[n - refused :] or [-1.0])),  # never negative
        Mistake(
            "by-quantile",
            n == 25 and mean(ranked[: n - above]),  # elsewhere it is the same as rounding up
            n=n,
            rejected=rejected,
            n_refused=up,
            want=refused,
        ),
        Mistake(
            "rounded-up",
            n != 25 and mean(ranked[: n - up] or [-1.0]),
            n=n,
            rejected=rejected,
            n_refused=up,
            want=refused,
        ),
    ]
    return Case(y_true, y_prob, doubt, ranked, mistakes)


def distinct_case(rng: Rng, n: int, rejected: float) -> Case:
    """One in which no two of the mistakes that change anything look alike."""
    for _ in range(100):
        found = case(rng, n, rejected)
        want = mean(found.ranked[: n - int(rejected * n)])
        others = [each.produces for each in found.mistakes if each.produces not in (False, want)]
        if len(others) == len(set(others)):
            break
    return found


@gate
def test_rejection(learner: Subject, rng: Rng) -> None:
    """The accuracy without the most uncertain answers"""
    cases = ((30, 0.1), (15, 0.5), (25, 0.1), (20, 0.0), (10, 0.9), (9, 0.1), (40, 0.25))
    for n, rejected in cases:
        y_true, y_prob, doubt, ranked, mistakes = distinct_case(rng, n, rejected)
        refused = int(rejected * n)
        kept = ranked[: n - refused]
        answer = call_tool(
            learner, "accuracy_after_rejection", y_true, y_prob, doubt, rejected=rejected
        )
        if refused == 0:
            refuse_empty_list(answer, n, rejected)
        alike = len(kept) == 1  # many mistakes look alike then
        expect(
            Answer(number(answer, "the accuracy")),
            mean(kept),
            *([] if alike else mistakes),
            what=f"the accuracy when {refused} of {n} answers are refused",
        )


def refuse_empty_list(answer: Answer[Any], n: int, rejected: float) -> None:
    """Recognise `[:-0]`, an empty list, where no answer is refused."""
    raised = answer.raised
    fail_if_recognised(
        answer,
        Mistake(
            "nothing-refused-crashes",
            raised is not None and not raised.is_a("NotImplementedError"),
            error=raised,
            n=n,
            rejected=rejected,
        ),
        Mistake("nothing-refused-crashes~nan", math.nan, n=n, rejected=rejected),
    )


def test_ties(learner: Subject, rng: Rng) -> None:
    """As many answers are refused as asked for, even where several are equally uncertain"""
    n, k, rejected = 10, 4, 0.2  # the last four are equally uncertain, and wrong
    y_true, y_prob = answers(rng, n, 3)
    guess = y_prob.argmax(axis=1)
    y_true = np.where(np.arange(n) < n - k, guess, (guess + 1) % 3)
    y_true[0] = (guess[0] + 1) % 3
    doubt = np.append(rng.random(n - k).round(3) / 2, np.full(k, 0.75))
    order = rng.permutation(n)
    arrays = y_true[order], y_prob[order].round(3), doubt[order]
    answer = call_tool(learner, "accuracy_after_rejection", *arrays, rejected=rejected)
    expect(
        Answer(number(answer, "the accuracy")),
        (n - k - 1) / (n - 2),
        Mistake("ties-refused-together", (n - k - 1) / (n - k), k=k),
        Mistake("ties-kept-together", (n - k - 1) / n, k=k),
        what=f"the accuracy when 2 of {n} answers are refused",
    )


def by_confidence(right: list[float], y_prob: Array) -> list[float]:
    """Which answers are right, the most confident one first."""
    order = np.argsort(-y_prob.max(axis=1), kind="stable")
    return [right[i] for i in order]


def test_auroc(learner: Subject, rng: Rng) -> None:
    """How often the unknown is more uncertain than the known"""
    for known, unknown in (
        (rng.normal(0, 1, 30), rng.normal(1.5, 1, 11)),  # more than one half
        (rng.integers(0, 4, 20) / 4, rng.integers(1, 5, 9) / 4),
        (np.array([0.2]), np.array([0.1])),
        (np.array([1e-9, 2e-9]), np.array([1.5e-9, 3e-9])),  # small, and not equal
    ):
        pairs = [(a, b) for a in known.tolist() for b in unknown.tolist()]
        wins, ties = sum(b > a for a, b in pairs), sum(b == a for a, b in pairs)
        want = (wins + 0.5 * ties) / len(pairs)
        median = float((unknown > np.median(known)).mean())
        value = number(call_tool(learner, "unknown_auroc", known, unknown), "the AUROC")
        expect(
            Answer(value),
            want,
            Mistake(
                "turned-round",
                want < 0.5 and approx_equal(value, 1 - want),
                got=value,
                share=f"a fraction {want:.3g}" if want else "none",
            ),
            Mistake("reversed", 1 - want),
            Mistake("ties-lost", wins / len(pairs)),
            Mistake("ties-won", (wins + ties) / len(pairs)),
            Mistake("small-differences-lost", float(known.max()) < 1e-6 and value == 0.5),
            Mistake("single-threshold", median),
            what="the AUROC",
        )
