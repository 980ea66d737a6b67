"""Checks of 6.5, The loop that only looks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.loops import (
    BATCH_SIZE,
    Regression,
    check_moved,
    check_no_batch,
    divided_by_dataset,
    seen,
)
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
)
from grader.wire import Tensor


@gate
@pytest.mark.parametrize("drop_last", [False, True])
def test_loss_and_accuracy(learner: Subject, rng: Rng, drop_last: bool) -> None:
    """Loss and accuracy over all light curves of the batches, as floats"""
    trial = Regression(rng)
    for batch in trial.batches()[-1:]:  # the last one is small and right: a mean of means shows
        trial.labels[batch] = (trial.mean[batch] @ trial.weight).argmax(axis=-1)
    answer = learner.ask(probes.evaluated, *trial.sent(drop_last))
    fail_if_recognised(
        answer,
        Mistake(
            "argmax-over-batch",
            Raises("RuntimeError", "must match the size"),
            error=answer.raised,
        ),
    )
    returned = seen(answer).returned
    is_pair = isinstance(returned, tuple) and len(returned) == 2
    require(is_pair, "not-a-pair", got=kind_of(returned))
    require(not any(isinstance(each, Tensor) for each in returned), "tensors-returned")
    check_values(returned, trial, trial.batches(drop_last))


def check_values(returned: tuple[Any, Any], trial: Regression, batches: list[np.ndarray]) -> None:
    """Loss and accuracy, and how they come out by slips in counting."""
    sizes = [len(batch) for batch in batches]
    uneven = len(set(sizes)) > 1
    losses = [trial.loss(trial.weight, batch) for batch in batches]
    plain = [trial.without_criterion().loss(trial.weight, batch) for batch in batches]
    right = [trial.right(batch) for batch in batches]
    fractions = [n / size for n, size in zip(right, sizes, strict=True)]
    loss, accuracy = float(np.dot(losses, sizes)) / sum(sizes), sum(right) / sum(sizes)
    fail_if_recognised(Answer(returned), Mistake("swapped", (accuracy, loss)), rtol=1e-4)
    expect(
        Answer(returned[0]),
        loss,
        Mistake("mean-of-batch-means", float(np.mean(losses)) if uneven else False),
        Mistake("summed", float(np.sum(losses))),
        Mistake("summed", loss * sum(sizes)),
        divided_by_dataset(loss * sum(sizes), sum(sizes), trial),
        Mistake("all-at-once", trial.loss(trial.weight, np.concatenate(batches))),
        Mistake("criterion-not-used", float(np.dot(plain, sizes)) / sum(sizes)),
        what="the loss",
        rtol=1e-5,
    )
    expect(
        Answer(returned[1]),
        accuracy,
        Mistake("accuracy-over-batches", float(np.mean(fractions)) if uneven else False),
        Mistake("accuracy-over-batches~count", sum(right) / len(sizes)),
        divided_by_dataset(sum(right), sum(sizes), trial),
        Mistake("percent", 100 * accuracy),
        Mistake("percent~count", float(sum(right))),
        what="the accuracy",
        rtol=1e-4,
    )


def test_only_looks(learner: Subject, rng: Rng) -> None:
    """Evaluation mode, no gradients, and nothing is trained"""
    trial = Regression(rng)
    got = seen(learner.ask(probes.evaluated, *trial.sent()))
    same = approx_equal(got.weight, Tensor.of(trial.weight))
    with showing("{}\nmodel.modes"):
        require(bool(got.modes), "network-never-asked")
    with showing("{}\nmodel.weight"):
        require(same, "evaluation-trains")
    left = Tensor.of(np.full(trial.weight.shape, 0.5))  # the gradient that was there before
    zeros = Tensor.of(np.zeros(trial.weight.shape))
    gone = got.gradient is None or approx_equal(got.gradient, zeros)
    with showing("{}\nmodel.weight.grad"):
        require(not gone, "gradients-cleared")
        require(approx_equal(got.gradient, left), "evaluation-trains~gradients")
    with showing("{}\nmodel.modes"):
        require(not any(mode.training for mode in got.modes), "in-training-mode")
        require(not any(mode.layers for mode in got.modes), "in-training-mode~layers")
        require(not any(mode.gradients for mode in got.modes), "with-gradients")
    with showing("{}\nnot (torch.is_grad_enabled() and model.weight.requires_grad)"):
        require(not got.gradients_off, "gradients-off-for-good")


@pytest.mark.parametrize("training", [True, False])
def test_mode_restored(learner: Subject, rng: Rng, training: bool) -> None:
    """Afterwards the network is in the mode in which it came"""
    got = seen(learner.ask(probes.evaluated, *Regression(rng).sent(), training))
    before, after = ("training", "evaluation") if training else ("evaluation", "training")
    with showing("{}\nmodel.training"):
        require(got.training is training, "mode-not-restored", before=before, after=after)
    layers = got.layers_training is training
    with showing("{}\nmodel.inner[0].training"):
        require(layers, "mode-not-restored~layers", before=before, after=after)
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    left = learner.ask(probes.after_error, *few, training).value
    require(left[:1] in ([], [training]), "mode-not-restored~error", before=before, after=after)
    require(left[1:] in ([], [True]), "gradients-off-for-good~error")


def test_evaluated_anywhere(learner: Subject, rng: Rng) -> None:
    """Model, criterion and batches are moved to the device; it is "auto" unless it is given"""
    seen(learner.ask(probes.evaluated, *Regression(rng).sent(), device=None))
    seen(learner.ask(probes.evaluated, *Regression(rng).sent(), device="auto"))
    check_moved(learner, "evaluate_model", rng)


def test_nothing_to_evaluate(learner: Subject, rng: Rng) -> None:
    """A dataloader without a batch is a ValueError"""
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    check_no_batch(learner.ask(probes.evaluated, *few))
