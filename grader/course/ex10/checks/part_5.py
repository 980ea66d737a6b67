"""Checks of 10.5, Temperature."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10.checks.common import (
    Array,
    answers,
    at_temperature,
    best_temperature,
    call_tool,
    cross_entropy,
    ece_of,
)
from grader.course.gates import gate
from grader.course.oracles import Rng, softmax
from grader.expect import Mistake, approx_equal, expect, number, require

ENDS = ((0, [0.55, 0.45]), (1, [0.9, 0.1]))
"""True class and probabilities, of which 0.05 and 20 are the best temperatures."""

SMALL: tuple[tuple[list[int], list[float]], ...] = (
    ([3, 1], [0.55, 0.45]),
    ([9, 1], [0.63, 0.37]),
    ([5, 3], [0.97, 0.03]),
    ([3, 1], [0.52, 0.48]),
)
"""How often each class is true and its probability: best are 0.183, 0.242, 6.80 and 0.073."""


@gate
def test_apply(learner: Subject, rng: Rng) -> None:
    """Probabilities at a given temperature, even where some are 0"""
    _, y_prob = answers(rng, rng.size(12), 4)
    with_zeros = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [1e-30, 1e-20, 1 - 1e-20]])
    for p, temperature in ((y_prob, 2.5), (y_prob[:1], 0.4), (with_zeros, 2.0), (with_zeros, 0.05)):
        answer = call_tool(learner, "apply_temperature", p, temperature)
        powers = p ** (1 / temperature)
        expect(
            answer,
            at_temperature(p, temperature),
            Mistake("multiplied", at_temperature(p, 1 / temperature)),
            Mistake("not-normalised", powers),
            Mistake("squeezed", at_temperature(p, temperature).squeeze()),
            Mistake("normalised-over-batch", powers / powers.sum(axis=0)),
            Mistake("probabilities-for-logits", softmax(p / temperature)),
            *(
                Mistake("clipped", at_temperature(p.clip(least, 1), temperature))
                for least in (1e-12, 1e-10, 1e-8, 1e-7, 1e-15, 1e-300)
            ),
            what="the result",
            rtol=1e-5,
            atol=1e-8,
        )


def test_fit(learner: Subject, rng: Rng) -> None:
    """The temperature with the smallest cross-entropy"""
    _, honest = answers(rng, 200, 3, 1.5)
    drawn = (honest.cumsum(axis=1) > rng.random((200, 1))).argmax(axis=1)
    large = [(drawn, at_temperature(honest, 1 / temperature)) for temperature in (2.5, 0.4)]
    surprises = np.repeat([0, 2], [14, 6])  # well calibrated, and never the second choice
    impossible = np.repeat([0, 1, 2], [12, 6, 2])  # twice a probability of 0
    *sets, lowest = [(np.repeat([0, 1], n), np.tile(p, (sum(n), 1))) for n, p in SMALL]
    sets.append((surprises, np.tile([0.7, 0.29, 0.01], (20, 1))))
    sets.append((impossible, np.tile([0.9, 0.1, 0.0], (20, 1))))
    sets.append((np.repeat([0, 1, 2], [40, 3, 1]), np.tile([0.9, 0.1, 1e-10], (44, 1))))
    sets += [(np.full(9, k), np.tile(p, (9, 1))) for k, p in ENDS]
    for drawn, boastful in [*sets, lowest, *large]:
        want = best_temperature(drawn, boastful)
        answer = call_tool(learner, "fit_temperature", drawn, boastful)
        value = number(answer, "the temperature")
        if approx_equal(value, want, 0.0105):
            continue
        ends = [cross_entropy(drawn, boastful, t) for t in (0.05, 20.0)]
        has_zero = bool((boastful[np.arange(len(drawn)), drawn] == 0).any())
        worst = (0.05, 20.0)[int(np.argmax(ends))]
        if math.isclose(value, worst, rel_tol=0.02) and not has_zero:
            say_why_at_the_end(learner, boastful, answer)
        at_end = min(abs(math.log(want / t)) for t in (0.05, 20.0)) < 0.01
        end = math.exp(math.copysign(math.log10(20), math.log(want)))  # of decimal bounds
        expect(
            replace(answer, result=value),
            want,
            Mistake("inverted", 1 / want),
            Mistake("logarithm-returned", math.log(want)),
            Mistake("other-logarithm", end, value=value, want=want),
            Mistake("infinite-cross-entropy", has_zero, value=value, want=want),
            Mistake("narrow-range", at_end and 0.05 < value < 20, value=value, want=want),
            Mistake("bounded-too-high", best_temperature(drawn, boastful, 1e-6), want=want),
            Mistake("fitted-to-ece", fits_ece_better(drawn, boastful, value, want)),
            Mistake("fitted-to-brier", fits_brier_better(drawn, boastful, value, want)),
            Mistake("too-coarse", abs(value / want - 1) < 0.15, value=value, want=want),
            Mistake("other-temperature", True, **told(drawn, boastful, value, want)),
            rtol=0.0105,
        )


def told(y_true: Array, y_prob: Array, got: float, want: float) -> dict[str, Any]:
    """The data, and the cross-entropy at two temperatures."""
    n, rows = len(y_true), np.unique(y_prob, axis=0)
    about = f"{n} answers"
    if len(rows) == 1:
        counts = ", ".join(map(str, np.bincount(y_true, minlength=y_prob.shape[1])))
        about += (
            f", all with the probabilities {rows[0].tolist()} (the classes are true {counts} times)"
        )
    of_got, of_want = (cross_entropy(y_true, y_prob, t) if t > 0 else math.nan for t in (got, want))
    return {"about": about, "value": got, "want": want, "of_got": of_got, "of_want": of_want}


def fits_brier_better(y_true: Array, y_prob: Array, got: float, want: float) -> bool:
    """Whether the mean squared distance from the truth is smallest here."""

    def distance(temperature: float) -> float:
        p = at_temperature(y_prob, temperature)
        return float(((p - np.eye(p.shape[1])[y_true]) ** 2).sum(axis=1).mean())

    if not 0.0505 < got < 19.8:
        return False
    at_got, below, above, at_want = map(distance, (got, got / 1.02, got * 1.02, want))
    return at_got < min(below, above) and at_got < at_want


def say_why_at_the_end(learner: Subject, y_prob: Array, answer: Answer[Any]) -> None:
    """Say what is known of a temperature that has the largest cross-entropy of all.

    If all answers are right, the best temperature is the lowest, and that with the wrong sign the
    highest. It is always the lowest for the probability of the answer.
    """
    sure = call_tool(learner, "fit_temperature", y_prob.argmax(axis=1), y_prob)
    other, value = number(sure, "the temperature"), number(answer)
    require(not math.isclose(other, 20.0, rel_tol=0.02), "worst-temperature", value=value)
    lowest = math.isclose(other, 0.05, rel_tol=0.02) and math.isclose(value, 0.05, rel_tol=0.02)
    require(not lowest, "probability-of-answer", answer)
    require(False, "worst-temperature~end", answer, value=value)


def fits_ece_better(y_true: Array, y_prob: Array, got: float, want: float) -> bool:
    """Whether the calibration error is about as small as it gets, and smaller than it should be."""
    if not 0.01 < got < 100:
        return False
    grid = np.exp(np.linspace(math.log(0.05), math.log(20), 120)).tolist()
    errors = [ece_of(y_true, at_temperature(y_prob, t), 10) for t in (got, want, *grid)]
    return errors[0] < errors[1] and errors[0] <= 1.2 * min(errors[2:]) + 1e-3
