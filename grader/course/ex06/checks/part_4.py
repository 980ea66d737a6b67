"""Checks of 6.4, The loop that learns."""

from __future__ import annotations

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.loops import (
    BATCH_SIZE,
    Regression,
    check_moved,
    check_no_batch,
    divided_by_dataset,
    seen,
)
from grader.course.ex06.replies import Trained
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require, showing
from grader.wire import Tensor


@gate
def test_weights(learner: Subject, rng: Rng) -> None:
    """One step for each batch, against the gradient of that batch"""
    trial, lr = Regression(rng), 0.3
    got = seen(learner.ask(probes.trained, *trial.sent(), lr))
    start = trial.weight
    if approx_equal(got.weight, Tensor.of(start), 1e-6, 1e-7):
        with showing("{}\nmodel.weight"):
            why_nothing_happened(got.events)
    order = [event for event in got.events if event in ("backward", "step")]
    gradients = [trial.gradient(start, batch) for batch in trial.batches()]
    piled_up, _ = trial.trained(lr, cleared="once")
    plain, _ = trial.without_criterion().trained(lr)
    with showing("{}\nmodel.weight"):
        expect(
            Answer(got.weight),
            Tensor.of(trial.trained(lr)[0]),
            Mistake("zero-grad-missing", Tensor.of(piled_up)),
            Mistake("step-for-each-epoch", Tensor.of(start - lr * sum(gradients))),
            Mistake("step-for-each-epoch", Tensor.of(start - lr * gradients[-1])),
            Mistake("step-before-backward", order[:1] == ["step"]),
            Mistake("criterion-not-used", Tensor.of(plain)),
            what="the weights after an epoch",
            rtol=1e-4,
            atol=1e-5,
        )
    batches = len(gradients)
    with showing("{}\nlen(steps)"):
        require(got.steps == batches, "steps-per-batch", steps=got.steps, batches=batches)
    with showing("{}\nnot (torch.is_grad_enabled() and model.weight.requires_grad)"):
        require(not got.frozen, "frozen-afterwards")


def why_nothing_happened(events: list[str]) -> None:
    """The weights are as before. Raises `Failure` with the reason."""
    require("forward" in events, "weights-unchanged~never-asked")
    require("backward" in events, "no-backward")
    require("step" in events, "no-step")
    backward, step = events.index("backward"), events.index("step")
    require(backward < step, "step-before-backward~unchanged")
    require("zero" not in events[backward:step], "cleared-before-step")
    raise Finding("weights-unchanged")


@pytest.mark.parametrize("drop_last", [False, True])
def test_mean_loss(learner: Subject, rng: Rng, drop_last: bool) -> None:
    """The mean loss per light curve, as a float; the last batch may be smaller, or left out"""
    trial, lr = Regression(rng), 0.3
    got = seen(learner.ask(probes.trained, *trial.sent(drop_last), lr))
    sizes = [len(batch) for batch in trial.batches(drop_last)]
    weight, losses = trial.trained(lr, drop_last=drop_last)
    require(not isinstance(got.returned, Tensor), "tensor-returned")
    if not approx_equal(got.weight, Tensor.of(weight)):
        losses = as_it_went(trial, got, losses, drop_last)
    total = float(np.dot(losses, sizes))
    expect(
        Answer(got.returned),
        total / sum(sizes),
        Mistake("mean-of-batch-means", float(np.mean(losses)) if len(set(sizes)) > 1 else False),
        Mistake("summed", float(np.sum(losses))),
        Mistake("summed~weighted", total),
        Mistake("last-loss", losses[-1]),
        Mistake(
            "loss-after-step", float(np.dot(after_steps(trial, drop_last), sizes)) / sum(sizes)
        ),
        divided_by_dataset(total, sum(sizes), trial),
        what="the mean loss",
        rtol=1e-5,
    )


def after_steps(trial: Regression, drop_last: bool) -> list[float]:
    """The loss of each batch after the step that was made with it."""
    weight, losses = trial.weight.copy(), []
    for batch in trial.batches(drop_last):
        weight = weight - 0.3 * trial.gradient(weight, batch)
        losses.append(trial.loss(weight, batch))
    return losses


def as_it_went(
    trial: Regression, got: Trained, losses: list[float], drop_last: bool
) -> list[float]:
    """The losses along the way that the learner's weights went, if it is a known one."""
    for cleared in ("once", "after"):
        weight, others = trial.trained(0.3, cleared=cleared, drop_last=drop_last)
        if approx_equal(got.weight, Tensor.of(weight)):
            return others
    return losses


def test_gradients_left_over(learner: Subject, rng: Rng) -> None:
    """Gradients that were there before make no difference"""
    trial, lr = Regression(rng), 0.3
    got = seen(learner.ask(probes.trained, *trial.sent(), lr, 0.5))
    left_over, _ = trial.trained(lr, 0.5, cleared="after")
    with showing("{}\nmodel.weight"):
        fail_if_recognised(Answer(got.weight), Mistake("gradients-left-over", Tensor.of(left_over)))


def test_training_mode(learner: Subject, rng: Rng) -> None:
    """The network is in training mode"""
    got = seen(learner.ask(probes.trained, *Regression(rng).sent()))
    with showing("{}\nmodel.modes"):
        require(bool(got.modes), "network-never-asked")
        require(all(mode.training for mode in got.modes), "not-in-training-mode")
        require(all(mode.layers for mode in got.modes), "not-in-training-mode~layers")


def test_default_device(learner: Subject, rng: Rng) -> None:
    """The device is "auto" unless it is given"""
    seen(learner.ask(probes.trained, *Regression(rng).sent(), device=None))
    seen(learner.ask(probes.trained, *Regression(rng).sent(), device="auto"))


def test_moved(learner: Subject, rng: Rng) -> None:
    """Model, criterion and batches are moved to the device"""
    check_moved(learner, "train_epoch", rng)


def test_no_batch(learner: Subject, rng: Rng) -> None:
    """A dataloader without a batch is a ValueError"""
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    check_no_batch(learner.ask(probes.trained, *few))
