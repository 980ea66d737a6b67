"""Checks of 10.8, Two more losses."""

from __future__ import annotations

import math

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array, Rng
from grader.course.gates import gate
from grader.expect import Mistake, approx_equal, expect, number, require
from grader.wire import Tensor


@gate
def test_weights(learner: Subject, rng: Rng) -> None:
    """Weights by the effective number of objects"""
    for counts, beta in (
        (rng.integers(1, 500, 5), 0.99),
        (np.array([900, 30, 0, 4]), 0.999),
        (np.array([5, 1, 2]), 0.0),
    ):
        filled = counts > 0
        effective = (1 - beta ** counts.astype(float)) / (1 - beta)
        weights = np.where(filled, 1 / np.where(filled, effective, 1), 0)
        inverse = np.where(filled, 1 / counts.clip(1), 0.0)
        k = len(counts)
        with_one = (1 - beta) / (1 - beta ** counts.clip(1).astype(float))
        answer = learner.ask(probes.balanced_weights, Tensor.of(counts), beta)
        require(
            not isinstance(answer.result, Tensor) or bool(np.isfinite(answer.result.array).all()),
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
            Mistake("mean-of-filled", Tensor.of(filled.sum() * weights / weights.sum())),
            what="the tensor of weights",
        )


def log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def smooth_focal(logits: Array, targets: Array, alpha: float, gamma: float, wanted: Array) -> float:
    log_p = log_softmax(logits)
    return float(-alpha * (wanted * (1 - np.exp(log_p)) ** gamma * log_p).sum(axis=1).mean())


def focal_of_cross_entropy(log_p: Array, wanted: Array, alpha: float, gamma: float) -> float:
    entropy = -(wanted * log_p).sum(axis=1)
    return float(alpha * ((1 - np.exp(-entropy)) ** gamma * entropy).mean())


def wanted_of(targets: Array, k: int, epsilon: float) -> Array:
    return np.eye(k)[targets] * (1 - epsilon) + epsilon / k


def test_smooth_loss(learner: Subject, rng: Rng) -> None:
    """The focal loss with smooth labels"""
    for alpha, gamma, epsilon in ((1.0, 0.0, 0.2), (0.5, 2.0, 0.0), (0.7, 1.5, 0.1)):
        logits, targets = rng.normal(0, 1.5, (6, 4)), rng.integers(0, 4, 6)
        rows = np.arange(6)
        wanted = wanted_of(targets, 4, epsilon)
        want = smooth_focal(logits, targets, alpha, gamma, wanted)
        log_p = log_softmax(logits)
        of_true = (1 - np.exp(log_p[rows, targets])) ** gamma
        others = np.where(np.eye(4)[targets] == 1, 1 - epsilon, epsilon / 3)
        only_true = np.eye(4)[targets] * (1 - epsilon)
        settings = {"alpha": alpha, "gamma": gamma, "label_smoothing": epsilon}
        answer = learner.ask(probes.smooth_loss, settings, Tensor.of(logits), Tensor.of(targets))
        got = answer.value
        hard = smooth_focal(logits, targets, alpha, gamma, np.eye(4)[targets])
        mistakes = [
            Mistake("not-smoothed", hard),
            Mistake("smoothed-over-others", smooth_focal(logits, targets, alpha, gamma, others)),
            Mistake("others-forgotten", smooth_focal(logits, targets, alpha, gamma, only_true)),
            Mistake(
                "factor-of-true-class",
                float(-alpha * (of_true * (wanted * log_p).sum(axis=1)).mean()),
            ),
            Mistake("summed", 6 * want),
            Mistake("mean-over-classes~2", want / 4),
            Mistake("focal-of-cross-entropy", focal_of_cross_entropy(log_p, wanted, alpha, gamma)),
            Mistake("alpha-ignored", want / alpha),
            Mistake("sign-lost", -want),
        ]
        mistakes = [m for m in mistakes if not approx_equal(m.produces, want, 1e-4, 1e-5)]
        expect(
            Answer(number(Answer(got["loss"]), "the loss")),
            want,
            *mistakes,
            what=f"the loss with alpha={alpha}, gamma={gamma} and label_smoothing={epsilon}",
            rtol=1e-4,
            atol=1e-5,
        )


def test_smooth_gradient(learner: Subject, rng: Rng) -> None:
    """Gradients flow, and hopeless cases are finite"""
    logits, targets = rng.normal(0, 1, (3, 4)), np.array([0, 3, 1])
    settings = {"alpha": 1.0, "gamma": 2.0, "label_smoothing": 0.1}
    got = learner.ask(probes.smooth_loss, settings, Tensor.of(logits), Tensor.of(targets)).value
    require(got["flows"] and isinstance(got["gradient"], Tensor), "gradient-lost")
    wanted, step = wanted_of(targets, 4, 0.1), 1e-5
    slopes = np.zeros_like(logits)
    for place in np.ndindex(*logits.shape):
        shift = np.zeros_like(logits)
        shift[place] = step
        up, down = (
            smooth_focal(logits + sign * shift, targets, 1.0, 2.0, wanted) for sign in (1, -1)
        )
        slopes[place] = (up - down) / (2 * step)
    expect(Answer(got["gradient"]), Tensor.of(slopes), what="the gradient by the logits", atol=1e-4)
    for gamma in (0.5, 2.0):
        hopeless = np.array([[-200.0, 0.0, 5.0], [150.0, -150.0, 0.0]])
        settings = {"alpha": 1.0, "gamma": gamma, "label_smoothing": 0.1}
        got = learner.ask(
            probes.smooth_loss, settings, Tensor.of(hopeless), Tensor.of([0, 0])
        ).value
        value = number(Answer(got["loss"]), "the loss")
        require(math.isfinite(value), "logarithm-of-zero", value=value)
        want = smooth_focal(
            hopeless, np.array([0, 0]), 1.0, gamma, wanted_of(np.array([0, 0]), 3, 0.1)
        )
        expect(Answer(value), want, what="the loss of hopeless cases", rtol=1e-3)
