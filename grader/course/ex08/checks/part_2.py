"""Checks of 8.2, When to stop."""

from __future__ import annotations

import math

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import Rng, told
from grader.course.gates import gate
from grader.expect import approx_equal, expect, require


@gate
def test_losses(learner: Subject, rng: Rng) -> None:
    """It says stop when `patience` losses in a row are no improvement"""
    losses = [2.0, 1.75, 1.5, 1.5, 1.625, 1.25, 1.21875, 1.1875, 1.15625, 1.0, 0.75, 1.5, 0.5]
    losses += [0.625, 0.5625, 0.375, 0.25, 0.375, 1.25, 0.375, 0.375, 0.0, 0.0625, 0.0, 0.0, 0.0]
    shift = float(rng.integers(1, 8))
    told(learner, [loss + shift for loss in losses], patience=3, delta=0.125)


def test_nan(learner: Subject) -> None:
    """NaN is never an improvement"""
    nan = math.nan
    told(learner, [nan, 3.0, nan, 2.0, nan, nan, 1.0, nan, 0.5, nan, nan, nan, 0.25], 3, 0.125)


def test_patience_of_one(learner: Subject) -> None:
    """With a patience of 1 the first failure to improve ends it"""
    told(learner, [2.0, 1.0, 0.5, 0.75, 0.25], 1, 0.125)


def test_attributes(learner: Subject) -> None:
    """The best loss and the counter are kept in its attributes"""
    got = learner.ask(probes.told, {"patience": 5, "min_delta": 0.25}, [2.0, 1.0, 0.875, 1.5]).value
    require(not approx_equal(got["best"], 0.875), "best-creeps")
    expect(Answer(got["best"]), 1.0, what="`best_loss` after the losses 2, 1, 0.875, 1.5")
    expect(Answer(got["counter"]), 2, what="`counter` after the losses 2, 1, 0.875, 1.5")
