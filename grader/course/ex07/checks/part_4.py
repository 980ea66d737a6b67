"""Checks of 7.4, The padding mask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex07 import probes
from grader.course.ex07.checks.common import arguments_kept
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require
from grader.wire import Tensor


def masks_of(
    learner: Subject, own: bool, *batches: tuple[np.ndarray, np.ndarray]
) -> list[Answer[Any]]:
    """The padding masks of one encoder, or the one answer that it raised something."""
    tensors = [(Tensor.of(x), Tensor.of(lengths)) for x, lengths in batches]
    answer: Answer[Any] = learner.ask(probes.padding_masks, tensors, own)
    if answer.raised is not None:
        return [answer] * len(batches)
    return [replace(answer, result=each) for each in as_many(answer.result, len(batches))]


@gate
@twice
def test_padding_mask(learner: Subject, rng: Rng) -> None:
    """True from the row after the last observation on, for every length from none to all"""
    lengths = rng.permutation([0, 1, 3, 6, 7])
    want = np.array([[row >= n for row in range(7)] for n in lengths])
    x = np.ones((5, 7, 4))
    x[:, 0] = 0.0  # an observation may well consist of zeros
    (mask,) = masks_of(learner, rng.is_short, (x, lengths))
    answer, value = made(mask), made(mask).result
    off_by_one = np.array([[row > n for row in range(7)] for n in lengths])
    at_least_one = np.array([[row >= max(n, 1) for row in range(7)] for n in lengths])
    by_value = (x == 0).all(axis=2)
    got = value.array if isinstance(value, Tensor) else np.empty(0)
    fail_if_recognised(
        answer,
        Mistake("longest-only", got.shape == (5, 10)),
        Mistake("transposed", got.shape == (7, 5)),
        Mistake("width-for-length", got.shape == (5, 4)),
        Mistake("inverted", np.array_equal(got, ~want)),
        Mistake("off-by-one", np.array_equal(got, off_by_one)),
        Mistake("empty-not-masked", np.array_equal(got, at_least_one)),
        Mistake("lengths-ignored", np.array_equal(got, by_value)),
        Mistake(
            "not-bool",
            got.dtype != bool and np.array_equal(got, want.astype(float)),
            dtype=getattr(value, "dtype", ""),
        ),
    )
    expect(answer, Tensor.of(want), what=f"the mask of lengths {lengths.tolist()}")
    arguments_kept(mask.value.changes)


def test_padding_mask_for_any_batch(learner: Subject, rng: Rng) -> None:
    """Any batch will do, such as one of one row or one light curve, and so will the next one"""
    wanted = ((1, [1, 0]), (4, [2]), (4, [3]), (3, [0, 2, 3]))
    batches = [(np.ones((len(each), rows, 2)), np.array(each)) for rows, each in wanted]
    own = rng.is_short
    masks = masks_of(learner, own, *batches)
    for mask, batch, (rows, lengths) in zip(masks, batches, wanted, strict=True):
        want = Tensor.of(np.array([[row >= n for row in range(rows)] for n in lengths]))
        if mask.raised is not None or not approx_equal(mask.result.mask, want):
            (alone,) = masks_of(learner, own, batch)
            value, longest = made(alone).result, max(lengths)
            narrow = isinstance(value, Tensor) and value.shape == (len(lengths), longest)
            fields = {"lengths": lengths, "rows": rows, "longest": longest}
            fail_if_recognised(alone, Mistake("longest-only~batch", narrow, **fields))
            expect(made(alone), want, what=f"the mask of lengths {lengths}")
            require(mask.raised is not None, "mask-kept", mask, rows=rows, lengths=lengths)
    raised = masks[0].raised
    require(raised is None, "kept-from-before", masks[0], error=quoted(raised))


def made(mask: Answer[Any]) -> Answer[Any]:
    """The answer that is the mask itself."""
    return mask if mask.raised is not None else replace(mask, result=mask.result.mask)


def test_device(learner: Subject, rng: Rng) -> None:
    """The mask is on the device of x"""
    x, lengths = Tensor.of(rng.normal(size=(3, 5, 2))), Tensor.of(np.array([0, 2, 5]))
    there = learner.ask(probes.on_their_device, x, lengths).value
    if not there and rng.is_short:
        learner.ask(probes.elsewhere, 5, [0, 2, 5])  # to show it
    require(there, "other-device")
