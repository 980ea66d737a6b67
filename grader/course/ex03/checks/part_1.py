"""Checks of 3.1, Is this measurement any good?."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.ex03 import probes
from grader.course.ex03.replies import Validity
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, fail_if_recognised, require


def valid(learner: Subject, flux: Any, flux_err: Any, how: str = "class") -> bool:
    """What the learner's code says of a measurement, once it is clear that it is a bool."""
    return validity(learner.ask(probes.validated, flux, flux_err, how), flux, flux_err)


def validity(answer: Answer[Validity], flux: Any, flux_err: Any) -> bool:
    """The answer as a bool, once it is clear that it is one."""
    error = answer.raised
    no_self = Raises("TypeError", "positional argument")
    fail_if_recognised(
        answer,
        Mistake("not-static", no_self, error=error),
        Mistake(
            "raises-for-invalid", Raises("ValueError"), flux=flux, flux_err=flux_err, error=error
        ),
    )
    got = answer.value
    require(got.type != "NoneType", "nothing-for-invalid", flux=flux, flux_err=flux_err)
    is_bool = got.type == "bool" and isinstance(got.value, bool)
    require(is_bool, "not-a-bool", flux=flux, flux_err=flux_err, type=got.type)
    return got.value


@gate
def test_valid(learner: Subject, rng: Rng) -> None:
    """Good measurements are valid, also negative ones and faint ones"""
    flux, error = round(rng.uniform(50, 90), 1), round(rng.uniform(1, 3), 2)
    good, bad = valid(learner, flux, error), valid(learner, flux, -error)
    require(good or not bad, "inverted")
    require(good, "good-refused", flux=flux, flux_err=error)
    for refused in (
        Finding("negative-flux-refused", flux=-flux, flux_err=error),
        Finding("faint-refused", flux=-error / 2, flux_err=error),
        Finding("faint-refused", flux=-error / 50, flux_err=error),
        Finding("negative-flux-refused", flux=0.0, flux_err=error),
    ):
        if not valid(learner, **refused.fields):
            raise refused


def test_limits(learner: Subject) -> None:
    """A tiny error is valid, and so is a value that just reaches `MAX_FLUX`"""
    for refused in (
        Finding("tiny-error-refused", flux=2e-6, flux_err=1e-12),
        Finding("limit-refused", flux=1e10, flux_err=2.0),
        Finding("limit-refused", flux=-1e10, flux_err=2.0),
        Finding("limit-refused", flux=50.0, flux_err=1e10),
    ):
        if not valid(learner, **refused.fields):
            raise refused


@gate
def test_invalid(learner: Subject) -> None:
    """NaN, infinite and absurd values and errors that are not positive are invalid"""
    for accepted in (
        Finding("error-not-checked", flux=50.0, flux_err=-2.0),
        Finding("nan-accepted", flux=math.nan, flux_err=2.0),
        Finding("nan-accepted~error", flux=50.0, flux_err=math.nan),
        Finding("infinite-accepted", flux=math.inf, flux_err=2.0),
        Finding("zero-error-accepted", flux=50.0, flux_err=0.0),
        Finding("absurd-accepted", flux=3e10, flux_err=2.0),
        Finding("absurd-accepted~error", flux=50.0, flux_err=3e10),
        Finding("absurd-negative-accepted", flux=-3e10, flux_err=2.0),
    ):
        if valid(learner, **accepted.fields):
            raise accepted


def test_no_numbers(learner: Subject) -> None:
    """`None` and text are invalid, without an exception"""
    for flux, flux_err in ((None, 2.0), (50.0, None), ("bright", 2.0), ("12.3", 2.0)):
        answer = learner.ask(probes.validated, flux, flux_err)
        for complaint in ("real number", "not supported", "operand"):
            crash = Raises("TypeError", complaint)
            error = answer.raised
            fail_if_recognised(
                answer, Mistake("none-crashes", crash, flux=flux, flux_err=flux_err, error=error)
            )
        accepted = validity(answer, flux, flux_err)
        require(not accepted, "text-converted", flux=flux, flux_err=flux_err)


def test_valid_elsewhere(learner: Subject) -> None:
    """It can be called on an object too, and NumPy's numbers are numbers"""
    require(valid(learner, 50.0, 2, "object"), "refused-on-an-object")
    require(valid(learner, 50.0, 2, "numpy"), "numpy-numbers-refused")
