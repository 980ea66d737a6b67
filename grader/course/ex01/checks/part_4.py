"""Checks of 1.4, Apply a conversion to every record."""

from __future__ import annotations

import numpy as np

from grader.answer import Subject
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import photometry
from grader.course.ex01.replies import ConversionCall
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    require,
    showing,
)


def test_conversion_passes_arguments(learner: Subject, rng: Rng) -> None:
    """`*args` and `**kwargs` go on to the conversion function, one flux at a time"""
    data = photometry(rng, 5)
    zeropoint, scale = float(rng.uniform(22, 26)), float(rng.uniform(1, 2))
    answer = learner.ask(probes.conversion, data, zeropoint, scale=scale)
    own_function = Raises("TypeError", "flux_to_magnitude")
    fail_if_recognised(answer, Mistake("function-ignored", own_function))
    calls = answer.value.calls
    require(bool(calls), "function-ignored")
    _check_call(calls[0], zeropoint, scale)
    made = [[call.flux, call.args, call.kwargs] for call in calls]
    for record in data:
        wanted = [record["flux"], [zeropoint], {"scale": scale}]
        require(any(approx_equal(call, wanted) for call in made), "arguments-not-those-given")


def _check_call(call: ConversionCall, zeropoint: float, scale: float) -> None:
    """The conversion function gets one flux and the further arguments unpacked."""
    args, kwargs = call.args, call.kwargs
    require(not isinstance(call.flux, dict), "whole-record")
    require(not isinstance(call.flux, list | np.ndarray), "whole-list")
    packed = approx_equal(args[:1], [(zeropoint,)]) or approx_equal(args[-1:], [{"scale": scale}])
    require(not packed, "stars-missing")
    require(bool(args) or not approx_equal(kwargs, {"scale": scale}), "args-not-passed")
    require(bool(kwargs) or not approx_equal(args, [zeropoint]), "kwargs-not-passed")
    require(bool(args or kwargs), "args-not-passed~neither")


@gate
def test_conversion_adds_magnitude(learner: Subject, rng: Rng) -> None:
    """Each record comes back as a copy with `magnitude` added and `flux` kept"""
    data = photometry(rng, 8)
    slope = float(rng.uniform(2, 5))
    want = [r | {"magnitude": slope * r["flux"]} for r in data]
    values = [r["magnitude"] for r in want]
    expect(
        learner.ask(probes.real_conversion, data, slope),
        want,
        Mistake("values-only", values),
        Mistake("values-only~array", np.array(values)),
        Mistake("flux-overwritten", [r | {"flux": m} for r, m in zip(data, values, strict=True)]),
        Mistake("flux-dropped", [{k: v for k, v in r.items() if k != "flux"} for r in want]),
        Mistake("magnitudes-only-records", [{"magnitude": m} for m in values]),
        Mistake("key-mag", [r | {"mag": m} for r, m in zip(data, values, strict=True)]),
        Mistake("same-record-repeated", [want[-1]] * len(want)),
        Mistake("first-record-only", want[:1]),
    )


def test_conversion_leaves_input(learner: Subject, rng: Rng) -> None:
    """The input records stay as they were; no records give no records"""
    data = photometry(rng, 5)
    got = learner.ask(probes.conversion, data).value
    with showing("data"):
        require(approx_equal(got.after, data), "input-changed")
    expect(learner.ask(probes.real_conversion, [], 2.0), [], what="the result for an empty list")


def test_conversion_again(learner: Subject, rng: Rng) -> None:
    """A magnitude that a record had before is replaced"""
    data = [r | {"magnitude": 99.0} for r in photometry(rng, 4)]
    slope = float(rng.uniform(2, 5))
    expect(
        learner.ask(probes.real_conversion, data, slope),
        [r | {"magnitude": slope * r["flux"]} for r in data],
        Mistake("old-magnitude-kept", data),
    )
