"""Checks of 6.E1, A learning rate that changes."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.gates import gate
from grader.course.oracles import Rng
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


@gate
def test_rates(learner: Subject, rng: Rng) -> None:
    """A linear warm-up, then half a cosine, for each group's own rate"""
    check_rates(learner, rng, int(rng.integers(30, 40)), 3)
    check_rates(learner, rng, int(rng.integers(9, 14)), 0)


def check_rates(learner: Subject, rng: Rng, n: int, warmup: int) -> None:
    """The rates of both groups, and how they come out by known slips."""
    base = [round(float(rng.uniform(*ends)), 3) for ends in ((0.05, 0.4), (0.5, 0.9))]
    answer = learner.ask(probes.learning_rates, base, n, warmup)
    fail_if_recognised(
        answer,
        Mistake("zero-division", Raises("ZeroDivisionError") if warmup == 0 else False),
        Mistake("not-a-scheduler", Raises("AttributeError", "'step'")),
        Mistake("one-function-for-all", Raises("ValueError", "2 lr_lambdas"), error=answer.raised),
    )
    want = factors(n, warmup)
    whole = want[:warmup] + [2 * each - 1 for each in want[warmup:]]
    if answer.raised is None and approx_equal(answer.result, rates(want, base)):
        return
    fail_if_recognised(
        answer,
        Mistake("rate-squared", rates([each * base[0] for each in want], base)),
        *(Mistake("one-rate-for-all", rates(want, [one] * 2)) for one in (1.0, *base)),
        Mistake("whole-cosine", rates(whole, base)),
        *other_lengths(n, warmup, base),
        *(warmup_mistakes(want, warmup, base) if warmup else []),
    )
    judge_rates(answer, want, base, warmup)


def listed(value: Any) -> list[Any]:
    """The value if it is a list, otherwise nothing."""
    return value if isinstance(value, list) else []


def judge_rates(answer: Answer[Any], want: list[float], base: list[float], warmup: int) -> None:
    """Name the first rate that is not as the formula says."""
    for epoch, (factor, seen) in enumerate(zip(want, listed(answer.value), strict=False)):
        for rate, got in zip(base, listed(seen), strict=False):
            require(
                not isinstance(got, float) or approx_equal(got, factor * rate),
                "other-rate",
                n=len(want),
                warmup=warmup,
                epoch=epoch,
                base=rate,
                got=got,
                factor=factor,
                want=factor * rate,
            )
    expect(answer, rates(want, base), what="the list of learning rates")


def stretched(n: int, warmup: int, epochs: int) -> list[float]:
    """The factors with a cosine that is spread over another number of epochs."""
    rising = [(epoch + 1) / (warmup + 1) for epoch in range(warmup)]
    return rising + [(1 + math.cos(math.pi * i / epochs)) / 2 for i in range(n - warmup)]


def other_lengths(n: int, warmup: int, base: list[float]) -> list[Mistake]:
    """A cosine that is spread over another number of epochs."""
    lengths = {"num_epochs - warmup_epochs - 1": n - warmup - 1}
    lengths |= {"num_epochs - 1": n - 1, "num_epochs": n} if warmup else {}
    return [
        Mistake(
            "cosine-too-short",
            rates(stretched(n, warmup, epochs), base),
            n=n,
            warmup=warmup,
            epochs=epochs,
            code=code,
            right=n - warmup,
        )
        for code, epochs in lengths.items()
    ]


def rates(factor: list[float], base: list[float]) -> list[list[float]]:
    """The rate of each group in each epoch."""
    return [[each * b for b in base] for each in factor]


def warmup_mistakes(want: list[float], warmup: int, base: list[float]) -> list[Mistake]:
    """Known slips in the warm-up, and in where the cosine begins after it."""
    n, rising = len(want), range(warmup)
    zero_first = [epoch / warmup for epoch in rising] + want[warmup:]
    too_soon = [(epoch + 1) / warmup for epoch in rising] + want[warmup:]
    doubling = [0.5 ** (warmup - epoch) for epoch in rising]
    late = [(1 + math.cos(math.pi * epoch / n)) / 2 for epoch in range(warmup, n)]
    return [
        Mistake("starts-at-zero", rates(zero_first, base)),
        Mistake("full-rate-too-soon", rates(too_soon, base)),
        Mistake("cosine-from-the-start", rates(want[:warmup] + late, base)),
        Mistake("warmup-doubles", rates(doubling + want[warmup:], base)),
    ]


def test_default_warmup(learner: Subject) -> None:
    """Two epochs of warm-up unless told otherwise"""
    want = [[factor] for factor in factors(8, 2)]
    answer = learner.ask(probes.learning_rates, [1.0], 8)
    require(
        approx_equal(answer.value, want)
        or not approx_equal(learner.ask(probes.learning_rates, [1.0], 8, 2).value, want),
        "default-warmup",
        answer,
    )


def test_longest_warmup(learner: Subject) -> None:
    """All epochs but the last may be warm-up, and a single one is enough"""
    for n, warmup in ((3, 2), (1, 0)):
        answer = learner.ask(probes.learning_rates, [0.1], n, warmup)
        refused = Mistake("too-strict", Raises("ValueError"), n=n, warmup=warmup)
        fail_if_recognised(answer, refused)
        want = rates(factors(n, warmup), [0.1])
        expect(answer, want, what=f"the list of learning rates for {n} epochs")


def test_impossible_warmup(learner: Subject) -> None:
    """A warm-up that does not fit into the epochs is a ValueError"""
    for n, warmup in ((3, 3), (4, 6), (5, -1), (0, 0)):
        answer = learner.ask(probes.learning_rates, [0.1], n, warmup)
        when = f"{n} epochs, of which {warmup} are warm-up,"
        anything = Mistake("anything-goes", answer.raised is None, n=n, warmup=warmup)
        expect_error(answer, "ValueError", when, anything)
