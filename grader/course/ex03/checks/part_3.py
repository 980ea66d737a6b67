"""Checks of 3.3, From ZTF's records to a light curve."""

from __future__ import annotations

import math
from itertools import permutations

from grader.answer import Answer, Subject
from grader.course.ex03 import probes
from grader.course.ex03.checks.common import (
    NO_FILTER,
    REFUSED,
    ZEROPOINTS,
    Entry,
    Fault,
    Rng,
    _listed,
    _mjd,
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
    detections,
    expect_column,
    record,
    rounded,
)
from grader.course.gates import gate
from grader.expect import Mistake, Raises, expect, fail_if_recognised, require


@gate
def test_ztf_second_record(learner: Subject, rng: Rng) -> None:
    """Each record has a light curve of its own, with all that was measured at the same time"""
    check_second_record(learner, rng, "ZTF")


def test_ztf_times(learner: Subject, rng: Rng) -> None:
    """Times are MJD, from `jd` or from `mjd`"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)["mjd"]
    answer = learner.ask(probes.processed, "ZTF", record("ZTF", entries))
    fail_if_recognised(answer, Mistake("jd-not-taken", Raises("KeyError", "mjd")))
    expect_column(
        answer,
        "mjd",
        want,
        Mistake("jd-not-converted", changed(want, plus=2400000.5)),
        Mistake("half-day-off", changed(want, plus=0.5)),
        Mistake("half-day-off~2", changed(want, plus=-0.5)),
        Mistake("returns-in-loop", [_mjd(entries[0])]),
        rounded(answer, want),
    )
    for entry in entries[::2]:
        entry["mjd"] = _mjd(entry)
        del entry["jd"]
    entries[1]["mjd"] = _mjd(entries[1])
    answer = learner.ask(probes.processed, "ZTF", record("ZTF", entries))
    alone = "Your code wants `jd`, but a broker may give `mjd` alone. Take that as it is: "
    alone += "`if 'mjd' in candidate`."
    fail_if_recognised(answer, Mistake("mjd-not-taken", Raises("KeyError", "jd"), says=alone))
    got = columns(answer)["mjd"]
    again = Mistake("mjd-converted-again", any(value < 0 for value in got))
    expect_column(answer, "mjd", want, again)


def test_ztf_flux(learner: Subject, rng: Rng) -> None:
    """The flux follows from the magnitude and the zero point of the band"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)
    answer = learner.ask(probes.processed, "ZTF", record("ZTF", entries))
    magnitude = [entry["magpsf"] for entry in sorted(entries, key=_mjd)]
    numbers = [str(entry["fid"]) for entry in sorted(entries, key=_mjd)]
    named = Mistake("band-as-number", numbers)
    orders = [dict(zip("gri", order, strict=True)) for order in permutations("gri")][1:]
    mixed_up = [[order[band] for band in want["band"]] for order in orders]
    expect_column(
        answer,
        "band",
        want["band"],
        named,
        *(Mistake("filters-mixed-up", each) for each in mixed_up),
    )

    def with_zeropoint(zeropoint: float) -> list[float]:
        return [10 ** (0.4 * (zeropoint - m)) for m in magnitude]

    expect_column(
        answer,
        "flux",
        want["flux"],
        *(
            Mistake("zeropoint-of-one-band", with_zeropoint(zeropoint), band=band)
            for band, zeropoint in ZEROPOINTS.items()
        ),
        Mistake("zeropoint-fixed", with_zeropoint(25.0)),
        Mistake("zeropoint-missing", with_zeropoint(0.0)),
        Mistake("exponent-sign", [1 / value for value in want["flux"]]),
        Mistake("magnitudes-kept", magnitude),
    )


def test_ztf_recalibrated(learner: Subject, rng: Rng) -> None:
    """The zero points are those of the configuration, also if they are changed"""
    entries = detections(rng)
    shifted = {band: zeropoint + 0.5 for band, zeropoint in ZEROPOINTS.items()}
    old = columns_wanted("ZTF", entries)["flux"]
    answer = learner.ask(probes.recalibrated, record("ZTF", entries), shifted)
    written_in = Mistake("zeropoints-written-in", old)
    expect_column(answer, "flux", changed(old, 10**0.2), written_in)


def test_ztf_flux_err(learner: Subject, rng: Rng) -> None:
    """The error is converted from magnitudes to flux"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)["flux_err"]
    sigma = [entry["sigmapsf"] for entry in sorted(entries, key=_mjd)]
    factor = math.log(10) / 2.5
    expect_column(
        learner.ask(probes.processed, "ZTF", record("ZTF", entries)),
        "flux_err",
        want,
        Mistake("magnitude-error-kept", sigma),
        Mistake("factor-missing", changed(want, 1 / factor)),
        Mistake("factor-upside-down", changed(want, 1 / factor**2)),
        Mistake("common-logarithm", changed(want, 1 / math.log(10))),
    )


POSITIVE, NEGATIVE = ["t", "1", "+1", 1, True], ["f", "0", "-1", 0, -1, False]


def test_ztf_signs(learner: Subject, rng: Rng) -> None:
    """`isdiffpos` gives the flux its sign, however it is spelled; errors are positive"""
    entries = detections(rng, len(POSITIVE + NEGATIVE))
    for entry, spelling in zip(entries, POSITIVE + NEGATIVE, strict=True):
        entry["isdiffpos"] = spelling
    want = columns_wanted("ZTF", entries)
    answer = learner.ask(probes.processed, "ZTF", record("ZTF", entries))
    got = columns(answer)
    spelled = [entry["isdiffpos"] for entry in sorted(entries, key=_mjd)]
    size = [abs(flux) for flux in want["flux"]]
    naive = [flux if mark else -flux for flux, mark in zip(size, spelled, strict=True)]
    lost = len(got["mjd"]) == len(POSITIVE) and min(got["flux"], default=0) > 0
    fail_if_recognised(
        Answer(got["flux"]),
        Mistake("negatives-dropped", lost),
        Mistake("sign-ignored", size),
        Mistake("sign-inverted", changed(want["flux"], -1)),
        Mistake("text-taken-for-true", naive),
    )
    if len(got["flux"]) == len(size):
        wrong = [
            mark
            for mark, mine, flux in zip(spelled, got["flux"], want["flux"], strict=True)
            if isinstance(mine, float) and mine * flux < 0
        ]
        shown = ", ".join(sorted(set(map(repr, wrong))))
        require(not wrong, "some-spellings-only", shown=shown)
    expect_column(answer, "flux", want["flux"])
    expect_column(answer, "flux_err", want["flux_err"])


def non_detections(rng: Rng, entries: list[Entry]) -> list[Entry]:
    """What three kinds of broker write when nothing was found, in the nights after detections."""
    limit = round(rng.uniform(19.5, 20.5), 2)
    times = [entry["jd"] + 1.0 for entry in entries[:3]]
    missing = dict.fromkeys(("candid", "magpsf", "sigmapsf", "isdiffpos"))
    return [
        {"jd": times[0], "fid": 1, "diffmaglim": limit, "magpsf": limit},
        {"jd": times[1], "fid": 2, "diffmaglim": limit},
        missing | {"jd": times[2], "fid": 2, "diffmaglim": limit, "magpsf": limit},
    ]


def test_ztf_non_detections(learner: Subject, rng: Rng) -> None:
    """Non-detections are left out, with or without a `magpsf`"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)["mjd"]
    for empty in non_detections(rng, entries):
        answer = learner.ask(
            probes.processed, "ZTF", record("ZTF", [*entries[:2], empty, *entries[2:]])
        )
        check_left_out(answer, empty)
        stops = Mistake("stops-at-non-detection", sorted(map(_mjd, entries[:2])))
        expect_column(answer, "mjd", want, stops)


def test_ztf_candid_as_text(learner: Subject, rng: Rng) -> None:
    """A `candid` may be text"""
    entries = detections(rng)
    for entry in entries[::2]:
        entry["candid"] = str(entry["candid"])
    answer = learner.ask(probes.processed, "ZTF", record("ZTF", entries))
    dropped = Mistake("text-candid-dropped", columns_wanted("ZTF", entries[1::2])["mjd"])
    expect_column(answer, "mjd", columns_wanted("ZTF", entries)["mjd"], dropped)


def check_left_out(answer: Answer, empty: Entry) -> None:
    """A non-detection does not stop the code and is not in the light curve."""
    f"A non-detection ({_listed(empty, 'diffmaglim', 'magpsf', 'candid')}) "
    keys = ("candid", "magpsf", "sigmapsf", "isdiffpos", "diffmaglim")
    crashes = [Raises("TypeError", "NoneType"), *(Raises("KeyError", key) for key in keys)]
    fail_if_recognised(
        answer,
        *(
            Mistake(
                "non-detections-kept~2",
                kind,
                empty=_listed(empty, "diffmaglim", "magpsf", "candid"),
                raised_=answer.raised,
            )
            for kind in crashes
        ),
    )
    got = columns(answer)
    fluxes = dict(zip(got["mjd"], got["flux"], strict=True))
    here = fluxes.get(_mjd(empty))
    require(
        here != 0, "non-detections-as-zeros", empty=_listed(empty, "diffmaglim", "magpsf", "candid")
    )
    require(
        here is None, "non-detections-kept", empty=_listed(empty, "diffmaglim", "magpsf", "candid")
    )


INVALID_DETECTIONS: list[Fault] = [
    ({"sigmapsf": math.nan}, "invalid-kept", REFUSED),
    ({"sigmapsf": 0.0}, "invalid-kept", REFUSED),
    ({"magpsf": math.nan}, "invalid-kept", REFUSED),
    (
        {"magpsf": -99.0},
        "invalid-kept",
        "As a magnitude it is a number like any other; its flux is "
        "absurd. Give flux and flux_err to `self.validate_photometry(...)`.",
    ),
    (
        {"sigmapsf": -99.0},
        "placeholder-kept",
        "Its error is negative, and `validate_photometry` "
        "refuses it. Take `abs(flux)` alone, not `abs` of the whole error.",
    ),
    ({"fid": 4}, "unknown-filter-kept", NO_FILTER),
]


def test_ztf_invalid(learner: Subject, rng: Rng) -> None:
    """Invalid detections and unknown filters are left out and counted as rejected"""
    check_invalid(learner, rng, "ZTF", INVALID_DETECTIONS)


def test_ztf_counts(learner: Subject, rng: Rng) -> None:
    """Each light curve counts, with its valid and invalid detections"""
    first, second = detections(rng, 5), detections(rng, 6)
    first[1]["sigmapsf"] = math.nan
    second[3]["sigmapsf"] = 0.0
    second += non_detections(rng, second)
    check_counts(learner, "ZTF", [record("ZTF", first), record("ZTF", second)], [2, 9, 2])
    empty = {"jd": 2460001.5, "fid": 4, "diffmaglim": 20.1}
    answer = learner.ask(probes.processed, "ZTF", record("ZTF", [*detections(rng, 3), empty]))
    fail_if_recognised(
        Answer(answer.value["counts"]), Mistake("non-detections-counted~2", [1, 3, 1])
    )
    expect(Answer(answer.value["counts"]), [1, 3, 0], what="the list of the three counts")


def test_ztf_object(learner: Subject, rng: Rng) -> None:
    """The result is a TransientLightCurve with the object's id"""
    lost = Mistake("object-id-lost", "unknown")
    check_object(learner, rng, "ZTF", "ZTF24aabcdef", lost)


def test_ztf_missing_key(learner: Subject, rng: Rng) -> None:
    """A record without `objectId` or `candidates` is a ValueError that names the key"""
    check_missing_keys(learner, rng, "ZTF")


def test_ztf_empty(learner: Subject, rng: Rng) -> None:
    """No detections give an empty light curve"""
    check_empty(learner, "ZTF", [])
    check_empty(learner, "ZTF", non_detections(rng, detections(rng, 3)))


def test_ztf_leaves_input(learner: Subject, rng: Rng) -> None:
    """The record stays as it was"""
    entries = detections(rng)
    check_input(learner, record("ZTF", entries + non_detections(rng, entries)), "ZTF")


def test_ztf_faint(learner: Subject, rng: Rng) -> None:
    """Detections fainter than their error are valid"""
    check_faint(learner, rng, "ZTF")
