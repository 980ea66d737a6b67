"""Checks of 1.3, From flux to magnitude."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course import common_probes
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
)


def pogson(flux: Any, zeropoint: float = 25.0) -> np.ndarray:
    """m = -2.5 log10(flux) + zeropoint, NaN for a flux that is not positive; by Python's `math`."""
    values = np.asarray(flux, dtype=float)
    flat = [-2.5 * math.log10(f) + zeropoint if f > 0 else math.nan for f in values.ravel()]
    return np.array(flat).reshape(values.shape)


def wrong_magnitudes(flux: Any, zeropoint: float) -> list[Mistake]:
    """What the well-known slips in Pogson's formula give."""
    values = np.asarray(flux, dtype=float)
    log = np.log10(values)

    def shaped(array: Any) -> Any:
        return float(array) if np.ndim(flux) == 0 else array

    found = [
        (
            "natural-logarithm",
            -2.5 * np.log(values) + zeropoint,
            "This is the natural logarithm. Magnitudes use the logarithm to base 10: `np.log10`.",
        ),
        (
            "sign-of-magnitude",
            2.5 * log + zeropoint,
            "The sign is wrong: these magnitudes grow with the flux, but a brighter source has a "
            "smaller magnitude. The factor is -2.5.",
        ),
        (
            "zeropoint-subtracted",
            -2.5 * log - zeropoint,
            "The zero point is subtracted; it has to be added.",
        ),
        (
            "zeropoint-ignored",
            -2.5 * log + 25.0,
            "The zero point that was asked for is ignored: these magnitudes have 25.0. Use the "
            "argument `zeropoint`.",
        ),
        ("zeropoint-missing", -2.5 * log, "The zero point is missing: add `zeropoint`."),
        ("factor-two-and-a-half", -2.0 * log + zeropoint, "The factor is -2.5, not -2."),
        (
            "binary-logarithm",
            -2.5 * np.log2(values) + zeropoint,
            "This is the logarithm to base 2. Magnitudes use base 10: `np.log10`.",
        ),
        (
            "inverse-conversion",
            10 ** (-0.4 * (values - zeropoint)),
            "This is the way back, from magnitude to flux. Here the flux is given.",
        ),
        (
            "zeropoint-in-logarithm",
            -2.5 * np.log10(values + zeropoint),
            "The zero point is added to the flux. Take the logarithm of the flux alone, then "
            "add it.",
        ),
        (
            "zeropoint-multiplied",
            -2.5 * (log + zeropoint),
            "The zero point is multiplied by -2.5 as well. Add it last, outside the parentheses.",
        ),
    ]
    rounded = [
        (
            "rounded",
            np.round(-2.5 * log + zeropoint, digits),
            "The magnitude is rounded. Return it as it is, and round only where you print it.",
        )
        for digits in range(5)
    ]
    return [Mistake(slug, shaped(value), says=says) for slug, value, says in [*found, *rounded]]


def test_magnitude_of_number(learner: Subject, rng: Rng) -> None:
    """One flux gives Pogson's magnitude, with any zero point"""
    for zeropoint in (25.0, float(rng.uniform(22, 24))):
        flux = float(rng.uniform(5, 500))
        answer = learner.ask(common_probes.call, "flux_to_magnitude", flux, zeropoint)
        want = float(pogson(flux, zeropoint))
        mistakes = [*wrong_magnitudes(flux, zeropoint), _arrays_only(answer), _array(answer)]
        expect(answer, want, *mistakes, what="the magnitude", unit="mag")
        fail_if_recognised(answer, _array(answer))
    flux = float(rng.uniform(5, 500))
    answer = learner.ask(common_probes.call, "flux_to_magnitude", flux)
    what = "the magnitude with the default zero point"
    expect(answer, float(pogson(flux)), *wrong_magnitudes(flux, 25.0), what=what, unit="mag")


def _array(answer: Answer) -> Mistake:
    return Mistake("array-for-number", isinstance(answer.result, np.ndarray))


def _arrays_only(answer: Answer) -> Mistake:
    raised = answer.raised
    return Mistake(
        "arrays-only",
        raised is not None
        and (raised.is_a("TypeError") or raised.is_a("AttributeError"))
        and re.search(r"'(float|int)'", raised.message) is not None,
        raised_=raised,
    )


def test_magnitude_of_array(learner: Subject, rng: Rng) -> None:
    """An array of fluxes gives an array of the same shape"""
    for shape in (7, (3, 4), 1):
        flux = rng.uniform(5, 500, shape)
        answer = learner.ask(common_probes.call, "flux_to_magnitude", flux, zeropoint=23.9)
        scalar_only = Mistake(
            "numbers-only",
            answer.raised is not None
            and (
                "truth value" in answer.raised.message
                or "scalar" in answer.raised.message
                or "must be real number" in answer.raised.message
            ),
            raised_=answer.raised,
        )
        size = np.size(flux)
        shape_lost = Mistake(
            "shape-lost",
            isinstance(answer.result, list | float)
            or (
                isinstance(answer.result, np.ndarray)
                and answer.result.shape != flux.shape
                and answer.result.size == size
            ),
            shape=flux.shape,
            result=kind_of(answer.result),
        )
        mistakes = [*wrong_magnitudes(flux, 23.9), scalar_only, shape_lost]
        expect(answer, pogson(flux, 23.9), *mistakes, what="the magnitude", unit="mag")


def test_magnitude_of_integers(learner: Subject, rng: Rng) -> None:
    """Whole numbers are fluxes too"""
    flux = rng.integers(5, 500, 6)
    answer = learner.ask(common_probes.call, "flux_to_magnitude", flux)
    got = answer.result
    integers = Mistake("integer-result", isinstance(got, np.ndarray) and got.dtype.kind in "iu")
    expect(answer, pogson(flux), integers, what="the magnitude", unit="mag")
    answer = learner.ask(common_probes.call, "flux_to_magnitude", 100)
    expect(answer, 20.0, _arrays_only(answer), what="the magnitude of the flux 100", unit="mag")


def test_magnitude_missing(learner: Subject, rng: Rng) -> None:
    """A flux that is zero, negative or NaN has the magnitude NaN"""
    flux = np.array([rng.uniform(5, 500), 0.0, -rng.uniform(0.1, 9), math.nan, rng.uniform(5, 500)])
    answer = learner.ask(common_probes.call, "flux_to_magnitude", flux)
    want = pogson(flux)
    got = answer.result if isinstance(answer.result, np.ndarray) else np.zeros(0)
    bad = got[1:4] if got.shape == flux.shape and got.dtype.kind == "f" else np.zeros(0)
    mistakes = [
        Mistake("infinite-magnitude", bool(np.isinf(bad).any())),
        Mistake("input-changed", Raises("ValueError", "read-only")),
        Mistake("none-for-missing", kind_of(answer.result) == "a ndarray"),
        Mistake("zero-for-missing", bool((bad == 0).any())),
        Mistake(
            "absolute-flux", bad.size == 3 and approx_equal(float(bad[1]), float(pogson(-flux[2])))
        ),
        Mistake("zeropoint-for-missing", bad.size == 3 and bool((bad == 25.0).any())),
        Mistake(
            "number-for-missing",
            bad.size == 3
            and bool(np.isfinite(bad[0]))
            and approx_equal(float(bad[0]), float(bad[1])),
            bad=_first(bad),
        ),
        Mistake("missing-dropped", got.ndim == 1 and 0 < got.size < flux.size),
        Mistake(
            "refuses-missing",
            answer.raised is not None
            and not answer.raised.is_a("NotImplementedError")
            and "truth value" not in answer.raised.message,
            raised_=answer.raised,
        ),
    ]
    expect(answer, want, *mistakes, what="the magnitude", unit="mag")
    for one in (0.0, -3.0):
        answer = learner.ask(common_probes.call, "flux_to_magnitude", one)
        expect(answer, math.nan, *_single(answer), what=f"the magnitude of a flux of {one:g}")


def _first(array: np.ndarray) -> float:
    return float(array[0]) if array.size else math.nan


def _single(answer: Answer) -> list[Mistake]:
    got = answer.result if isinstance(answer.result, float) else 1.0
    return [
        Mistake("infinite-magnitude~2", math.isinf(got)),
        Mistake("none-for-missing~2", answer.raised is None and answer.result is None),
        Mistake(
            "refuses-missing~2",
            answer.raised is not None and not answer.raised.is_a("NotImplementedError"),
            raised_=answer.raised,
        ),
    ]


def test_magnitude_quiet(learner: Subject, rng: Rng) -> None:
    """No warning is shown, and the input array stays as it was"""
    flux = np.array([rng.uniform(5, 500), 0.0, -rng.uniform(0.1, 9), math.nan])
    for value in (flux, 0.0, -2.0):
        answer = learner.ask(common_probes.call, "flux_to_magnitude", value)
        require(not answer.warned, "warns", value=(answer.warned or [""])[0])
    got = learner.ask(probes.with_input, "flux_to_magnitude", flux).value
    require(approx_equal(got["after"], flux), "input-changed~2")
