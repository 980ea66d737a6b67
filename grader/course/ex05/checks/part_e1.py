"""Checks of 5.E1, The same object, farther away."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import (
    FIRST_BAND,
    FLUX,
    FLUX_ERR,
    TIME,
    a_seed,
    changed_rows,
    check_padding,
    full_rows,
)
from grader.course.ex05.replies import Changed
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, require

MANY = 2000  # observations, if their noise is measured


def distance_modulus(z: float) -> float:
    return 5 * math.log10(299792.458 / 70 * z * (1 + 0.775 * z)) + 25


def test_stay(learner: Subject, rng: Rng) -> None:
    """At the same redshift nothing changes"""
    rows = full_rows(rng, 50, 10)
    rows[7, FLUX] = 1.0
    got = moved_rows(learner.ask(probes.moved, rows, [0.04, 0.2], 0.04, 1), rows)
    noisy = not approx_equal(got[:50, FLUX], rows[:50, FLUX].astype(float), atol=1e-4)
    require(not noisy, "noise-not-reduced")
    expect(Answer(got), rows.astype(float), what="the array", rtol=1e-4, atol=1e-6)


def moved_rows(answer: Answer[Changed], rows: np.ndarray) -> np.ndarray:
    """The result as float64, once its shape, padding and bands are right."""
    (got,) = changed_rows(answer, rows)
    check_padding(got)
    bands = rows[:, FIRST_BAND:].astype(float)
    require(approx_equal(got[:, FIRST_BAND:], bands), "bands-changed")
    return got


def test_faded(learner: Subject, rng: Rng) -> None:
    """The largest absolute flux may be that of a negative one"""
    rows = full_rows(rng, 50, 10)
    rows[:, FLUX] /= 2
    rows[7, FLUX] = -1.0
    scaled = rows.astype(float)
    scaled[:, [FLUX, FLUX_ERR]] /= scaled[:, FLUX].max()
    expect(
        Answer(moved_rows(learner.ask(probes.moved, rows, [0.04, 0.2], 0.04, 1), rows)),
        rows.astype(float),
        Mistake("scaled-by-maximum", scaled),
        what="the array of an object that has faded",
        rtol=1e-4,
        atol=1e-6,
    )


def test_all_zero(learner: Subject, rng: Rng) -> None:
    """If all fluxes are 0, nothing is divided by 0"""
    rows = full_rows(rng, 20, 5)
    rows[:, FLUX] = 0
    answer = learner.ask(probes.moved, rows, [0.04, 0.2], 0.04, 1)
    require(not any(map(has_nan, answer.value.results)), "divided-by-zero")
    got = moved_rows(answer, rows)
    expect(Answer(got), rows.astype(float), what="the array of fluxes that are 0", rtol=1e-4)


def has_nan(result: Any) -> bool:
    return isinstance(result, np.ndarray) and not np.isfinite(result).all()


@gate
def test_stretch(learner: Subject, rng: Rng) -> None:
    """Everything takes longer by (1 + new) / (1 + old)"""
    old, new = 0.05, 0.2
    rows = full_rows(rng, 50, 10)
    time = rows[:, TIME].astype(float)
    got = moved_rows(learner.ask(probes.moved, rows, [old, 0.1], new, 2), rows)
    expect(
        Answer(got[:, TIME]),
        time * (1 + new) / (1 + old),
        Mistake("not-stretched", time),
        Mistake("squeezed", time * (1 + old) / (1 + new)),
        Mistake("stretched-from-zero", time * (1 + new)),
        what="the column of times",
        rtol=1e-4,
    )


def test_fainter(learner: Subject, rng: Rng) -> None:
    """The flux gets fainter, the sky does not: noise is added to the fluxes"""
    old, new = 0.05, 0.06
    rows = full_rows(rng, MANY, 10)
    rows[7:9, FLUX] = 1.0, 0.0
    flux, sigma = rows[:MANY, FLUX].astype(float), rows[:MANY, FLUX_ERR].astype(float)
    got = moved_rows(learner.ask(probes.moved, rows, [old, 0.3], new, a_seed(rng)), rows)
    peak = float(np.abs(got[:, FLUX]).max())
    require(abs(peak - 1) < 1e-4, "not-normalised", peak=peak)
    scale = sigma / got[:MANY, FLUX_ERR]
    require(bool(np.ptp(scale) < 1e-3 * scale.mean()), "errors-not-alike")
    judge_dimming(
        got[:MANY, FLUX] * scale, flux, sigma, distance_modulus(new) - distance_modulus(old)
    )
    require(bool(got[8, FLUX] != 0), "zero-taken-for-padding")


def judge_dimming(new: np.ndarray, flux: np.ndarray, sigma: np.ndarray, step: float) -> None:
    """`new` are fluxes in the unit in which the errors are `sigma`; step: of distance modulus."""
    f = 10 ** (-0.4 * step)
    require_own_numbers(new, flux, sigma)
    terms = np.column_stack([flux / sigma, np.ones(len(sigma))])  # noise may have another mean
    slope = float(np.linalg.lstsq(terms, new / sigma)[0][0])
    require(abs(slope - 1) > 0.005, "as-clear-as-before")
    require(abs(slope / math.sqrt(f) - 1) > 0.005, "distance-not-squared")
    require(abs(slope * f - 1) > 0.005, "brighter")
    require(abs(slope / f - 1) < 0.005, "wrong-dimming", slope=slope, f=f)
    judge_added_noise((new - f * flux) / sigma, f)


def require_own_numbers(new: np.ndarray, flux: np.ndarray, sigma: np.ndarray) -> None:
    """The fluxes must not be the old ones, dimmed, and one number that is added to all of them."""

    def are_all(added: np.ndarray) -> bool:
        terms = np.column_stack([flux, added]) / sigma[:, None]
        parts = np.linalg.lstsq(terms, new / sigma)[0]
        left = new / sigma - terms @ parts
        number = np.abs(parts[1] * added / sigma).max()
        return bool(number > 3e-4 and np.abs(left).max() < 1e-3)  # rounding makes 2e-5

    require(not are_all(np.ones(len(sigma))), "one-number-for-all")
    require(not are_all(sigma), "one-number-for-all~scaled")


def judge_added_noise(noise: np.ndarray, f: float) -> None:
    """Noise in units of the errors: normally distributed around 0, spread by sqrt(1 - f**2)."""
    want = math.sqrt(1 - f**2)
    spread, mean = float(np.std(noise)), float(np.mean(noise))
    require(bool(np.abs(noise).max() > 1e-3), "no-noise")
    require(bool(noise.min() < 0 < noise.max()), "noise-not-normal")
    kurtosis = float(np.mean((noise - mean) ** 4)) / spread**4
    require(kurtosis > 2.15, "noise-not-normal~uniform")
    right = abs(spread / want - 1) < 0.1  # it scatters by 0.016
    found = {"f": f, "spread": spread, "want": want}
    require(right or abs(spread - 1) > 0.1, "noise-not-reduced~farther", **found)
    require(right or abs(spread / (1 - f) - 1) > 0.1, "deviations-subtracted", **found)
    require(right, "wrong-noise", **found)
    require(abs(mean) < 0.3 * want, "noise-not-centred", mean=mean)


def test_moved_again(learner: Subject, rng: Rng) -> None:
    """The noise repeats with PyTorch's seed, and differs with another"""
    rows = full_rows(rng, 40, 4)
    seed = a_seed(rng)
    answer = learner.ask(probes.moved, rows, [0.05, 0.3], 0.2, seed, seed, seed + 1)
    first, second, again, _, other, _ = changed_rows(answer, rows, 6)
    require(not approx_equal(first, other), "own-generator")
    require(approx_equal(first, again), "not-from-torch")
    require(not approx_equal(first, second), "same-noise-again")
    times = first[:, TIME], second[:, TIME]
    require(approx_equal(*times, rtol=1e-5), "moved-from-elsewhere")


def test_nothing_to_move(learner: Subject, rng: Rng) -> None:
    """A light curve without observations stays empty"""
    rows = full_rows(rng, 0, 5)
    answer = learner.ask(probes.moved, rows, [0.05, 0.3], 0.2, 1)
    require(not any(map(has_nan, answer.value.results)), "divided-by-zero~padding")
    expect(Answer(moved_rows(answer, rows)), rows.astype(float), what="the array")
