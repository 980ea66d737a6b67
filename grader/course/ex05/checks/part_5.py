"""Checks of 5.5, Noise, clouds and another night."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import (
    FIRST_BAND,
    FLUX,
    FLUX_ERR,
    N_REAL,
    TIME,
    a_seed,
    changed_rows,
    check_padding,
    full_rows,
)
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require

NOTHING = {"noise_level": 0.0, "time_shift_max": 0.0, "drop_probability": 0.0}


def test_nothing_to_do(learner: Subject, rng: Rng) -> None:
    """With all three set to 0 nothing changes"""
    rows = full_rows(rng, 30, 10)
    rows[5, FLUX] = 0.0  # it has a band, so that it is no padding
    (got,) = changed_rows(learner.ask(probes.augmented, rows, [1], **NOTHING), rows)
    check_padding(got)
    anew = rows.astype(float)
    anew[:30, TIME] -= anew[0, TIME]
    n_kept = int(got[:, FIRST_BAND:].any(axis=1).sum())
    expect(
        Answer(got),
        rows.astype(float),
        Mistake("time-counted-anew", anew),
        Mistake("zero-taken-for-padding", n_kept == 29),
        Mistake("kept-for-dropped~none", n_kept <= 1, n=30, n_kept=n_kept),
        what="the array",
        rtol=1e-5,
        atol=1e-6,
    )


@gate
def test_noise(learner: Subject, rng: Rng) -> None:
    """Noise goes with the error of each point, and makes the errors grow"""
    level = 1.5  # so that errors which have grown can be told from those that have not
    rows = full_rows(rng)
    rows[:N_REAL:2, FLUX] *= -1
    rows[:40, FLUX] /= np.abs(rows[:40, FLUX])  # 1 or -1
    options = NOTHING | {"noise_level": level}
    seed = a_seed(rng)
    (got,) = changed_rows(learner.ask(probes.augmented, rows, [seed], **options), rows)
    check_padding(got)
    require(
        approx_equal(got[:, FIRST_BAND:], rows[:, FIRST_BAND:].astype(float)),
        "bands-changed",
    )
    added = (got - rows)[:N_REAL, FLUX]
    flux, sigma = rows[:N_REAL, FLUX].astype(float), rows[:N_REAL, FLUX_ERR].astype(float)
    judge_noise(added, level, flux, sigma)
    beyond = bool((np.abs(got[:40, FLUX]) > 1 + 1e-6).any())
    require(beyond, "flux-clipped")
    errors = Answer(got[:N_REAL, FLUX_ERR])
    expect(
        errors,
        sigma * math.hypot(1, level),
        Mistake("errors-stay", sigma),
        Mistake("errors-added-linearly", sigma * (1 + level)),
        Mistake("errors-replaced", sigma * level),
        what="the column of errors",
        rtol=1e-4,
    )


def judge_noise(added: np.ndarray, level: float, flux: np.ndarray, sigma: np.ndarray) -> None:
    """Say what is wrong with the noise that was added to the fluxes."""
    require(bool(np.abs(added).max() > 1e-6), "no-noise", level=level)
    require(bool(np.ptp(added) > 1e-5), "one-number-for-all")
    relative = added / sigma
    same = np.ptp(relative) < 1e-2 * np.abs(relative).max()
    require(not same, "one-number-for-all~scaled")
    spread = float(np.std(added / (level * sigma)))
    precise = sigma < statistics.median(sigma)
    vague = ~precise
    constant = 0.7 < np.std(added[precise]) / np.std(added[vague]) < 1.4
    of_flux = 0.8 < np.std(added / (level * np.abs(flux))) < 1.25
    require(not of_flux, "noise-scaled-by-flux")
    require(not constant, "noise-of-constant-size")
    require(bool(added.min() < 0 < added.max()), "noise-not-normal")
    kurtosis = float(np.mean((added / sigma - np.mean(added / sigma)) ** 4))
    kurtosis /= float(np.var(added / sigma)) ** 2
    require(kurtosis > 2.15, "noise-not-normal~uniform")
    require(abs(spread / math.hypot(1, level) - 1) > 0.12, "noise-of-grown-errors", spread=spread)
    require(
        0.8 < spread < 1.2 and abs(float(np.mean(added / (level * sigma)))) < 0.3,
        "wrong-noise",
        spread=spread,
    )


def test_time_shift(learner: Subject, rng: Rng) -> None:
    """All observations of a light curve are shifted by one number, either way"""
    rows = full_rows(rng, 5, 2)
    options = NOTHING | {"time_shift_max": 8.0}
    seeds = rng.integers(1_000_000_000, size=N_SHIFTS).tolist()
    answer = learner.ask(probes.augmented, rows, seeds, **options)
    got = np.array(changed_rows(answer, rows, N_SHIFTS))  # [seed, row, column]
    shifts = (got - rows)[:, :5, TIME]
    require(bool((np.ptp(shifts, axis=1) < 1e-3).all()), "shift-for-each-row")
    others, before = (np.delete(each, TIME, axis=-1) for each in (got, rows.astype(float)))
    same = approx_equal(others, np.broadcast_to(before, others.shape))
    require(same, "more-than-times-shifted")
    check_padding(got[0])
    judge_shifts(shifts[:, 0])


N_SHIFTS = 300


def judge_shifts(shifts: np.ndarray) -> None:
    """Say what is wrong with the shifts after 300 seeds."""
    largest = float(np.abs(shifts).max())
    require(largest > 0, "no-shift")
    require(largest < 8.001, "shift-too-large", largest=largest)
    require(bool(np.ptp(shifts) > 1e-3), "seeded-in-call~shift", shift=float(shifts[0]))
    require(bool(shifts.min() < 0 < shifts.max()), "shift-one-way")
    require(largest > 4, "shifts-too-small", largest=largest)
    mean = float(np.abs(shifts).mean())  # 4 days, give or take 0.133
    require(not np.allclose(shifts, shifts.round(), atol=1e-4), "whole-days")
    require(abs(mean - 4) < 0.7, "shifts-uneven", mean=mean)


def test_missing_data(learner: Subject, rng: Rng) -> None:
    """Observations are left out one by one, and the others move up in their order"""
    rows = full_rows(rng)
    options = NOTHING | {"drop_probability": 0.3}
    seed = a_seed(rng)
    (got,) = changed_rows(learner.ask(probes.augmented, rows, [seed], **options), rows)
    emptied = int((got[:, FIRST_BAND:].any(axis=1) & (got[:, FLUX] == 0)).sum())
    require(emptied == 0, "flux-zeroed", n_emptied=emptied)
    check_padding(got)
    kept = got[got[:, FIRST_BAND:].any(axis=1)]
    judge_number_kept(len(kept))
    judge_rows_kept(kept, rows)
    seeds = [a_seed(rng) for _ in range(6)]
    results = changed_rows(learner.ask(probes.augmented, rows, seeds, **options), rows, 6)
    numbers = {int(each[:, FIRST_BAND:].any(axis=1).sum()) for each in results}
    require(len(numbers) > 1, "fixed-number-dropped", n_dropped=N_REAL - len(kept), n=N_REAL)


def judge_number_kept(n_kept: int) -> None:
    """Of 400 observations about 280 should be kept."""
    require(n_kept < N_REAL, "nothing-dropped")
    require(not 75 <= n_kept <= 165, "kept-for-dropped", n=N_REAL, n_kept=n_kept)
    require(225 <= n_kept <= 335, "wrong-number-kept", n=N_REAL, n_kept=n_kept)


def judge_rows_kept(kept: np.ndarray, rows: np.ndarray) -> None:
    """They should be as they were, in their order, and chosen one by one."""
    places = np.searchsorted(rows[:N_REAL, TIME].astype(float), kept[:, TIME] - 1e-6)
    known = approx_equal(kept, rows[np.minimum(places, N_REAL - 1)].astype(float))
    require(known and bool((np.diff(places) > 0).all()), "kept-rows-changed")
    lost = np.diff(np.concatenate([[-1], places, [N_REAL]])) - 1
    require(int((lost > 0).sum()) > 40, "dropped-together")


def test_each_alike(learner: Subject, rng: Rng) -> None:
    """No observation is kept more often than the others"""
    rows = full_rows(rng, 2, 2)
    options = NOTHING | {"drop_probability": 0.5}
    seeds = [a_seed(rng) for _ in range(240)]
    answer = learner.ask(probes.augmented, rows, seeds, **options)
    times = np.array(changed_rows(answer, rows, 240))[:, :, TIME]
    kept = np.column_stack([(times == time).any(axis=1) for time in rows[:2, TIME]])
    number = kept.sum(axis=0).tolist()  # 150 of each if one of two is saved at random
    require(max(number) < 225, "always-kept", which=("first", "second")[int(np.argmax(number))])
    both = int(kept.all(axis=1).sum())  # 60, give or take 6.7
    if both >= 95:
        options = NOTHING | {"drop_probability": 1.0}
        (whole,) = changed_rows(learner.ask(probes.augmented, rows, [1], **options), rows)
        require(int(whole[:, FIRST_BAND:].any(axis=1).sum()) < 2, "all-kept", n=2)
    require(both < 95, "one-always-kept", both=both)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_at_least_one(learner: Subject, rng: Rng, n: int) -> None:
    """At least one observation is kept, if there are any"""
    rows = full_rows(rng, n, 3)
    options = NOTHING | {"drop_probability": 1.0}
    answer = learner.ask(probes.augmented, rows, [1, 2], **options)
    crash = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    fail_if_recognised(answer, Mistake("empty-crashes", crash, n=n, error=quoted(answer.raised)))
    for got in changed_rows(answer, rows, 2):
        check_padding(got)
        kept = int(got[:, FIRST_BAND:].any(axis=1).sum())
        require(kept >= min(n, 1), "all-dropped")
        require(kept < n or n < 2, "all-kept", n=n)
        require(kept <= min(n, 1), "some-kept", n_kept=kept, n=n)


def test_no_padding(learner: Subject, rng: Rng) -> None:
    """A light curve without padding, of which nothing is left out, is not changed either"""
    rows = full_rows(rng, 6, 0)
    options = {"noise_level": 1.0, "time_shift_max": 3.0, "drop_probability": 0.0}
    changed_rows(learner.ask(probes.augmented, rows.copy(), [1], **options), rows)


def test_random_numbers(learner: Subject, rng: Rng) -> None:
    """The changes differ each time and in each worker, and repeat with the seed"""
    rows = full_rows(rng, 40, 4)
    options = {"noise_level": 1.0, "time_shift_max": 3.0, "drop_probability": 0.2}
    seed = a_seed(rng)
    first, second, third = changed_rows(
        learner.ask(probes.augmented, rows, [seed, None, seed], **options), rows, 3
    )
    require(not approx_equal(first, second), "seeded-in-call")
    seeds = [seed, seed + 1]
    made = learner.ask(probes.augmented_by_workers, rows, seeds, **options).value
    one, other = as_many(made, 2)
    require(not approx_equal(one, other), "own-generator")
    require(approx_equal(first, third), "not-from-torch")
    options = NOTHING | {"drop_probability": 1.0}
    one, *others = changed_rows(learner.ask(probes.augmented, rows, [seed] * 6, **options), rows, 6)
    alike = all(approx_equal(got, one) for got in others)
    require(alike, "not-from-torch~the-one-kept")
