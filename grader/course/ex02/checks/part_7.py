"""Checks of 2.7, How bright did it get?."""

from __future__ import annotations

import math

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    FIELDS,
    Observation,
    columns,
    failed,
    in_band,
    in_time,
    observations,
    rows,
)
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    showing,
    shown,
)


def magnitude(flux: float, zeropoint: float = 25.0) -> float:
    return -2.5 * math.log10(flux) + zeropoint


BY_RANK = (2, 0, 5, 3, 1, 4)
"""How many of a band's observations are brighter, in order of time."""


def with_peak(rng: Rng, band: str) -> list[Observation]:
    """Observations with brighter other bands; the band's second is its peak, its third faint.

    The peak has a large error. One of the other bands has the band's name in its own, and one has
    it in capital letters.
    """
    data = observations(rng, 18, least=18)
    here, others = in_band(data, band), [obs for obs in data if obs["band"] != band]
    fluxes = sorted((obs["flux"] for obs in here), reverse=True)
    for obs, rank in zip(here, BY_RANK, strict=True):
        obs["flux"] = fluxes[rank]
    here[1]["flux_err"] = here[1]["flux"]
    for obs in others:
        obs["flux"] += 100
    others[0] |= {"band": f"z{band}", "flux": 95.0}
    others[3] |= {"band": band.upper(), "flux": 93.0}
    return data


def max_flux(data: list[Observation], band: str) -> float:
    return max(obs["flux"] for obs in in_band(data, band))


def _wrong_peaks(data: list[Observation], band: str, zero: float) -> list[Mistake]:
    """What the well-known slips give."""
    fluxes = [obs["flux"] for obs in in_band(data, band)]
    peak, brightest_of_all = max(fluxes), max(obs["flux"] for obs in data)
    within = max(obs["flux"] for obs in data if band in obs["band"])
    clear = max(obs["flux"] for obs in in_band(data, band) if obs["flux"] > 3 * obs["flux_err"])
    return [
        Mistake("clear-detections-only", magnitude(clear, zero)),
        Mistake("part-of-a-name", magnitude(within, zero), band=band),
        Mistake("case-ignored", magnitude(93.0, zero), band=band),
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
        Mistake("at-given-peak", magnitude(fluxes[3], zero)),
        Mistake("last-observation", magnitude(fluxes[-1], zero)),
    ]


@gate
def test_peak(learner: Subject, rng: Rng) -> None:
    """The magnitude of the brightest observation in the band, with any zero point"""
    for band, zero in (("g", float(rng.uniform(22, 24))), ("i", 0.0)):
        data = with_peak(rng, band)
        given = in_band(data, band)[3]["mjd"]
        answer = learner.ask(probes.peak_magnitude, data, band, zero, peak_mjd=given)
        several = not isinstance(answer.result, float | int | None)
        kind = kind_of(answer.result)
        fail_if_recognised(answer, Mistake("all-magnitudes", several, kind=kind))
        want = magnitude(max_flux(data, band), zero)
        if zero == 0.0:
            missing = Mistake("zero-is-missing", magnitude(max_flux(data, band)))
            expect(answer, want, missing, what="the peak with zeropoint=0.0", unit="mag")
        expect(answer, want, *_wrong_peaks(data, band, zero), what="the peak", unit="mag")


def test_peak_default_band(learner: Subject, rng: Rng) -> None:
    """Without a band it is the peak in r"""
    data = with_peak(rng, "r")
    peaks = {b: magnitude(max(obs["flux"] for obs in in_band(data, b))) for b in "gri"}
    mistakes = [Mistake("default-band", peaks[b]) for b in "gi"]
    data.append(data[0] | {"mjd": 59500.0, "flux": math.nan})
    got = learner.ask(probes.peak_by_default, data).value
    what = "the peak in the default band r"
    expect(Answer(got.magnitude), peaks["r"], *mistakes, what=what, unit="mag")
    view = got.light_curve
    intact = approx_equal(rows(view), in_time(data)) and list(columns(view)) == FIELDS
    with showing("{}\nlc.data"):
        require(intact, "light-curve-changed")


def test_peak_invalid(learner: Subject, rng: Rng) -> None:
    """Fluxes that are negative, zero, NaN or infinite do not count; faint ones do"""
    data = observations(rng, 12, "r")
    for obs in data:
        obs["flux"] /= 100
    for obs, flux in zip(in_time(data)[::3], [math.nan, -500.0, 0.0, math.inf], strict=True):
        obs["flux"] = flux
    valid = [obs["flux"] for obs in data if 0 < obs["flux"] < math.inf]
    brightest = next(obs for obs in data if obs["flux"] == max(valid))
    brightest["flux_err"] = math.nan
    answer = learner.ask(probes.peak_magnitude, data, "r")
    if failed(answer):
        _why_refused(learner, answer, data, valid)
    got = answer.result if isinstance(answer.result, float) else 0.0
    expect(
        answer,
        magnitude(max(valid)),
        Mistake("nan-error-refused", magnitude(sorted(valid)[-2])),
        Mistake("nan-wins", math.isnan(got)),
        Mistake("infinity-wins", got == -math.inf),
        Mistake("infinity-wins~zero", got == math.inf),
        Mistake("absolute-flux", magnitude(500.0)),
        what="the peak",
        unit="mag",
    )


def _why_refused(
    learner: Subject, answer: Answer[float], data: list[Observation], valid: list[float]
) -> None:
    """Whether there is a peak if the fluxes are brighter, or if some are left out."""

    def works(observed: list[Observation]) -> bool:
        return learner.ask(probes.peak_magnitude, observed, "r").raised is None

    error = answer.raised
    bright = [obs | {"flux": 100 * obs["flux"]} if obs["flux"] in valid else obs for obs in data]
    fail_if_recognised(answer, Mistake("faint-flux-refused", works(bright), error=error))
    numbers = [obs for obs in data if not math.isnan(obs["flux"])]
    fail_if_recognised(answer, Mistake("nan-wins~refused", works(numbers), error=error))
    for fluxes in ((-500.0,), (0.0,), (math.inf,), (0.0, -500.0)):
        others = [obs for obs in data if obs["flux"] not in fluxes]
        without = " and ".join(f"{flux:g}" for flux in fluxes)
        one = Mistake("invalid-refused", works(others), without=without, error=error)
        fail_if_recognised(answer, one)
    fail_if_recognised(answer, Mistake("peak-refused", True, error=error))


def test_peak_nothing_valid(learner: Subject, rng: Rng) -> None:
    """No valid point in the band is a ValueError, also if the band was never observed"""
    data = observations(rng, 6, "gr")
    for obs, flux in zip(in_band(data, "g"), (0.0, -20.5, math.nan), strict=True):
        obs["flux"] = flux
    for observed, band, what in (
        (data, "g", "a band whose fluxes are 0, -20.5 and NaN"),
        (data, "i", "a band never observed"),
        ([], "r", "an empty light curve"),
    ):
        answer = learner.ask(probes.peak_magnitude, observed, band)
        silent, got = answer.raised is None, shown(answer.result)
        expect_error(
            answer,
            "ValueError",
            what,
            Mistake("nothing-for-no-peak", silent, what=what, got=got),
            Mistake("key-error-for-band", Raises("KeyError"), what=what),
            Mistake("index-error-for-nothing", Raises("IndexError"), what=what),
        )
