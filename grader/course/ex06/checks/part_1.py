"""Checks of 6.1, The same layers for every observation."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.counted import as_many
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES, N_FEATURES, Memory, remembered
from grader.course.ex06.checks.networks import (
    Batches,
    Network,
    asked,
    check_batch,
    check_empty,
    check_gradients,
    check_logits,
    check_overfits,
    check_unchanged,
    logits_of,
    longer,
    shared_batches,
)
from grader.course.ex06.checks.within import (
    arrays,
    check_activation,
    check_dropout,
    check_end,
    check_mean,
    check_nothing_dropped_last,
    check_rescaled,
)
from grader.course.ex06.replies import Inside
from grader.course.gates import gate
from grader.course.oracles import Rng, light_curves
from grader.expect import Mistake, approx_equal, fail_if_recognised, require
from grader.wire import Tensor

MLP: Network = ("SimplePhotometryMLP", [N_FEATURES, [16, 12, 10], N_CLASSES])


def plan(rng: Rng) -> dict[str, Batches]:
    """All that the network is asked."""
    x, single = light_curves(rng, [6, 6, 6], 6), light_curves(rng, [1] * 6, 1)
    other = x.copy()
    other[:, 0, 1] += 3
    later, other_later = x.copy(), other.copy()
    for each in (later, other_later):
        each[..., 0] += 5.0  # then no time is 0
    means = [x[:, rng.permutation(6)], np.repeat(x, 2, axis=1)]
    means += [x[:, rows] for rows in ([0, 0, 0, 1], [0, 1, 1, 1])]
    short = light_curves(rng, [5, 3, 4], 8)
    filled, rows = short.copy(), (short[..., 3:] == 0).all(axis=-1)
    filled[rows, :3] = rng.normal(0, 2, (rows.sum(), 3))
    places = [short, short[:, ::-1], short[:, [5, 0, 6, 2, 1, 7, 4, 3]], filled]
    many = light_curves(rng, [1] * 24, 1)
    many[:, 0, 1] *= 3
    many[:, 0, 3:] = [1, 0, 0]
    one, another = many[:12], many[12:]
    full = light_curves(rng, [5] * 3, 5)
    return shared_batches(rng, MLP) | {
        "full": Batches(MLP, [x, other, later, other_later, *means]),
        "single": Batches(MLP, [single, np.repeat(single, 2, axis=1)]),
        "padding": Batches(MLP, [full, longer(full, 7)]),
        "places": Batches(MLP, places),
        "bends": Batches(MLP, [one, another, (one + another) / 2]),
        "last bends": Batches((MLP[0], [N_FEATURES, [24], N_CLASSES]), on_a_line()),
    }


def on_a_line() -> list[np.ndarray]:
    """Single observations, all in one band, and those between two of them."""
    ends = np.zeros((12, 1, N_FEATURES))
    ends[:, 0, 0] = 10.0  # days
    ends[:, 0, 3] = 1
    ends[:, 0, 1] = np.linspace(-9, 9, 12)
    return [ends, (ends[:-1] + ends[1:]) / 2]


def test_mlp_logits(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Logits of shape (batch, num_classes), even for a batch of one"""
    check_logits(logits_of(learner, rng, memory, plan))


def test_mlp_dropout(learner: Subject, rng: Rng) -> None:
    """Dropout after each hidden layer while training, and only then"""
    all_sizes = [MLP[1], [N_FEATURES, [16], N_CLASSES]]
    found = check_dropout(learner, rng, MLP[0], all_sizes)
    for got, (_, sizes, _) in zip(found, all_sizes, strict=True):
        if len(got.linear) != len(sizes) + 1:
            continue  # other linear layers than those described
        require(not got.linear[0], "dropout-before-layers")
        for k in range(1, len(got.linear)):
            require(got.linear[k], "no-dropout~after", k=k - 1, after=k, sizes=sizes)
    check_nothing_dropped_last(found)


def test_mlp_padding(learner: Subject, rng: Rng, memory: Memory) -> None:
    """More padding makes no difference"""
    logits = logits_of(learner, rng, memory, plan)
    plain, padded = logits.of("padding")
    if approx_equal(padded, plain, 1e-4, 1e-5):
        return
    x, n, rows = logits.plan["padding"].batches[0], 5, 7
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


def test_mlp_batch(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The light curves of a batch do not influence each other"""
    check_batch(logits_of(learner, rng, memory, plan))


def test_mlp_first_observation(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The first observation counts, although its time is 0"""
    logits = logits_of(learner, rng, memory, plan).of("full")
    if np.allclose(logits[0], logits[1], 1e-5, 1e-6):
        always = np.allclose(logits[2], logits[3], 1e-5, 1e-6)
        raise Finding("first-observation-lost" if always else "first-observation-masked")


def test_mlp_mean(learner: Subject, rng: Rng, memory: Memory) -> None:
    """A mean over the observations: their order, and all of them twice, make no difference"""
    logits = logits_of(learner, rng, memory, plan)
    plain, *_, other_order, twice, more, less = logits.of("full")
    require(approx_equal(plain, other_order, 1e-4, 1e-5), "order-matters")
    require(approx_equal(plain, twice, 1e-4, 1e-5), "sum-for-mean")
    require(not np.allclose(more, less, 1e-6, 1e-7), "maximum-for-mean")
    once, doubled = logits.of("single")
    require(approx_equal(once, doubled, 1e-4, 1e-5), "single-observation")


def test_mlp_padding_in_front(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Padding makes no difference, wherever it is"""
    behind, in_front, between, _ = logits_of(learner, rng, memory, plan).of("places")
    require(approx_equal(behind, in_front, 1e-4, 1e-5), "first-rows-taken", where="before")
    require(approx_equal(behind, between, 1e-4, 1e-5), "first-rows-taken", where="between")


def test_mlp_padding_with_numbers(learner: Subject, rng: Rng, memory: Memory) -> None:
    """Rows without a band are padding, whatever their other columns hold"""
    zeros, _, _, others = logits_of(learner, rng, memory, plan).of("places")
    require(approx_equal(zeros, others, 1e-4, 1e-5), "padding-matters~numbers")


def test_mlp_empty(learner: Subject, rng: Rng) -> None:
    """A light curve without observations has finite logits"""
    check_empty(learner, rng, (MLP[0], [N_FEATURES, [16, 12], 3]))


def test_mlp_unchanged(learner: Subject, rng: Rng) -> None:
    """Neither the features nor the list of sizes is changed"""
    check_unchanged(learner, rng, MLP, [5, 2, 3])


def test_mlp_sizes(learner: Subject, rng: Rng) -> None:
    """Every hidden size is used: a layer of one number lets one number through"""
    x = light_curves(rng, [1] * 6, 1)
    made_of = [[N_FEATURES, sizes, N_CLASSES] for sizes in ([16, 1], [1, 16])]
    found = learner.ask(probes.derivatives, MLP[0], made_of, Tensor.of(x)).value
    for got, sizes in zip(as_many(found, 2), made_of, strict=True):
        whole = isinstance(got, Tensor) and got.shape == (len(x), N_CLASSES, N_FEATURES)
        if not whole or not np.isfinite(got.array.astype(float)).all():
            return  # another check reports that
        relative = got.array - got.array.mean(axis=1, keepdims=True)
        spread = np.linalg.svd(relative, compute_uv=False)  # (batch, N_CLASSES)
        single = bool((spread[:, 1] <= 1e-3 * spread[:, 0] + 1e-6).all())
        require(single, "sizes-ignored", sizes=sizes[1])


def inside(learner: Subject, rng: Rng, memory: Memory) -> tuple[Inside, np.ndarray]:
    """What goes on inside the network, with two light curves of three observations each."""

    def ask() -> tuple[np.ndarray, Answer[Inside]]:
        x = light_curves(rng, [3, 3], 3)
        x[..., 0] += 20.0
        x[1, :, 1] += 300.0  # some are bent alike if numbers are small, others if they are large
        return x, learner.ask(probes.inside, *MLP, Tensor.of(x))

    x, answer = remembered(learner, memory, "inside", ask)
    return answer.value, x


def test_mlp_rescaled(learner: Subject, rng: Rng, memory: Memory) -> None:
    """The layers are given `rescale(x)`"""
    got, x = inside(learner, rng, memory)
    check_rescaled(got, x, {6: x.reshape(6, -1), 3: x[0], 2: x.mean(axis=1)})


def n_weights(n_features: Any, sizes: Any, n_classes: Any) -> int:
    """How many weights and biases there are."""
    return sum(a * b + b for a, b in pairwise([n_features, *sizes, n_classes]))


def test_mlp_weights(learner: Subject, rng: Rng) -> None:
    """All layers are registered and learn, and have the given sizes"""
    x = Tensor.of(light_curves(rng, [6, 4, 5, 6, 3, 6, 2, 6], 6))
    n, sizes, classes = 5, [16, 4], 2
    other = [n, sizes, classes]
    answer = learner.ask(probes.gradients, *MLP, x, [other])
    widths = [N_FEATURES, *MLP[1][1], N_CLASSES]
    biases = sum(widths[1:])
    check_gradients(answer, MLP, n_weights(*MLP[1]) - biases, biases)
    (weights,) = as_many(answer.value.others, 1)
    require(weights != n_weights(n, sizes[::-1], classes), "sizes-reversed", weights=weights)
    hard = {"input_size": n_weights(6, sizes, 2), "num_classes": n_weights(5, sizes, 5)}
    for name, many in hard.items():
        require(weights != many, "sizes-ignored~hard", weights=weights, name=name)
    most = n_weights(*other)
    require(weights <= most, "other-layers", sizes=other, weights=weights, most=most)


def test_mlp_bends(learner: Subject, rng: Rng, memory: Memory) -> None:
    """There is a ReLU between the layers: the network is not a linear function"""
    left, right, middle = logits_of(learner, rng, memory, plan).of("bends")
    require(not np.allclose(middle, (left + right) / 2, 1e-3, 1e-4), "no-activation")


def test_mlp_last_hidden_layer_bends(learner: Subject, rng: Rng, memory: Memory) -> None:
    """There is a ReLU after every hidden layer, even the last one"""
    at_ends, between = logits_of(learner, rng, memory, plan).of("last bends")
    straight = np.allclose(between, (at_ends[:-1] + at_ends[1:]) / 2, 1e-5, 1e-6)
    require(not straight, "last-hidden-layer-linear")


def test_mlp_layers(learner: Subject, rng: Rng, memory: Memory) -> None:
    """There is a ReLU between the layers and a mean before the last one; nothing follows"""
    got, _ = inside(learner, rng, memory)
    layers = got.layers
    check_end(got, rows_each=3)
    if len(layers) != len(MLP[1][1]) + 1:
        return
    for k, (before, after) in enumerate(pairwise(layers)):
        both = arrays(before.out, after.given)
        if both is None or both[0].shape[1] != both[1].shape[1]:
            return
        out, given = (one.astype(float) for one in both)
        if len(out) == 3 * len(given):
            check_mean(out, given)
        elif out.shape != given.shape or (k == 0 and approx_equal(given, out, 1e-4, 1e-5)):
            return  # other checks report that
        elif not approx_equal(given, np.maximum(out, 0), 1e-4, 1e-5):
            straight = approx_equal(given, out, 1e-4, 1e-5)
            last = k == len(layers) - 2
            require(not (straight and last), "last-hidden-layer-linear~several")
            require(not straight, "no-activation~layer", k=k, after=k + 1)
            check_activation(out, given, k)


@gate
def test_mlp_overfits(learner: Subject, rng: Rng) -> None:
    """It can learn a single batch"""
    check_overfits(learner, rng, (MLP[0], [N_FEATURES, [32, 32], N_CLASSES]))
