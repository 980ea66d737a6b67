"""Checks of 5.1, A column for each band."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Subject
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import BANDS, check_named, one_hot
from grader.course.gates import gate, twice
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
)


@gate
@twice
def test_codes(learner: Subject, rng: Rng) -> None:
    """Each row has a 1 in the column of its band"""
    bands = ["i", "g", "r", *rng.choice(BANDS, 6).tolist()]
    want = one_hot(bands, BANDS)
    answer = learner.ask(probes.encoded_bands, bands)
    got = answer.result
    if approx_equal(got, want):
        return
    numbers = isinstance(got, np.ndarray) and got.shape in ((9,), (9, 1))
    appearance = approx_equal(got, one_hot(bands, ["i", "g", "r"]))
    alphabetical = approx_equal(got, one_hot(bands, sorted(BANDS)))
    others = (columns_of_two(learner, "r", "i"), columns_of_two(learner, "i", "r"))
    expect(
        answer,
        want,
        Mistake("integer-codes", numbers),
        Mistake("order-of-appearance", appearance and others == ((0, 1), (0, 1))),
        Mistake("alphabetical", alphabetical and others == ((2, 1), (1, 2))),
        Mistake("transposed", want.T),
        what="the array of codes",
    )


def columns_of_two(learner: Subject, one: str, other: str) -> tuple[int, int]:
    """The columns that two bands have, if no other occurs; (-1, -1) if that cannot be seen."""
    got = learner.ask(probes.encoded_bands, [one, other]).result
    whole = isinstance(got, np.ndarray) and got.ndim == 2 and len(got) == 2
    if not whole or got.dtype.kind not in "biuf" or not got.size:
        return -1, -1
    return int(got[0].argmax()), int(got[1].argmax())


def test_single_band(learner: Subject) -> None:
    """A band that does not occur has its column, too"""
    answer = learner.ask(probes.encoded_bands, ["r", "r"])
    got = answer.result
    if approx_equal(got, one_hot(["r", "r"], BANDS)):
        return
    narrow = isinstance(got, np.ndarray) and got.shape == (2, 1)
    numbered = (columns_of_two(learner, "r", "i"), columns_of_two(learner, "i", "r"))
    by_presence = numbered in (((0, 1), (1, 0)), ((1, 0), (0, 1)))  # whatever their order
    expect(
        answer,
        one_hot(["r", "r"], BANDS),
        Mistake("only-seen-bands", narrow),
        Mistake(
            "only-seen-bands~columns", by_presence and approx_equal(got, one_hot(["g"] * 2, BANDS))
        ),
        what="the array of codes of two observations in r",
    )


def test_no_bands(learner: Subject) -> None:
    """No observations give an array of 0 rows and 3 columns"""
    answer = learner.ask(probes.encoded_bands, [])
    got = answer.result
    flat = answer.raised is not None or (isinstance(got, np.ndarray) and got.shape != (0, 3))
    fail_if_recognised(
        answer,
        Mistake(
            "empty-loses-columns",
            flat and not Raises("NotImplementedError").matches(answer),
            got=f"raises {answer.raised}" if answer.raised else f"has shape {np.shape(got)}",
        ),
    )
    expect(answer, np.zeros((0, 3)), what="the array for no observations")
    require(got.dtype == np.float32, "not-float32", dtype=got.dtype)


def test_type_of_codes(learner: Subject) -> None:
    """The codes are of type float32"""
    got = learner.ask(probes.encoded_bands, ["g", "i"]).value
    require(isinstance(got, np.ndarray), "not-an-array", got=kind_of(got))
    require(got.dtype == np.float32, "not-float32", dtype=got.dtype)


def test_unknown_band(learner: Subject) -> None:
    """An unknown band is a ValueError"""
    answer = learner.ask(probes.encoded_bands, ["g", "zeta", "r"])
    when = "the band 'zeta', which is not in `BANDS`,"
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake("unknown-ignored", answer.raised is None and answer.result is not None),
        Mistake("key-error", Raises("KeyError")),
    )
    check_named(answer, "zeta", when)


@pytest.mark.parametrize("band", ["gr", "R", "", "r "])
def test_part_of_a_name(learner: Subject, band: str) -> None:
    """Text that is only like a band is not a band"""
    answer = learner.ask(probes.encoded_bands, ["g", band, "r"])
    accepted = answer.raised is None and answer.result is not None
    as_r = accepted and approx_equal(answer.result, one_hot(["g", "r", "r"], BANDS))
    when = f"the band {band!r}, which is not in `BANDS`,"
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake("text-searched~changed", as_r and band in ("R", "r "), band=band),
        Mistake("text-searched", accepted and band in ("gr", ""), band=band),
        Mistake("text-searched~other", accepted, band=band),
    )
    check_named(answer, band, when)
