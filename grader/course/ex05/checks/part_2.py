"""Checks of 5.2, Padding, or a window."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import BANDS, FLUX, one_hot
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, kind_of, require, showing


def sequence(rng: Rng, n: int, brightest: int = 0) -> np.ndarray:
    """Rows of six columns, all different; the deepest negative flux is larger than the peak."""
    rows = np.column_stack(
        [
            np.cumsum(rng.uniform(1, 3, n)),
            rng.uniform(0.1, 0.6, n),
            rng.uniform(0.01, 0.1, n),
            one_hot(rng.choice(BANDS, n).tolist(), BANDS).reshape(n, 3),
        ]
    )
    if n:
        rows[(brightest + n // 4) % n, FLUX] = -1.0
        rows[brightest, FLUX] = 0.9
    return rows.astype(np.float32)


@gate
@twice
def test_short_sequence(learner: Subject, rng: Rng) -> None:
    """A sequence that is too short is followed by rows of zeros"""
    rows = sequence(rng, 5)
    zeros = np.zeros((4, 6), dtype=np.float32)
    got = learner.ask(probes.padded, rows, 9).value.result
    expect(
        Answer(got),
        np.vstack([rows, zeros]),
        Mistake("padded-in-front", np.vstack([zeros, rows])),
        Mistake("not-padded", rows),
        Mistake("rows-repeated", np.pad(rows, ((0, 4), (0, 0)), mode="edge")),
        Mistake("rows-repeated~all", np.resize(rows, (9, 6))),
        Mistake("nan-padding", np.vstack([rows, np.full((4, 6), np.nan)])),
        what="the padded sequence",
    )


@pytest.mark.parametrize("n", [0, 6])
def test_borderline_sequence(learner: Subject, rng: Rng, n: int) -> None:
    """A sequence of just the right length stays as it is, and no rows give zeros alone"""
    rows = sequence(rng, n)
    want = rows if n else np.zeros((6, 6))
    what = "a sequence of just the right length" if n else "the result for a sequence of 0 rows"
    expect(Answer(learner.ask(probes.padded, rows, 6).value.result), want, what=what)


def window(rows: np.ndarray, row: int, longest: int) -> np.ndarray:
    """The rows around a row, as many as there is room for."""
    first = min(max(row - longest // 2, 0), len(rows) - longest)
    return rows[first : first + longest]


@pytest.mark.parametrize(
    ("brightest", "longest"), [(11, 6), (9, 7), (1, 6), (0, 5), (19, 6), (9, 1)]
)
def test_long_sequence(learner: Subject, rng: Rng, brightest: int, longest: int) -> None:
    """Of a long sequence the rows around the brightest one are kept"""
    rows = sequence(rng, 20, brightest)
    rows[:, FLUX] -= 2 * (longest % 2)  # all of them negative
    got = learner.ask(probes.padded, rows, longest).value.result
    expect(
        Answer(got),
        window(rows, brightest, longest),
        *other_rows(rows, brightest, longest),
        absolute(rows, brightest, longest),
        *other_starts(got, rows, brightest, longest),
        what=f"the window of {longest} rows around row {brightest} of 20",
    )


def test_equal_peaks(learner: Subject, rng: Rng) -> None:
    """Of several rows that are equally bright the first one counts"""
    rows = sequence(rng, 20, 6)
    rows[[3, 16], FLUX] = rows[6, FLUX] + 0.05
    got = learner.ask(probes.padded, rows, 6).value.result
    expect(
        Answer(got),
        window(rows, 3, 6),
        Mistake("last-of-equals", window(rows, 16, 6)),
        absolute(rows, 6, 6),
        what="the window around row 3, first of two peaks",
    )


def absolute(rows: np.ndarray, brightest: int, longest: int) -> Mistake:
    """The window around the deepest negative flux, which `sequence` puts five rows further on."""
    row = (brightest + 5) % 20
    return Mistake("absolute-flux", window(rows, row, longest), row=row)


def other_rows(rows: np.ndarray, brightest: int, longest: int) -> list[Mistake]:
    """Rows that are kept without regard to what is around the brightest one."""
    by_flux = np.argsort(-rows[:, FLUX], kind="stable")[:longest]
    return [
        Mistake("first-rows-kept", rows[:longest], longest=longest, brightest=brightest),
        Mistake("last-rows-kept", rows[-longest:], longest=longest),
        Mistake("brightest-rows-picked", rows[np.sort(by_flux)], longest=longest),
        Mistake("brightest-rows-picked", rows[by_flux], longest=longest),
    ]


def other_starts(got: Any, rows: np.ndarray, brightest: int, longest: int) -> list[Mistake]:
    """Windows around the brightest row that begin too early or too late."""
    first = min(max(brightest - longest // 2, 0), 20 - longest)

    def begins(start: int) -> bool:
        fits = 0 <= start <= 20 - longest
        return fits and approx_equal(got, rows[start : start + longest])

    two_dimensional = isinstance(got, np.ndarray) and got.ndim == 2
    fewer = two_dimensional and len(got) < longest
    blank = two_dimensional and got.shape == (longest, 6) and not got.any(axis=1).all()
    fields = {"longest": longest, "brightest": brightest, "half": longest // 2}
    return [
        Mistake("starts-at-brightest", begins(brightest), longest=longest),
        Mistake("window-beyond-the-end", fewer or blank, brightest=brightest, longest=longest),
        Mistake("one-row-off", begins(first - 1), start=first - 1, when="early", **fields),
        Mistake("one-row-off", begins(first + 1), start=first + 1, when="late", **fields),
    ]


def test_type_and_input(learner: Subject, rng: Rng) -> None:
    """The type stays float32, and the sequence that came in is not changed"""
    for n in (4, 12):
        rows = sequence(rng, n, 2)[:, :5]
        reply = learner.ask(probes.padded, rows, 8).value
        got = reply.result
        require(isinstance(got, np.ndarray), "not-an-array", got=kind_of(got))
        shape = (8, 5)
        require(got.shape == shape, "other-columns", shape=got.shape, want=shape)
        require(got.dtype == np.float32, "other-type", dtype=got.dtype)
        with showing("{}\nsequence"):
            require(approx_equal(reply.input_after, rows), "sequence-changed")
