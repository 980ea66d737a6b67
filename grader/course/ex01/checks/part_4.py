"""Checks of 1.4, Apply a conversion to every record."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Finding, Subject
from grader.course.changes import what_changed
from grader.course.ex01 import probes
from grader.course.ex01.checks.common import photometry, time_of, unordered
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
    shown,
)


def test_conversion_passes_arguments(learner: Subject, rng: Rng) -> None:
    """`*args` and `**kwargs` go on to the conversion function, one flux at a time"""
    data = photometry(rng, 5)
    zeropoint, scale = float(rng.uniform(22, 26)), float(rng.uniform(1, 2))
    further, named = [zeropoint, 0.0], {"scale": scale, "offset": 0.0}
    answer = learner.ask(probes.conversion, data, *further, **named)
    own_function = Raises("TypeError", "flux_to_magnitude")
    fail_if_recognised(answer, Mistake("function-ignored", own_function))
    calls = answer.value.calls
    require(bool(calls), "function-ignored")
    _check_call(calls[0], further, named)
    made = [[call.flux, call.args, call.kwargs] for call in calls]
    for record in data:
        wanted = [record["flux"], further, named]
        require(any(approx_equal(call, wanted) for call in made), "arguments-not-those-given")


def _check_call(call: ConversionCall, further: list[float], named: dict[str, float]) -> None:
    """The conversion function gets one flux and the further arguments unpacked."""
    args, kwargs = call.args, call.kwargs
    require(not isinstance(call.flux, dict), "whole-record")
    require(not isinstance(call.flux, list | np.ndarray), "whole-list")
    packed = approx_equal(args[:1], [tuple(further)])
    last = approx_equal(call.flux, further[0]) and len(args) == len(further)
    require(not last, "flux-last")
    require(not packed, "stars-missing")
    require(not approx_equal(args[-1:], [named]), "stars-missing~keywords")
    require(bool(args) or not approx_equal(kwargs, named), "args-not-passed")
    require(bool(kwargs) or not approx_equal(args, further), "kwargs-not-passed")
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


def test_conversion_keeps_all(learner: Subject, rng: Rng) -> None:
    """Every record and every key is kept, in order, whatever the magnitude: NaN, 0 or negative"""
    data = unordered(rng, photometry(rng, 7))
    data = [r | {"airmass": float(rng.uniform(1, 2))} for r in data]
    data[1]["flux"], data[2]["flux"], data[4]["flux"] = 0.0, -data[2]["flux"], 40.0
    data[5]["flux"] = math.nan
    data.append(dict(data[0]))
    slope = float(rng.uniform(2, 5))
    want = [r | {"magnitude": slope * r["flux"]} for r in data]
    want[4]["magnitude"] = math.nan  # beyond the limit
    want[5]["magnitude"] = -1.0  # of a flux of NaN
    usual = [{k: v for k, v in r.items() if k != "airmass"} for r in want]
    positive = [i for i, r in enumerate(want) if r["flux"] > 0]
    nothing = {"magnitude": math.nan}
    own_rule = [r if i in positive else r | nothing for i, r in enumerate(want)]
    own_for_nan = [r | (nothing if math.isnan(r["flux"]) else {}) for r in want]
    not_positive = [r | (nothing if r["flux"] <= 0 else {}) for r in want]
    expect(
        learner.ask(probes.real_conversion, data, slope, 35.0),
        want,
        Mistake("other-keys-lost", usual),
        Mistake("own-rule-for-flux", own_rule),
        Mistake("own-rule-for-flux", not_positive),
        Mistake("own-rule-for-flux~nan", own_for_nan),
        Mistake("records-dropped~nan", [r for r in want if not math.isnan(r["magnitude"])]),
        Mistake("records-dropped~zero", [r for r in want if r["magnitude"] != 0]),
        Mistake("records-dropped~not-positive", [r for r in want if r["magnitude"] > 0]),
        Mistake("records-dropped~positive", [want[i] for i in positive]),
        Mistake("records-dropped~no-flux", [r for r in want if not math.isnan(r["flux"])]),
        Mistake("sorted-by-time", sorted(want, key=time_of)),
    )


def test_conversion_leaves_input(learner: Subject, rng: Rng) -> None:
    """The input records stay as they were; no records give no records"""
    data = photometry(rng, 5)
    got = learner.ask(probes.conversion, data).value
    added = [r | {"magnitude": r["flux"]} for r in data]
    with showing("data"):
        require(not approx_equal(got.after, added), "input-changed")
        if not approx_equal(got.after, data):
            changed = what_changed(data, got.after, "data")
            raise Finding("input-changed~otherwise", changed=changed)
    expect(learner.ask(probes.real_conversion, [], 2.0), [], what="the result for an empty list")
    same = learner.ask(probes.conversion, []).value.returned_itself
    with showing("apply_magnitude_conversion(data, convert) is data"):
        require(not same, "same-list~empty")


def test_conversion_again(learner: Subject, rng: Rng) -> None:
    """A magnitude that a record had before is replaced"""
    data = [{"flux": r["flux"], "magnitude": 99.0} for r in photometry(rng, 4)]
    slope = float(rng.uniform(2, 5))
    expect(
        learner.ask(probes.real_conversion, data, slope),
        [r | {"magnitude": slope * r["flux"]} for r in data],
        Mistake("old-magnitude-kept", data),
    )


def test_conversion_fails(learner: Subject, rng: Rng) -> None:
    """An exception from the conversion function goes on to the caller"""
    text = f"no zero point {rng.integers(10**6)}"
    answer = learner.ask(probes.failing_conversion, photometry(rng, 2), text)
    passed_on = answer.raised is not None and answer.raised.is_a("Trouble")
    require(answer.raised is not None, "exception-swallowed", got=shown(answer.result))
    require(passed_on, "exception-replaced", error=answer.raised)
