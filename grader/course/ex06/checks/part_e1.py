"""Checks of 6.E1, A learning rate that changes."""

from __future__ import annotations

import math

import pytest

from grader.answer import Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    require,
)


def factors(num_epochs: int, warmup: int) -> list[float]:
    """The factor of each epoch, from the formula."""
    rising = [(epoch + 1) / (warmup + 1) for epoch in range(warmup)]
    steps = range(num_epochs - warmup)
    return rising + [(1 + math.cos(math.pi * i / (num_epochs - warmup))) / 2 for i in steps]


@pytest.mark.parametrize("warmup", [3, 0])
def test_rates(learner: Subject, rng: Rng, warmup: int) -> None:
    """A linear warm-up, then half a cosine, for each group's own rate"""
    n = int(rng.integers(9, 14))
    base = [float(rng.uniform(0.05, 0.4)), float(rng.uniform(0.5, 0.9))]
    answer = learner.ask(probes.learning_rates, base, n, warmup)
    want = factors(n, warmup)
    epochs = range(n)
    zero_first = [e / warmup if e < warmup else want[e] for e in epochs] if warmup else want
    too_soon = [(e + 1) / warmup if e < warmup else want[e] for e in epochs] if warmup else want
    from_start = [want[e] if e < warmup else (1 + math.cos(math.pi * e / n)) / 2 for e in epochs]
    whole = [want[e] if e < warmup else 2 * want[e] - 1 for e in epochs]
    squared = [[each * base[0] * b for b in base] for each in want]

    def rates(factor: list[float]) -> list[list[float]]:
        return [[each * b for b in base] for each in factor]

    fail_if_recognised(
        answer,
        Mistake("zero-division", Raises("ZeroDivisionError") if warmup == 0 else False),
        Mistake("not-a-scheduler", Raises("AttributeError", "'step'")),
    )
    expect(
        answer,
        rates(want),
        Mistake("rate-squared", squared),
        Mistake("starts-at-zero", rates(zero_first) if warmup else False),
        Mistake("full-rate-too-soon", rates(too_soon) if warmup else False),
        Mistake("cosine-from-the-start", rates(from_start) if warmup else False),
        Mistake("whole-cosine", rates(whole)),
        what="the list of learning rates",
    )


def test_default_warmup(learner: Subject) -> None:
    """Two epochs of warm-up unless it is said otherwise"""
    want = [[factor] for factor in factors(8, 2)]
    answer = learner.ask(probes.learning_rates, [1.0], 8)
    require(
        approx_equal(answer.value, want)
        or not approx_equal(learner.ask(probes.learning_rates, [1.0], 8, 2).value, want),
        "without-two-epochs",
    )


@pytest.mark.parametrize(("n", "warmup"), [(3, 3), (4, 6), (5, -1)])
def test_impossible_warmup(learner: Subject, n: int, warmup: int) -> None:
    """A warm-up that does not fit into the epochs is a ValueError"""
    answer = learner.ask(probes.learning_rates, [0.1], n, warmup)
    when = f"{n} epochs, of which {warmup} are warm-up,"
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake("anything-goes", answer.raised is None, when=when[:1].upper(), when2=when[1:]),
    )
