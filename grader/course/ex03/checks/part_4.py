"""Checks of 3.4, From LSST's records to a light curve."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex03 import forms, probes
from grader.course.ex03.checks.common import (
    Fault,
    changed,
    check_counts,
    check_empty,
    check_faint,
    check_input,
    check_invalid,
    check_missing_keys,
    check_object,
    check_second_record,
    columns,
    expect_column,
    processed,
    rounded,
)
from grader.course.ex03.checks.records import columns_wanted, record, sources
from grader.course.ex03.replies import Counts
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
)

BANDS = list("ugrizy")


def test_lsst_config(learner: Subject) -> None:
    """The configuration is that of LSST"""
    got = learner.ask(probes.configured).value
    with showing(forms.SET_UP):
        require(got.set_up, "super-not-called")
    require(got.complete, "config-incomplete", kind=kind_of(got.config))
    name = Mistake("config-name", isinstance(got.name, str), name=got.name)
    with showing("{}.name"):
        expect(Answer(got.name), "LSST", name, what="`name`")
    with showing("{}.bands"):
        _check_bands(got.bands)
    of_bands = isinstance(got.zeropoints, dict) and set(got.zeropoints) == set(BANDS)
    with showing("{}.zeropoints"):
        expect(
            Answer(got.zeropoints),
            dict.fromkeys(BANDS, 31.4),
            Mistake("zeropoints-as-number", isinstance(got.zeropoints, float)),
            Mistake("zeropoint-of-another", of_bands, zeropoints=got.zeropoints),
            what="`zeropoints`",
            unit="mag",
        )
    a_number = isinstance(got.cadence_days, int | float)
    cadence = Mistake("config-cadence", a_number, got=got.cadence_days)
    with showing("{}.cadence_days"):
        expect(Answer(got.cadence_days), 3.0, cadence, what="`cadence_days`", unit="days")


def _check_bands(got: Any) -> None:
    mine = sorted(map(str, got)) if isinstance(got, list) else []
    expect(
        Answer(got),
        BANDS,
        Mistake("bands-as-text", "ugrizy"),
        Mistake("bands-order", mine == sorted(BANDS), bands=got),
        Mistake("bands-missing", bool(mine) and set(mine) < set(BANDS), bands=got),
        what="`bands`",
    )


@gate
def test_lsst_second_record(learner: Subject, rng: Rng) -> None:
    """Each record has a light curve of its own, with all that was measured at the same time"""
    check_second_record(learner, rng, "LSST")


def test_lsst_values(learner: Subject, rng: Rng) -> None:
    """Times, fluxes, errors and bands are taken as they are, negative fluxes too"""
    entries = sources(rng, least=2)
    whole = entries[(len(entries) + 1) // 2]
    whole["psfFlux"] = int(whole["psfFlux"])
    want = columns_wanted("LSST", entries)
    mjd, flux = want["mjd"], want["flux"]
    answer = processed(learner, "LSST", entries)
    got = columns(answer)
    with showing(forms.FLUX):
        fail_if_recognised(
            Answer(got["flux"]),
            Mistake("negatives-dropped", [value for value in flux if value > 0]),
            Mistake("negatives-dropped~sign", list(map(abs, flux))),
            Mistake("magnitudes-made", [31.4 - 2.5 * math.log10(abs(value)) for value in flux]),
            Mistake("flux-rescaled", _rescaled(got["flux"], flux)),
        )
    expect_column(
        answer,
        "mjd",
        mjd,
        Mistake("time-converted", changed(mjd, plus=-2400000.5)),
        *(Mistake("tai-converted", changed(mjd, plus=sec / 86400)) for sec in (-37, 37)),
        rounded(answer, mjd),
    )
    for name in ("flux", "flux_err", "band"):
        expect_column(answer, name, want[name], rtol=1e-9)


def _rescaled(got: list[float], want: list[float]) -> bool:
    """Whether all values are off by the same factor."""
    if len(got) != len(want) or not np.isfinite(got).all():
        return False
    factors = [mine / value for mine, value in zip(got, want, strict=True)]
    return not approx_equal(factors[0], 1.0) and bool(np.ptp(factors) <= 1e-6 * abs(factors[0]))


def test_lsst_object(learner: Subject, rng: Rng) -> None:
    """The object id is text with all its digits"""
    identity = 5117830089179607748
    text, rounded_off = str(identity), float(identity)
    lost = (str(int(rounded_off)), str(rounded_off), f"{rounded_off:.0f}", f"{identity:.6g}")
    digits_lost = [Mistake("id-digits-lost", each) for each in lost]
    check_object(learner, rng, "LSST", text, Mistake("id-not-text", identity), *digits_lost)


def invalid_sources() -> list[Fault]:
    return [
        (
            {"psfFlux": None, "psfFluxErr": None},
            Finding("invalid-kept", fault="psfFlux = None, psfFluxErr = None"),
        ),
        ({"psfFluxErr": None}, Finding("invalid-kept", fault="psfFluxErr = None")),
        ({"psfFlux": math.nan}, Finding("invalid-kept", fault="psfFlux = nan")),
        ({"psfFluxErr": math.nan}, Finding("invalid-kept", fault="psfFluxErr = nan")),
        ({"psfFluxErr": 0.0}, Finding("invalid-kept", fault="psfFluxErr = 0.0")),
        ({"psfFluxErr": -5.0}, Finding("invalid-kept", fault="psfFluxErr = -5.0")),
        ({"psfFluxErr": 1e30}, Finding("invalid-kept", fault="psfFluxErr = 1e+30")),
        ({"psfFlux": 1e30}, Finding("invalid-kept", fault="psfFlux = 1e+30")),
        ({"band": "N708"}, Finding("unknown-filter-kept", fault="band = 'N708'")),
        ({"band": "gr"}, Finding("part-of-bands-kept")),
        ({"band": "R"}, Finding("band-case-ignored")),
    ]


def test_lsst_invalid(learner: Subject, rng: Rng) -> None:
    """Invalid measurements and unknown bands are left out and counted as rejected"""
    check_invalid(learner, rng, "LSST", invalid_sources())


def test_lsst_counts(learner: Subject, rng: Rng) -> None:
    """Each light curve counts, with its valid and invalid measurements"""
    first, second = sources(rng, 6, least=2), sources(rng, 9, least=2)
    broken = (first[1], *second[1::3])
    wanted = Counts(2, len(first) + len(second) - len(broken), len(broken))
    first[1]["psfFluxErr"] = math.nan
    for entry in broken[1:]:
        entry["psfFlux"] = None
    records = [record("LSST", first), record("LSST", second)]
    check_counts(learner, rng, "LSST", records, wanted)


def test_lsst_missing_key(learner: Subject, rng: Rng) -> None:
    """A record without `diaObjectId` or `diaSources` is a ValueError that names the key"""
    check_missing_keys(learner, rng, "LSST")


def test_lsst_empty_and_input(learner: Subject, rng: Rng) -> None:
    """No measurements give an empty light curve; the record stays as it was"""
    check_empty(learner, "LSST", [])
    entries = sources(rng)
    entries[2] |= {"psfFlux": None, "psfFluxErr": None}
    entries[3] |= {"psfFluxErr": math.nan, "band": "N708"}
    check_input(learner, record("LSST", entries), "LSST")


def test_lsst_faint(learner: Subject, rng: Rng) -> None:
    """Measurements fainter than their error are valid, and so is a flux of zero"""
    check_faint(learner, rng, "LSST")
    entries = sources(rng, 5)
    entries[3]["psfFlux"] = 0.0
    others = columns_wanted("LSST", entries[:3] + entries[4:])["mjd"]
    want = columns_wanted("LSST", entries)["mjd"]
    dropped = Mistake("zero-flux-dropped", others)
    expect_column(processed(learner, "LSST", entries), "mjd", want, dropped)


def test_lsst_bands_of_the_configuration(learner: Subject, rng: Rng) -> None:
    """The bands that count are those of the configuration, also if they are changed"""
    entries = sources(rng)
    entries[5]["band"] = "N708"
    few = ["g", "r", "N708"]

    def times_of(*bands: str) -> list[float]:
        return columns_wanted("LSST", [e for e in entries if e["band"] in bands])["mjd"]

    expect_column(
        learner.ask(probes.processed, "LSST", record("LSST", entries), bands=few),
        "mjd",
        times_of(*few),
        Mistake("bands-written-in", times_of(*BANDS)),
        Mistake("bands-written-in~new", times_of("g", "r")),
    )
