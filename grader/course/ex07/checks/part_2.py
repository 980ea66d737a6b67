"""Checks of 7.2, Position as well as time."""

from __future__ import annotations

import numpy as np

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex07 import forms, probes
from grader.course.ex07.checks.common import (
    NEAR,
    arguments_kept,
    array,
    broke,
    days,
    names_both,
    seed_of,
)
from grader.course.ex07.replies import Positional
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import Mistake, Raises, fail_if_recognised, require, showing
from grader.wire import Tensor

POSITIONAL = {"time_embed_dim": 3, "pos_embed_dim": 2, "max_seq_len": 6}


@gate
@twice
def test_side_by_side(learner: Subject, rng: Rng) -> None:
    """First the embedding of the time, then the vector of the position"""
    times, own = days(rng, 2, 4, 1), rng.is_short
    sizes = POSITIONAL | {"pos_embed_dim": 3}
    seed = seed_of(rng)
    answer = learner.ask(probes.positional, seed, sizes, [Tensor.of(times)], own)
    if broke(answer):
        four = [Tensor.of(days(rng, 4, 4, 1))]
        square = learner.ask(probes.positional, seed, sizes, four, own)
        fail_if_recognised(answer, *axes_mixed_up(answer, square))
    (value,) = as_many(answer.value.embeddings, 1)
    want = 0.01 * times * np.arange(1, 4)  # what the stand-in for Time2Vec gives
    if isinstance(value, Tensor) and value.shape == want.shape:
        rest = value.array - want
        require(np.abs(rest).max() > NEAR, "position-missing")
        require(np.abs(rest - rest[:1]).max() > NEAR, "added")
    got = array(value, (2, 4, 6), "The embedding of times (2, 4, 1)")
    require(not np.allclose(got[..., 3:], want, atol=NEAR), "position-first")
    timed = got[0, :, :3]
    row, k = divmod(int(np.abs(timed - want[0]).argmax()), 3)
    require(
        np.allclose(got[..., :3], want, atol=NEAR),
        "time-not-embedded",
        row=row,
        k=k,
        got=timed[row, k],
        want=want[0, row, k],
    )


def axes_mixed_up(answer: Answer[Positional], square: Answer[Positional]) -> list[Mistake]:
    """PyTorch's complaint when positions are counted along the batch: not if both are as many."""
    mixed = bool(answer.raised and answer.raised.is_a("RuntimeError")) and square.raised is None
    return [Mistake("batch-axis", mixed, error=quoted(answer.raised))]


def test_positions(learner: Subject, rng: Rng) -> None:
    """Each position has its own vector, whatever the time and however long the sequence"""
    times, short = days(rng, 3, 5, 1), days(rng, 2, 3, 1)
    times[0, 3:] = 0.0  # padding, which is out of order
    both = [Tensor.of(short), Tensor.of(times)]
    got = learner.ask(probes.positional, seed_of(rng), POSITIONAL, both, rng.is_short).value
    with showing(forms.POSITIONS):
        require(got.n_parameters > 0, "not-learned")
    n_frozen = got.n_parameters - got.n_learned
    with showing(forms.POSITIONS_LEARNED):
        require(got.n_learned >= 12 or not n_frozen, "not-learned~frozen", n_frozen=n_frozen)
    few, long = as_many(got.embeddings, 2)
    table = array(long, (3, 5, 5), "The embedding of times (3, 5, 1)")[..., 3:]
    other = array(few, (2, 3, 5), "The embedding of times (2, 3, 1)")[..., 3:]
    check_table(table, other[0])
    with showing(forms.POSITIONS_LEARNED):
        require(got.n_learned >= 12, "not-learned~shared", n_learned=got.n_learned)
    trained = array(got.trained, (3, 5, 5), "The embedding after training")[0, :, 3:]
    fixed = np.flatnonzero(np.abs(trained - table[0]).max(axis=1) < NEAR).tolist()
    with showing(forms.POSITIONS_AFTERWARDS):
        require(not fixed, "not-learned~fixed", fixed=fixed)
    with showing(forms.CUT_OFF):
        require(not got.cut_off, "time-cut-off")
    arguments_kept(got.changes, [short, times])


def check_table(table: np.ndarray, short: np.ndarray) -> None:
    """Vectors must depend on the row alone; `short` are those of a sequence of three rows."""
    require(np.allclose(table, table[:1], atol=NEAR), "not-by-row")
    require(bool(np.abs(np.diff(table[0], axis=0)).max() > NEAR), "one-for-all")
    gaps = np.abs(table[0, :, None] - table[0, None]).max(axis=2) + np.eye(len(table[0]))
    first, second = (int(i) for i in np.unravel_index(gaps.argmin(), gaps.shape))
    require(bool(gaps.min() > NEAR), "same-vector", first=first, second=second)
    require(not np.allclose(short, table[0, 2:], atol=NEAR), "from-the-end")
    require(np.allclose(short, table[0, :3], atol=NEAR), "depends-on-length")


def test_too_long(learner: Subject, rng: Rng) -> None:
    """A sequence longer than max_seq_len is a ValueError that names both; one as long is not"""
    own = rng.is_short
    fits = learner.ask(probes.positional, 1, POSITIONAL, [Tensor.of(days(rng, 1, 6, 1))], own)
    fail_if_recognised(fits, Mistake("too-strict", Raises("ValueError"), error=quoted(fits.raised)))
    (value,) = as_many(fits.value.embeddings, 1)
    array(value, (1, 6, 5), "The embedding of times (1, 6, 1)")
    answer = learner.ask(probes.positional, 1, POSITIONAL, [Tensor.of(days(rng, 1, 9, 1))], own)
    refused = answer.raised is not None and answer.raised.is_a("ValueError")
    names_both(
        answer,
        (9, 6),
        "A sequence of 9 rows with max_seq_len = 6",
        Mistake("length-not-checked", answer.raised is None),
        Mistake("length-not-checked~other-error", not refused, error=quoted(answer.raised)),
    )
