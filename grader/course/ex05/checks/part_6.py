"""Checks of 5.6, A damped random walk."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.counted import as_many
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import a_seed
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import approx_equal, expect, kind_of, require

TAU, SF = 200.0, 0.4

SIGMA = SF / math.sqrt(2)

STEPS = np.repeat([4.0, 60.0, 500.0], 5)  # short, middling and long ones, [days]


def walks(learner: Subject, times: np.ndarray, seeds: list[int], tau: float = TAU) -> np.ndarray:
    """Walks, one in each row, once they are arrays of the right shape."""
    reply = learner.ask(probes.walks, times, tau, SF, seeds).value
    made = as_many(reply.walks, len(seeds))
    require(approx_equal(reply.times_after, times), "times-changed")
    for walk in made:
        check_walk(walk, times)
    span = float(np.ptp(times)) / tau
    finite = all(bool(np.isfinite(walk).all()) for walk in made)
    require(finite or span < 1000, "not-finite~long", span=span)
    require(finite, "not-finite")
    return np.array(made, dtype=float)


def check_walk(walk: Any, times: np.ndarray) -> None:
    """A walk must be an array of floats, one for each time."""
    kind, n_times = kind_of(walk), len(times)
    require(not isinstance(walk, list), "list-returned")
    require(isinstance(walk, np.ndarray), "not-an-array", got=kind)
    require(walk.shape != (n_times - 1,), "first-time-left-out", n_times=n_times)
    require(walk.shape == times.shape, "wrong-shape", n_times=n_times, shape=walk.shape)
    require(walk.dtype.kind == "f", "whole-magnitudes", of_times=times.dtype, dtype=walk.dtype)


@gate
def test_seeds(learner: Subject, rng: Rng) -> None:
    """The same generator gives the same walk, and another one a different walk"""
    times = 58000 + np.cumsum(rng.permutation(STEPS))
    seed = a_seed(rng)
    one, again, other = walks(learner, times, [seed, seed, seed + 1])
    require(not approx_equal(one, other), "own-generator")
    require(approx_equal(one, again), "global-generator")


def test_whole_days(learner: Subject, rng: Rng) -> None:
    """Magnitudes are not cut to whole numbers where the times are"""
    times, seed = np.cumsum(rng.integers(1, 90, 6)), a_seed(rng)
    whole, exact = walks(learner, times, [seed]), walks(learner, times.astype(float), [seed])
    expect(Answer(whole), exact, what="the walk for times that are whole numbers")


def test_single_time(learner: Subject, rng: Rng) -> None:
    """A single time gives a single magnitude"""
    walks(learner, rng.uniform(58000, 59000, 1), [a_seed(rng)])


def test_same_time(learner: Subject, rng: Rng) -> None:
    """At the same time the magnitude is the same"""
    times = np.repeat(np.cumsum(rng.uniform(1, 90, 4)), 2)
    made = walks(learner, times, [a_seed(rng) for _ in range(4)])
    require(approx_equal(made[:, ::2], made[:, 1::2], atol=1e-6), "step-ignored")


KEPT = np.exp(-STEPS / TAU)

KICK = SIGMA * np.sqrt(1 - KEPT**2)


def spreads(made: np.ndarray, memory: np.ndarray, kick: np.ndarray) -> list[float]:
    """Spread of what a step adds beyond `memory`, in units of `kick`: short to long steps."""
    steps = (made[:, 1:] - memory * made[:, :-1]) / kick
    return [float(np.std(steps[:, five])) for five in np.split(np.arange(15), 3)]


def fits(made: np.ndarray, memory: np.ndarray | float, kick: np.ndarray | float) -> bool:
    """Whether the walks were made with this memory and these kicks."""
    each = spreads(made, memory * np.ones(15), kick * np.ones(15))
    return all(abs(spread - 1) < 0.1 for spread in each)


def test_statistics(learner: Subject, rng: Rng) -> None:
    """Memory and kicks are as the formula says, and normally distributed"""
    times = 58000 + np.concatenate([[0.0], np.cumsum(STEPS)])
    made = walks(learner, times, [a_seed(rng) for _ in range(250)])
    require(bool(np.ptp(made) > 1e-9), "walk-constant")
    require(bool(np.abs(made.mean(axis=1)).max() > 1e-6), "mean-subtracted")
    require(bool(np.std(made[:, 0]) > 1e-9), "starts-at-zero")
    steps = made[:, 1:] - KEPT * made[:, :-1]
    require(float(np.mean((steps / np.std(steps, axis=0)) ** 4)) >= 2.3, "uniform-kicks")
    if not fits(made, KEPT, KICK):
        judge_steps(made)
    start = float(np.mean(made[:, 0])) / SIGMA  # 0, give or take 0.06
    require(abs(start) < 0.35, "start-not-centred", mean=start)
    judge_start(float(np.std(made[:, 0])) / SIGMA)
    mean = float(np.mean(steps / KICK))
    require(abs(mean) < 0.1, "kicks-not-centred", mean=mean)


def judge_steps(made: np.ndarray) -> None:
    """Say what is wrong with the memory or the kicks."""
    too_weak = fits(made, KEPT, KICK**2) or fits(made, KEPT, SIGMA * (1 - KEPT**2))
    one_day = math.exp(-1 / TAU)
    require(not fits(made, KEPT, math.sqrt(2) * KICK), "sf-for-sigma")
    require(not fits(made, KEPT, SIGMA), "kick-not-reduced")
    require(not fits(made, KEPT, SIGMA * np.sqrt(1 - KEPT)), "kick-without-square")
    require(not too_weak, "variance-for-spread")
    require(not fits(made, 1.0, KICK), "undamped")
    require(not fits(made, 0.0, SIGMA), "no-memory")
    daily = fits(made, one_day, SIGMA * math.sqrt(1 - one_day**2))
    require(not daily, "step-ignored~daily")
    short, middling, long = spreads(made, KEPT, KICK)
    raise Finding("wrong-kicks", short=short, middling=middling, long=long)


def judge_start(spread: float) -> None:
    """The first magnitude must spread by sigma, as all others do; `spread` is in units of it."""
    require(not 1.25 <= spread < 1.6, "sf-for-sigma~start", spread=spread)
    require(0.75 < spread < 1.25, "wrong-start", spread=spread)


@pytest.mark.parametrize(("start", "tau"), [(0.0, TAU), (58000.0, 2.0)])
def test_long_times(learner: Subject, rng: Rng, start: float, tau: float) -> None:
    """Over thousands of tau the spread stays what it was"""
    times = start + np.array([0.0, tau / 4, 2.5e5, 1e6, 1e6 + tau / 4]) + rng.uniform(0, tau)
    made = walks(learner, times, [a_seed(rng) for _ in range(80)], tau)
    spread = float(np.std(made[:, -1])) / SIGMA  # 1, give or take 0.08
    require(0.6 < spread < 1.4, "late-spread", days=np.ptp(times), spread=spread)
