"""Checks of 8.E2, How sure is it?."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.replies import Sampled
from grader.course.gates import gate
from grader.course.oracles import Rng, softmax
from grader.expect import approx_equal, kind_of, require, shown
from grader.wire import Tensor


class Coins:
    """Objects for which a model has two answers: its logits, or nothing but zeros."""

    def __init__(self, rng: Rng) -> None:
        self.table = np.array([1.5, -0.5, 0.25])
        self.shift = 0.25  # of the feature, by a module in training mode
        self.feature = rng.uniform(0.5, 1.5, 6) * np.array([1, -1, 1, -1, 1, -1])
        self.features = np.zeros((6, 1, 8))
        self.features[:, 0, 0] = self.feature
        self.features[:, 0, 3] = 1

    def asked(self, learner: Subject, n_samples: int, training: bool) -> Answer[Sampled]:
        table, features = Tensor.of(self.table), Tensor.of(self.features)
        return learner.ask(probes.sampled, table, features, n_samples, training)

    def probabilities(self, factor: float) -> np.ndarray:
        """What the model answers if the feature is multiplied by a factor, (6, 3)."""
        return softmax(factor * self.feature[:, None] * self.table)


def pair_of(result: Any, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation, once they are tensors of this shape."""
    is_pair = isinstance(result, list | tuple) and len(result) == 2
    require(is_pair, "not-a-pair", got=kind_of(result))
    for each, what in zip(result, ("mean", "standard deviation"), strict=True):
        require(isinstance(each, Tensor), "not-a-tensor", what=what, got=kind_of(each))
        require(each.shape == shape, "wrong-axis", what=what, got=each.shape, want=shape)
        is_float = each.array.dtype.kind == "f" and bool(np.isfinite(each.array).all())
        require(is_float, "not-finite", what=what)
    return result[0].array.astype(float), result[1].array.astype(float)


@gate
@pytest.mark.parametrize("training", [False, True])
def test_mean_and_spread(
    learner: Subject, rng: Rng, memory: dict[str, Any], training: bool
) -> None:
    """Mean and standard deviation are those of the probabilities over the samples"""
    coins, n = Coins(rng), 7 if training else 40
    answer = coins.asked(learner, n, training)
    mean, spread = pair_of(answer.value.result, (6, 3))
    check_mode_first(memory, answer.value.same, training)
    kept = check_mean(mean, coins, n, answer.value.same)
    step = np.abs(coins.probabilities(2) - coins.probabilities(0))
    deviation = np.sqrt(kept * (1 - kept))[:, None] * step
    factors = (1.0, n / (n - 1))
    by_variance = [approx_equal(spread, deviation**2 * f, 1e-3, 1e-5) for f in factors]
    require(not any(by_variance), "variance")
    right = [approx_equal(spread, deviation * math.sqrt(f), 1e-3, 1e-4) for f in factors]
    got, want = (shown(values[0].round(4).tolist()) for values in (spread, deviation))
    require(any(right), "wrong-deviation", got=got, want=want)


def check_mode_first(memory: dict[str, Any], same: bool, training: bool) -> None:
    """A model that comes in training mode must not stay in it, if that is what goes wrong.

    `same` says whether its buffers are what they were.
    """
    memory[f"same {training}"] = same
    left = training and not same and memory.get("same False", False)
    require(not left, "left-in-training-mode")


def check_mean(mean: np.ndarray, coins: Coins, n: int, same: bool) -> np.ndarray:
    """The share of the samples of each object in which its feature was kept.

    `same` says whether the buffers of the model are what they were.
    """
    off, on = coins.probabilities(0), coins.probabilities(2)
    require(not approx_equal(mean, coins.probabilities(1), 1e-4, 1e-5), "dropout-off")
    sums = mean.sum(axis=1)
    logits = coins.feature[:, None] * coins.table  # with the feature neither dropped nor doubled
    ratios = mean / logits
    of_logits = approx_equal(ratios, np.repeat(ratios[:, :1], 3, axis=1), 1e-3, 1e-4)
    require(not of_logits, "logits-averaged", got=sums[0])
    require(bool(np.isclose(sums, 1, atol=1e-4).all()), "means-do-not-add-up", got=sums[0])
    step = on - off
    kept = ((mean - off) * step).sum(axis=1) / (step**2).sum(axis=1)
    fits = np.isclose(mean, off + kept[:, None] * step, atol=1e-4).all()
    whole = np.isclose(kept * n, np.round(kept * n), atol=0.02).all()
    require(not is_of_mean_logits(mean, coins, n) or bool(fits and whole), "mean-of-logits")
    require(bool(fits) or same, "everything-in-training-mode")
    require(bool(fits) or not shifted(mean, coins), "others-in-training-mode")
    require(bool(fits), "fits-no-mixture")
    require(bool(whole), "mean-over-other-number", n=n)
    return kept.clip(0, 1)


def shifted(mean: np.ndarray, coins: Coins) -> bool:
    """Whether the means are mixtures of two answers with the shift that training mode adds."""
    logits = [(factor * coins.feature + coins.shift)[:, None] * coins.table for factor in (0, 2)]
    off, on = map(softmax, logits)
    step = on - off
    kept = ((mean - off) * step).sum(axis=1) / (step**2).sum(axis=1)
    return bool(np.isclose(mean, off + kept[:, None] * step, atol=1e-4).all())


def is_of_mean_logits(mean: np.ndarray, coins: Coins, n: int) -> bool:
    """Whether each object has the softmax of a mean of its two logits."""
    possible = [coins.probabilities(2 * share) for share in np.arange(n + 1) / n]
    return all(any(np.allclose(mean[i], each[i], atol=1e-4) for each in possible) for i in range(6))


@pytest.mark.parametrize("training", [False, True])
def test_model_as_before(
    learner: Subject, rng: Rng, memory: dict[str, Any], training: bool
) -> None:
    """Afterwards every module is in its mode, and nothing has changed"""
    got = Coins(rng).asked(learner, 5, training).value
    check_mode_first(memory, got.same, training)
    require(got.same, "everything-in-training-mode~buffer")
    require(got.modes_before == got.modes_after, "modes-not-restored")
    require(not got.flows, "gradients-kept")
    require(got.fast_path_kept, "fast-path-not-restored")
    require(got.gradients_on, "gradients-left-off")
    require(got.weights_free, "weights-frozen")


def test_transformer(learner: Subject, rng: Rng) -> None:
    """Dropout within nn.TransformerEncoder counts as well"""
    features = Tensor.of(rng.normal(0, 1, (4, 3, 8)))
    _, spread = pair_of(learner.ask(probes.sampled_transformer, features, 8).value, (4, 3))
    if bool((spread > 1e-6).all()):
        return
    slow = learner.ask(probes.sampled_transformer, features, 8, False)
    require(not bool((pair_of(slow.value, (4, 3))[1] > 1e-6).all()), "fast-path")
    require(False, "dropout-off~nested")


def test_all_kinds_of_dropout(learner: Subject) -> None:
    """All layers of DROPOUT_LAYERS drop"""
    silent = learner.ask(probes.silent_layers, 8).value
    require(not silent, "dropout-off~kinds", names=", ".join(silent))
