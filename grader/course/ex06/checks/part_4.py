"""Checks of 6.4, The loop that learns."""

from __future__ import annotations

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import Memory, remembered
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
from grader.expect import Mistake, approx_equal, expect, require, showing
from grader.wire import Tensor

LR = 0.3

Epoch = tuple[Regression, Answer[Trained]]


def epoch(learner: Subject, rng: Rng, memory: Memory, drop_last: bool = False) -> Epoch:
    """An epoch of training, which is run only once: the device is not given with `drop_last`."""

    def ask() -> Epoch:
        trial, device = Regression(rng), None if drop_last else "cpu"
        return trial, learner.ask(probes.trained, *trial.sent(drop_last), LR, device)

    return remembered(learner, memory, f"epoch {drop_last}", ask)


@gate
def test_weights(learner: Subject, rng: Rng, memory: Memory) -> None:
    """One step for each batch, against the gradient of that batch"""
    trial, answer = epoch(learner, rng, memory)
    got = seen(answer)
    start = trial.weight
    if approx_equal(got.weight, Tensor.of(start), 1e-6, 1e-7):
        with showing("{}\nmodel.weight"):
            why_nothing_happened(answer)
    order = [event for event in got.events if event in ("backward", "step")]
    gradients = [trial.gradient(start, batch) for batch in trial.batches()]
    plain, _ = trial.without_criterion().trained(LR)
    right = Tensor.of(trial.trained(LR)[0])
    if not is_left_over(got, trial):  # another check reports that
        with showing("{}\nmodel.weight"):
            expect(
                Answer(got.weight, question=answer.question),
                right,
                *(
                    Mistake("zero-grad-missing", Tensor.of(trial.trained(LR, cleared)[0]))
                    for cleared in ("once", "never")
                ),
                Mistake("step-for-each-epoch", Tensor.of(start - LR * sum(gradients))),
                Mistake("step-for-each-epoch", Tensor.of(start - LR * gradients[-1])),
                Mistake("step-before-backward", order[:1] == ["step"]),
                Mistake("criterion-not-used", Tensor.of(plain)),
                what="the weights after an epoch",
                rtol=1e-4,
                atol=1e-5,
            )
    batches = len(gradients)
    with showing("{}\nlen(steps)"):
        require(got.steps == batches, "steps-per-batch", answer, steps=got.steps, batches=batches)
    with showing("{}\nnot (torch.is_grad_enabled() and model.weight.requires_grad)"):
        require(not got.frozen, "frozen-afterwards", answer)
    with showing("{}\nmodel.frozen.requires_grad"):
        require(not got.thawed, "thawed", answer)


def is_left_over(got: Trained, trial: Regression) -> bool:
    """Whether the gradients are cleared after each step instead of before."""
    return approx_equal(got.weight, Tensor.of(trial.trained(LR, cleared="after")[0]))


def why_nothing_happened(answer: Answer[Trained]) -> None:
    """The weights are as before. Raises `Failure` with the reason."""
    events = answer.value.events
    require("forward" in events, "weights-unchanged~never-asked", answer)
    require("backward" in events, "no-backward", answer)
    require("step" in events, "no-step", answer)
    backward, step = events.index("backward"), events.index("step")
    require(backward < step, "step-before-backward~unchanged", answer)
    require("zero" not in events[backward:step], "cleared-before-step", answer)
    require(False, "weights-unchanged", answer)


def test_mean_loss(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The mean loss per light curve, as a float; the last batch may be smaller, or left out"""
    for drop_last in (False, True):
        check_mean_loss(*epoch(learner, rng, memory, drop_last), drop_last)


def check_mean_loss(trial: Regression, answer: Answer[Trained], drop_last: bool) -> None:
    got = seen(answer)
    sizes = [len(batch) for batch in trial.batches(drop_last)]
    weight, losses = trial.trained(LR, drop_last=drop_last)
    require(not isinstance(got.returned, Tensor), "tensor-returned", answer)
    if not approx_equal(got.weight, Tensor.of(weight)):
        losses = as_it_went(trial, got, losses, drop_last)
    total = float(np.dot(losses, sizes))
    if approx_equal(got.returned, total / sum(sizes), 2e-6):
        return
    after = float(np.dot(after_steps(trial, drop_last), sizes)) / sum(sizes)
    expect(
        Answer(got.returned, question=answer.question),
        total / sum(sizes),
        Mistake("mean-of-batch-means", float(np.mean(losses)) if len(set(sizes)) > 1 else False),
        Mistake("summed", float(np.sum(losses))),
        Mistake("summed~weighted", total),
        Mistake("last-loss", losses[-1]),
        Mistake("loss-after-step", after),
        divided_by_dataset(total, sum(sizes), trial),
        what="the mean loss",
        rtol=2e-6,
    )


def after_steps(trial: Regression, drop_last: bool) -> list[float]:
    """The loss of each batch after the step that was made with it."""
    weight, losses = trial.weight.copy(), []
    for batch in trial.batches(drop_last):
        weight = weight - LR * trial.gradient(weight, batch)
        losses.append(trial.loss(weight, batch))
    return losses


def as_it_went(
    trial: Regression, got: Trained, losses: list[float], drop_last: bool
) -> list[float]:
    """The losses along the way that the learner's weights went, if it is a known one."""
    for cleared in ("once", "never", "after"):
        weight, others = trial.trained(LR, cleared, drop_last=drop_last)
        if approx_equal(got.weight, Tensor.of(weight)):
            return others
    return losses


def test_gradients_left_over(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Gradients that were there before make no difference"""
    trial, answer = epoch(learner, rng, memory)
    with showing("{}\nmodel.weight"):
        require(not is_left_over(seen(answer), trial), "gradients-left-over", answer)


def test_training_mode(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The network is in training mode"""
    _, answer = epoch(learner, rng, memory)
    modes = seen(answer).modes
    with showing("{}\nmodel.modes"):
        require(bool(modes), "network-never-asked", answer)
        require(all(mode.training for mode in modes), "not-in-training-mode", answer)
        require(all(mode.layers for mode in modes), "not-in-training-mode~layers", answer)


def test_moved(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Model, criterion and batches are moved to the device; it is "auto" unless it is given"""
    _, answer = epoch(learner, rng, memory, drop_last=True)
    seen(answer)
    check_moved(learner, "train_epoch", rng)


def test_no_batch(learner: Subject, rng: Rng) -> None:
    """A dataloader without a batch is a ValueError"""
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    check_no_batch(learner.ask(probes.trained, *few, device="auto"))
