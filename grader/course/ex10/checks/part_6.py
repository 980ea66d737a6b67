"""Checks of 10.6, Is the uncertainty of any use?"""

from __future__ import annotations

import math
from statistics import mean

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10.checks.common import Array, answers, call_tool
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, number


@gate
def test_rejection(learner: Subject, rng: Rng) -> None:
    """The accuracy without the most uncertain answers"""
    for n, rejected in ((40, 0.1), (13, 0.5), (25, 0.1), (20, 0.0)):
        y_true, y_prob = answers(rng, n, 3)
        right = (y_prob.argmax(axis=1) == y_true).astype(float).tolist()
        doubt = rng.random(n) + [0.0 if r else 0.4 for r in right]  # errors are more uncertain
        if n == 13:  # the last one that is kept is wrong, so that one fewer makes a difference
            last = int(np.argsort(doubt)[n - int(rejected * n) - 1])
            y_true[last], right[last] = (y_prob[last].argmax() + 1) % 3, 0.0
        ranked = [r for _, r in sorted(zip(doubt.tolist(), right, strict=True))]
        refused = int(rejected * n)
        kept = ranked[: n - refused]
        up = math.ceil(rejected * n)
        above = int((doubt > np.quantile(doubt, 1 - rejected)).sum())
        answer = call_tool(
            learner, "accuracy_after_rejection", y_true, y_prob, doubt, rejected=rejected
        )
        fail_if_recognised(
            answer,
            Mistake(
                "nothing-refused-crashes",
                answer.raised is not None
                and rejected == 0.0
                and not answer.raised.is_a("NotImplementedError"),
                error=answer.raised,
            ),
            Mistake(
                "nothing-refused-crashes~nan",
                rejected == 0.0 and approx_equal(answer.result, math.nan),
            ),
        )
        sure = by_confidence(right, y_prob)[: n - refused]
        fields = {"n": n, "rejected": rejected, "n_refused": up, "want": refused}
        of_refused = mean(ranked[n - refused :] or [-1.0])  # no accuracy is negative
        expect(
            Answer(number(answer, "the accuracy")),
            mean(kept),
            Mistake("most-certain-refused", mean(ranked[refused:])),
            Mistake("divided-by-all", sum(kept) / n),
            *(
                [Mistake("by-quantile", mean(ranked[: n - above]), **fields)]
                if n == 25  # the same as rounding up, which shows in 13 answers
                else [Mistake("rounded-up", mean(ranked[: n - up]), **fields)]
            ),
            Mistake("confidence-for-uncertainty", mean(sure)),
            Mistake("accuracy-of-refused", of_refused),
            what=f"the accuracy when {refused} of {n} answers are refused",
        )


def by_confidence(right: list[float], y_prob: Array) -> list[float]:
    """Which answers are right, the most confident one first."""
    order = np.argsort(-y_prob.max(axis=1), kind="stable")
    return [right[i] for i in order]


def test_auroc(learner: Subject, rng: Rng) -> None:
    """How often the unknown is more uncertain than the known"""
    for known, unknown in (
        (rng.normal(0, 1, 30), rng.normal(1, 1, 11)),
        (rng.integers(0, 4, 20) / 4, rng.integers(1, 5, 9) / 4),
        (np.array([0.2]), np.array([0.1])),
    ):
        pairs = [(a, b) for a in known.tolist() for b in unknown.tolist()]
        wins, ties = sum(b > a for a, b in pairs), sum(b == a for a, b in pairs)
        want = (wins + 0.5 * ties) / len(pairs)
        median = float((unknown > np.median(known)).mean())
        expect(
            Answer(number(call_tool(learner, "unknown_auroc", known, unknown), "the AUROC")),
            want,
            Mistake("reversed", 1 - want),
            Mistake("ties-lost", wins / len(pairs)),
            Mistake("ties-won", (wins + ties) / len(pairs)),
            Mistake("single-threshold", median),
            what="the AUROC",
        )
