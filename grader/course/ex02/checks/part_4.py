"""Checks of 2.4, Bands and duration as properties."""

from __future__ import annotations

import math
from typing import Any

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import Observation, failed, in_time, observations
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, expect, fail_if_recognised, kind_of, require


def _property(learner: Subject, name: str, data: list[Observation]) -> Any:
    got = learner.ask(probes.attribute, name, data).value
    require(not got.callable, "method-not-property", name=name)
    return got.value


def _in_order(bands: Any) -> Any:
    """Names of bands in alphabetical order, since any order is right; anything else as it is."""
    text = isinstance(bands, list) and all(isinstance(band, str) for band in bands)
    return sorted(bands) if text else bands


@gate
def test_bands(learner: Subject, rng: Rng) -> None:
    """`lc.bands` is a list with each band once"""
    data = observations(rng, 9, "gi", least=5)
    data[4] |= {"band": "zg", "flux": math.nan}
    for obs in data[1::2]:  # those in i
        obs["flux"] *= -1
    got = _property(learner, "bands", data)
    expect(
        Answer(_in_order(got)),
        ["g", "i", "zg"],
        Mistake("bands-repeated", sorted(obs["band"] for obs in data)),
        Mistake("bands-as-text", isinstance(got, str)),
        Mistake("bands-counted", 3),
        Mistake("names-taken-apart", ["g", "i", "z"]),
        Mistake("bands-fixed", ["g", "i", "r"]),
        Mistake("nan-flux-dropped", ["g", "i"], what="`lc.bands`"),
        Mistake("bands-not-a-list", not isinstance(got, list | None), kind=kind_of(got)),
        what="`lc.bands`, sorted,",
    )
    expect(Answer(_property(learner, "bands", [])), [], what="`lc.bands` of an empty light curve")


def test_duration(learner: Subject, rng: Rng) -> None:
    """`lc.duration` is the time from the first observation to the last, in days"""
    data = observations(rng)
    first, last = (in_time(data)[k] for k in (0, -1))  # with a duration that ends in .6875
    last["mjd"] = first["mjd"] + math.floor(last["mjd"] - first["mjd"]) + 1.6875
    in_time(data)[-1]["flux"] = math.nan
    times = [obs["mjd"] for obs in in_time(data)]
    want = times[-1] - times[0]
    got = _property(learner, "duration", data)
    number = isinstance(got, float | int)
    cut, rounded = number and got == math.floor(want), number and got == math.ceil(want)
    expect(
        Answer(got),
        want,
        Mistake("last-time", times[-1]),
        Mistake("nan-flux-dropped", times[-2] - times[0], what="`lc.duration`"),
        Mistake("duration-negative", -want),
        Mistake("duration-counts", float(len(data))),
        Mistake("duration-of-one-step", times[1] - times[0]),
        Mistake("duration-not-in-days", 24 * want),
        Mistake("duration-not-in-days~seconds", 86400 * want),
        Mistake("duration-rounded", rounded, got=got, want=want),
        Mistake("duration-rounded~down", cut, got=got, want=want),
        what="`lc.duration`",
        unit="days",
    )
    two = observations(rng, 2, least=2)
    want = abs(two[1]["mjd"] - two[0]["mjd"])
    got, nothing = _property(learner, "duration", two), Mistake("two-taken-for-one", 0.0)
    expect(Answer(got), want, nothing, what="`lc.duration` of two observations", unit="days")


def test_duration_small(learner: Subject, rng: Rng) -> None:
    """`lc.duration` is 0.0 for an empty light curve and for a single observation"""
    for n, what in enumerate(("an empty light curve", "a single observation")):
        answer = learner.ask(probes.attribute, "duration", observations(rng, 1)[:n])
        got = None if answer.raised else answer.value.value
        nothing = got is None or (isinstance(got, float) and math.isnan(got))
        silent, said = answer.raised is None and nothing, "None" if got is None else "NaN"
        error = answer.raised
        fail_if_recognised(
            answer,
            Mistake("duration-of-nothing~raises", failed(answer), what=what, error=error),
            Mistake("duration-of-nothing", silent, what=what, got=said),
        )
        expect(Answer(answer.value.value), 0.0, what=f"`lc.duration` of {what}", unit="days")


def test_properties_are_fresh(learner: Subject, rng: Rng) -> None:
    """Both are computed when they are asked for, so that they follow a change of the table"""
    data = in_time(observations(rng, 8))
    for i, obs in enumerate(data):
        obs["band"] = "g" if i < 3 else "i"
    got = learner.ask(probes.properties_after_change, data, 3).value
    times = [obs["mjd"] for obs in data]
    expect(
        Answer(_in_order(got.bands)),
        ["g"],
        Mistake("computed-once", ["g", "i"], name="bands"),
        what="`lc.bands` after the table was replaced",
    )
    expect(
        Answer(got.duration),
        times[2] - times[0],
        Mistake("computed-once", times[-1] - times[0], name="duration"),
        what="`lc.duration` after the table was replaced",
    )
