"""Checks of 3.1, Is this measurement any good?."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex03 import probes
from grader.course.ex03.replies import Validity
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, fail_if_recognised, require, showing


def valid(learner: Subject, flux: Any, flux_err: Any, how: str = "class") -> bool:
    """What the learner's code says of a measurement, once it is clear that it is a bool."""
    answer = learner.ask(probes.validated, flux, flux_err, how)
    if how in NUMPY:
        flux, flux_err = map(Source, NUMPY[how], (flux, flux_err))
    return validity(answer, flux, flux_err)


NUMPY = {each: each.split(", ") for each in ("float32, int64", "int64, float32")}


class Source:
    """A number of NumPy's, as a message shows it."""

    def __init__(self, kind: str, value: float) -> None:
        self.text = f"np.{kind}({value:g})"

    def __repr__(self) -> str:
        return self.text


def validity(answer: Answer[Validity], flux: Any, flux_err: Any) -> bool:
    """The answer as a bool, once it is clear that it is one."""
    shown: dict[str, Any] = {"flux": flux, "flux_err": flux_err}
    no_self = Raises("TypeError", "validate_photometry() ")
    fail_if_recognised(
        answer,
        Mistake("not-static", no_self, error=answer.raised),
        Mistake("raises-for-invalid", Raises("ValueError"), error=answer.raised, **shown),
    )
    got = answer.value
    require(got.type != "NoneType", "nothing-for-invalid", **shown)
    is_bool = got.type == "bool" and isinstance(got.value, bool)
    with showing("isinstance({}, bool)"):
        require(is_bool, "not-a-bool", type=got.type, **shown)
    return got.value


def refused(learner: Subject, flux: Any, flux_err: Any, how: str = "class") -> bool:
    return not valid(learner, flux, flux_err, how)


@gate
def test_valid(learner: Subject, rng: Rng) -> None:
    """Good measurements are valid, also negative ones and faint ones"""
    flux, error = round(rng.uniform(50, 90), 1), round(rng.uniform(1, 3), 2)
    if refused(learner, flux, error):
        bad = ((flux, -error), (flux, 0.0), (math.nan, error), (math.inf, error), (3e10, error))
        inverted = all(valid(learner, *each) for each in bad)
        refused(learner, flux, error)  # once more, as the last one is shown
        raise Finding("inverted" if inverted else "good-refused", flux=flux, flux_err=error)
    _check_faint(learner, (100 * flux, 200 * flux), (error / 50, error / 1000))
    for found in (
        Finding("negative-flux-refused", flux=-flux, flux_err=error),
        Finding("negative-flux-refused", flux=-error / 2, flux_err=error),
        Finding("zero-flux-refused", flux=0.0, flux_err=error),
    ):
        if refused(learner, **found.fields):
            raise found


def _check_faint(learner: Subject, *measured: tuple[float, float]) -> None:
    """One below its error, and one that is smaller still and above it."""
    below, above = (refused(learner, *each) for each in measured)
    flux, flux_err = measured[0] if below else measured[1]
    if below or above:
        refused(learner, flux, flux_err)  # once more, as the last one is shown
    require(not below or above, "faint-refused", flux=flux, flux_err=flux_err)
    require(not (below or above), "good-refused", flux=flux, flux_err=flux_err)


def test_limits(learner: Subject) -> None:
    """A tiny error is valid, and so is a value that just reaches `MAX_FLUX`"""
    for found in (
        Finding("tiny-error-refused", flux=50.0, flux_err=1e-20),
        Finding("limit-refused", flux=1e10, flux_err=2.0),
        Finding("limit-refused", flux=-1e10, flux_err=2.0),
        Finding("limit-refused", flux=50.0, flux_err=1e10),
    ):
        if refused(learner, **found.fields):
            raise found


@gate
def test_invalid(learner: Subject) -> None:
    """NaN, infinite and absurd values and errors that are not positive are invalid"""
    for accepted in (
        Finding("error-not-checked", flux=50.0, flux_err=-2.0),
        Finding("nan-accepted", flux=math.nan, flux_err=2.0),
        Finding("nan-accepted~error", flux=50.0, flux_err=math.nan),
        Finding("infinite-accepted", flux=math.inf, flux_err=2.0),
        Finding("infinite-accepted", flux=-math.inf, flux_err=2.0),
        Finding("infinite-accepted~error", flux=50.0, flux_err=math.inf),
        Finding("zero-error-accepted", flux=50.0, flux_err=0.0),
        Finding("absurd-accepted", flux=1.0001e10, flux_err=2.0),
        Finding("absurd-accepted~error", flux=50.0, flux_err=1.0001e10),
        Finding("absurd-negative-accepted", flux=-1.0001e10, flux_err=2.0),
    ):
        if valid(learner, **accepted.fields):
            raise accepted


def test_no_numbers(learner: Subject) -> None:
    """`None`, text and the like are invalid, without an exception"""
    for flux, flux_err in (
        (None, 2.0),
        (50.0, None),
        ("bright", 2.0),
        ("12.3", 2.0),
        (50.0, "2.0"),
        (None, None),
        ([50.0], 2.0),
        (50.0, (2.0,)),
        (np.array([50.0, 60.0]), 2.0),
        ({"value": 50.0}, 2.0),
    ):
        answer = learner.ask(probes.validated, flux, flux_err)
        shown: dict[str, Any] = {"flux": flux, "flux_err": flux_err}
        stops = Raises("TypeError")
        if not Raises("TypeError", "validate_photometry() ").matches(answer):
            fail_if_recognised(answer, Mistake("none-crashes", stops, error=answer.raised, **shown))
        text = isinstance(flux, str) or isinstance(flux_err, str)
        if validity(answer, flux, flux_err):
            raise Finding("text-converted" if text else "no-number-accepted", **shown)


def test_valid_elsewhere(learner: Subject) -> None:
    """It can be called on an object too, and whole numbers and NumPy's are numbers"""
    require(valid(learner, 50.0, 2.0, "object"), "refused-on-an-object")
    require(valid(learner, 50, 2), "whole-numbers-refused")
    for how, (flux, flux_err) in NUMPY.items():
        good = valid(learner, 50.0, 2.0, how)
        require(good, "numpy-numbers-refused", flux=flux, flux_err=flux_err)
    broken = refused(learner, math.nan, 2.0, "float32, int64")
    require(broken, "nan-accepted~numpy")
