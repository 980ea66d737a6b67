"""Checks of 3.3, From ZTF's records to a light curve."""

from __future__ import annotations

import math
from itertools import permutations

from grader.answer import Answer, Finding, Subject
from grader.course.ex03 import forms, probes
from grader.course.ex03.checks import common, records
from grader.course.ex03.checks.common import Fault, columns, expect_column, processed
from grader.course.ex03.checks.records import Entry, columns_wanted, detections, mjd_of, record
from grader.course.ex03.replies import Counts, Processed
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, expect, fail_if_recognised, require, showing

POSITIVE = ["t", "1", "+1", 1, True]
SPELLINGS = ["t", "f", "1", "0", "+1", "-1", 1, 0, True, -1, False]


@gate
def test_ztf_second_record(learner: Subject, rng: Rng) -> None:
    """Each record has a light curve of its own, with all that was measured at the same time"""
    common.check_second_record(learner, rng, "ZTF")


def test_ztf_times(learner: Subject, rng: Rng) -> None:
    """Times are MJD, computed from `jd`"""
    entries = detections(rng, least=2)
    want = columns_wanted("ZTF", entries)["mjd"]
    answer = processed(learner, "ZTF", entries)
    fail_if_recognised(answer, Mistake("jd-not-taken", Raises("KeyError", "'mjd'")))
    expect_column(
        answer,
        "mjd",
        want,
        Mistake("jd-not-converted", common.changed(want, plus=2400000.5)),
        Mistake("half-day-off", common.changed(want, plus=0.5)),
        Mistake("half-day-off~early", common.changed(want, plus=-0.5)),
        Mistake("returns-in-loop", [mjd_of(entries[0])]),
        common.rounded(answer, want),
    )


def test_ztf_mjd(learner: Subject, rng: Rng) -> None:
    """Times that are given as `mjd` are taken as they are, with a `jd` beside it or without"""
    entries = detections(rng)
    want = columns_wanted("ZTF", entries)["mjd"]
    for entry in entries[::2]:
        entry["mjd"] = mjd_of(entry)
        del entry["jd"]
    entries[1]["mjd"] = mjd_of(entries[1])
    answer = processed(learner, "ZTF", entries)
    fail_if_recognised(answer, Mistake("mjd-not-taken", Raises("KeyError", "'jd'")))
    alone, both = (
        sorted(
            mjd_of(e) - 2400000.5 * ("mjd" in e and not ("jd" in e and with_jd)) for e in entries
        )
        for with_jd in (True, False)
    )
    again = [Mistake("mjd-converted-again", times) for times in (alone, both)]
    expect_column(answer, "mjd", want, *again)


def test_ztf_bands(learner: Subject, rng: Rng) -> None:
    """The band is the name of the filter"""
    entries = detections(rng, least=1)
    want = columns_wanted("ZTF", entries)["band"]
    numbers = [str(entry["fid"]) for entry in sorted(entries, key=mjd_of)]
    orders = [dict(zip("gri", order, strict=True)) for order in permutations("gri")][1:]
    expect_column(
        processed(learner, "ZTF", entries),
        "band",
        want,
        Mistake("band-as-number", numbers),
        *(Mistake("filters-mixed-up", [order[band] for band in want]) for order in orders),
    )


def test_ztf_flux(learner: Subject, rng: Rng) -> None:
    """The flux follows from the magnitude and the zero point of the band"""
    entries = detections(rng, least=1)
    want = columns_wanted("ZTF", entries)["flux"]
    magnitude = [entry["magpsf"] for entry in sorted(entries, key=mjd_of)]

    def with_zeropoint(zeropoint: float) -> list[float]:
        return [10 ** (0.4 * (zeropoint - m)) for m in magnitude]

    expect_column(
        processed(learner, "ZTF", entries),
        "flux",
        want,
        *(
            Mistake("zeropoint-of-one-band", with_zeropoint(zeropoint), band=band)
            for band, zeropoint in records.ZEROPOINTS.items()
        ),
        Mistake("zeropoint-fixed", with_zeropoint(25.0)),
        Mistake("zeropoint-missing", with_zeropoint(0.0)),
        Mistake("exponent-sign", [1 / value for value in want]),
        Mistake("magnitudes-kept", magnitude),
    )


def test_ztf_recalibrated(learner: Subject, rng: Rng) -> None:
    """The zero points are those of the configuration, also if they are changed"""
    entries = detections(rng, least=1)
    shifted = {band: zeropoint + 0.5 for band, zeropoint in records.ZEROPOINTS.items()}
    old = columns_wanted("ZTF", entries)["flux"]
    answer = learner.ask(probes.processed, "ZTF", record("ZTF", entries), zeropoints=shifted)
    written_in = Mistake("zeropoints-written-in", old)
    expect_column(answer, "flux", common.changed(old, 10**0.2), written_in)


def test_ztf_flux_err(learner: Subject, rng: Rng) -> None:
    """The error is converted from magnitudes to flux"""
    entries = detections(rng, least=1)
    want = columns_wanted("ZTF", entries)["flux_err"]
    sigma = [entry["sigmapsf"] for entry in sorted(entries, key=mjd_of)]
    factor = math.log(10) / 2.5
    expect_column(
        processed(learner, "ZTF", entries),
        "flux_err",
        want,
        Mistake("magnitude-error-kept", sigma),
        Mistake("factor-missing", common.changed(want, 1 / factor)),
        Mistake("factor-upside-down", common.changed(want, 1 / factor**2)),
        Mistake("common-logarithm", common.changed(want, 1 / math.log(10))),
    )


def test_ztf_signs(learner: Subject, rng: Rng) -> None:
    """`isdiffpos` gives the flux its sign, however it is spelled; errors are positive"""
    entries = detections(rng, len(SPELLINGS), least=2)
    for entry, spelling in zip(entries, SPELLINGS, strict=False):
        entry["isdiffpos"] = spelling
    want = columns_wanted("ZTF", entries)
    answer = processed(learner, "ZTF", entries)
    flux = columns(answer)["flux"]
    spelled = [entry["isdiffpos"] for entry in sorted(entries, key=mjd_of)]
    size = [abs(value) for value in want["flux"]]
    naive = [value if mark else -value for value, mark in zip(size, spelled, strict=True)]
    n_positive = sum(mark in POSITIVE for mark in spelled)
    dropped = len(flux) == n_positive and min(flux) > 0
    with showing(forms.FLUX):
        fail_if_recognised(
            Answer(flux),
            Mistake("negatives-dropped", dropped),
            Mistake("sign-ignored", size),
            Mistake("sign-inverted", common.changed(want["flux"], -1)),
            Mistake("text-taken-for-true", naive),
        )
    compared = zip(spelled, flux, want["flux"], strict=False)
    wrong = {repr(mark) for mark, mine, value in compared if mine * value < 0}
    whole = len(flux) == len(size)
    with showing(forms.FLUX):
        spellings = ", ".join(sorted(wrong))
        require(not (whole and wrong), "some-spellings-only", spellings=spellings)
    expect_column(answer, "flux", want["flux"])
    expect_column(answer, "flux_err", want["flux_err"])


def test_ztf_non_detections(learner: Subject, rng: Rng) -> None:
    """Non-detections are left out, with or without a `magpsf`"""
    entries = detections(rng, least=3)
    want = columns_wanted("ZTF", entries)["mjd"]
    for empty in records.non_detections(rng, entries):
        answer = processed(learner, "ZTF", [*entries[:2], empty, *entries[2:]])
        check_left_out(answer, empty)
        stops = Mistake("stops-at-non-detection", sorted(map(mjd_of, entries[:2])))
        expect_column(answer, "mjd", want, stops)


def test_ztf_candid_as_text(learner: Subject, rng: Rng) -> None:
    """A `candid` may be any text or number, and a detection may have a `diffmaglim` too"""
    entries = detections(rng)
    for i, entry in enumerate(entries):
        entry["candid"] = (str, float, lambda number: "alert-17", int)[i % 4](entry["candid"])
    entries[3]["diffmaglim"] = entries[3]["magpsf"]

    def without(*dropped: int) -> list[float]:
        left = [entry for i, entry in enumerate(entries) if i not in dropped]
        return columns_wanted("ZTF", left)["mjd"]

    expect_column(
        processed(learner, "ZTF", entries),
        "mjd",
        without(),
        *(Mistake("text-candid-dropped", without(0, 2, 4, *more)) for more in ((), (1, 5))),
        *(Mistake("text-candid-dropped~words", without(2, *more)) for more in ((), (1, 5))),
        Mistake("float-candid-dropped", without(1, 5)),
        Mistake("limit-decides", without(3)),
    )


def check_left_out(answer: Answer[Processed], empty: Entry) -> None:
    """A non-detection does not stop the code and is not in the light curve."""
    shown, error = common.listed(empty, "diffmaglim", "magpsf", "candid"), answer.raised
    keys = ("candid", "magpsf", "sigmapsf", "isdiffpos", "diffmaglim")
    for crash in (Raises("TypeError", "NoneType"), *(Raises("KeyError", f"'{k}'") for k in keys)):
        stops = Mistake("non-detections-kept~crash", crash, entry=shown, error=error)
        fail_if_recognised(answer, stops)
    got = columns(answer)
    here = dict(zip(got["mjd"], got["flux"], strict=True)).get(mjd_of(empty))
    with showing("{}.data"):
        require(here != 0, "non-detections-as-zeros", entry=shown)
        require(here is None, "non-detections-kept", entry=shown)


def invalid_detections() -> list[Fault]:
    return [
        ({"sigmapsf": math.nan}, Finding("invalid-kept", fault="sigmapsf = nan")),
        ({"sigmapsf": 0.0}, Finding("invalid-kept", fault="sigmapsf = 0.0")),
        ({"magpsf": math.nan}, Finding("invalid-kept", fault="magpsf = nan")),
        ({"magpsf": -99.0}, Finding("invalid-kept~magnitude")),
        ({"sigmapsf": -99.0}, Finding("placeholder-kept")),
        ({"sigmapsf": math.inf}, Finding("invalid-kept", fault="sigmapsf = inf")),
        ({"sigmapsf": 1e9}, Finding("invalid-kept", fault="sigmapsf = 1e+09")),
        ({"magpsf": 0.5}, Finding("invalid-kept", fault="magpsf = 0.5")),
        ({"fid": 4}, Finding("unknown-filter-kept", fault="fid = 4")),
        ({"fid": 0}, Finding("unknown-filter-kept", fault="fid = 0")),
        ({"fid": -1}, Finding("unknown-filter-kept", fault="fid = -1")),
    ]


def test_ztf_invalid(learner: Subject, rng: Rng) -> None:
    """Invalid detections and unknown filters are left out and counted as rejected"""
    common.check_invalid(learner, rng, "ZTF", invalid_detections())


def test_ztf_counts(learner: Subject, rng: Rng) -> None:
    """Each light curve counts, with its valid and invalid detections"""
    first, second = detections(rng, 6, least=2), detections(rng, 9, least=3)
    broken = (first[1], *second[1::2])
    wanted = Counts(2, len(first) + len(second) - len(broken), len(broken))
    for entry in broken:
        entry["sigmapsf"] = math.nan
    second += records.non_detections(rng, second)
    both = [record("ZTF", first), record("ZTF", second)]
    common.check_counts(learner, rng, "ZTF", both, wanted)


def test_ztf_counts_of_non_detection(learner: Subject, rng: Rng) -> None:
    """A non-detection does not count, not even in an unknown filter"""
    empty = {"jd": 2460001.5, "fid": 4, "diffmaglim": 20.1}
    counts = processed(learner, "ZTF", [*detections(rng, 3), empty]).value.counts.listed()
    counted = Mistake("non-detections-counted~unknown-filter", [1, 3, 1])
    with showing(forms.COUNTS):
        expect(Answer(counts), [1, 3, 0], counted, what="the list of the three counts")


def test_ztf_object(learner: Subject, rng: Rng) -> None:
    """The result is a TransientLightCurve with the object's id"""
    lost = Mistake("object-id-lost", "unknown")
    common.check_object(learner, rng, "ZTF", "ZTF24aabcdef", lost)


def test_ztf_missing_key(learner: Subject, rng: Rng) -> None:
    """A record without `objectId` or `candidates` is a ValueError that names the key"""
    common.check_missing_keys(learner, rng, "ZTF")


def test_ztf_empty(learner: Subject, rng: Rng) -> None:
    """No detections give an empty light curve"""
    common.check_empty(learner, "ZTF", [])
    common.check_empty(learner, "ZTF", records.non_detections(rng, detections(rng, 3)))


def test_ztf_leaves_input(learner: Subject, rng: Rng) -> None:
    """The record stays as it was"""
    entries = detections(rng, least=3)
    entries += records.non_detections(rng, entries)
    entries[1] |= {"sigmapsf": math.nan}
    entries[2] |= {"fid": 4}
    common.check_input(learner, record("ZTF", entries), "ZTF")


def test_ztf_faint(learner: Subject, rng: Rng) -> None:
    """Detections fainter than their error are valid"""
    common.check_faint(learner, rng, "ZTF")
