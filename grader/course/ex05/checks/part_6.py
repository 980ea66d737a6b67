"""Checks of 5.6, A damped random walk."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import Rng, a_seed
from grader.expect import approx_equal, expect, kind_of, require

TAU, SF = 200.0, 0.4


SIGMA = SF / math.sqrt(2)


STEPS = np.repeat([4.0, 60.0, 500.0], 5)  # short, middling and long ones, [days]


def walks(learner: Subject, times: np.ndarray, seeds: list[int]) -> np.ndarray:
    """Walks, one in each row, once they are arrays of the right shape."""
    made = learner.ask(probes.walks, times, TAU, SF, seeds).value
    for walk in made:
        require(
            isinstance(walk, np.ndarray),
            "list-returned" if isinstance(walk, list) else "result-array-such",
            walk=kind_of(walk),
        )
        require(
            walk.shape == times.shape,
            "first-time-left-out" if walk.shape == (len(times) - 1,) else "times-walk-shape",
            n_times=len(times),
            shape=walk.shape,
        )
        require(walk.dtype.kind == "f", "whole-magnitudes", dtype=times.dtype, dtype2=walk.dtype)
        require(bool(np.isfinite(walk).all()), "nan-infinity-walk")
    return np.array(made, dtype=float)


def test_seeds(learner: Subject, rng: Rng) -> None:
    """The same generator gives the same walk, and another one another walk"""
    times = 58000 + np.cumsum(rng.permutation(STEPS))
    seed = a_seed(rng)
    one, again, other = walks(learner, times, [seed, seed, seed + 1])
    require(not approx_equal(one, other), "own-generator")
    require(approx_equal(one, again), "global-generator")


def test_whole_days(learner: Subject, rng: Rng) -> None:
    """For times that are whole numbers the magnitudes are none"""
    times, seed = np.cumsum(rng.integers(1, 90, 6)), a_seed(rng)
    whole, exact = walks(learner, times, [seed]), walks(learner, times.astype(float), [seed])
    expect(Answer(whole), exact, what="the walk for times that are whole numbers")


def test_same_time(learner: Subject, rng: Rng) -> None:
    """At the same time the magnitude is the same"""
    times = np.repeat(np.cumsum(rng.uniform(1, 90, 4)), 2)
    made = walks(learner, times, [a_seed(rng) for _ in range(4)])
    require(approx_equal(made[:, ::2], made[:, 1::2]), "step-ignored")


def spreads(made: np.ndarray, memory: np.ndarray, kick: np.ndarray) -> list[float]:
    """Spread of what a step adds beyond `memory`, in units of `kick`: short to long steps."""
    steps = (made[:, 1:] - memory * made[:, :-1]) / kick
    return [float(np.std(steps[:, five])) for five in np.split(np.arange(15), 3)]


def test_statistics(learner: Subject, rng: Rng) -> None:
    """Memory and kicks are as the formula says, and normally distributed"""
    times = 58000 + np.concatenate([[0.0], np.cumsum(STEPS)])
    made = walks(learner, times, [a_seed(rng) for _ in range(250)])
    kept = np.exp(-STEPS / TAU)
    kick = SIGMA * np.sqrt(1 - kept**2)

    def fits(memory: np.ndarray | float, kick: np.ndarray | float) -> bool:
        each = spreads(made, memory * np.ones(15), kick * np.ones(15))
        return all(abs(spread - 1) < 0.1 for spread in each)

    require(bool(np.ptp(made) > 1e-9), "walk-walk-magnitudes")
    require(bool(np.abs(made.mean(axis=1)).max() > 1e-6), "mean-subtracted")
    require(bool(np.std(made[:, 0]) > 1e-9), "starts-at-zero")
    steps = made[:, 1:] - kept * made[:, :-1]
    normed = steps / np.std(steps, axis=0)
    kurtosis = float(np.mean(normed**4))
    one_day = math.exp(-1 / TAU)
    slips: list[tuple[str, bool, str]] = [
        (
            "uniform-kicks",
            kurtosis < 2.3,
            "The kicks are evenly distributed. They should be normally distributed: `rng.normal`.",
        ),
        (
            "sf-for-sigma",
            fits(kept, math.sqrt(2) * kick),
            "The walk spreads by sf. That should be the spread of the *difference* of two "
            "magnitudes; each of them spreads by sf / sqrt(2).",
        ),
        (
            "kick-not-reduced",
            fits(kept, SIGMA),
            "Each kick has a spread of sigma, however short the step. Multiply by "
            "sqrt(1 - exp(-2 dt / tau)).",
        ),
        (
            "kick-without-square",
            fits(kept, SIGMA * np.sqrt(1 - kept)),
            "The kicks are too weak: under the root there should be 1 - exp(-2 dt / tau), the "
            "*square* of the factor of the memory.",
        ),
        (
            "variance-for-spread",
            fits(kept, kick**2) or fits(kept, SIGMA * (1 - kept**2)),
            "The kicks are too weak: `rng.normal` takes a standard deviation, which is the root of "
            "the variance.",
        ),
        (
            "undamped",
            fits(1.0, kick),
            "The walk forgets nothing and wanders off for good. Multiply the magnitude before by "
            "exp(-dt / tau).",
        ),
        (
            "no-memory",
            fits(0.0, SIGMA),
            "Each magnitude is drawn by itself, without the one before. Keep exp(-dt / tau) of it.",
        ),
        (
            "step-ignored",
            fits(one_day, SIGMA * math.sqrt(1 - one_day**2)),
            "Steps of 4 days and of 500 change as much. Use the time between the two observations, "
            "`np.diff(t)`.",
        ),
    ]
    if not fits(kept, kick) or kurtosis < 2.3:
        for slug, holds, says in slips:
            require(not holds, slug, says=says)
        short, middling, long = spreads(made, kept, kick)
        raise Finding("kicks-spread-sigma", short=short, middling=middling, long=long)
    start = float(np.std(made[:, 0])) / SIGMA
    require(
        0.75 < start < 1.25,
        "sf-for-sigma" if 1.25 <= start < 1.6 else "first-magnitude-spread",
        start=start,
    )
    mean = float(np.mean(steps / kick))
    require(abs(mean) < 0.1, "kicks-mean-times", mean=mean)
