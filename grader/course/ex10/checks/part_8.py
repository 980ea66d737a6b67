"""Checks of 10.8, Two more losses."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array
from grader.course.gates import gate
from grader.course.oracles import Rng, log_softmax
from grader.expect import Mistake, approx_equal, expect, number, require, showing
from grader.wire import Tensor


@gate
def test_weights(learner: Subject, rng: Rng) -> None:
    """Weights by the effective number of objects"""
    for counts, beta in (
        (rng.integers(1, 500, 5), 0.99),
        (np.array([900, 30, 0, 1]), 0.999),
        (np.array([5, 0, 2]), 0.0),
    ):
        filled = counts > 0
        effective = (1 - beta ** counts.astype(float)) / (1 - beta)
        weights = np.where(filled, 1 / np.where(filled, effective, 1), 0)
        inverse = np.where(filled, 1 / counts.clip(1), 0.0)
        several = np.where(counts > 1, weights, 0)
        k = len(counts)
        with_one = (1 - beta) / (1 - beta ** counts.clip(1).astype(float))
        reply = learner.ask(probes.balanced_weights, Tensor.of(counts), beta)
        with showing("before = counts.clone()\n{}\nnot torch.equal(before, counts)"):
            require(not reply.value.changed, "arguments-changed")
        answer = Answer(reply.value.value)
        require(
            bool(filled.all())
            or not isinstance(answer.result, Tensor)
            or bool(np.isfinite(answer.result.array).all()),
            "infinite-for-none",
        )
        expect(
            answer,
            Tensor.of(k * weights / weights.sum()),
            Mistake("sum-is-one", Tensor.of(weights / weights.sum())),
            Mistake("not-normalised", Tensor.of(weights)),
            Mistake("inverse-of-counts", Tensor.of(k * inverse / inverse.sum())),
            Mistake("proportional", Tensor.of(k * effective / effective.sum())),
            Mistake("empty-class-counts-as-one", Tensor.of(k * with_one / with_one.sum())),
            Mistake("single-object-lost", Tensor.of(k * several / several.sum())),
            Mistake("mean-of-filled", Tensor.of(filled.sum() * weights / weights.sum())),
            what="the tensor of weights",
        )


def smooth_focal(
    logits: Array, wanted: Array, alpha: float, gamma: float, least: float = 0.0
) -> float:
    """The loss, for the probabilities that are wanted; the logarithm's is `least` at least."""
    log_p = log_softmax(logits)
    log_p = log_p.clip(math.log(least)) if least else log_p
    return float(-alpha * (wanted * (1 - np.exp(log_p)) ** gamma * log_p).sum(axis=1).mean())


def focal_of_cross_entropy(logits: Array, wanted: Array, alpha: float, gamma: float) -> float:
    """The focal formula with the whole cross-entropy in place of the true class's."""
    entropy = -(wanted * log_softmax(logits)).sum(axis=1)
    return float(alpha * ((1 - np.exp(-entropy)) ** gamma * entropy).mean())


def by_true_class(
    logits: Array, targets: Array, wanted: Array, alpha: float, gamma: float
) -> float:
    """The loss with the true class's factor for all classes."""
    log_p = log_softmax(logits)
    factor = (1 - np.exp(log_p[np.arange(len(targets)), targets])) ** gamma
    return float(-alpha * (factor * (wanted * log_p).sum(axis=1)).mean())


def wanted_of(targets: Array, k: int, epsilon: float) -> Array:
    """The probabilities that smooth labels want."""
    return np.eye(k)[targets] * (1 - epsilon) + epsilon / k


def test_smooth_loss(learner: Subject, rng: Rng) -> None:
    """The focal loss with label smoothing"""
    for alpha, gamma, epsilon in ((1.0, 0.0, 0.2), (0.5, 2.0, 0.0), (0.7, 1.5, 0.1)):
        logits, targets = rng.normal(0, 1.5, (6, 4)), rng.integers(0, 4, 6)
        settings = {"alpha": alpha, "gamma": gamma, "label_smoothing": epsilon}
        got = learner.ask(probes.smooth_loss, settings, Tensor.of(logits), Tensor.of(targets)).value
        want = smooth_focal(logits, wanted_of(targets, 4, epsilon), alpha, gamma)
        mistakes = loss_mistakes(logits, targets, alpha, gamma, epsilon)
        expect(
            Answer(number(Answer(got.value), "the loss")),
            want,
            *(m for m in mistakes if not approx_equal(m.produces, want, 1e-4, 1e-5)),
            what=f"the loss with alpha={alpha}, gamma={gamma} and label_smoothing={epsilon}",
            rtol=1e-4,
            atol=1e-5,
        )


def loss_mistakes(
    logits: Array, targets: Array, alpha: float, gamma: float, epsilon: float
) -> list[Mistake]:
    """What other losses would be."""
    one_hot, wanted = np.eye(4)[targets], wanted_of(targets, 4, epsilon)
    only_true = one_hot * (1 - epsilon)
    others = only_true + (1 - one_hot) * epsilon / 3
    of_true = by_true_class(logits, targets, wanted, alpha, gamma)
    of_entropy = focal_of_cross_entropy(logits, wanted, alpha, gamma)
    want = smooth_focal(logits, wanted, alpha, gamma)
    return [
        Mistake("not-smoothed", smooth_focal(logits, one_hot, alpha, gamma)),
        Mistake("smoothed-over-others", smooth_focal(logits, others, alpha, gamma)),
        Mistake("others-forgotten", smooth_focal(logits, only_true, alpha, gamma)),
        Mistake("factor-of-true-class", of_true),
        Mistake("summed", len(targets) * want),
        Mistake("mean-over-classes", want / 4),
        Mistake("focal-of-cross-entropy", of_entropy),
        Mistake("alpha-ignored", want / alpha),
        Mistake("sign-lost", -want),
    ]


SMOOTH = {"alpha": 1.0, "gamma": 2.0, "label_smoothing": 0.1}


def test_smooth_gradient(learner: Subject, rng: Rng) -> None:
    """Gradients flow, and hopeless cases are finite"""
    logits, targets = rng.normal(0, 1, (3, 4)), np.array([0, 3, 1])
    got = learner.ask(probes.smooth_loss, SMOOTH, Tensor.of(logits), Tensor.of(targets)).value
    with showing("{}.requires_grad"):
        require(got.flows and isinstance(got.gradient, Tensor), "gradient-lost")
    want = slopes(logits, wanted_of(targets, 4, 0.1))
    with showing("{}.backward()\nlogits.grad"):
        expect(Answer(got.gradient), Tensor.of(want), what="the gradient by the logits", atol=1e-4)
    hopeless, targets = np.array([[-200.0, 0.0, 5.0], [150.0, -150.0, 0.0]]), np.array([0, 0])
    for gamma in (0.5, 2.0):
        tensors = Tensor.of(hopeless), Tensor.of(targets)
        got = learner.ask(probes.smooth_loss, SMOOTH | {"gamma": gamma}, *tensors).value
        value = number(Answer(got.value), "the loss")
        require(math.isfinite(value), "logarithm-of-zero", value=value)
        case = (hopeless, wanted_of(targets, 3, 0.1), 1.0, gamma)
        expect(
            Answer(value),
            smooth_focal(*case),
            *(
                Mistake("logarithm-clamped", smooth_focal(*case, least=least), least=least)
                for least in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 1e-20, 1e-30)
            ),
            what=f"the loss of class 0 with {gamma=} and logits {hopeless.tolist()}",
            rtol=1e-3,
        )
    finite = isinstance(got.gradient, Tensor) and bool(np.isfinite(got.gradient.array).all())
    with showing("{}.backward()\nlogits.grad"):
        require(finite, "gradient-not-finite")


def slopes(logits: Array, wanted: Array, step: float = 1e-5) -> Array:
    """The gradient of the loss by the logits, from differences."""
    found = np.zeros_like(logits)
    for place in np.ndindex(*logits.shape):
        shift = np.zeros_like(logits)
        shift[place] = step
        up, down = (smooth_focal(logits + s * shift, wanted, 1.0, 2.0) for s in (1, -1))
        found[place] = (up - down) / (2 * step)
    return found
