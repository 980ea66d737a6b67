"""Checks of 5.2, Padding, or a window."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import BANDS, FLUX, Rng, one_hot
from grader.expect import Mistake, approx_equal, expect, kind_of, require


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


def test_short_sequence(learner: Subject, rng: Rng) -> None:
    """A sequence that is too short is followed by rows of zeros"""
    rows = sequence(rng, 5)
    zeros = np.zeros((4, 6), dtype=np.float32)
    got = learner.ask(probes.padded, rows, 9).value[0]
    expect(
        Answer(got),
        np.vstack([rows, zeros]),
        Mistake("padded-in-front", np.vstack([zeros, rows])),
        Mistake("not-padded", rows),
        Mistake("rows-repeated", np.pad(rows, ((0, 4), (0, 0)), mode="edge")),
        Mistake("rows-repeated~2", np.resize(rows, (9, 6))),
        Mistake("nan-padding", np.vstack([rows, np.full((4, 6), np.nan)])),
        what="the padded sequence",
    )


@pytest.mark.parametrize("n", [0, 6])
def test_borderline_sequence(learner: Subject, rng: Rng, n: int) -> None:
    """A sequence of just the right length stays as it is, and no rows give zeros alone"""
    rows = sequence(rng, n)
    want = rows if n else np.zeros((6, 6))
    what = "a sequence of just the right length" if n else "the result for a sequence of 0 rows"
    expect(Answer(learner.ask(probes.padded, rows, 6).value[0]), want, what=what)


@pytest.mark.parametrize(("brightest", "longest"), [(11, 6), (9, 7), (1, 6), (0, 5), (19, 6)])
def test_long_sequence(learner: Subject, rng: Rng, brightest: int, longest: int) -> None:
    """Of a long sequence the rows around the brightest one are kept"""
    rows = sequence(rng, 20, brightest)
    first = min(max(brightest - longest // 2, 0), 20 - longest)
    dip = (brightest + 5) % 20
    around_dip = min(max(dip - longest // 2, 0), 20 - longest)
    got = learner.ask(probes.padded, rows, longest).value[0]
    fewer = isinstance(got, np.ndarray) and got.ndim == 2 and len(got) < longest
    blank = isinstance(got, np.ndarray) and got.shape == (longest, 6) and not got.any(axis=1).all()
    picked = np.sort(np.argsort(-rows[:, FLUX], kind="stable")[:longest])
    expect(
        Answer(got),
        rows[first : first + longest],
        Mistake("first-rows-kept", rows[:longest], longest=longest, brightest=brightest),
        Mistake("last-rows-kept", rows[-longest:], longest=longest),
        Mistake(
            "starts-at-brightest",
            brightest + longest <= 20 and approx_equal(got, rows[brightest : brightest + longest]),
            longest=longest,
        ),
        Mistake("brightest-rows-picked", rows[picked], longest=longest),
        Mistake(
            "brightest-rows-picked",
            rows[np.argsort(-rows[:, FLUX], kind="stable")[:longest]],
            longest=longest,
        ),
        Mistake("absolute-flux", rows[around_dip : around_dip + longest]),
        Mistake("window-beyond-the-end", fewer or blank, brightest=brightest, longest=longest),
        *(
            Mistake(
                "one-row-off",
                0 <= start <= 20 - longest and approx_equal(got, rows[start : start + longest]),
                longest=longest,
                start=start,
                when=when,
                brightest=brightest,
                longest2=longest // 2,
            )
            for start, when in ((first - 1, "early"), (first + 1, "late"))
        ),
        what=f"the window of {longest} rows around row {brightest} of 20",
    )


def test_type_and_input(learner: Subject, rng: Rng) -> None:
    """The type stays float32, and the sequence that came in is not changed"""
    for n in (4, 12):
        rows = sequence(rng, n, 2)
        got, after = learner.ask(probes.padded, rows, 8).value
        require(isinstance(got, np.ndarray), "result-array-2", got=kind_of(got))
        require(got.dtype == np.float32, "type-changed~2", dtype=got.dtype)
        require(approx_equal(after, rows), "sequence-came-changed")
