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
    for n, rejected in ((30, 0.1), (15, 0.5), (25, 0.1), (20, 0.0), (10, 0.9)):
        y_true, y_prob = answers(rng, n, 3)
        y_prob = y_prob.round(3)
        right = (y_prob.argmax(axis=1) == y_true).astype(float).tolist()
        doubt = rng.random(n).round(6) + [0.0 if r else 0.4 for r in right]  # more where wrong
        if n == 15:  # the last one that is kept is wrong, so that one fewer makes a difference
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
        value = number(answer, "the accuracy")
        what = f"the accuracy when {refused} of {n} answers are refused"
        if len(kept) == 1:  # by which many mistakes look alike
            expect(Answer(value), kept[0], what=what)
            continue
        expect(
            Answer(value),
            mean(kept),
            Mistake("most-certain-refused", mean(ranked[refused:])),
            Mistake("divided-by-all", sum(kept) / n),
            *(
                [Mistake("by-quantile", mean(ranked[: n - above]), **fields)]
                if n == 25  # the same as rounding up, which shows in 15 answers
                else [Mistake("rounded-up", mean(ranked[: n - up]), **fields)]
            ),
            Mistake("confidence-for-uncertainty", mean(sure)),
            Mistake("accuracy-of-refused", of_refused),
            what=what,
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
            Mistake("turned-round", want < 0.5 and approx_equal(value, 1 - want), want=want),
            Mistake("reversed", 1 - want),
            Mistake("ties-lost", wins / len(pairs)),
            Mistake("ties-won", (wins + ties) / len(pairs)),
            Mistake("small-differences-lost", float(known.max()) < 1e-6 and value == 0.5),
            Mistake("single-threshold", median),
            what="the AUROC",
        )
