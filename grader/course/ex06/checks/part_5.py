"""Checks of 6.5, The loop that only looks."""

from __future__ import annotations

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES, Memory, remembered
from grader.course.ex06.checks.loops import (
    BATCH_SIZE,
    Regression,
    check_moved,
    check_no_batch,
    divided_by_dataset,
    seen,
)
from grader.course.ex06.replies import LEFT_OVER, Evaluated
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

Looked = tuple[Regression, Answer[Evaluated]]


def looked(learner: Subject, rng: Rng, memory: Memory, training: bool = True) -> Looked:
    """An evaluation, which is run only once for each mode in which the network comes.

    If that is evaluation mode, the last batch is left out and the device is not given.
    """

    def ask() -> Looked:
        trial, device = Regression(rng), "cpu" if training else None
        answers = (trial.mean @ trial.weight).argmax(axis=-1)
        for batch in trial.batches():  # the first one right, the second wrong; the last is small
            trial.labels[batch[:1]] = answers[batch[:1]]
            trial.labels[batch[1:2]] = (answers[batch[1:2]] + 1) % N_CLASSES
        sent = trial.sent(drop_last=not training)
        return trial, learner.ask(probes.evaluated, *sent, training, device)

    return remembered(learner, memory, f"looked {training}", ask)


@gate
def test_loss_and_accuracy(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Loss and accuracy over all light curves of the batches, as floats"""
    for drop_last in (False, True):
        trial, answer = looked(learner, rng, memory, training=not drop_last)
        sizes = Raises("RuntimeError", "must match the size")
        fail_if_recognised(answer, Mistake("argmax-over-batch", sizes, error=answer.raised))
        returned = seen(answer).returned
        is_pair = isinstance(returned, tuple) and len(returned) == 2
        require(is_pair, "not-a-pair", answer, got=kind_of(returned))
        tensors = any(isinstance(each, Tensor) for each in returned)
        require(not tensors, "tensors-returned", answer)
        check_values(answer, trial, trial.batches(drop_last))


def check_values(answer: Answer[Evaluated], trial: Regression, batches: list[np.ndarray]) -> None:
    """Loss and accuracy, and how they come out by slips in counting."""
    returned, asked = answer.value.returned, answer.question
    sizes = [len(batch) for batch in batches]
    uneven = len(set(sizes)) > 1
    losses = [trial.loss(trial.weight, batch) for batch in batches]
    plain = [trial.without_criterion().loss(trial.weight, batch) for batch in batches]
    right = [trial.right(batch) for batch in batches]
    fractions = [n / size for n, size in zip(right, sizes, strict=True)]
    loss, accuracy = float(np.dot(losses, sizes)) / sum(sizes), sum(right) / sum(sizes)
    fail_if_recognised(
        Answer(returned, question=asked), Mistake("swapped", (accuracy, loss)), rtol=1e-4
    )
    expect(
        Answer(returned[0], question=asked),
        loss,
        Mistake("mean-of-batch-means", float(np.mean(losses)) if uneven else False),
        Mistake("summed", float(np.sum(losses))),
        Mistake("summed", loss * sum(sizes)),
        divided_by_dataset(loss * sum(sizes), sum(sizes), trial),
        Mistake("all-at-once", trial.loss(trial.weight, np.concatenate(batches))),
        Mistake("criterion-not-used", float(np.dot(plain, sizes)) / sum(sizes)),
        what="the loss",
        rtol=2e-6,
    )
    expect(
        Answer(returned[1], question=asked),
        accuracy,
        Mistake("accuracy-over-batches", float(np.mean(fractions)) if uneven else False),
        Mistake("accuracy-over-batches~count", sum(right) / len(sizes)),
        divided_by_dataset(sum(right), sum(sizes), trial),
        Mistake("percent", 100 * accuracy),
        Mistake("percent~count", float(sum(right))),
        what="the accuracy",
        rtol=5e-6,
    )


def test_only_looks(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Evaluation mode, no gradients, and nothing is trained"""
    trial, answer = looked(learner, rng, memory)
    got = seen(answer)
    same = approx_equal(got.weight, Tensor.of(trial.weight))
    with showing("{}\nmodel.modes"):
        require(bool(got.modes), "network-never-asked", answer)
    with showing("{}\nmodel.weight"):
        require(same, "evaluation-trains", answer)
    left = Tensor.of(np.full(trial.weight.shape, LEFT_OVER))
    zeros = Tensor.of(np.zeros(trial.weight.shape))
    gone = got.gradient is None or approx_equal(got.gradient, zeros)
    with showing("{}\nmodel.weight.grad"):
        require(not gone, "gradients-cleared", answer)
        require(approx_equal(got.gradient, left), "evaluation-trains~gradients", answer)
    with showing("{}\nmodel.modes"):
        require(not any(mode.training for mode in got.modes), "in-training-mode", answer)
        require(not any(mode.layers for mode in got.modes), "in-training-mode~layers", answer)
        require(not any(mode.gradients for mode in got.modes), "with-gradients", answer)
    with showing("{}\nnot (torch.is_grad_enabled() and model.weight.requires_grad)"):
        require(got.gradients_on and not got.frozen, "gradients-off-for-good", answer)
    with showing("{}\nmodel.frozen.requires_grad"):
        require(not got.thawed, "thawed", answer)
    _, answer = looked(learner, rng, memory, training=False)
    with showing("gradients"):
        require(not seen(answer).gradients_on, "gradients-switched-on", answer)


def test_mode_restored(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Afterwards the network is in the mode it came in"""
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    modes = ((True, "training", "evaluation"), (False, "evaluation", "training"))
    for training, before, after in modes:
        _, answer = looked(learner, rng, memory, training)
        got, fields = seen(answer), {"before": before, "after": after}
        with showing("{}\nmodel.training"):
            require(got.training is training, "mode-not-restored", answer, **fields)
        with showing("{}\nmodel.inner[0].training"):
            layers = got.layers_training is training
            require(layers, "mode-not-restored~layers", answer, **fields)
    failed = learner.ask(probes.after_error, *few)
    for left, (training, before, after) in zip(failed.value, modes, strict=False):
        same = left[:1] in ([], [training])
        require(same, "mode-not-restored~error", failed, before=before, after=after)
        require(left[1:] in ([], [True]), "gradients-off-for-good~error", failed)


def test_evaluated_anywhere(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Model, criterion and batches are moved to the device; it is "auto" unless it is given"""
    _, answer = looked(learner, rng, memory, training=False)
    seen(answer)
    check_moved(learner, "evaluate_model", rng)


def test_nothing_to_evaluate(learner: Subject, rng: Rng) -> None:
    """A dataloader without a batch is a ValueError"""
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    check_no_batch(learner.ask(probes.evaluated, *few, device="auto"))
