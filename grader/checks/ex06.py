"""Checks of Exercise 6: two networks, a loss, and the loops that train and evaluate.

Networks are judged by what may not change (padding, the order of a batch, a repetition), the loss
and the loops by NumPy in double precision: a softmax regression, trained by hand.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject
from grader.checks import part
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
)
from grader.wire import Tensor

Rng = np.random.Generator

HINTS = {
    "6.1": [
        "Two things are needed: a chain of layers, made in a loop over `hidden_sizes`, and a last "
        "layer. `forward` sends everything through the chain, takes the masked mean, and asks the "
        "last layer.",
        "In the loop: `layers += [nn.Linear(width, size), nn.ReLU(), nn.Dropout(dropout)]`, then "
        "`width = size`; after it `self.layers = nn.Sequential(*layers)`.",
        "`mask = observed(x).unsqueeze(-1)`; the mean is `(hidden * mask).sum(dim=1) / "
        "mask.sum(dim=1).clamp(min=1)`.",
    ],
    "6.2": [
        "`forward` has three steps: pack, read, classify. The text above the class has the first "
        "two.",
        "`self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True)`, and the "
        "classifier is a dropout and a linear layer. In `forward`, `_, (hidden, _) = "
        "self.lstm(packed)`.",
        "`lengths.clamp(min=1).cpu()` makes lengths that can be packed, and `hidden[-1]` is what "
        "goes to the classifier.",
    ],
    "6.3": [
        "First the cross-entropy of each light curve by itself: `F.cross_entropy` has an argument "
        "`reduction`.",
        "With `reduction='none'` it gives -log(p), shape (batch,). What function of it is p?",
        "`p = torch.exp(-minus_log_p)`; then the formula, and `.mean()` last of all.",
    ],
    "6.4": [
        "Before the loop: the device, the mode, and two sums that begin at 0. In the loop: the "
        "five steps of the table, then the sums.",
        "`place = resolve_device(device)`, `model.to(place).train()`; in the loop `features, "
        "labels = features.to(place), labels.to(place)`.",
        "`total += loss.item() * len(labels)` and `count += len(labels)`; after the loop a "
        "ValueError if `count == 0`, otherwise `return total / count`.",
    ],
    "6.5": [
        "The same loop as in 6.4, without `zero_grad`, `backward` and `step`.",
        "`was_training = model.training`, then `model.to(place).eval()`; the loop stands in `with "
        "torch.no_grad():`; after it `model.train(was_training)`.",
        "`correct += (logits.argmax(dim=-1) == labels).sum().item()`, and at the end `return total "
        "/ count, correct / count`.",
    ],
    "6.E1": [
        "An inner function `factor(epoch)` with one `if`, and `LambdaLR(optimizer, factor)`.",
        "Within the warm-up the factor is `(epoch + 1) / (warmup_epochs + 1)`.",
        "After it, `done = (epoch - warmup_epochs) / (num_epochs - warmup_epochs)` goes from 0 to "
        "1, and the factor is `(1 + math.cos(math.pi * done)) / 2`.",
    ],
    "6.E2": [
        "You need the best loss so far (it begins at `math.inf`), a copy of the weights that had "
        "it, and a count of the epochs since.",
        "Write down the learning rate before `train_epoch`; call `scheduler.step()` after "
        "`evaluate_model`.",
        "`if val_loss < best_loss - min_delta:` keep loss and `copy.deepcopy(model.state_dict())` "
        "and set the count to 0; otherwise add 1 to it, and `break` when it reaches `patience`. "
        "After the loop `model.load_state_dict(best_weights)`.",
    ],
}

N_FEATURES, N_CLASSES = 6, 5
MLP: list[Any] = ["SimplePhotometryMLP", [N_FEATURES, [16, 12], N_CLASSES]]
LSTM: list[Any] = ["LightCurveLSTM", [N_FEATURES, 8, 2, N_CLASSES]]


def light_curves(rng: Rng, lengths: list[int], seq_len: int) -> np.ndarray:
    """Features (batch, seq_len, 6): time [days] from 0 on, flux, its error, one-hot band."""
    x = np.zeros((len(lengths), seq_len, N_FEATURES))
    for row, n in zip(x, lengths, strict=True):
        row[1:n, 0] = np.cumsum(rng.uniform(0.5, 6.0, n))[:-1] if n else ()
        row[:n, 1] = rng.normal(0, 1.5, n)
        row[:n, 2] = rng.uniform(0.02, 0.1, n)
        row[np.arange(n), 3 + rng.integers(0, 3, n)] = 1
    return x


def longer(x: np.ndarray, rows: int) -> np.ndarray:
    """The same light curves with more padding."""
    return np.pad(x, ((0, 0), (0, rows), (0, 0)))


def asked(learner: Subject, network: list, *batches: np.ndarray) -> list[np.ndarray]:
    """The logits of each batch as arrays, once they are tensors of the right shape."""
    answer = learner.logits(*network, [Tensor.of(x) for x in batches])
    fail_if_recognised(
        answer,
        Mistake(
            "must-be-sorted",
            Raises("RuntimeError", "must be sorted"),
            "`pack_padded_sequence` wants the longest light curve first. `enforce_sorted=False` "
            "lets them come in any order.",
        ),
    )
    for got, x in zip(answer.value, batches, strict=True):
        check_shape(got, *x.shape[:2])
    return [got.array for got in answer.value]


def check_shape(got: Any, batch: int, seq_len: int, empty: int | None = None) -> None:
    """The logits must be of shape (batch, num_classes), and finite but for the row `empty`."""
    if not isinstance(got, Tensor):
        expect(Answer(got), Tensor.of(np.zeros((batch, N_CLASSES))), what="the result of `forward`")
        return
    want = (batch, N_CLASSES)
    says = f"The logits have shape {got.shape}; they should have (batch, num_classes) = {want}."
    last = got.shape[-1:] == (N_CLASSES,)
    require(
        got.shape != (batch, seq_len, N_CLASSES),
        f"{says} There is one answer per observation: take the mean over the observations.",
        "not-pooled",
    )
    require(
        batch != 1 or got.shape != (N_CLASSES,),
        f"{says} In a batch of one, `squeeze()` removes the axis of the batch too.",
        "batch-of-one",
    )
    require(
        not (last and len(got.shape) == 2) or got.shape[0] == batch,
        f"{says} The first axis is the batch, the second is time. (In an LSTM's `hidden` the "
        "layers come first: `hidden[-1]`.)",
        "axes-swapped",
    )
    require(got.shape == want, says)
    require("float" in got.dtype, f"The logits hold {got.dtype}; they should hold float32.")
    seen = got.array if empty is None else np.delete(got.array, empty, axis=0)
    require(bool(np.isfinite(seen).all()), "Some logits are NaN or infinite.")


# 6.1 and 6.2: what holds for both networks


def shape_and_logits(learner: Subject, rng: Rng, network: list) -> None:
    x = light_curves(rng, [7, 3, 9, 5], 9)
    got, one = asked(learner, network, x, x[:1])
    for logits in (got, one):
        sums = np.abs(logits.sum(axis=1) - 1).max() < 1e-4
        require(
            not (sums and (logits >= 0).all()),
            "The results are probabilities: they add up to 1. Leave out the softmax, since the "
            "losses expect logits.",
            "softmax-in-model",
        )


def batch_order(learner: Subject, rng: Rng, network: list) -> None:
    """Light curves of one length first: what goes wrong there has nothing to do with padding."""
    x = light_curves(rng, [4, 4, 4, 4], 4)
    changed = x.copy()
    changed[0, 2, 1] += 3  # the third observation of the first light curve
    before, after = asked(learner, network, x, changed)
    differs = np.abs(after - before).max(axis=1) > 1e-6
    require(
        not (differs[2] and not differs[0]),
        "If the third observation of the first light curve changes, the logits of the third light "
        "curve do: time and batch are taken for each other. The first axis is the batch: `dim=1` "
        "is time, and `nn.LSTM` and `pack_padded_sequence` need `batch_first=True`.",
        "axes-swapped",
    )
    other = "A light curve has other logits if other light curves are in its batch."
    together, *alone = asked(learner, network, x, *(x[i : i + 1] for i in range(4)))
    require(
        approx_equal(together, np.concatenate(alone), 1e-4, 1e-5),
        f"{other} Something mixes them: an axis that is taken for another, or a `view` or "
        "`reshape` that runs across the batch.",
        "batch-mixed",
    )
    lengths = [4, 8, 2, 6]
    x = light_curves(rng, lengths, 10)
    together, *alone = asked(learner, network, x, *(x[i : i + 1] for i in range(4)))
    want = np.concatenate(alone)
    by_length, short = np.argsort(lengths)[::-1], [0, 2, 3]
    fail_if_recognised(
        Answer(together),
        Mistake(
            "last-padded-step",
            bool(np.ptp(together[short], axis=0).max() < 1e-6),
            "All light curves but the longest have the same logits: what is taken is a row of the "
            "unpacked output that is padding for them. `hidden[-1]` is the state after the last "
            "observation.",
        ),
        Mistake(
            "order-lost",
            want[by_length],
            "The logits come in the order of the lengths, not of the batch. "
            "`enforce_sorted=False` sorts and puts everything back in order.",
        ),
        rtol=1e-4,
        atol=1e-5,
    )
    require(
        approx_equal(together, want, 1e-4, 1e-5),
        f"{other} Short ones are padded to the length of the longest: padding comes in somewhere, "
        "perhaps into a mean. It must make no difference.",
        "padding-matters",
    )


def no_observation(learner: Subject, rng: Rng, network: list) -> None:
    x = light_curves(rng, [0, 4, 1], 6)
    answer = learner.logits(*network, [Tensor.of(x), Tensor.of(x[:1])])
    fail_if_recognised(
        answer,
        Mistake(
            "empty-crashes",
            Raises("RuntimeError", "greater than 0"),
            "A light curve without observations cannot be packed. Count it as one row of zeros: "
            "`lengths.clamp(min=1)`.",
        ),
    )
    for got, batch in zip(answer.value, (3, 1), strict=True):
        check_shape(got, batch, 6, empty=0)
        require(
            bool(np.isfinite(got.array).all()),
            "A light curve without observations has logits that are NaN: 0 is divided by 0. Divide "
            "by at least 1: `count.clamp(min=1)`.",
            "nan-for-empty",
        )


def input_unchanged(learner: Subject, rng: Rng, network: list) -> None:
    x = light_curves(rng, [5, 0, 3], 6) if network is LSTM else light_curves(rng, [5, 2, 3], 6)
    got = learner.inputs_afterwards(*network, Tensor.of(x)).value
    lengths = (x[..., 3:] != 0).any(axis=-1).sum(axis=-1)
    require(
        approx_equal(got["x"], Tensor.of(x)) and approx_equal(got["lengths"], Tensor.of(lengths)),
        "`forward` changes the tensor that it is given, and the next epoch gets the changed one. "
        "Make a new tensor, as `rescale(x)` and `lengths.clamp(min=1)` do, instead of assigning to "
        "parts of the old one.",
        "input-changed",
    )
    require(
        got["sizes"] == network[1],
        "`__init__` changes the list `hidden_sizes` that it is given. Make a new list: "
        "`[input_size, *hidden_sizes]`.",
        "sizes-changed",
    )


def dropout_works(learner: Subject, rng: Rng, network: list) -> None:
    x = Tensor.of(light_curves(rng, [6, 4, 5, 6], 6))
    half = learner.dropped_out(*network, x, 0.5).value
    none = learner.dropped_out(*network, x, 0.0).value
    for got in (*half["training"], *half["evaluation"], *none["training"]):
        check_shape(got, 4, 6)
    require(
        approx_equal(*half["evaluation"]),
        "In evaluation mode the same light curves get other logits each time: dropout is still on. "
        "`nn.Dropout` knows the mode; `F.dropout` must be told, `training=self.training`.",
        "dropout-in-evaluation",
    )
    require(
        not approx_equal(*half["training"]),
        "In training mode nothing is left to chance: there is no dropout. Put an "
        "`nn.Dropout(dropout)` before the last linear layer. (The dropout of an `nn.LSTM` works "
        "between its layers only.)",
        "no-dropout",
    )
    require(
        approx_equal(*none["training"]),
        "With `dropout=0` the same light curves should get the same logits each time. Is the "
        "argument `dropout` used?",
        "dropout-not-used",
    )


def every_weight_learns(learner: Subject, rng: Rng, network: list, at_least: int) -> None:
    x = Tensor.of(light_curves(rng, [6, 4, 5, 6, 3, 6, 2, 6], 6))
    answer = learner.gradients(*network, x)
    fail_if_recognised(
        answer,
        Mistake(
            "gradient-lost",
            Raises("RuntimeError", "does not require grad"),
            "No gradient flows through the logits, so nothing can be learnt. Leave out "
            "`torch.no_grad()`, `.detach()` and NumPy.",
        ),
    )
    got = answer.value
    require(
        got["weights"] >= at_least,
        f"`model.parameters()` holds {got['weights']} numbers; the linear layers alone should have "
        f"{at_least} or more. PyTorch sees no layers in an ordinary list: use "
        "`nn.Sequential(*layers)` or `nn.ModuleList(layers)`.",
        "layers-not-registered",
    )
    lost = [name for name, arrives in got["arrives"].items() if not arrives]
    require(
        not lost or not all(name.endswith("_l1") for name in lost),
        "The last layer of the LSTM has no influence: `hidden[0]` is the state of the first layer. "
        "Take `hidden[-1]`.",
        "first-layer-taken",
    )
    names = ", ".join(f"`{name}`" for name in lost[:3])
    require(not lost, f"No gradient arrives at {names}: these weights can never learn.")


def learns_one_batch(learner: Subject, rng: Rng, network: list) -> None:
    x = light_curves(rng, [4, 3, 4, 2], 4)
    labels, steps = Tensor.of(rng.permutation(4)), 25
    first, last = learner.overfitted(*network, Tensor.of(x), labels, steps).value
    require(
        last < 0.5 * first,
        f"Four light curves cannot be learnt by heart: in {steps} steps the cross-entropy goes "
        f"from {first:.2f} to {last:.2f}; it should be near 0. Is anything detached, or are there "
        "layers that no input reaches?",
    )


# 6.1 SimplePhotometryMLP


@part("6.1")
def test_mlp_logits(learner: Subject, rng: Rng) -> None:
    """Logits of shape (batch, num_classes), also for a batch of one"""
    shape_and_logits(learner, rng, MLP)


@part("6.1")
def test_mlp_dropout(learner: Subject, rng: Rng) -> None:
    """Dropout while training, and only then"""
    dropout_works(learner, rng, MLP)


@part("6.1")
def test_mlp_padding(learner: Subject, rng: Rng) -> None:
    """More padding makes no difference"""
    n, rows = 5, 7
    x = light_curves(rng, [n, n, n], n)
    plain, padded, halved, nothing, more_of_it = asked(
        learner, MLP, x, longer(x, rows), x * n / (n + rows), 0 * x, 0 * longer(x, rows)
    )
    if approx_equal(padded, plain, 1e-4, 1e-5):
        return
    mean = (
        f"With {rows} rows of padding after {n} observations the result is the mean over all "
        f"{n + rows} rows: padding is averaged in. Mask it, and divide by the number of "
        "observations."
    )
    fail_if_recognised(
        Answer(padded),
        Mistake("mean-over-padding", (n * plain + rows * more_of_it) / (n + rows), mean),
        Mistake("mean-over-padding", halved, mean),
        Mistake(
            "padding-summed",
            plain + (more_of_it - nothing) / n,
            "The number of observations is right, but padding is in the sum: a row of zeros does "
            "not stay zero in a linear layer. Multiply by the mask after the layers.",
        ),
        rtol=1e-4,
        atol=1e-5,
    )
    raise Failure(
        "More padding changes the logits. Multiply by `mask = observed(x).unsqueeze(-1)` after the "
        "layers, and divide the sum by the number of observations.",
        misconception="padding-matters",
    )


@part("6.1")
def test_mlp_batch(learner: Subject, rng: Rng) -> None:
    """The light curves of a batch do not influence each other"""
    batch_order(learner, rng, MLP)


@part("6.1")
def test_mlp_mean(learner: Subject, rng: Rng) -> None:
    """A mean over the observations: their order, and all of them twice, make no difference"""
    x = light_curves(rng, [6, 6, 6], 6)
    plain, other_order, twice = asked(
        learner, MLP, x, x[:, rng.permutation(6)], np.repeat(x, 2, axis=1)
    )
    require(
        approx_equal(plain, other_order, 1e-4, 1e-5),
        "The same observations in another order have other logits. A mean does not depend on the "
        "order: is only one row used?",
        "order-matters",
    )
    require(
        approx_equal(plain, twice, 1e-4, 1e-5),
        "If each observation comes twice, the logits change: a long light curve counts more than a "
        "short one. Divide the sum by the number of observations.",
        "sum-for-mean",
    )


@part("6.1")
def test_mlp_padding_in_front(learner: Subject, rng: Rng) -> None:
    """Padding makes no difference, wherever it stands"""
    x = light_curves(rng, [5, 3, 4], 8)
    behind, in_front = asked(learner, MLP, x, x[:, ::-1])  # a mean knows no order
    require(
        approx_equal(behind, in_front, 1e-4, 1e-5),
        "If the padding stands in front of the observations, the logits change. Do not count rows: "
        "`observed(x)` tells for each row whether it is an observation.",
        "first-rows-taken",
    )


@part("6.1")
def test_mlp_first_observation(learner: Subject, rng: Rng) -> None:
    """The first observation counts, although its time is 0"""
    x = light_curves(rng, [6, 6, 6], 6)
    without = x[:, 1:]
    plain, rest = asked(learner, MLP, x, without)
    require(
        not approx_equal(plain, rest, 1e-5, 1e-6),
        "The first observation makes no difference: its time is 0, and that is taken for padding. "
        "`observed(x)` knows which rows are observations.",
        "first-observation-masked",
    )


@part("6.1")
def test_mlp_empty(learner: Subject, rng: Rng) -> None:
    """A light curve without observations has finite logits"""
    no_observation(learner, rng, MLP)


@part("6.1")
def test_mlp_unchanged(learner: Subject, rng: Rng) -> None:
    """Neither the features nor the list of sizes is changed"""
    input_unchanged(learner, rng, MLP)


@part("6.1")
@pytest.mark.parametrize("sizes", [[16, 1], [1, 16]])
def test_mlp_sizes(learner: Subject, rng: Rng, sizes: list[int]) -> None:
    """Every hidden size is used: what passes a layer of one number is one number"""
    x = light_curves(rng, [1] * 6, 1)
    got = learner.derivatives(MLP[0], [N_FEATURES, sizes, N_CLASSES], Tensor.of(x)).value
    whole = isinstance(got, Tensor) and got.shape == (len(x), N_CLASSES, N_FEATURES)
    if not whole or not np.isfinite(got.array).all():
        return  # another check speaks of that
    relative = got.array - got.array.mean(axis=1, keepdims=True)
    spread = np.linalg.svd(relative, compute_uv=False)  # (batch, N_CLASSES)
    require(
        bool((spread[:, 1] <= 1e-3 * spread[:, 0] + 1e-6).all()),
        f"With `hidden_sizes={sizes}` all that is known of an observation passes through a single "
        "number, but the logits vary in more than one way. Make a layer for each hidden size.",
        "sizes-ignored",
    )


@part("6.1")
def test_mlp_weights(learner: Subject, rng: Rng) -> None:
    """All layers are registered and learn"""
    sizes = [N_FEATURES, *MLP[1][1], N_CLASSES]
    every_weight_learns(learner, rng, MLP, sum(a * b for a, b in pairwise(sizes)))


@part("6.1")
def test_mlp_bends(learner: Subject, rng: Rng) -> None:
    """There is a ReLU between the layers: the network is not a linear function"""
    x = light_curves(rng, [1] * 24, 1)
    x[:, 0, 1] *= 3
    x[:, 0, 3:] = [1, 0, 0]
    one, other = x[:12], x[12:]
    left, right, middle = asked(learner, MLP, one, other, (one + other) / 2)
    require(
        not approx_equal(middle, (left + right) / 2, 1e-3, 1e-4),
        "The network is a linear function of its input, as if it had one layer. Put an `nn.ReLU()` "
        "after each hidden linear layer.",
        "no-activation",
    )


@part("6.1")
def test_mlp_last_hidden_layer_bends(learner: Subject, rng: Rng) -> None:
    """There is a ReLU after every hidden layer, also after the last one"""
    ends = np.zeros((12, 1, N_FEATURES))
    ends[:, 0, 0] = 10.0  # days
    ends[:, 0, 3] = 1  # single observations, all in one band
    ends[:, 0, 1] = np.linspace(-9, 9, 12)
    middles = (ends[:-1] + ends[1:]) / 2
    at_ends, between = asked(learner, [MLP[0], [N_FEATURES, [24], N_CLASSES]], ends, middles)
    require(
        not approx_equal(between, (at_ends[:-1] + at_ends[1:]) / 2, 1e-5, 1e-6),
        "With one hidden layer the network is a single linear function: no ReLU follows that "
        "layer. Put one after each hidden layer; only the very last linear layer has none.",
        "last-hidden-layer-linear",
    )


@part("6.1")
def test_mlp_overfits(learner: Subject, rng: Rng) -> None:
    """It learns one batch by heart"""
    learns_one_batch(learner, rng, [MLP[0], [N_FEATURES, [32, 32], N_CLASSES]])


# 6.2 LightCurveLSTM


@part("6.2")
def test_lstm_logits(learner: Subject, rng: Rng) -> None:
    """Logits of shape (batch, num_classes), also for a batch of one"""
    shape_and_logits(learner, rng, LSTM)


@part("6.2")
def test_lstm_padding(learner: Subject, rng: Rng) -> None:
    """The lengths count: more padding makes no difference"""
    lengths = np.array([3, 6, 1, 5])
    x = light_curves(rng, list(lengths), 9)
    given = [Tensor.of(lengths), Tensor.of(np.full(4, 9))]
    answer = learner.logits_by_lengths(LSTM[1], Tensor.of(x), given)
    asked(learner, LSTM, x)  # speaks first if it cannot be asked at all
    told, whole = (got.array for got in answer.value)
    require(
        not approx_equal(told, whole, 1e-5, 1e-6),
        "The lengths make no difference: every light curve is read to the end of its padding. Pack "
        "the batch with its `lengths`, as the text above shows.",
        "lengths-ignored",
    )
    plain, padded = asked(learner, LSTM, x, longer(x, 5))
    require(
        approx_equal(plain, padded, 1e-4, 1e-5),
        "More padding changes the logits. Take the state after the last observation.",
        "padding-matters",
    )


@part("6.2")
def test_lstm_batch(learner: Subject, rng: Rng) -> None:
    """The order of a batch makes no difference, nor what else is in it"""
    batch_order(learner, rng, LSTM)


@part("6.2")
def test_lstm_reads_in_order(learner: Subject, rng: Rng) -> None:
    """The order of the observations counts, and all of them are read"""
    x = light_curves(rng, [6, 6, 6], 6)
    plain, backwards, rest, start = asked(learner, LSTM, x, x[:, ::-1], x[:, 1:], x[:, :-1])
    require(
        not approx_equal(plain, backwards, 1e-5, 1e-6),
        "Read backwards, a light curve has the same logits. Is there an `nn.LSTM` in `forward`?",
    )
    require(not approx_equal(plain, rest, 1e-5, 1e-6), "The first observation makes no difference.")
    require(not approx_equal(plain, start, 1e-5, 1e-6), "The last observation makes no difference.")


@part("6.2")
def test_lstm_is_one(learner: Subject) -> None:
    """The recurrent layers are those of an LSTM"""
    kinds = learner.recurrent_layers(LSTM[1]).value
    other = [str(kind) for kind in kinds if not str(kind).startswith("LSTM")]
    require(
        not other,
        f"There is an `nn.{(other or [''])[0]}` in the network. It has a memory too, but without "
        "the LSTM's gates; use `nn.LSTM`.",
        "not-an-lstm",
    )


@part("6.2")
def test_lstm_empty(learner: Subject, rng: Rng) -> None:
    """A light curve without observations has finite logits"""
    no_observation(learner, rng, LSTM)


@part("6.2")
def test_lstm_unchanged(learner: Subject, rng: Rng) -> None:
    """Neither the features nor the lengths are changed"""
    answer = learner.logits(*LSTM, [Tensor.of(light_curves(rng, [0, 2], 3))])
    if answer.raised is None:  # otherwise another check speaks of that
        input_unchanged(learner, rng, LSTM)


@part("6.2")
@pytest.mark.parametrize("num_layers", [1, 2])
def test_lstm_dropout(learner: Subject, rng: Rng, num_layers: int) -> None:
    """Dropout while training, and only then, however many layers there are"""
    dropout_works(learner, rng, [LSTM[0], [N_FEATURES, 8, num_layers, N_CLASSES]])


@part("6.2")
def test_lstm_weights(learner: Subject, rng: Rng) -> None:
    """All layers are registered and learn"""
    inputs, hidden, _, classes = LSTM[1]
    every_weight_learns(learner, rng, LSTM, 4 * hidden * (inputs + 3 * hidden) + classes * hidden)


@part("6.2")
def test_lstm_overfits(learner: Subject, rng: Rng) -> None:
    """It learns one batch by heart"""
    learns_one_batch(learner, rng, [LSTM[0], [N_FEATURES, 24, 1, N_CLASSES]])


# 6.3 FocalLoss


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def true_log_p(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return log_softmax(logits)[np.arange(len(targets)), targets]


def focal(log_p: np.ndarray, alpha: float, gamma: float) -> np.ndarray:
    return -alpha * (1 - np.exp(log_p)) ** gamma * log_p


def some_logits(rng: Rng, batch: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Logits and classes: some right, some wrong."""
    targets = rng.permutation(np.arange(batch) % N_CLASSES)
    logits = rng.normal(0, 1.5, (batch, N_CLASSES))
    logits[np.arange(batch), targets] += 1
    return logits, targets


def loss_and_gradient(
    learner: Subject, settings: dict, logits: np.ndarray, targets: np.ndarray
) -> tuple[Answer, Any]:
    """The loss as an answer of its own, once it is a tensor of no dimensions with a gradient."""
    got = learner.focal_loss(settings, Tensor.of(logits), Tensor.of(targets)).value
    loss = got["loss"]
    require(
        not isinstance(loss, float | int),
        "The loss is a number, and no gradient flows through a number. Leave out `.item()` or "
        "`float(...)`: return the tensor.",
        "gradient-lost",
    )
    require(
        not isinstance(loss, Tensor) or loss.shape != targets.shape,
        f"The result has shape {targets.shape}: one loss for each light curve. Return their mean.",
        "not-averaged",
    )
    if isinstance(loss, Tensor) and loss.shape == ():
        require(
            got["flows"],
            "No gradient flows through the loss. Is it computed from numbers, or detached?",
            "gradient-lost",
        )
    return Answer(loss), got["gradient"]


@part("6.3")
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
    doubled = "The probabilities go into a function that expects logits, and softmax acts twice."
    wrong = "is not that of the true class: pick it out by `targets`."
    places = "alpha is the factor in front, gamma the exponent."
    means = 'Take the mean of the focal losses: `reduction="none"` first, `.mean()` last.'
    expect(
        answer,
        of(each.mean()),
        Mistake("softmax-twice", of(focal(twice, alpha, gamma).mean()), doubled),
        Mistake(
            "softmax-twice",
            of((-alpha * (1 - np.exp(log_p)) ** gamma * twice).mean()),
            doubled,
        ),
        Mistake(
            "focal-of-mean",
            of(focal(log_p.mean(), alpha, gamma)),
            f"This is the focal loss of the mean cross-entropy. {means}",
        ),
        Mistake(
            "focal-of-mean",
            of(-alpha * ((1 - np.exp(log_p)) ** gamma).mean() * log_p.mean()),
            f"This is the mean of the factors times the mean cross-entropy. {means}",
        ),
        Mistake("alpha-as-exponent", of(focal(log_p, gamma, alpha).mean()), places),
        Mistake("alpha-as-exponent", of(focal(log_p, 1, alpha).mean()), places),
        Mistake(
            "alpha-ignored",
            of(focal(log_p, 1, gamma).mean()) if alpha != 1 else False,
            "alpha has no effect. It is a factor: `self.alpha * ...`.",
        ),
        Mistake(
            "easy-turned-up",
            of((-alpha * np.exp(log_p) ** gamma * log_p).mean()),
            "The factor is p**gamma, so that the easy cases count most. It is (1 - p)**gamma.",
        ),
        Mistake(
            "wrong-class",
            of((-alpha * (1 - np.exp(best)) ** gamma * log_p).mean()),
            f"The p in (1 - p) {wrong} This is the largest of all.",
        ),
        Mistake(
            "wrong-class",
            of(focal(everything, alpha, gamma).sum(axis=-1).mean()),
            f"The p {wrong} Here all classes are added up.",
        ),
        Mistake(
            "wrong-class",
            of(focal(everything, alpha, gamma).mean()),
            f"The p {wrong} Here it is the mean over all classes.",
        ),
        Mistake(
            "summed",
            of(each.sum()),
            "This is the sum over the batch, so that large batches count more. Return the mean.",
        ),
        Mistake(
            "sign-lost",
            of(-each.mean()),
            "The loss is negative: the logarithm of a probability is. The formula begins with a "
            "minus.",
        ),
        what=f"the loss with alpha = {alpha:g} and gamma = {gamma:g}",
    )


@part("6.3")
def test_cross_entropy(learner: Subject, rng: Rng) -> None:
    """With gamma = 0 it is the cross-entropy"""
    logits, targets = some_logits(rng, 4)
    answer, _ = loss_and_gradient(learner, {"gamma": 0.0}, logits, targets)
    want = Tensor.of(np.asarray(-true_log_p(logits, targets).mean()))
    expect(answer, want, what="the loss with gamma = 0")


@part("6.3")
def test_sure_and_wrong(learner: Subject, rng: Rng) -> None:
    """It is finite, and right, where p is as small as exp(-200)"""
    size = float(rng.integers(150, 250))
    logits, targets = np.array([[size, 0.0, 0.0], [0.0, 0.0, 0.0]]), np.array([1, 2])
    answer, gradient = loss_and_gradient(learner, {}, logits, targets)
    losses = focal(true_log_p(logits, targets), 1.0, 2.0)
    in_steps = (
        f"A light curve with p = exp(-{size:g}) should have a loss of {size:g}. In 32 bits this p "
        "is 0: take the logarithm together with the softmax, by `F.log_softmax` or "
        "`F.cross_entropy`, and add no small number to it."
    )
    got = answer.value
    value = float(got.array) if isinstance(got, Tensor) and got.shape == () else 0.0
    of_first = 2 * value - losses[1]  # at most -log(eps) if a small number was added to p
    finite = not isinstance(gradient, Tensor) or bool(np.isfinite(gradient.array).all())
    fail_if_recognised(
        answer,
        Mistake("logarithm-of-zero", not math.isfinite(value) or not finite, in_steps),
        Mistake("logarithm-of-zero", bool(9 < of_first < 0.7 * size), in_steps),
    )
    expect(answer, Tensor.of(np.asarray(losses.mean())), what="the loss")


@part("6.3")
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

    expect(
        Answer(got),
        Tensor.of(slope(full)),
        Mistake(
            "gradient-lost",
            Tensor.of(slope(frozen)),
            "The factor (1 - p)**gamma is treated as a constant: its gradient is lost. Leave out "
            "`.detach()` and `torch.no_grad()`.",
        ),
        what="the gradient by the logits",
        rtol=1e-3,
        atol=1e-5,
    )


# 6.4 and 6.5: a softmax regression on mean observations, by hand

BATCH_SIZE = 4


class Regression:
    """What the loops of 6.4 and 6.5 do to the probe's network, in double precision."""

    def __init__(self, rng: Rng, size: int = 9) -> None:
        self.x = light_curves(rng, list(rng.integers(2, 7, size)), 6)
        self.x[..., 0] /= 20
        self.labels = rng.permutation(np.arange(size) % N_CLASSES)
        self.weight = rng.normal(0, 0.5, (N_FEATURES, N_CLASSES))
        counts = (self.x[..., 3:] != 0).any(axis=-1).sum(axis=-1, keepdims=True)
        self.mean = self.x.sum(axis=1) / counts  # (size, n_features)

    def sent(self, drop_last: bool = False, size: int | None = None) -> tuple[Tensor, list]:
        """Weights and batches, as the probes want them."""
        batches = [Tensor.of(self.x[:size]), Tensor.of(self.labels[:size]), BATCH_SIZE, drop_last]
        return Tensor.of(self.weight), batches

    def batches(self, drop_last: bool = False) -> list[np.ndarray]:
        places = np.arange(len(self.labels))
        cut = [places[i : i + BATCH_SIZE] for i in range(0, len(places), BATCH_SIZE)]
        return [batch for batch in cut if len(batch) == BATCH_SIZE or not drop_last]

    def loss(self, weight: np.ndarray, batch: np.ndarray) -> float:
        return float(-true_log_p(self.mean[batch] @ weight, self.labels[batch]).mean())

    def gradient(self, weight: np.ndarray, batch: np.ndarray) -> np.ndarray:
        p = np.exp(log_softmax(self.mean[batch] @ weight))
        p[np.arange(len(batch)), self.labels[batch]] -= 1
        return self.mean[batch].T @ p / len(batch)

    def right(self, batch: np.ndarray) -> int:
        answers = (self.mean[batch] @ self.weight).argmax(axis=-1)
        return int((answers == self.labels[batch]).sum())

    def trained(
        self, lr: float, left_over: float = 0.0, cleared: str = "each", drop_last: bool = False
    ) -> tuple[np.ndarray, list[float]]:
        """Weights after an epoch, and the losses on the way."""
        weight, losses = self.weight.copy(), []
        gradient = np.full_like(weight, left_over if cleared != "once" else 0.0)
        for i, batch in enumerate(self.batches(drop_last)):
            losses.append(self.loss(weight, batch))
            if cleared == "each" or (cleared == "after" and i > 0):
                gradient = np.zeros_like(weight)
            gradient = gradient + self.gradient(weight, batch)
            weight -= lr * gradient
        return weight, losses


NO_LENGTHS = Mistake(
    "lengths-not-handed-over",
    Raises("TypeError", "'lengths'"),
    "The network's `forward` wants `lengths` as well. `forward_batch(model, features)` hands over "
    "what a network asks for.",
)
NO_AUTO = Mistake(
    "auto-not-resolved",
    Raises("RuntimeError", "device string: auto"),
    'PyTorch knows no device called "auto". `resolve_device(device)` says which one it is.',
)
LABELS_FIRST = Mistake(
    "arguments-swapped",
    Raises("TypeError", "the logits come first"),
    "The criterion is called with the labels first. It is `criterion(logits, labels)`.",
)


def look(answer: Answer) -> dict:
    """What was seen of a loop, unless it broke down in a well-known way."""
    fail_if_recognised(answer, NO_LENGTHS, NO_AUTO, LABELS_FIRST)
    got = answer.value
    softmaxed = bool(got["sums"]) and all(abs(total - 1) < 1e-4 for total in got["sums"])
    require(
        not softmaxed,
        "The criterion gets probabilities, which add up to 1. It takes the softmax itself: hand it "
        "the logits.",
        "softmax-before-criterion",
    )
    return got


def check_moved(learner: Subject, loop: str, rng: Rng) -> None:
    """Everything must be where the argument `device` says."""
    trial = Regression(rng)
    answer = learner.devices(loop, *trial.sent())
    fail_if_recognised(answer, NO_LENGTHS, LABELS_FIRST)
    got = answer.value
    require(bool(got), "The network was never asked.")
    left = [name for name, place in got.items() if place != "meta"]
    require(
        not left,
        f'With `device="meta"` this is still on the CPU: {(left or [""])[0]}. On a GPU the loop '
        "would break down. Move the model and the criterion before the loop, and features and "
        "labels of each batch, with `.to(resolve_device(device))`.",
        "not-moved",
    )


# 6.4 train_epoch


@part("6.4")
def test_weights(learner: Subject, rng: Rng) -> None:
    """One step for each batch, against the gradient of that batch"""
    trial, lr = Regression(rng), 0.3
    got = look(learner.trained(*trial.sent(), lr))
    events = got["events"]
    order = [event for event in events if event in ("backward", "step")]
    start = Tensor.of(trial.weight)
    if approx_equal(got["weight"], start, 1e-6, 1e-7):
        why_nothing_happened(events, order)
    step_for_all = Tensor.of(
        trial.weight - lr * sum(trial.gradient(trial.weight, batch) for batch in trial.batches())
    )
    piled_up, _ = trial.trained(lr, cleared="once")
    expect(
        Answer(got["weight"]),
        Tensor.of(trial.trained(lr)[0]),
        Mistake(
            "zero-grad-missing",
            Tensor.of(piled_up),
            "The gradients of all batches add up, since `backward` adds to what is there. Call "
            "`optimizer.zero_grad()` for each batch before `loss.backward()`.",
        ),
        Mistake(
            "step-for-each-epoch",
            step_for_all,
            "There is one step, after all batches. `optimizer.step()` belongs in the loop.",
        ),
        Mistake(
            "step-before-backward",
            order[:1] == ["step"],
            "`optimizer.step()` comes before `loss.backward()`, when the gradient of the batch is "
            "not there yet.",
        ),
        what="the weights after an epoch",
        rtol=1e-4,
        atol=1e-5,
    )


def why_nothing_happened(events: list, order: list) -> None:
    """The weights are as before. Raises `Failure` with the reason."""
    says = "After an epoch the weights are what they were."
    require("forward" in events, f"{says} The network was never asked.")
    require("backward" in order, f"{says} Call `loss.backward()`.", "no-backward")
    require("step" in order, f"{says} `optimizer.step()` is never called.", "no-step")
    require(
        order[0] != "step",
        f"{says} `optimizer.step()` comes before `loss.backward()`, when there is no gradient yet.",
        "step-before-backward",
    )
    cleared = "zero" in events[events.index("backward") : events.index("step")]
    require(
        not cleared,
        f"{says} `zero_grad()` stands between `loss.backward()` and `optimizer.step()` and throws "
        "the gradient away.",
        "cleared-before-step",
    )
    raise Failure(says)


@part("6.4")
@pytest.mark.parametrize("drop_last", [False, True])
def test_mean_loss(learner: Subject, rng: Rng, drop_last: bool) -> None:
    """The mean loss per light curve, as a float; the last batch may be smaller, or left out"""
    trial, lr = Regression(rng), 0.3
    got = look(learner.trained(*trial.sent(drop_last), lr))
    sizes = [len(batch) for batch in trial.batches(drop_last)]
    weight, losses = trial.trained(lr, drop_last=drop_last)
    returned = got["returned"]
    require(
        not isinstance(returned, Tensor),
        "The result is a tensor, and the whole epoch's computations hang on it and fill the "
        "memory. Collect numbers: `loss.item()`.",
        "tensor-returned",
    )
    if not approx_equal(got["weight"], Tensor.of(weight)):
        losses = as_it_went(trial, got, losses, drop_last)
    total = float(np.dot(losses, sizes))
    summed = "is the sum of the losses{}. Divide by the number of light curves."
    expect(
        Answer(returned),
        total / sum(sizes),
        Mistake(
            "mean-of-batch-means",
            float(np.mean(losses)) if len(set(sizes)) > 1 else False,
            "This is the mean over the batches: the one light curve of the last batch counts as "
            "much as the four of another. Weight each loss by the size of its batch.",
        ),
        Mistake("summed", float(np.sum(losses)), f"This {summed.format(' of the batches')}"),
        Mistake("summed", total, f"This {summed.format(', weighted by the size of each batch')}"),
        Mistake("last-loss", losses[-1], "This is the loss of the last batch alone."),
        Mistake(
            "divided-by-dataset",
            total / len(trial.labels) if drop_last else False,
            "The sum is divided by the size of the data set, but the dataloader leaves one light "
            "curve out. Count those that come.",
        ),
        what="the mean loss",
        rtol=1e-4,
    )


def as_it_went(trial: Regression, got: dict, losses: list, drop_last: bool) -> list[float]:
    """The losses on another's way through the weights, if it is a known one."""
    for cleared in ("once", "after"):
        weight, others = trial.trained(0.3, cleared=cleared, drop_last=drop_last)
        if approx_equal(got["weight"], Tensor.of(weight)):
            return others
    return losses


@part("6.4")
def test_gradients_left_over(learner: Subject, rng: Rng) -> None:
    """Gradients that were there before make no difference"""
    trial, lr = Regression(rng), 0.3
    got = look(learner.trained(*trial.sent(), lr, 0.5))
    left_over, _ = trial.trained(lr, 0.5, cleared="after")
    fail_if_recognised(
        Answer(got["weight"]),
        Mistake(
            "gradients-left-over",
            Tensor.of(left_over),
            "Gradients that were there before the epoch count in its first step. Clear them "
            "before `loss.backward()`, not after the step.",
        ),
    )


@part("6.4")
def test_training_mode(learner: Subject, rng: Rng) -> None:
    """The network is in training mode"""
    got = look(learner.trained(*Regression(rng).sent()))
    require(bool(got["modes"]), "The network was never asked.")
    require(
        all(training for training, _ in got["modes"]),
        "The network is trained in evaluation mode, in which its dropout does nothing. Call "
        "`model.train()` before the loop.",
        "not-in-training-mode",
    )


@part("6.4")
def test_default_device(learner: Subject, rng: Rng) -> None:
    """The device is "auto" unless it is given"""
    look(learner.trained(*Regression(rng).sent(), device=None))
    look(learner.trained(*Regression(rng).sent(), device="auto"))


@part("6.4")
def test_moved(learner: Subject, rng: Rng) -> None:
    """Model, criterion and batches are moved to the device"""
    check_moved(learner, "train_epoch", rng)


def check_no_batch(answer: Answer) -> None:
    """What a loop did without a batch must be a ValueError."""
    if answer.raised is None:
        answer = Answer(answer.result["returned"])
    expect_error(
        answer,
        "ValueError",
        "a dataloader without a batch",
        Mistake(
            "nothing-to-divide-by",
            Raises("ZeroDivisionError"),
            "Without a batch the result is 0 / 0. Raise a ValueError that says that the dataloader "
            "gives no batch.",
        ),
    )


@part("6.4")
def test_no_batch(learner: Subject, rng: Rng) -> None:
    """A dataloader without a batch is a ValueError"""
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    check_no_batch(learner.trained(*few))


# 6.5 evaluate_model


@part("6.5")
def test_loss_and_accuracy(learner: Subject, rng: Rng) -> None:
    """Loss and accuracy over all light curves, as floats"""
    trial = Regression(rng)
    for batch in trial.batches()[-1:]:  # the last one is small and right: a mean of means shows
        trial.labels[batch] = (trial.mean[batch] @ trial.weight).argmax(axis=-1)
    answer = learner.evaluated(*trial.sent())
    fail_if_recognised(
        answer,
        Mistake(
            "argmax-over-batch",
            Raises("RuntimeError", "must match the size"),
            "The predictions do not fit the labels. `argmax(dim=-1)` finds the largest logit of "
            "each light curve; `dim=0` runs along the batch.",
        ),
    )
    returned = look(answer)["returned"]
    require(
        isinstance(returned, tuple) and len(returned) == 2,
        f"The result is {kind_of(returned)}; it should be a tuple of two floats, loss and "
        "accuracy: `return loss, accuracy`.",
    )
    require(
        not any(isinstance(each, Tensor) for each in returned),
        "The result holds tensors. Make numbers of them with `.item()`.",
        "tensors-returned",
    )
    batches = trial.batches()
    sizes = [len(batch) for batch in batches]
    losses = [trial.loss(trial.weight, batch) for batch in batches]
    right = [trial.right(batch) for batch in batches]
    loss, accuracy = float(np.dot(losses, sizes)) / sum(sizes), sum(right) / sum(sizes)
    fail_if_recognised(
        Answer(returned),
        Mistake("swapped", (accuracy, loss), "The accuracy comes first. Return (loss, accuracy)."),
        rtol=1e-4,
    )
    summed = "This is the sum of the losses. Divide by the number of light curves."
    expect(
        Answer(returned[0]),
        loss,
        Mistake(
            "mean-of-batch-means",
            float(np.mean(losses)),
            "This is the mean of the losses of the batches: the one light curve of the last batch "
            "counts as much as the four of another. Weight each loss by the size of its batch.",
        ),
        Mistake("summed", float(np.sum(losses)), summed),
        Mistake("summed", loss * sum(sizes), summed),
        what="the loss",
        rtol=1e-4,
    )
    over_batches = (
        "The accuracy is taken over batches. It is the number of all light curves that are right, "
        "divided by the number of all light curves."
    )
    means = [n / size for n, size in zip(right, sizes, strict=True)]
    expect(
        Answer(returned[1]),
        accuracy,
        Mistake("accuracy-over-batches", float(np.mean(means)), over_batches),
        Mistake("accuracy-over-batches", sum(right) / len(sizes), over_batches),
        Mistake(
            "percent", 100 * accuracy, "This is a percentage. Return the fraction, from 0 to 1."
        ),
        Mistake(
            "percent",
            float(sum(right)),
            "This is how many are right. Divide by the number of light curves.",
        ),
        what="the accuracy",
        rtol=1e-4,
    )


@part("6.5")
def test_only_looks(learner: Subject, rng: Rng) -> None:
    """Evaluation mode, no gradients, and nothing is trained"""
    trial = Regression(rng)
    got = look(learner.evaluated(*trial.sent()))
    require(bool(got["modes"]), "The network was never asked.")
    require(
        approx_equal(got["weight"], Tensor.of(trial.weight)) and got["gradient"] is None,
        "The evaluation leaves gradients on the weights, or changes them. It should look and no "
        "more: leave out `backward` and `step`.",
        "evaluation-trains",
    )
    require(
        not any(training for training, _ in got["modes"]),
        "The network is asked in training mode, in which dropout makes its answers random. Call "
        "`model.eval()` before the loop; `torch.no_grad()` does not do that.",
        "in-training-mode",
    )
    require(
        not any(gradients for _, gradients in got["modes"]),
        "Gradients are prepared for, at the cost of time and memory. Put the loop into `with "
        "torch.no_grad():`; `model.eval()` does not do that.",
        "with-gradients",
    )
    require(
        not got["gradients_off"],
        "After the evaluation gradients are switched off for everybody, and nothing can be "
        "trained any more. `with torch.no_grad():` ends by itself.",
        "gradients-off-for-good",
    )


@part("6.5")
@pytest.mark.parametrize("training", [True, False])
def test_mode_restored(learner: Subject, rng: Rng, training: bool) -> None:
    """Afterwards the network is in the mode in which it came"""
    got = look(learner.evaluated(*Regression(rng).sent(), training))
    names = {True: "training", False: "evaluation"}
    require(
        got["training"] is training,
        f"The network came in {names[training]} mode and is left in {names[not training]} mode. "
        "Note `model.training` before you change it, and give it to `model.train(...)` at the end.",
        "mode-not-restored",
    )


@part("6.5")
def test_evaluated_anywhere(learner: Subject, rng: Rng) -> None:
    """Model, criterion and batches are moved to the device; it is "auto" unless it is given"""
    look(learner.evaluated(*Regression(rng).sent(), device=None))
    look(learner.evaluated(*Regression(rng).sent(), device="auto"))
    check_moved(learner, "evaluate_model", rng)


@part("6.5")
def test_nothing_to_evaluate(learner: Subject, rng: Rng) -> None:
    """A dataloader without a batch is a ValueError"""
    few = Regression(rng).sent(drop_last=True, size=BATCH_SIZE - 1)
    check_no_batch(learner.evaluated(*few))


# 6.E1 warmup_cosine


def factors(num_epochs: int, warmup: int) -> list[float]:
    """The factor of each epoch, from the formula."""
    rising = [(epoch + 1) / (warmup + 1) for epoch in range(warmup)]
    steps = range(num_epochs - warmup)
    return rising + [(1 + math.cos(math.pi * i / (num_epochs - warmup))) / 2 for i in steps]


@part("6.E1")
@pytest.mark.parametrize("warmup", [3, 0])
def test_rates(learner: Subject, rng: Rng, warmup: int) -> None:
    """A linear warm-up, then half a cosine, for each group's own rate"""
    n = int(rng.integers(9, 14))
    base = [float(rng.uniform(0.05, 0.4)), float(rng.uniform(0.5, 0.9))]
    answer = learner.learning_rates(base, n, warmup)
    want = factors(n, warmup)
    epochs = range(n)
    zero_first = [e / warmup if e < warmup else want[e] for e in epochs] if warmup else want
    too_soon = [(e + 1) / warmup if e < warmup else want[e] for e in epochs] if warmup else want
    from_start = [want[e] if e < warmup else (1 + math.cos(math.pi * e / n)) / 2 for e in epochs]
    whole = [want[e] if e < warmup else 2 * want[e] - 1 for e in epochs]
    squared = [[each * base[0] * b for b in base] for each in want]

    def rates(factor: list[float]) -> list[list[float]]:
        return [[each * b for b in base] for each in factor]

    fail_if_recognised(
        answer,
        Mistake(
            "zero-division",
            Raises("ZeroDivisionError") if warmup == 0 else False,
            "With `warmup_epochs=0` something is divided by 0. Then there is no warm-up, and the "
            "first epoch has the full rate.",
        ),
        Mistake(
            "not-a-scheduler",
            Raises("AttributeError", "'step'"),
            "The result has no method `step`. Return a scheduler: `LambdaLR(optimizer, factor)`.",
        ),
    )
    expect(
        answer,
        rates(want),
        Mistake(
            "rate-squared",
            squared,
            "The learning rate is multiplied by itself: `LambdaLR` multiplies by what your "
            "function returns. Return a factor between 0 and 1.",
        ),
        Mistake(
            "starts-at-zero",
            rates(zero_first) if warmup else False,
            "The first epoch has a learning rate of 0, and nothing is learnt in it. The warm-up "
            "goes by (epoch + 1) / (warmup_epochs + 1).",
        ),
        Mistake(
            "full-rate-too-soon",
            rates(too_soon) if warmup else False,
            "The last epoch of the warm-up has the full rate already, and the next one again. The "
            "warm-up goes by (epoch + 1) / (warmup_epochs + 1).",
        ),
        Mistake(
            "cosine-from-the-start",
            rates(from_start) if warmup else False,
            "After the warm-up the rate jumps down: the cosine counts from epoch 0. Let it begin "
            "where the warm-up ends.",
        ),
        Mistake(
            "whole-cosine",
            rates(whole),
            "The learning rate becomes negative. The cosine goes from 1 to -1; (1 + cos) / 2 goes "
            "from 1 to 0.",
        ),
        what="the list of learning rates",
    )


@part("6.E1")
def test_default_warmup(learner: Subject) -> None:
    """Two epochs of warm-up unless it is said otherwise"""
    want = [[factor] for factor in factors(8, 2)]
    answer = learner.learning_rates([1.0], 8)
    require(
        approx_equal(answer.value, want)
        or not approx_equal(learner.learning_rates([1.0], 8, 2).value, want),
        "Without `warmup_epochs` there should be two epochs of warm-up.",
    )


@part("6.E1")
@pytest.mark.parametrize(("n", "warmup"), [(3, 3), (4, 6), (5, -1)])
def test_impossible_warmup(learner: Subject, n: int, warmup: int) -> None:
    """A warm-up that does not fit into the epochs is a ValueError"""
    answer = learner.learning_rates([0.1], n, warmup)
    when = f"{n} epochs, of which {warmup} are warm-up,"
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake(
            "anything-goes",
            answer.raised is None,
            f"{when[:1].upper()}{when[1:]} must raise a ValueError. Check it first of all: `if not "
            "0 <= warmup_epochs < num_epochs: raise ValueError(...)`.",
        ),
    )


# 6.E2 fit

TRAIN = [3.0, 2.0, 2.5, 2.6, 2.7, 2.8, 1.5, 1.4, 1.3, 1.2, 1.1, 1.0]
VAL = [1.0, 0.8, 0.9, 0.85, 0.7, 0.75, 0.72, 0.71, 0.9, 0.95, 0.98, 0.4]
PATIENCE = 3


def run(losses: list[float], patience: int, min_delta: float = 0.0, how: str = "") -> list[int]:
    """How many epochs there are, and which one was the best."""
    best, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
            waited = waited if how == "not reset" else 0
        else:
            waited += 1
        if how == "last":
            best = loss
        if waited >= patience + (how == "too many"):
            return [epoch + 1, best_epoch]
    return [len(losses), best_epoch]


def scaled(rng: Rng, losses: list[float]) -> list[float]:
    """Losses that a check does not know beforehand, with the same ups and downs."""
    factor = float(rng.integers(2, 9)) / 4
    return [factor * loss for loss in losses]


def went(answer: Answer) -> tuple[dict, list]:
    """The history and [epochs, epoch of the weights kept], once there is a history."""
    got = answer.value
    history = got["history"]
    require(
        isinstance(history, dict),
        f"`fit` returns {kind_of(history)}; it should return a dictionary of lists.",
    )
    for name in ("train_loss", "val_loss", "val_accuracy", "learning_rate"):
        require(
            name in history, f"The history has no `{name}`; it has {sorted(map(str, history))}."
        )
        values = history[name]
        require(
            isinstance(values, list) and all(isinstance(v, float | int) for v in values),
            f"`{name}` in the history should be a list of floats.",
        )
    rungs = -got["weight"] if math.isfinite(got["weight"]) else 0.0
    return history, [len(history["val_loss"]), round(rungs) - 1]


@part("6.E2")
def test_stops(learner: Subject, rng: Rng) -> None:
    """It stops when the validation loss has not got better for a while"""
    train, val = scaled(rng, TRAIN), scaled(rng, VAL)
    settings = {"num_epochs": len(VAL), "patience": PATIENCE}
    history, (epochs, _) = went(learner.fitted(train, val, settings))
    want = run(val, PATIENCE)[0]
    text = (
        f"With patience={PATIENCE} and these validation losses, {shown(val[: want + 1])}, there "
        f"should be {want} epochs; there were {epochs}."
    )
    expect(
        Answer(epochs),
        want,
        Mistake(
            "patience-not-reset",
            run(val, PATIENCE, how="not reset")[0],
            f"{text} The count of epochs that were not better begins anew with each better one.",
        ),
        Mistake(
            "one-epoch-too-many",
            run(val, PATIENCE, how="too many")[0],
            f"{text} It stops as soon as the count reaches the patience.",
        ),
        Mistake(
            "training-loss-watched",
            run(train, PATIENCE)[0],
            f"{text} Is it the training loss that decides? It should be the validation loss.",
        ),
        Mistake(
            "compared-with-last",
            run(val, PATIENCE, how="last")[0],
            f"{text} Compare each epoch with the best so far, not with the one before.",
        ),
        Mistake("never-stops", len(VAL), f"{text} When the count reaches the patience, `break`."),
        what="the number of epochs",
    )
    expect(Answer(history["val_loss"]), val[:want], what="`val_loss`", rtol=1e-4)
    expect(Answer(history["train_loss"]), train[:want], what="`train_loss`", rtol=1e-4)
    expect(Answer(history["val_accuracy"]), [0.75] * want, what="`val_accuracy`", rtol=1e-4)
    expect(Answer(history["learning_rate"]), [1.0] * want, what="`learning_rate`", rtol=1e-4)


@part("6.E2")
def test_best_weights(learner: Subject, rng: Rng) -> None:
    """The model ends with the weights of the best epoch"""
    train, val = scaled(rng, TRAIN), scaled(rng, VAL)
    settings = {"num_epochs": 6, "patience": 20}
    _, (epochs, kept) = went(learner.fitted(train, val, settings))
    want = int(np.argmin(val[:6]))
    require(
        kept != epochs - 1,
        f"The model has the weights of the last epoch, {epochs}; the best one was epoch "
        f"{want + 1}. Keep a copy of the best weights and load it at the end. `state_dict()` alone "
        "is no copy: `copy.deepcopy` makes one.",
        "last-weights",
    )
    require(
        kept == want,
        f"The model has the weights of epoch {kept + 1}; the lowest validation loss was that of "
        f"epoch {want + 1}.",
    )


@part("6.E2")
def test_all_epochs(learner: Subject, rng: Rng) -> None:
    """While the validation loss gets better, it goes on to the last epoch"""
    val = [1 / (1 + epoch) for epoch in range(6)]
    _, (epochs, kept) = went(
        learner.fitted(scaled(rng, TRAIN), val, {"num_epochs": 6, "patience": 1})
    )
    require(epochs == 6, f"Every epoch of 6 was better, yet there were {epochs} epochs.")
    require(kept == 5, "The last epoch was the best, but the model has other weights.")


@part("6.E2")
def test_min_delta(learner: Subject, rng: Rng) -> None:
    """An epoch is better only if it is so by more than `min_delta`"""
    val = [1.0, 0.9, 0.8, 0.7, 0.65, 0.6, 0.55, 0.5]
    settings = {"num_epochs": 8, "patience": 3, "min_delta": 0.25}
    _, (epochs, _) = went(learner.fitted(scaled(rng, TRAIN), val, settings))
    want = run(val, 3, 0.25)[0]
    expect(
        Answer(epochs),
        want,
        Mistake(
            "min-delta-ignored",
            run(val, 3)[0],
            f"The validation losses {val} fall by 0.05 to 0.1 each. With min_delta=0.25 and "
            f"patience=3 there should be {want} epochs; there were {epochs}. An epoch is better if "
            "`val_loss < best_loss - min_delta`.",
        ),
        what="the number of epochs",
    )


@part("6.E2")
def test_scheduler(learner: Subject, rng: Rng) -> None:
    """The scheduler steps once after each epoch, and the rate that was used is written down"""
    val = [1 / (1 + epoch) for epoch in range(4)]
    settings = {"num_epochs": 4, "patience": 4}
    answer = learner.fitted(scaled(rng, TRAIN), val, settings, batches=3, gamma=0.5)
    history, _ = went(answer)
    steps, weight = answer.value["scheduler_steps"], answer.value["weight"]
    require(
        steps > 0,
        "The scheduler is never told that an epoch is over. Call `scheduler.step()`.",
        "scheduler-ignored",
    )
    require(
        steps != 12,
        "The scheduler steps with each batch. It counts epochs: call `scheduler.step()` once per "
        "epoch.",
        "scheduler-per-batch",
    )
    used, late = [1.0, 0.5, 0.25, 0.125], [0.5, 0.25, 0.125, 0.0625]
    require(
        not approx_equal(-weight, 3 * sum(late), 1e-5),
        "The scheduler steps before the optimizer does, so that the first rate is never used. Call "
        "it after the epoch.",
        "scheduler-first",
    )
    expect(
        Answer(history["learning_rate"]),
        used,
        Mistake(
            "rate-of-next-epoch",
            late,
            "The rates written down are those after `scheduler.step()`, which belong to the next "
            "epoch. Write down the rate before.",
        ),
        what="`learning_rate`",
    )
    require(
        approx_equal(-weight, 3 * sum(used), 1e-5),
        "The epochs are not trained with the scheduler's rates.",
    )


def shown(losses: list[float]) -> str:
    return ", ".join(f"{loss:g}" for loss in losses)
