"""Checks of 3.1, Is this measurement any good?."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex03 import probes
from grader.course.ex03.checks.common import Rng
from grader.course.gates import gate
from grader.expect import Mistake, Raises, fail_if_recognised, require

INVALID: list[tuple[float, float, str, str]] = [
    (50.0, -2.0, "error-not-checked", "An uncertainty has to be greater than zero."),
    (
        math.nan,
        2.0,
        "nan-accepted",
        "Every comparison with NaN is false, so ask what should hold, "
        "`abs(flux) <= MAX_FLUX`, or use `math.isfinite(flux)`.",
    ),
    (
        50.0,
        math.nan,
        "nan-accepted",
        "Every comparison with NaN is false, so ask what should hold, "
        "`0 < flux_err <= MAX_FLUX`, or use `math.isfinite(flux_err)`.",
    ),
    (math.inf, 2.0, "infinite-accepted", "Compare it with `MAX_FLUX`, or ask `math.isfinite`."),
    (
        50.0,
        0.0,
        "zero-error-accepted",
        "No measurement is perfect: ask `flux_err > 0`, without the equals sign.",
    ),
    (3e10, 2.0, "absurd-accepted", "No survey measures that. Compare the flux with `MAX_FLUX`."),
    (50.0, 3e10, "absurd-accepted", "Compare the error with `MAX_FLUX` too."),
    (-3e10, 2.0, "absurd-negative-accepted", "Compare its size with `MAX_FLUX`: `abs(flux)`."),
]


def validity(answer: Answer, flux: Any, flux_err: Any) -> bool:
    """The answer as a bool, once it is clear that it is one."""
    fail_if_recognised(
        answer,
        Mistake("not-static", Raises("TypeError", "positional argument"), raised_=answer.raised),
        Mistake(
            "raises-for-invalid",
            Raises("ValueError"),
            flux=flux,
            flux_err=flux_err,
            raised_=answer.raised,
        ),
    )
    got = answer.value
    require(got["type"] != "NoneType", "nothing-for-invalid", flux=flux, flux_err=flux_err)
    require(got["type"] == "bool", "not-a-bool", flux=flux, flux_err=flux_err, type=got["type"])
    return got["value"]


@gate
def test_valid(learner: Subject, rng: Rng) -> None:
    """Good measurements are valid, also negative ones and faint ones"""
    flux, flux_err = round(rng.uniform(50, 90), 1), round(rng.uniform(1, 3), 2)
    good = validity(learner.ask(probes.validated, flux, flux_err), flux, flux_err)
    bad = validity(learner.ask(probes.validated, flux, -flux_err), flux, -flux_err)
    require(good or not bad, "inverted")
    require(good, "flux-flux-err", flux=flux, flux_err=flux_err)
    negative = "Difference images have zero and negative fluxes too: do not ask for `flux > 0`."
    faint = "It is a fine measurement of something faint: do not compare the flux with its error."
    for value, slug, says in (
        (-flux, "negative-flux-refused", negative),
        (-flux_err / 2, "faint-refused", faint),
        (-flux_err / 50, "faint-refused", faint),
        (0.0, "negative-flux-refused", negative),
    ):
        valid = validity(learner.ask(probes.validated, value, flux_err), value, flux_err)
        require(
            valid, slug, says=f"flux = {value:g} with flux_err = {flux_err:g} is refused. {says}"
        )


def test_limits(learner: Subject) -> None:
    """A tiny error is valid, and so is a value that just reaches `MAX_FLUX`"""
    tiny = "It is greater than zero: compare it with 0 itself, without `isclose` or a small number."
    limit = "Neither is greater than `MAX_FLUX`. Compare each by itself, with `<=`."
    for flux, flux_err, slug, says in (
        (2e-6, 1e-12, "tiny-error-refused", tiny),
        (1e10, 2.0, "limit-refused", limit),
        (-1e10, 2.0, "limit-refused", limit),
        (50.0, 1e10, "limit-refused", limit),
    ):
        valid = validity(learner.ask(probes.validated, flux, flux_err), flux, flux_err)
        require(
            valid, slug, says=f"flux = {flux:g} with flux_err = {flux_err:g} is refused. {says}"
        )


@gate
def test_invalid(learner: Subject) -> None:
    """NaN, infinite and absurd values and errors that are not positive are invalid"""
    for flux, flux_err, slug, says in INVALID:
        valid = validity(learner.ask(probes.validated, flux, flux_err), flux, flux_err)
        text = f"flux = {flux:g} with flux_err = {flux_err:g} counts as valid. {says}"
        require(not valid, slug, says=text)


def test_no_numbers(learner: Subject) -> None:
    """`None` and text are invalid, without an exception"""
    for flux, flux_err in ((None, 2.0), (50.0, None), ("bright", 2.0), ("12.3", 2.0)):
        answer = learner.ask(probes.validated, flux, flux_err)
        texts = ("real number", "not supported", "operand")
        fail_if_recognised(
            answer,
            *(
                Mistake(
                    "none-crashes",
                    Raises("TypeError", text),
                    flux=flux,
                    flux_err=flux_err,
                    raised_=answer.raised,
                )
                for text in texts
            ),
        )
        valid = validity(answer, flux, flux_err)
        require(not valid, "text-converted", flux=flux, flux_err=flux_err)


def test_valid_elsewhere(learner: Subject) -> None:
    """It can be called on an object too, and NumPy's numbers are numbers"""
    valid = validity(learner.ask(probes.validated, 50.0, 2, "object"), 50.0, 2)
    require(valid, "called-object-method")
    valid = validity(learner.ask(probes.validated, 50.0, 2, "numpy"), 50.0, 2)
    require(valid, "numpy-numbers-refused")
