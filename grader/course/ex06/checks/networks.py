"""Checks of both networks of Exercise 6: what must not change their logits, and what must.

A network is judged by its symmetries: padding, the order of a batch, a repetition.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES, N_FEATURES
from grader.course.oracles import Rng, light_curves
from grader.expect import Mistake, Raises, approx_equal, expect, fail_if_recognised, require
from grader.wire import Tensor

Network = tuple[str, list[Any]]
"""Name and sizes of a network."""

LSTM: Network = ("LightCurveLSTM", [N_FEATURES, 8, 2, N_CLASSES])

NOT_SORTED = Mistake("must-be-sorted", Raises("RuntimeError", "must be sorted"))


def longer(x: np.ndarray, rows: int) -> np.ndarray:
    """The same light curves with more padding."""
    return np.pad(x, ((0, 0), (0, rows), (0, 0)))


def asked(learner: Subject, network: Network, *batches: np.ndarray) -> list[np.ndarray]:
    """The logits of each batch as arrays, once they are tensors of the right shape.

    The first batch is asked twice: what chance does is not to be taken for anything else.
    """
    both = [*batches, batches[0]]
    answer = learner.ask(probes.logits, *network, [Tensor.of(x) for x in both])
    fail_if_recognised(answer, NOT_SORTED)
    replies = as_many(answer.value, len(both))
    *logits, again = [shaped(got, *x.shape[:2]) for got, x in zip(replies, both, strict=True)]
    require(approx_equal(logits[0], again, 1e-4, 1e-5), "dropout-in-evaluation")
    return logits


def shaped(got: Any, batch: int, seq_len: int, empty: int | None = None) -> np.ndarray:
    """The logits, once their shape is (batch, num_classes) and all but row `empty` are finite."""
    if not isinstance(got, Tensor):
        expect(Answer(got), Tensor.of(np.zeros((batch, N_CLASSES))), what="the result of `forward`")
    shape, want = got.shape, (batch, N_CLASSES)
    require(shape != (batch, seq_len, N_CLASSES), "not-pooled", shape=shape, want=want)
    require(batch != 1 or shape != (N_CLASSES,), "batch-of-one", shape=shape, want=want)
    rows_wrong = len(shape) == 2 and shape[1] == N_CLASSES and shape[0] != batch
    require(not rows_wrong, "axes-swapped", shape=shape, want=want)
    require(shape == want, "logits-shape", shape=shape, want=want)
    require(got.dtype == "float32", "logits-dtype", dtype=got.dtype)
    seen = got.array if empty is None else np.delete(got.array, empty, axis=0)
    require(bool(np.isfinite(seen).all()), "logits-not-finite")
    return got.array


def check_logits(learner: Subject, rng: Rng, network: Network) -> None:
    """Logits have the right shape and are not probabilities."""
    x = light_curves(rng, [7, 3, 9, 5], 9)
    for logits in asked(learner, network, x, x[:1]):
        add_up_to_1 = np.abs(logits.sum(axis=1) - 1).max() < 1e-4
        require(not (add_up_to_1 and (logits >= 0).all()), "softmax-in-model")


def check_batch(learner: Subject, rng: Rng, network: Network) -> None:
    """The light curves of a batch do not influence each other, with padding or without."""
    check_axes(learner, rng, network)
    check_unpadded_batch(learner, rng, network)
    check_padded_batch(learner, rng, network)


def check_axes(learner: Subject, rng: Rng, network: Network) -> None:
    """A change of one light curve shows in its own logits."""
    x = light_curves(rng, [4, 4, 4, 4], 4)
    changed = x.copy()
    changed[0, 2, 1] += 3  # the third observation of the first light curve
    before, after = asked(learner, network, x, changed)
    differs = np.abs(after - before).max(axis=1) > 1e-6
    require(not (differs[2] and not differs[0]), "axes-swapped~other-light-curve")


def check_unpadded_batch(learner: Subject, rng: Rng, network: Network) -> None:
    """Light curves of one length: what goes wrong here has nothing to do with padding."""
    x = light_curves(rng, [4, 4, 4, 4], 4)
    together, *alone = asked(learner, network, x, *(x[i : i + 1] for i in range(4)))
    require(approx_equal(together, np.concatenate(alone), 1e-4, 1e-5), "batch-mixed")


def check_padded_batch(learner: Subject, rng: Rng, network: Network) -> None:
    """Light curves of several lengths, none of which fills the batch."""
    lengths = [4, 8, 2, 6]
    x = light_curves(rng, lengths, 10)
    together, *alone = asked(learner, network, x, *(x[i : i + 1] for i in range(4)))
    want = np.concatenate(alone)
    by_length, short = np.argsort(lengths)[::-1], [0, 2, 3]
    fail_if_recognised(
        Answer(together),
        Mistake("last-padded-step", bool(np.ptp(together[short], axis=0).max() < 1e-6)),
        Mistake("order-lost", want[by_length]),
        rtol=1e-4,
        atol=1e-5,
    )
    change = np.abs(together - want).max(axis=1)
    k = int(change.argmax())
    same = approx_equal(together, want, 1e-4, 1e-5)
    require(same, "padding-matters", n=lengths[k], change=float(change[k]))


def check_empty(learner: Subject, rng: Rng, network: Network) -> None:
    """A light curve without observations has finite logits, and changes no others."""
    x = light_curves(rng, [0, 4, 1], 6)
    batches = [Tensor.of(each) for each in (x, x[:1], x[1:])]
    answer = learner.ask(probes.logits, *network, batches)
    fail_if_recognised(answer, Mistake("empty-crashes", Raises("RuntimeError", "greater than 0")))
    together, alone, others = as_many(answer.value, 3)
    for got, batch in ((together, 3), (alone, 1)):
        logits = shaped(got, batch, 6, empty=0)
        require(bool(np.isfinite(logits).all()), "nan-for-empty")
    same = approx_equal(shaped(together, 3, 6)[1:], shaped(others, 2, 6), 1e-4, 1e-5)
    require(same, "batch-mixed~empty")


def check_unchanged(learner: Subject, rng: Rng, network: Network) -> None:
    """Neither the features, nor the lengths, nor the list of sizes is changed."""
    x = light_curves(rng, [5, 0, 3], 6) if network is LSTM else light_curves(rng, [5, 2, 3], 6)
    got = learner.ask(probes.inputs_afterwards, *network, Tensor.of(x)).value
    lengths = (x[..., 3:] != 0).any(axis=-1).sum(axis=-1)
    require(approx_equal(got.x, Tensor.of(x)), "input-changed", name="x")
    require(approx_equal(got.lengths, Tensor.of(lengths)), "input-changed", name="lengths")
    require(approx_equal(got.sizes, network[1]), "sizes-changed")


def check_dropout(learner: Subject, rng: Rng, network: Network) -> None:
    """Dropout while training, and only then, with the probability that is given."""
    x = Tensor.of(light_curves(rng, [6, 4, 5, 6], 6))
    half = learner.ask(probes.dropped_out, *network, x, 0.5).value
    none = learner.ask(probes.dropped_out, *network, x, 0.0).value
    for got in (*half.training, *half.evaluation, *none.training):
        shaped(got, 4, 6)
    require(approx_equal(*half.evaluation), "dropout-in-evaluation")
    require(not approx_equal(*half.training), "no-dropout")
    require(approx_equal(*none.training), "dropout-not-used")
    rates = learner.ask(probes.dropout_rates, *network, 0.3).value
    others = [rate for rate in rates if abs(rate - 0.3) > 1e-6]
    require(not others, "dropout-not-used~rates", rates=others)


def check_gradients(
    learner: Subject, rng: Rng, network: Network, at_least: int, biases: int | None = None
) -> None:
    """There are `at_least` so many weights, and a gradient arrives at each tensor of them.

    There are no others but `biases`, if their number is given.
    """
    x = Tensor.of(light_curves(rng, [6, 4, 5, 6, 3, 6, 2, 6], 6))
    answer = learner.ask(probes.gradients, *network, x)
    fail_if_recognised(
        answer, Mistake("gradient-lost", Raises("RuntimeError", "does not require grad"))
    )
    weights, arrives = answer.value.weights, answer.value.arrives
    require(weights >= at_least, "layers-not-registered", weights=weights, at_least=at_least)
    if biases is not None:
        most = at_least + biases
        require(weights <= most, "other-layers", sizes=network[1], weights=weights, most=most)
    lost = [name for name, arrived in arrives.items() if not arrived]
    require(not lost or not all("_l1" in name for name in lost), "first-layer-taken")
    names = ", ".join(f"`{name}`" for name in lost[:3])
    require(not lost, "weights-without-gradient", names=names)


def check_rescaled(learner: Subject, rng: Rng, network: Network) -> None:
    """The first layer is given the rescaled features, where it can be seen what it is given."""
    x = light_curves(rng, [4], 4)
    x[..., 0] += 30.0
    got = learner.ask(probes.entered, *network, Tensor.of(x)).value
    if not isinstance(got, Tensor) or got.shape != (4, N_FEATURES):
        return
    scale = np.where(np.arange(N_FEATURES) == 0, 0.01, 1.0)
    fail_if_recognised(
        Answer(got),
        Mistake("not-rescaled", Tensor.of(x[0]), time=x[0, 0, 0]),
        Mistake("not-rescaled~twice", Tensor.of(x[0] * scale**2), time=x[0, 0, 0]),
    )


def check_overfits(learner: Subject, rng: Rng, network: Network) -> None:
    """Trained on one batch alone, the network gets it right."""
    x = light_curves(rng, [4, 3, 4, 2], 4)
    labels, steps = Tensor.of(rng.permutation(4)), 25
    got = learner.ask(probes.overfitted, *network, Tensor.of(x), labels, steps).value
    learned = got.after < 0.5 * got.before
    require(learned, "one-batch-not-learned", steps=steps, before=got.before, after=got.after)
