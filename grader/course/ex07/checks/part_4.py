"""Checks of 7.4, The padding mask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex07 import probes
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, expect, fail_if_recognised, require
from grader.wire import Tensor


def mask_of(learner: Subject, x: np.ndarray, lengths: np.ndarray) -> tuple[Answer[Any], list[str]]:
    """The padding mask, and the names of the arguments that its making has changed."""
    answer = learner.ask(probes.padding_mask, Tensor.of(x), Tensor.of(lengths))
    if answer.raised is not None:
        return answer, []
    return replace(answer, result=answer.result.mask), answer.result.changed


@gate
@twice
def test_padding_mask(learner: Subject, rng: Rng) -> None:
    """True from the row after the last observation on, for every length from none to all"""
    lengths = rng.permutation([0, 1, 3, 6, 7])
    want = np.array([[row >= n for row in range(7)] for n in lengths])
    x = rng.normal(size=(5, 7, 4))
    x[:, 0] = 0.0  # an observation may well consist of zeros
    answer, changed = mask_of(learner, x, lengths)
    value = answer.result
    off_by_one = np.array([[row > n for row in range(7)] for n in lengths])
    by_value = (x == 0).all(axis=2)
    got = value.array if isinstance(value, Tensor) else np.empty(0)
    fail_if_recognised(
        answer,
        Mistake("longest-only", got.shape == (5, 10)),
        Mistake("transposed", got.shape == (7, 5)),
        Mistake("width-for-length", got.shape == (5, 4)),
        Mistake("inverted", np.array_equal(got, ~want)),
        Mistake("off-by-one", np.array_equal(got, off_by_one)),
        Mistake("lengths-ignored", np.array_equal(got, by_value)),
        Mistake(
            "not-bool",
            got.dtype != bool and np.array_equal(got, want.astype(float)),
            dtype=getattr(value, "dtype", ""),
        ),
    )
    expect(answer, Tensor.of(want), what="the mask")
    require(not changed, "arguments-changed", names="` and `".join(changed))


def test_padding_mask_for_any_batch(learner: Subject, rng: Rng) -> None:
    """A batch of one, and a sequence shorter than max_seq_len, are not exceptions"""
    for seq_len, lengths in ((4, [2]), (1, [1, 0])):
        want = np.array([[row >= n for row in range(seq_len)] for n in lengths])
        x = rng.normal(size=(len(lengths), seq_len, 2))
        answer, _ = mask_of(learner, x, np.array(lengths))
        expect(answer, Tensor.of(want), what=f"the mask of lengths {lengths}")


def test_device(learner: Subject, rng: Rng) -> None:
    """The mask is on the device of x"""
    x, lengths = Tensor.of(rng.normal(size=(3, 5, 2))), Tensor.of(np.array([0, 2, 5]))
    require(learner.ask(probes.device_looked_at, x, lengths).value, "other-device")
