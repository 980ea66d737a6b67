"""Checks of 6.1, The same layers for every observation."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES, N_FEATURES
from grader.course.ex06.checks.networks import (
    Network,
    asked,
    check_batch,
    check_dropout,
    check_empty,
    check_gradients,
    check_logits,
    check_overfits,
    check_rescaled,
    check_unchanged,
    longer,
)
from grader.course.gates import gate
from grader.course.oracles import Rng, light_curves
from grader.expect import Mistake, approx_equal, fail_if_recognised, require
from grader.wire import Tensor

MLP: Network = ("SimplePhotometryMLP", [N_FEATURES, [16, 12], N_CLASSES])


def test_mlp_logits(learner: Subject, rng: Rng) -> None:
    """Logits of shape (batch, num_classes), also for a batch of one"""
    check_logits(learner, rng, MLP)


def test_mlp_dropout(learner: Subject, rng: Rng) -> None:
    """Dropout while training, and only then"""
    check_dropout(learner, rng, MLP)


def test_mlp_padding(learner: Subject, rng: Rng) -> None:
    """More padding makes no difference"""
    n, rows = 5, 7
    x = light_curves(rng, [n, n, n], n)
    plain, padded = asked(learner, MLP, x, longer(x, rows))
    if approx_equal(padded, plain, 1e-4, 1e-5):
        return
    batches = (x * n / (n + rows), 0 * x, 0 * longer(x, rows))
    halved, nothing, more_of_it = asked(learner, MLP, *batches)
    averaged_in = (n * plain + rows * more_of_it) / (n + rows)
    fields = {"n": n, "rows": rows, "n_rows": n + rows}
    fail_if_recognised(
        Answer(padded),
        Mistake("mean-over-padding", averaged_in, **fields),
        Mistake("mean-over-padding", halved, **fields),
        Mistake("padding-summed", plain + (more_of_it - nothing) / n),
        rtol=1e-4,
        atol=1e-5,
    )
    raise Finding("padding-matters~longer")


def test_mlp_batch(learner: Subject, rng: Rng) -> None:
    """The light curves of a batch do not influence each other"""
    check_batch(learner, rng, MLP)


def test_mlp_first_observation(learner: Subject, rng: Rng) -> None:
    """The first observation counts, although its time is 0"""
    x = light_curves(rng, [6, 6, 6], 6)
    other = x.copy()
    other[:, 0, 1] += 3
    later, other_later = x.copy(), other.copy()
    for each in (later, other_later):
        each[..., 0] += 5.0  # then no time is 0
    logits = asked(learner, MLP, x, other, later, other_later)
    if approx_equal(logits[0], logits[1], 1e-5, 1e-6):
        always = approx_equal(logits[2], logits[3], 1e-5, 1e-6)
        raise Finding("first-observation-lost" if always else "first-observation-masked")


def test_mlp_mean(learner: Subject, rng: Rng) -> None:
    """A mean over the observations: their order, and all of them twice, make no difference"""
    x = light_curves(rng, [6, 6, 6], 6)
    plain, other_order, twice = asked(
        learner, MLP, x, x[:, rng.permutation(6)], np.repeat(x, 2, axis=1)
    )
    require(approx_equal(plain, other_order, 1e-4, 1e-5), "order-matters")
    require(approx_equal(plain, twice, 1e-4, 1e-5), "sum-for-mean")
    more, less = (asked(learner, MLP, x[:, rows])[0] for rows in ([0, 0, 0, 1], [0, 1, 1, 1]))
    require(not approx_equal(more, less, 1e-6, 1e-7), "maximum-for-mean")
    single = light_curves(rng, [1] * 6, 1)
    once, doubled = asked(learner, MLP, single, np.repeat(single, 2, axis=1))
    require(approx_equal(once, doubled, 1e-4, 1e-5), "single-observation")


def test_mlp_padding_in_front(learner: Subject, rng: Rng) -> None:
    """Padding makes no difference, wherever it stands"""
    x = light_curves(rng, [5, 3, 4], 8)
    shuffled = x[:, [5, 0, 6, 2, 1, 7, 4, 3]]
    behind, in_front, between = asked(learner, MLP, x, x[:, ::-1], shuffled)
    require(approx_equal(behind, in_front, 1e-4, 1e-5), "first-rows-taken", where="before")
    require(approx_equal(behind, between, 1e-4, 1e-5), "first-rows-taken", where="between")


def test_mlp_padding_with_numbers(learner: Subject, rng: Rng) -> None:
    """Rows without a band are padding, whatever their other columns hold"""
    x = light_curves(rng, [5, 3, 4], 8)
    filled = x.copy()
    rows = (x[..., 3:] == 0).all(axis=-1)
    filled[rows, :3] = rng.normal(0, 2, (rows.sum(), 3))
    zeros, others = asked(learner, MLP, x, filled)
    require(approx_equal(zeros, others, 1e-4, 1e-5), "padding-matters~numbers")


def test_mlp_empty(learner: Subject, rng: Rng) -> None:
    """A light curve without observations has finite logits"""
    check_empty(learner, rng, MLP)


def test_mlp_unchanged(learner: Subject, rng: Rng) -> None:
    """Neither the features nor the list of sizes is changed"""
    check_unchanged(learner, rng, MLP)


@pytest.mark.parametrize("sizes", [[16, 1], [1, 16]])
def test_mlp_sizes(learner: Subject, rng: Rng, sizes: list[int]) -> None:
    """Every hidden size is used: what passes a layer of one number is one number"""
    x = light_curves(rng, [1] * 6, 1)
    made_of = [N_FEATURES, sizes, N_CLASSES]
    got = learner.ask(probes.derivatives, MLP[0], made_of, Tensor.of(x)).value
    whole = isinstance(got, Tensor) and got.shape == (len(x), N_CLASSES, N_FEATURES)
    if not whole or not np.isfinite(got.array.astype(float)).all():
        return  # another check reports that
    relative = got.array - got.array.mean(axis=1, keepdims=True)
    spread = np.linalg.svd(relative, compute_uv=False)  # (batch, N_CLASSES)
    require(bool((spread[:, 1] <= 1e-3 * spread[:, 0] + 1e-6).all()), "sizes-ignored", sizes=sizes)


def test_mlp_order_of_sizes(learner: Subject, rng: Rng) -> None:
    """The hidden sizes come in the order in which they are given"""
    x, made_of = Tensor.of(light_curves(rng, [6, 4], 6)), [N_FEATURES, [16, 4], 2]
    answer = learner.ask(probes.gradients, MLP[0], made_of, x)
    if answer.raised is None:  # otherwise another check reports that
        backwards = (6 * 4 + 4) + (4 * 16 + 16) + (16 * 2 + 2)  # with biases
        require(answer.value.weights != backwards, "sizes-reversed", weights=backwards)


def test_mlp_rescaled(learner: Subject, rng: Rng) -> None:
    """The layers are given `rescale(x)`"""
    check_rescaled(learner, rng, MLP)


def test_mlp_weights(learner: Subject, rng: Rng) -> None:
    """All layers are registered and learn"""
    sizes = [N_FEATURES, *MLP[1][1], N_CLASSES]
    check_gradients(learner, rng, MLP, sum(a * b for a, b in pairwise(sizes)), sum(sizes[1:]))


def test_mlp_bends(learner: Subject, rng: Rng) -> None:
    """There is a ReLU between the layers: the network is not a linear function"""
    x = light_curves(rng, [1] * 24, 1)
    x[:, 0, 1] *= 3
    x[:, 0, 3:] = [1, 0, 0]
    one, other = x[:12], x[12:]
    left, right, middle = asked(learner, MLP, one, other, (one + other) / 2)
    require(not approx_equal(middle, (left + right) / 2, 1e-3, 1e-4), "no-activation")


def test_mlp_last_hidden_layer_bends(learner: Subject, rng: Rng) -> None:
    """There is a ReLU after every hidden layer, also after the last one"""
    ends = np.zeros((12, 1, N_FEATURES))
    ends[:, 0, 0] = 10.0  # days
    ends[:, 0, 3] = 1  # single observations, all in one band
    ends[:, 0, 1] = np.linspace(-9, 9, 12)
    middles = (ends[:-1] + ends[1:]) / 2
    at_ends, between = asked(learner, (MLP[0], [N_FEATURES, [24], N_CLASSES]), ends, middles)
    require(
        not approx_equal(between, (at_ends[:-1] + at_ends[1:]) / 2, 1e-5, 1e-6),
        "last-hidden-layer-linear",
    )


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "leaky ReLU": lambda x: np.where(x > 0, x, 0.01 * x),
    "ELU": lambda x: np.where(x > 0, x, np.expm1(x)),
    "GELU": lambda x: x * np.vectorize(math.erfc)(-x / math.sqrt(2)) / 2,
    "SiLU": lambda x: x / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "ReLU6": lambda x: np.clip(x, 0, 6),
    "absolute value": np.abs,
}
"""What may stand between two layers in place of a ReLU."""


def test_mlp_relu(learner: Subject, rng: Rng) -> None:
    """What stands between the layers is a ReLU"""
    x = np.repeat(light_curves(rng, [1, 1], 1), 3, axis=1)
    x[..., 0] += 20.0
    x[1, :, 1] = 300.0  # some are bent alike where numbers are small, others where they are large
    pairs = learner.ask(probes.between, *MLP, Tensor.of(x)).value
    for k, pair in enumerate(pairs if len(pairs) == 2 else []):
        if len(pair) != 2 or not all(isinstance(one, Tensor) and one.array.size for one in pair):
            return
        out, given = (one.array.astype(float) for one in pair)
        out = out[::3] if len(out) == 6 and len(given) == 2 else out
        if out.shape != given.shape or approx_equal(given, out, 1e-4, 1e-5):
            return  # other checks report that
        if approx_equal(given, np.maximum(out, 0), 1e-4, 1e-5):
            continue
        for name, bend in ACTIVATIONS.items():
            with np.errstate(over="ignore"):
                bent = bend(out)
            require(not approx_equal(given, bent, 1e-4, 1e-5), "not-a-relu", name=name)
        require(k > 0, "not-a-relu~other")


@pytest.mark.parametrize("sizes", [[16], [16, 12]])
def test_mlp_dropout_after_each_layer(learner: Subject, rng: Rng, sizes: list[int]) -> None:
    """There is a dropout after every hidden layer"""
    x, made_of = light_curves(rng, [6, 4, 5, 6], 6), [N_FEATURES, sizes, N_CLASSES]
    chance = learner.ask(probes.dropped_in, MLP[0], made_of, Tensor.of(x)).value
    if len(chance) != len(sizes) + 1:
        return  # other linear layers than those described
    require(not chance[0], "dropout-before-layers")
    for k in range(1, len(chance)):
        require(chance[k], "no-dropout~after", k=k, sizes=sizes)


@gate
def test_mlp_overfits(learner: Subject, rng: Rng) -> None:
    """It can learn a single batch"""
    check_overfits(learner, rng, (MLP[0], [N_FEATURES, [32, 32], N_CLASSES]))
