"""Checks of 6.3, A loss that looks at the hard cases."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES
from grader.course.gates import gate
from grader.course.oracles import Rng, log_softmax, true_log_p
from grader.expect import Mistake, expect, fail_if_recognised, require, showing
from grader.wire import Tensor

GRADIENT = "{}.backward()\nlogits.grad"
"""What shows the gradient of a loss by the logits."""


def focal(log_p: np.ndarray, alpha: float, gamma: float) -> np.ndarray:
    return -alpha * (1 - np.exp(log_p)) ** gamma * log_p


def some_logits(rng: Rng, batch: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Logits and classes: some right, some wrong."""
    targets = rng.permutation(np.arange(batch) % N_CLASSES)
    logits = np.round(rng.normal(0, 1.5, (batch, N_CLASSES)), 2)
    logits[np.arange(batch), targets] += 1
    return logits, targets


def loss_and_gradient(
    learner: Subject, settings: dict[str, float], logits: np.ndarray, targets: np.ndarray
) -> tuple[Answer[Any], Any]:
    """The loss as an answer of its own, once it is a tensor of no dimensions with a gradient."""
    got = learner.ask(probes.focal_loss, settings, Tensor.of(logits), Tensor.of(targets)).value
    loss = got.loss
    require(not isinstance(loss, float | int), "gradient-lost~number")
    if isinstance(loss, Tensor):
        require(loss.shape != targets.shape, "not-averaged", shape=loss.shape)
        with showing("{}.requires_grad"):
            require(got.flows or loss.shape != (), "gradient-lost~detached")
    return Answer(loss), got.gradient


@gate
@pytest.mark.parametrize(("alpha", "gamma"), [(1.0, 2.0), (0.4, 3.0), (2.5, 0.5)])
def test_focal_loss(learner: Subject, rng: Rng, alpha: float, gamma: float) -> None:
    """The mean of -alpha (1 - p)**gamma log(p)"""
    logits, targets = some_logits(rng)
    log_p = true_log_p(logits, targets)
    each = focal(log_p, alpha, gamma)
    settings = {} if alpha == 1 else {"alpha": alpha, "gamma": gamma}
    answer, _ = loss_and_gradient(learner, settings, logits, targets)

    def of(value: Any) -> Tensor:
        return Tensor.of(np.asarray(value, dtype=float))

    everything, best = log_softmax(logits), log_softmax(logits).max(axis=-1)
    twice = true_log_p(np.exp(everything), targets)
    expect(
        answer,
        of(each.mean()),
        Mistake("softmax-twice", of(focal(twice, alpha, gamma).mean())),
        Mistake("softmax-twice", of((-alpha * (1 - np.exp(log_p)) ** gamma * twice).mean())),
        Mistake("focal-of-mean", of(focal(log_p.mean(), alpha, gamma))),
        Mistake(
            "focal-of-mean~product",
            of(-alpha * ((1 - np.exp(log_p)) ** gamma).mean() * log_p.mean()),
        ),
        Mistake("alpha-as-exponent", of(focal(log_p, gamma, alpha).mean())),
        Mistake("alpha-as-exponent", of(focal(log_p, 1, alpha).mean())),
        Mistake("alpha-ignored", of(focal(log_p, 1, gamma).mean()) if alpha != 1 else False),
        Mistake("easy-turned-up", of((-alpha * np.exp(log_p) ** gamma * log_p).mean())),
        Mistake("wrong-class", of((-alpha * (1 - np.exp(best)) ** gamma * log_p).mean())),
        Mistake("wrong-class~sum", of(focal(everything, alpha, gamma).sum(axis=-1).mean())),
        Mistake("wrong-class~mean", of(focal(everything, alpha, gamma).mean())),
        Mistake("summed", of(each.sum())),
        Mistake("sign-lost", of(-each.mean())),
        what=f"the loss with alpha = {alpha:g} and gamma = {gamma:g}",
    )


@pytest.mark.parametrize("alpha", [1.0, 0.4, 0.0])
def test_cross_entropy(learner: Subject, rng: Rng, alpha: float) -> None:
    """With gamma = 0 it is alpha times the cross-entropy"""
    logits, targets = some_logits(rng, 4)
    settings = {"alpha": alpha, "gamma": 0.0}
    answer, _ = loss_and_gradient(learner, settings, logits, targets)
    plain = np.asarray(-true_log_p(logits, targets).mean())
    expect(
        answer,
        Tensor.of(alpha * plain),
        Mistake("alpha-ignored~here", Tensor.of(plain) if alpha != 1 else False, **settings),
        what=f"the loss with alpha = {alpha:g} and gamma = 0",
    )


def test_sure_and_wrong(learner: Subject, rng: Rng) -> None:
    """It is finite, and right, where p is as small as exp(-200)"""
    size = float(rng.integers(150, 250))
    logits, targets = np.array([[size, 0.0, 0.0], [0.0, 0.0, 0.0]]), np.array([1, 2])
    alpha = 1.5
    answer, gradient = loss_and_gradient(learner, {"alpha": alpha}, logits, targets)
    losses = focal(true_log_p(logits, targets), alpha, 2.0)
    got = answer.value
    value = float(got.array) if isinstance(got, Tensor) and got.shape == () else 0.0
    # at most -log(eps) if a small number was added to p
    of_first = (2 * value - losses[1]) / alpha
    finite = not isinstance(gradient, Tensor) or bool(np.isfinite(gradient.array).all())
    fail_if_recognised(
        answer,
        Mistake("logarithm-of-zero", not math.isfinite(value), size=size, got=value),
    )
    with showing(GRADIENT):
        fail_if_recognised(answer, Mistake("logarithm-of-zero~gradient", not finite, size=size))
    fail_if_recognised(
        answer,
        Mistake("logarithm-of-zero", bool(9 < of_first < 0.6 * size), size=size, got=of_first),
    )
    of_two = f"p = exp(-{size:g}) and p = 1/3"
    what = f"the loss of two light curves with {of_two}, alpha = {alpha:g} and gamma = 2,"
    expect(
        answer,
        Tensor.of(np.asarray(losses.mean())),
        Mistake(
            "alpha-ignored~sure",
            Tensor.of(np.asarray((losses[0] / alpha + losses[1]) / 2)),
            size=size,
            alpha=alpha,
        ),
        what=what,
    )


@pytest.mark.parametrize("gamma", [2.0, 0.0])
def test_sure_and_right(learner: Subject, rng: Rng, gamma: float) -> None:
    """It and its gradient are finite where p is 1"""
    size = float(rng.integers(100, 200))
    logits, targets = np.array([[size, 0.0, 0.0], [0.0, 0.0, 0.0]]), np.array([0, 2])
    answer, gradient = loss_and_gradient(learner, {"gamma": gamma}, logits, targets)
    finite = not isinstance(gradient, Tensor) or bool(np.isfinite(gradient.array).all())
    with showing(GRADIENT):
        fail_if_recognised(answer, Mistake("power-of-zero", not finite, gamma=gamma))
    want = focal(true_log_p(logits, targets), 1.0, gamma).mean()
    expect(answer, Tensor.of(np.asarray(want)), what=f"the loss with p = 1 and gamma = {gamma:g}")


def test_gradient(learner: Subject, rng: Rng) -> None:
    """Its gradient is the formula's, the factor (1 - p)**gamma included"""
    logits, targets = some_logits(rng, 6)
    _, got = loss_and_gradient(learner, {"alpha": 1.5, "gamma": 2.0}, logits, targets)

    def slope(loss: Any) -> np.ndarray:
        """The derivative by each logit, as a difference."""
        out, step = np.zeros_like(logits), 1e-5
        for place in np.ndindex(*logits.shape):
            moved = np.zeros_like(logits)
            moved[place] = step
            out[place] = (loss(logits + moved) - loss(logits - moved)) / (2 * step)
        return out

    def full(z: np.ndarray) -> float:
        return float(focal(true_log_p(z, targets), 1.5, 2.0).mean())

    factor = 1.5 * (1 - np.exp(true_log_p(logits, targets))) ** 2

    def frozen(z: np.ndarray) -> float:
        return float((-factor * true_log_p(z, targets)).mean())

    with showing(GRADIENT):
        expect(
            Answer(got),
            Tensor.of(slope(full)),
            Mistake("gradient-lost~factor", Tensor.of(slope(frozen))),
            what="the gradient by the logits",
            rtol=1e-3,
            atol=1e-5,
        )
