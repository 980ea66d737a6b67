"""Checks of 6.3, A loss that looks at the hard cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES, Memory, bundle
from grader.course.gates import gate
from grader.course.oracles import Rng, log_softmax, softmax, true_log_p
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require, showing
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


@dataclass(frozen=True)
class Trial:
    """What a loss is asked for."""

    settings: dict[str, float]
    logits: np.ndarray
    targets: np.ndarray

    @property
    def question(self) -> tuple[Any, ...]:
        return self.settings, Tensor.of(self.logits), Tensor.of(self.targets)

    @property
    def alpha(self) -> float:
        return self.settings.get("alpha", 1.0)

    @property
    def gamma(self) -> float:
        return self.settings.get("gamma", 2.0)

    @property
    def log_p(self) -> np.ndarray:
        return true_log_p(self.logits, self.targets)

    @property
    def each(self) -> np.ndarray:
        """The loss of each light curve."""
        return focal(self.log_p, self.alpha, self.gamma)


def trials(rng: Rng) -> dict[str, Trial]:
    """All that is asked for."""
    size = float(rng.integers(150, 250))
    sure = np.array([[size, 0.0, 0.0], [0.0, 0.0, 0.0]])
    found = {
        "usual": Trial({}, *some_logits(rng)),
        "larger gamma": Trial({"alpha": 0.4, "gamma": 3.0}, *some_logits(rng)),
        "small gamma": Trial({"alpha": 2.5, "gamma": 0.5}, *some_logits(rng)),
        "gradient": Trial({"alpha": 1.5, "gamma": 2.0}, *some_logits(rng, 6)),
        "wrong": Trial({"alpha": 1.5}, sure, np.array([1, 2])),
    }
    for alpha, batch in ((1.0, 1), (0.4, 4), (0.0, 4)):
        found[f"alpha {alpha}"] = Trial({"alpha": alpha, "gamma": 0.0}, *some_logits(rng, batch))
    for gamma in (2.0, 0.0):
        found[f"right {gamma}"] = Trial({"gamma": gamma}, sure, np.array([0, 2]))
    return found


def check(
    learner: Subject,
    rng: Rng,
    memory: Memory,
    name: str,
    judge: Callable[[Trial, Answer[Any], Any], None],
) -> None:
    """Judge loss and gradient of a trial, once the loss is a tensor of no dimensions."""
    made, losses = bundle(learner, rng, memory, probes.focal_loss, trials)
    trial = made[name]

    def judge_loss(answer: Answer[Any]) -> None:
        got = answer.value
        require(not isinstance(got.loss, float | int), "gradient-lost~number", answer)
        if isinstance(got.loss, Tensor):
            shape = got.loss.shape
            require(shape != trial.targets.shape, "not-averaged", answer, shape=shape)
            with showing("{}.requires_grad"):
                require(got.flows or shape != (), "gradient-lost~detached", answer)
        judge(trial, Answer(got.loss, question=answer.question), got.gradient)

    losses.judge(name, judge_loss)


def of(value: Any) -> Tensor:
    return Tensor.of(np.asarray(value, dtype=float))


@gate
def test_focal_loss(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The mean of -alpha (1 - p)**gamma log(p)"""
    for name in ("usual", "larger gamma", "small gamma"):
        check(learner, rng, memory, name, judge_focal_loss)


def judge_focal_loss(trial: Trial, answer: Answer[Any], _: Any) -> None:
    alpha, gamma, log_p, each = trial.alpha, trial.gamma, trial.log_p, trial.each
    if answer.raised is None and approx_equal(answer.result, of(each.mean())):
        return
    everything = log_softmax(trial.logits)
    best = everything.max(axis=-1)
    twice = true_log_p(np.exp(everything), trial.targets)
    factor = (1 - np.exp(log_p)) ** gamma
    expect(
        answer,
        of(each.mean()),
        Mistake("softmax-twice", of(focal(twice, alpha, gamma).mean())),
        Mistake("softmax-twice", of((-alpha * factor * twice).mean())),
        Mistake("focal-of-mean", of(focal(log_p.mean(), alpha, gamma))),
        Mistake("focal-of-mean~product", of(-alpha * factor.mean() * log_p.mean())),
        Mistake("alpha-as-exponent", of(focal(log_p, gamma, alpha).mean())),
        Mistake("alpha-as-exponent", of(focal(log_p, 1, alpha).mean())),
        Mistake("alpha-ignored", of(focal(log_p, 1, gamma).mean()) if alpha != 1 else False),
        Mistake("easy-turned-up", of((-alpha * np.exp(log_p) ** gamma * log_p).mean())),
        Mistake("wrong-class", of((-alpha * (1 - np.exp(best)) ** gamma * log_p).mean())),
        Mistake("wrong-class~sum", of(focal(everything, alpha, gamma).sum(axis=-1).mean())),
        Mistake("wrong-class~mean", of(focal(everything, alpha, gamma).mean())),
        Mistake("summed", of(each.sum())),
        Mistake("weighted-average", of(each.sum() / factor.sum())),
        Mistake("sign-lost", of(-each.mean())),
        what=f"the loss with alpha = {alpha:g} and gamma = {gamma:g}",
    )


def test_cross_entropy(learner: Subject, rng: Rng, memory: Memory) -> None:
    """With gamma = 0 it is alpha times the cross-entropy"""
    for alpha in (1.0, 0.4, 0.0):
        check(learner, rng, memory, f"alpha {alpha}", judge_cross_entropy)


def judge_cross_entropy(trial: Trial, answer: Answer[Any], _: Any) -> None:
    alpha, plain = trial.alpha, of(-trial.log_p.mean())
    expect(
        answer,
        of(-alpha * trial.log_p.mean()),
        Mistake("alpha-ignored~here", plain if alpha != 1 else False, **trial.settings),
        what=f"the loss with alpha = {alpha:g} and gamma = 0",
    )


def test_sure_and_wrong(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The loss is finite, and right, where p is as small as exp(-200)"""
    check(learner, rng, memory, "wrong", judge_sure_and_wrong)


def judge_sure_and_wrong(trial: Trial, answer: Answer[Any], gradient: Any) -> None:
    size, alpha, losses = float(trial.logits.max()), trial.alpha, trial.each
    got = answer.value
    value = float(got.array) if isinstance(got, Tensor) and got.shape == () else 0.0
    # at most -log(eps) if a small number was added to p
    of_first = (2 * value - losses[1]) / alpha
    finite = not isinstance(gradient, Tensor) or bool(np.isfinite(gradient.array).all())
    of_two = f"with p = exp(-{size:g}) and p = 1/3, alpha = {alpha:g}"
    lost = Mistake("logarithm-of-zero", not math.isfinite(value), size=size, got=value)
    fail_if_recognised(answer, lost)
    with showing(GRADIENT):
        fail_if_recognised(answer, Mistake("logarithm-of-zero~gradient", not finite, size=size))
    expect(
        answer,
        of(losses.mean()),
        Mistake("logarithm-of-zero", bool(9 < of_first < 0.6 * size), size=size, got=of_first),
        Mistake(
            "alpha-ignored~sure", of((losses[0] / alpha + losses[1]) / 2), size=size, alpha=alpha
        ),
        what=f"the loss of two light curves {of_two} and gamma = 2,",
    )


def test_sure_and_right(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The loss and its gradient are finite where p is 1"""
    for gamma in (2.0, 0.0):
        check(learner, rng, memory, f"right {gamma}", judge_sure_and_right)


def judge_sure_and_right(trial: Trial, answer: Answer[Any], gradient: Any) -> None:
    finite = not isinstance(gradient, Tensor) or bool(np.isfinite(gradient.array).all())
    with showing(GRADIENT):
        fail_if_recognised(answer, Mistake("power-of-zero", not finite, gamma=trial.gamma))
    what = f"the loss with p = 1 and gamma = {trial.gamma:g}"
    expect(answer, of(trial.each.mean()), what=what)


def test_gradient(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The gradient is that of the formula, including the factor (1 - p)**gamma"""
    check(learner, rng, memory, "gradient", judge_gradient)


def judge_gradient(trial: Trial, answer: Answer[Any], gradient: Any) -> None:
    """By d log(p) / d logits = (one-hot - softmax) / batch, and the derivative of the loss by p."""
    p, batch = np.exp(trial.log_p), len(trial.targets)
    hot = np.eye(N_CLASSES)[trial.targets] - softmax(trial.logits)
    factor = trial.alpha * (1 - p) ** trial.gamma
    inner = trial.alpha * trial.gamma * (1 - p) ** (trial.gamma - 1) * p * trial.log_p
    with showing(GRADIENT):
        expect(
            Answer(gradient, question=answer.question),
            Tensor.of((inner - factor)[:, None] * hot / batch),
            Mistake("gradient-lost~factor", Tensor.of(-factor[:, None] * hot / batch)),
            what="the gradient with respect to the logits",
            rtol=1e-3,
            atol=1e-5,
        )
