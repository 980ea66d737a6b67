"""Checks of 2.7, How bright did it get?."""

from __future__ import annotations

import math

from grader.answer import Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import Observation, in_band, in_time, observations
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, expect, expect_error, fail_if_recognised, kind_of, shown


def magnitude(flux: float, zeropoint: float = 25.0) -> float:
    return -2.5 * math.log10(flux) + zeropoint


def with_peak(rng: Rng, band: str) -> list[Observation]:
    """Observations with brighter other bands; the band's second is its peak, its third faint."""
    data = observations(rng)
    for obs in data:
        obs["flux"] += 0 if obs["band"] == band else 100
    for pick, place in ((max, 1), (min, 2)):
        here = in_band(data, band)[place]
        there = pick(in_band(data, band), key=lambda obs: obs["flux"])
        here["flux"], there["flux"] = there["flux"], here["flux"]
    return data


def _wrong_peaks(data: list[Observation], band: str, zero: float) -> list[Mistake]:
    """What the well-known slips give."""
    fluxes = [obs["flux"] for obs in in_band(data, band)]
    peak, brightest_of_all = max(fluxes), max(obs["flux"] for obs in data)
    return [
        Mistake("faintest", magnitude(min(fluxes), zero)),
        Mistake("all-bands", magnitude(brightest_of_all, zero)),
        Mistake("flux-for-magnitude", peak),
        Mistake("zeropoint-ignored", magnitude(peak)),
        Mistake("zeropoint-ignored~none", magnitude(peak, 0.0)),
        Mistake("zeropoint-subtracted", magnitude(peak, -zero)),
        Mistake("natural-logarithm", -2.5 * math.log(peak) + zero),
        Mistake("sign-of-magnitude", 2.5 * math.log10(peak) + zero),
        Mistake("mean-magnitude", magnitude(sum(fluxes) / len(fluxes), zero)),
        Mistake("first-observation", magnitude(fluxes[0], zero)),
        Mistake("last-observation", magnitude(fluxes[-1], zero)),
    ]


@gate
def test_peak(learner: Subject, rng: Rng) -> None:
    """The magnitude of the brightest observation in the band, with any zero point"""
    for band, args in (("r", ["r"]), ("g", ["g", float(rng.uniform(22, 24))])):
        data, zero = with_peak(rng, band), (*args, 25.0)[1]
        answer = learner.ask(probes.peak_magnitude, data, *args)
        several = not isinstance(answer.result, float | int | None)
        kind = kind_of(answer.result)
        fail_if_recognised(answer, Mistake("all-magnitudes", several, kind=kind))
        want = magnitude(max(obs["flux"] for obs in in_band(data, band)), zero)
        expect(answer, want, *_wrong_peaks(data, band, zero), what="the peak", unit="mag")


def test_peak_default_band(learner: Subject, rng: Rng) -> None:
    """Without a band it is the peak in r"""
    data = with_peak(rng, "r")
    peaks = {b: magnitude(max(obs["flux"] for obs in in_band(data, b))) for b in "gri"}
    mistakes = [Mistake("default-band", peaks[b]) for b in "gi"]
    answer = learner.ask(probes.peak_magnitude, data)
    expect(answer, peaks["r"], *mistakes, what="the peak in the default band r", unit="mag")


def test_peak_invalid(learner: Subject, rng: Rng) -> None:
    """Fluxes that are negative, zero, NaN or infinite do not count"""
    data = observations(rng, 12, "r")
    for obs, flux in zip(in_time(data)[::3], [math.nan, -500.0, 0.0, math.inf], strict=True):
        obs["flux"] = flux
    valid = [obs["flux"] for obs in data if 0 < obs["flux"] < math.inf]
    answer = learner.ask(probes.peak_magnitude, data, "r")
    got = answer.result if isinstance(answer.result, float) else 0.0
    expect(
        answer,
        magnitude(max(valid)),
        Mistake("nan-wins", math.isnan(got)),
        Mistake("infinity-wins", math.isinf(got)),
        Mistake("absolute-flux", magnitude(500.0)),
        what="the peak",
        unit="mag",
    )


def test_peak_nothing_valid(learner: Subject, rng: Rng) -> None:
    """No valid point in the band is a ValueError, also if the band was never observed"""
    data = observations(rng, 6, "gr")
    for obs in in_band(data, "g"):
        obs["flux"] *= -1
    for band, what in (("g", "a band with negative fluxes only"), ("i", "a band never observed")):
        answer = learner.ask(probes.peak_magnitude, data, band)
        silent, got = answer.raised is None, shown(answer.result)
        expect_error(
            answer,
            "ValueError",
            what,
            Mistake("nothing-for-no-peak", silent, what=what, got=got),
            Mistake("key-error-for-band", Raises("KeyError"), what=what),
            Mistake("index-error-for-nothing", Raises("IndexError"), what=what),
        )
