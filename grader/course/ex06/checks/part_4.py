"""Checks of 6.4, The loop that learns."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import (
    BATCH_SIZE,
    Regression,
    Rng,
    check_moved,
    check_no_batch,
    look,
)
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require
from grader.wire import Tensor


def test_weights(learner: Subject, rng: Rng) -> None:
    """One step for each batch, against the gradient of that batch"""
    trial, lr = Regression(rng), 0.3
    got = look(learner.ask(probes.trained, *trial.sent(), lr))
    events = got["events"]
    order = [event for event in events if event in ("backward", "step")]
    start = Tensor.of(trial.weight)
    if approx_equal(got["weight"], start, 1e-6, 1e-7):
        why_nothing_happened(events, order)
    step_for_all = Tensor.of(
        trial.weight - lr * sum(trial.gradient(trial.weight, batch) for batch in trial.batches())
    )
    piled_up, _ = trial.trained(lr, cleared="once")
    expect(
        Answer(got["weight"]),
        Tensor.of(trial.trained(lr)[0]),
        Mistake("zero-grad-missing", Tensor.of(piled_up)),
        Mistake("step-for-each-epoch", step_for_all),
        Mistake("step-before-backward", order[:1] == ["step"]),
        what="the weights after an epoch",
        rtol=1e-4,
        atol=1e-5,
    )


def why_nothing_happened(events: list, order: list) -> None:
    """The weights are as before. Raises `Failure` with the reason."""
    require("forward" in events, "after-epoch-weights")
    require("backward" in order, "no-backward")
    require("step" in order, "no-step")
    require(order[0] != "step", "step-before-backward~2")
    cleared = "zero" in events[events.index("backward") : events.index("step")]
    require(not cleared, "cleared-before-step")
    raise Finding("after-epoch-weights-they")


@pytest.mark.parametrize("drop_last", [False, True])
def test_mean_loss(learner: Subject, rng: Rng, drop_last: bool) -> None:
    """The mean loss per light curve, as a float; the last batch may be smaller, or left out"""
    trial, lr = Regression(rng), 0.3
    got = look(learner.ask(probes.trained, *trial.sent(drop_last), lr))
    sizes = [len(batch) for batch in trial.batches(drop_last)]
    weight, losses = trial.trained(lr, drop_last=drop_last)
    returned = got["returned"]
    require(not isinstance(returned, Tensor), "tensor-returned")
    if not approx_equal(got["weight"], Tensor.of(weight)):
        losses = as_it_went(trial, got, losses, drop_last)
    total = float(np.dot(losses, sizes))
    summed = "is the sum of the losses{}. Divide by the number of light curves."
    expect(
        Answer(returned),
        total / sum(sizes),
        Mistake("mean-of-batch-means", float(np.mean(losses)) if len(set(sizes)) > 1 else False),
        Mistake("summed", float(np.sum(losses)), summed=summed.format(" of the batches")),
        Mistake("summed", total, summed=summed.format(", weighted by the size of each batch")),
        Mistake("last-loss", losses[-1]),
        Mistake("divided-by-dataset", total / len(trial.labels) if drop_last else False),
        what="the mean loss",
        rtol=1e-4,
    )


def as_it_went(trial: Regression, got: dict, losses: list, drop_last: bool) -> list[float]:
    """The losses on another's way through the weights, if it is a known one."""
    for cleared in ("once", "after"):
        weight, others = trial.trained(0.3, cleared=cleared, drop_last=drop_last)
        if approx_equal(got["weight"], Tensor.of(weight)):
            return others
    return losses


def test_gradients_left_over(learner: Subject, rng: Rng) -> None:
    """Gradients that were there before make no difference"""
    trial, lr = Regression(rng), 0.3
    got = look(learner.ask(probes.trained, *trial.sent(), lr, 0.5))
    left_over, _ = trial.trained(lr, 0.5, cleared="after")
    fail_if_recognised(Answer(got["weight"]), Mistake("gradients-left-over", Tensor.of(left_over)))


def test_training_mode(learner: Subject, rng: Rng) -> None:
    """The network is in training mode"""
    got = look(learner.ask(probes.trained, *Regression(rng).sent()))
    require(bool(got["modes"]), "network-never-asked-2")
    require(all(training for training, _ in got["modes"]), "not-in-training-mode")


def test_default_device(learner: Subject, rng: Rng) -> None:
    """The device is "auto" unless it is given"""
    look(learner.ask(probes.trained, *Regression(rng).sent(), device=None))
    look(learner.ask(probes.trained, *Regression(rng).sent(), device="auto"))


def test_moved(learner: Subject, rng: Rng) -> None:
    """Model, criterion and batches are moved to the device"""
    check_moved(learner, "train_epoch", rng)


def test_no_batch(learner: Subject, rng: Rng) -> None:
    """A dataloader without a batch is a ValueError"""
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    check_no_batch(learner.ask(probes.trained, *few))
