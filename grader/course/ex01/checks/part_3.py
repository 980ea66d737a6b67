"""Checks of 1.3, From flux to magnitude."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course import common_probes
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import gives_up
from grader.course.ex01.replies import USUAL_SETTINGS
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
)

NO_ITEMS = r"'(float|int)' object (is not (iterable|subscriptable)|has no|does not support item)"
NO_LENGTH = r"object of type '(float|int)' has no len"


def magnitude(learner: Subject, flux: Any, *args: float, **kwargs: float) -> Answer[Any]:
    return learner.ask(common_probes.call, "flux_to_magnitude", flux, *args, **kwargs)


def pogson(flux: Any, zeropoint: float = 25.0) -> np.ndarray:
    """m = -2.5 log10(flux) + zeropoint, NaN for a flux that is not positive; by Python's `math`."""
    values = np.asarray(flux, dtype=float)
    flat = [-2.5 * math.log10(f) + zeropoint if f > 0 else math.nan for f in values.ravel()]
    return np.array(flat).reshape(values.shape)


def wrong_magnitudes(flux: Any, zeropoint: float) -> list[Mistake]:
    """What the well-known slips in Pogson's formula give."""
    values = np.asarray(flux, dtype=float)
    log = np.log10(values)
    right = -2.5 * log + zeropoint

    def shaped(array: Any) -> Any:
        return float(array) if np.ndim(flux) == 0 else array

    return [
        Mistake("natural-logarithm", shaped(-2.5 * np.log(values) + zeropoint)),
        Mistake("sign-of-magnitude", shaped(2.5 * log + zeropoint)),
        Mistake("zeropoint-subtracted", shaped(-2.5 * log - zeropoint)),
        Mistake("zeropoint-ignored", shaped(-2.5 * log + 25.0)),
        Mistake("zeropoint-missing", shaped(-2.5 * log)),
        Mistake("factor-two-and-a-half", shaped(-2.0 * log + zeropoint)),
        Mistake("binary-logarithm", shaped(-2.5 * np.log2(values) + zeropoint)),
        Mistake("inverse-conversion", shaped(10 ** (-0.4 * (values - zeropoint)))),
        Mistake("zeropoint-in-logarithm", shaped(-2.5 * np.log10(values + zeropoint))),
        Mistake("zeropoint-multiplied", shaped(-2.5 * (log + zeropoint))),
        *(Mistake("rounded", shaped(np.round(right, digits))) for digits in range(5)),
    ]


@gate
def test_magnitude_of_number(learner: Subject, rng: Rng) -> None:
    """One flux gives Pogson's magnitude, with any zero point"""
    for zeropoint in (25.0, round(rng.uniform(22, 24), 2)):
        flux = round(rng.uniform(5, 500), 2)
        answer = magnitude(learner, flux, zeropoint)
        array = Mistake("array-for-number", isinstance(answer.result, np.ndarray))
        mistakes = [*wrong_magnitudes(flux, zeropoint), _arrays_only(answer), array]
        expect(answer, float(pogson(flux, zeropoint)), *mistakes, what="the magnitude", unit="mag")
        fail_if_recognised(answer, array)  # one of no dimensions is as good as a number otherwise
    answer = magnitude(learner, flux, 0.0)
    zero = Mistake("zero-is-missing", float(pogson(flux)))
    expect(answer, float(pogson(flux, 0.0)), zero, what="the magnitude with zeropoint=0.0")
    flux = round(rng.uniform(5, 500), 2)
    what = "the magnitude with the default zero point"
    mistakes = wrong_magnitudes(flux, 25.0)
    expect(magnitude(learner, flux), float(pogson(flux)), *mistakes, what=what, unit="mag")


def _arrays_only(answer: Answer[Any]) -> Mistake:
    """Whether the code wants items or a shape of a number."""
    raised = answer.raised
    of_a_number = (
        raised is not None
        and (raised.is_a("TypeError") or raised.is_a("AttributeError"))
        and re.search(f"{NO_ITEMS}|{NO_LENGTH}", raised.message) is not None
    )
    return Mistake("arrays-only", of_a_number, error=raised)


def test_magnitude_of_array(learner: Subject, rng: Rng) -> None:
    """An array of fluxes gives an array of the same shape"""
    shapes = (rng.size(7, 2), (2, rng.size(3, 2), 2), 1, 0)
    for shape, zeropoint in zip(shapes, (23.9, 0.0, 25.0, 23.9), strict=True):
        flux = rng.uniform(5, 500, shape).round(2)
        answer = magnitude(learner, flux, zeropoint=zeropoint)
        got = answer.result
        reshaped = isinstance(got, np.ndarray) and got.shape != flux.shape and got.size == flux.size
        lost = reshaped or isinstance(got, list | float)
        one = lost and shape == 1 and np.ndim(got) == 0
        kind = kind_of(got)
        shape_lost = [
            Mistake("shape-lost~one-item", one, shape=flux.shape, kind=kind),
            Mistake("shape-lost", lost, shape=flux.shape, kind=kind),
        ]
        zero = Mistake("zero-is-missing", pogson(flux) if zeropoint == 0 else False)
        formula = wrong_magnitudes(flux, zeropoint) if zeropoint and flux.size else []
        mistakes = [zero, *formula, *_numbers_only(answer), *shape_lost]
        expect(answer, pogson(flux, zeropoint), *mistakes, what="the magnitude", unit="mag")


def _numbers_only(answer: Answer[Any]) -> list[Mistake]:
    """What Python and NumPy say when an array meets code for a number."""
    complaints = ("truth value", "scalar", "must be real number")
    return [
        Mistake("numbers-only", Raises("Exception", complaint), error=answer.raised)
        for complaint in complaints
    ]


def test_magnitude_of_faint_flux(learner: Subject, rng: Rng) -> None:
    """A flux between 0 and 1 has a magnitude as well, beyond the zero point"""
    flux = 10 ** rng.uniform([-0.5, -2, -12, -60], [0, -1, -11, -59])
    got = magnitude(learner, flux)
    lost = [np.where(flux < bound, math.nan, pogson(flux)) for bound in (1.0, 0.05, 1e-10, 1e-30)]
    refused = [Mistake("faint-flux-refused", one) for one in lost]
    expect(got, pogson(flux), *refused, what="the magnitude of a faint flux", unit="mag")
    single = float(flux[1])
    what = f"the magnitude of a flux of {single:.3g}"
    expect(magnitude(learner, single), float(pogson(single)), what=what, unit="mag")


def test_magnitude_of_integers(learner: Subject, rng: Rng) -> None:
    """Whole numbers are fluxes too"""
    flux = rng.integers(5, 500, rng.size(6))
    answer = magnitude(learner, flux)
    got = answer.result
    integers = Mistake("integer-result", isinstance(got, np.ndarray) and got.dtype.kind in "iu")
    expect(answer, pogson(flux), integers, what="the magnitude", unit="mag")
    answer = magnitude(learner, 100)
    expect(answer, 20.0, _arrays_only(answer), what="the magnitude of the flux 100", unit="mag")
    flux = np.array([100, 0, -3])
    want, what = pogson(flux), "the magnitude of whole numbers"
    expect(magnitude(learner, flux), want, what=what, unit="mag")


def test_magnitude_missing(learner: Subject, rng: Rng) -> None:
    """A flux that is zero, negative or NaN has the magnitude NaN"""
    missing = np.array([0.0, -round(rng.uniform(0.1, 9), 2), math.nan, -math.inf])
    flux = np.concatenate(
        [rng.uniform(5, 500, 1).round(2), missing, rng.uniform(5, 500, 1).round(2)]
    )
    answer = magnitude(learner, flux)
    mistakes = _wrong_for_missing(answer, flux)
    expect(answer, pogson(flux), *mistakes, what="the magnitude", unit="mag")


def _wrong_for_missing(answer: Answer[Any], flux: np.ndarray) -> list[Mistake]:
    """What may stand in the second to fourth place, where there is no magnitude."""
    got = answer.result if isinstance(answer.result, np.ndarray) else np.zeros(0)
    comparable = got.shape == flux.shape and got.dtype.kind == "f"
    zero, negative, _ = bad = got[1:4] if comparable else np.full(3, math.nan)
    alike = bool(np.isfinite(zero)) and approx_equal(float(zero), float(negative))
    refused = gives_up(answer) and answer.raised and "truth value" not in answer.raised.message
    infinite = float(flux[1:4][np.isinf(bad)][0]) if np.isinf(bad).any() else 0.0
    return [
        Mistake("infinite-magnitude", bool(np.isinf(bad).any()), flux=infinite),
        Mistake("input-changed", Raises("ValueError", "read-only")),
        Mistake("none-for-missing", kind_of(answer.result) == "a ndarray"),
        Mistake("zero-for-missing", bool((bad == 0).any())),
        Mistake("absolute-flux", approx_equal(float(negative), float(pogson(-flux[2])))),
        Mistake("zeropoint-for-missing", bool((bad == 25.0).any())),
        Mistake("number-for-missing", alike, number=float(zero)),
        Mistake("missing-dropped", got.ndim == 1 and 0 < got.size < flux.size),
        Mistake("refuses-missing", bool(refused), error=answer.raised),
    ]


def test_magnitude_missing_number(learner: Subject) -> None:
    """A single flux of zero or less, or of NaN, has the magnitude NaN"""
    for flux in (0.0, -3.0, math.nan):
        answer = magnitude(learner, flux)
        got, raised = answer.result, answer.raised
        infinite = isinstance(got, float) and math.isinf(got)
        expect(
            answer,
            math.nan,
            Mistake("infinite-magnitude~number", infinite, flux=flux),
            Mistake("none-for-missing~number", raised is None and got is None, flux=flux),
            Mistake("refuses-missing~number", gives_up(answer), error=raised, flux=flux),
            what=f"the magnitude of a flux of {flux:g}",
        )


def test_magnitude_quiet(learner: Subject, rng: Rng) -> None:
    """No warning is shown, and the input array stays as it was"""
    flux = np.array([round(rng.uniform(5, 500), 2), 0.0, -round(rng.uniform(0.1, 9), 2), math.nan])
    for value in (flux, 0.0, -2.0):
        answer = learner.ask(probes.magnitude_quietly, value)
        require(not answer.warned, "warns", warning=answer.warned[0] if answer.warned else "")
        with showing("{}\nimport warnings\nwarnings.filters[0][0] == 'ignore'"):
            require(not answer.value.ignored, "settings-changed~filters")
        with showing("{}\nnp.geterr()"):
            require(answer.value.settings == USUAL_SETTINGS, "settings-changed")
    got = learner.ask(probes.input_after, "flux_to_magnitude", flux).value
    require(approx_equal(got.after, flux), "input-changed~copy")
