"""Checks of 8.E2, How sure is it?."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import Rng, softmax
from grader.course.gates import gate
from grader.expect import approx_equal, kind_of, require, shown
from grader.wire import Tensor


class Coins:
    """Objects for which a model has two answers: its logits, or nothing but zeros."""

    def __init__(self, rng: Rng) -> None:
        self.table = np.array([1.5, -0.5, 0.25])
        self.feature = rng.uniform(0.5, 1.5, 6) * np.array([1, -1, 1, -1, 1, -1])
        self.features = np.zeros((6, 1, 8))
        self.features[:, 0, 0] = self.feature
        self.features[:, 0, 3] = 1

    def asked(self, learner: Subject, n_samples: int, training: bool) -> Answer:
        table, features = Tensor.of(self.table), Tensor.of(self.features)
        return learner.ask(probes.sampled, table, features, n_samples, training)


def pair_of(answer: Answer, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    got = answer.value
    result = got["result"] if isinstance(got, dict) else got
    require(
        isinstance(result, list | tuple) and len(result) == 2,
        "result-pair-mean",
        result=kind_of(result),
    )
    for each, what in zip(result, ("mean", "standard deviation"), strict=True):
        shape_now = each.shape if isinstance(each, Tensor) else None
        require(shape_now is not None, "tensor", what=what, each=kind_of(each))
        require(shape_now == shape, "wrong-axis", what=what, shape_now=shape_now, shape=shape)
    return result[0].array.astype(float), result[1].array.astype(float)


@gate
@pytest.mark.parametrize("training", [False, True])
def test_mean_and_spread(learner: Subject, rng: Rng, training: bool) -> None:
    """Mean and standard deviation are those of the probabilities over the samples"""
    coins, n = Coins(rng), 40
    mean, spread = pair_of(coins.asked(learner, n, training), (6, 3))
    off, on = np.full((6, 3), 1 / 3), softmax(2 * coins.feature[:, None] * coins.table)
    plain = softmax(coins.feature[:, None] * coins.table)
    require(not approx_equal(mean, plain, rtol=1e-4, atol=1e-5), "dropout-off")
    sums = mean.sum(axis=1)
    require(
        bool(np.isclose(sums, 1, atol=1e-4).all()),
        "logits-averaged" if not np.isclose(sums, 1, atol=0.001).any() else "means-object-add",
        sums=sums[0],
    )
    step = on - off
    part_of = ((mean - off) * step).sum(axis=1) / (step**2).sum(axis=1)  # that kept the feature
    fits = np.isclose(mean, off + part_of[:, None] * (on - off), atol=1e-4).all()
    whole = np.isclose(part_of * n, np.round(part_of * n), atol=0.02).all()
    averaged = [softmax(f * 2 * coins.feature[:, None] * coins.table) for f in np.arange(n + 1) / n]
    of_mean_logits = all(
        any(np.allclose(mean[i], each[i], atol=1e-4) for each in averaged) for i in range(6)
    )
    require(not (of_mean_logits and not (fits and whole)), "mean-of-logits")
    require(bool(fits), "everything-in-training-mode")
    require(bool(whole), "mean-over-samples", n=n)
    deviation = np.sqrt(part_of * (1 - part_of))[:, None] * np.abs(on - off)
    right = any(
        approx_equal(spread, deviation * factor, rtol=1e-3, atol=1e-4)
        for factor in (1.0, math.sqrt(n / (n - 1)))
    )
    variance = any(
        approx_equal(spread, deviation**2 * factor, rtol=1e-3, atol=1e-5)
        for factor in (1.0, n / (n - 1))
    )
    require(not variance, "variance")
    require(
        right,
        "standard-deviation-first",
        spread=shown(spread[0].round(4).tolist()),
        deviation=shown(deviation[0].round(4).tolist()),
    )


@pytest.mark.parametrize("training", [False, True])
def test_model_as_before(learner: Subject, rng: Rng, training: bool) -> None:
    """Afterwards every module is in its mode, and nothing has changed"""
    got = Coins(rng).asked(learner, 5, training).value
    require(got["same"], "everything-in-training-mode~2")
    before, after = got["modes"]
    require(before == after, "modes-not-restored")
    require(got["flows"] == [False, False], "gradients-kept")
    require(got["fast"], "fast-path-not-restored")


def test_transformer(learner: Subject, rng: Rng) -> None:
    """Dropout within nn.TransformerEncoder counts as well"""
    features = Tensor.of(rng.normal(0, 1, (4, 3, 8)))
    _, spread = pair_of(learner.ask(probes.sampled_transformer, features, 8), (4, 3))
    require(bool((spread > 1e-6).all()), "fast-path")
