"""Checks of 3.4, From LSST's records to a light curve."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex03 import probes
from grader.course.ex03.checks.common import (
    NO_FILTER,
    REFUSED,
    Fault,
    Rng,
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
    columns_wanted,
    expect_column,
    record,
    rounded,
    sources,
)
from grader.course.gates import gate
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require

INVALID_SOURCES: list[Fault] = [
    ({"psfFlux": None, "psfFluxErr": None}, "invalid-kept", REFUSED),
    ({"psfFlux": math.nan}, "invalid-kept", REFUSED),
    ({"psfFluxErr": 0.0}, "invalid-kept", REFUSED),
    ({"psfFlux": 1e30}, "invalid-kept", REFUSED),
    ({"band": "N708"}, "unknown-filter-kept", NO_FILTER),
    (
        {"band": "gr"},
        "part-of-bands-kept",
        "`in` with a text looks for a piece of it. "
        "`self.config.bands` is a list: ask whether the band is in that.",
    ),
    (
        {"band": "R"},
        "band-case-ignored",
        "R is another filter than r, that of Johnson and Cousins: compare the band as it is.",
    ),
]


def test_lsst_config(learner: Subject) -> None:
    """The configuration is that of LSST"""
    answer = learner.ask(probes.configured)
    got = answer.value["config"]
    require(len(got) == 4 and answer.value["ready"], "super-not-called")
    bands = list("ugrizy")
    f"The name in the configuration is {got['name']!r}; it should be 'LSST'."
    expect(
        Answer(got["name"]),
        "LSST",
        Mistake("config-name", isinstance(got["name"], str), name=got["name"]),
        what="`name`",
    )
    mine = sorted(map(str, got["bands"])) if isinstance(got["bands"], list) else []
    expect(
        Answer(got["bands"]),
        bands,
        Mistake("bands-as-text", "ugrizy"),
        Mistake("bands-order", mine == sorted(bands), bands=got["bands"]),
        Mistake("bands-missing", bool(mine) and set(mine) < set(bands), bands=got["bands"]),
        what="`bands`",
    )
    expect(
        Answer(got["zeropoints"]),
        dict.fromkeys(bands, 31.4),
        Mistake("zeropoints-as-number", isinstance(got["zeropoints"], float)),
        Mistake(
            "zeropoint-of-another",
            isinstance(got["zeropoints"], dict) and set(got["zeropoints"]) == set(bands),
            zeropoints=got["zeropoints"],
        ),
        what="`zeropoints`",
        unit="mag",
    )
    cadence = Mistake(
        "config-cadence",
        isinstance(got["cadence_days"], int | float),
        cadence_days=got["cadence_days"],
    )
    expect(Answer(got["cadence_days"]), 3.0, cadence, what="`cadence_days`", unit="days")


@gate
def test_lsst_second_record(learner: Subject, rng: Rng) -> None:
    """Each record has a light curve of its own, with all that was measured at the same time"""
    check_second_record(learner, rng, "LSST")


def test_lsst_values(learner: Subject, rng: Rng) -> None:
    """Times, fluxes, errors and bands are taken as they are, negative fluxes too"""
    entries = sources(rng)
    want = columns_wanted("LSST", entries)
    flux = want["flux"]
    answer = learner.ask(probes.processed, "LSST", record("LSST", entries))
    got = columns(answer)
    positive = [value for value in flux if value > 0]
    fail_if_recognised(
        Answer(got["flux"]),
        Mistake("negatives-dropped", positive),
        Mistake("negatives-dropped~2", list(map(abs, flux))),
        Mistake("magnitudes-made", [31.4 - 2.5 * math.log10(abs(value)) for value in flux]),
        Mistake("flux-rescaled", _rescaled(got["flux"], flux)),
    )
    shifts = [
        Mistake("tai-converted", changed(want["mjd"], plus=seconds / 86400))
        for seconds in (-37, 37)
    ]
    converted = Mistake("time-converted", changed(want["mjd"], plus=-2400000.5))
    expect_column(answer, "mjd", want["mjd"], converted, *shifts, rounded(answer, want["mjd"]))
    for name in ("flux", "flux_err", "band"):
        expect_column(answer, name, want[name])


def _rescaled(got: list, want: list) -> bool:
    """Whether all values are off by the same factor."""
    if len(got) != len(want) or not all(isinstance(value, float) for value in got):
        return False
    factors = [mine / value for mine, value in zip(got, want, strict=True)]
    return not approx_equal(factors[0], 1.0) and bool(np.ptp(factors) <= 1e-6 * abs(factors[0]))


def test_lsst_object(learner: Subject, rng: Rng) -> None:
    """The object id is text with all its digits"""
    identity = 5117830089179607748
    near = str(identity)[:14]
    answer = learner.ask(probes.processed, "LSST", record("LSST", sources(rng, 4)))
    got = answer.result["curve"].get("metadata", {}).get("object_id") if not answer.raised else None
    rounded = isinstance(got, str) and got != str(identity) and (got[:14] == near or "e+" in got)
    check_object(
        learner,
        rng,
        "LSST",
        str(identity),
        Mistake("id-not-text", identity),
        Mistake("id-digits-lost", rounded),
    )


def test_lsst_invalid(learner: Subject, rng: Rng) -> None:
    """Invalid measurements and unknown bands are left out and counted as rejected"""
    check_invalid(learner, rng, "LSST", INVALID_SOURCES)


def test_lsst_counts(learner: Subject, rng: Rng) -> None:
    """Each light curve counts, with its valid and invalid measurements"""
    first, second = sources(rng, 5), sources(rng, 6)
    first[1]["psfFluxErr"] = math.nan
    second[3]["psfFlux"] = None
    check_counts(learner, "LSST", [record("LSST", first), record("LSST", second)], [2, 9, 2])


def test_lsst_missing_key(learner: Subject, rng: Rng) -> None:
    """A record without `diaObjectId` or `diaSources` is a ValueError that names the key"""
    check_missing_keys(learner, rng, "LSST")


def test_lsst_empty_and_input(learner: Subject, rng: Rng) -> None:
    """No measurements give an empty light curve; the record stays as it was"""
    check_empty(learner, "LSST", [])
    check_input(learner, record("LSST", sources(rng)), "LSST")


def test_lsst_faint(learner: Subject, rng: Rng) -> None:
    """Measurements fainter than their error are valid"""
    check_faint(learner, rng, "LSST")
