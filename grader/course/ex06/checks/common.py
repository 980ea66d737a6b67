"""Checks of Exercise 6: two networks, a loss, and the loops that train and evaluate.

Networks are judged by what may not change (padding, the order of a batch, a repetition), the loss
and the loops by NumPy in double precision: a softmax regression, trained by hand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    require,
)
from grader.wire import Tensor

Rng = np.random.Generator
Network = tuple[str, list[Any]]
"""Name and sizes of a network."""


N_FEATURES, N_CLASSES = 6, 5


LSTM: Network = ("LightCurveLSTM", [N_FEATURES, 8, 2, N_CLASSES])


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


def asked(learner: Subject, network: Network, *batches: np.ndarray) -> list[np.ndarray]:
    """The logits of each batch as arrays, once they are tensors of the right shape."""
    answer = learner.ask(probes.logits, *network, [Tensor.of(x) for x in batches])
    fail_if_recognised(answer, Mistake("must-be-sorted", Raises("RuntimeError", "must be sorted")))
    for got, x in zip(answer.value, batches, strict=True):
        check_shape(got, *x.shape[:2])
    return [got.array for got in answer.value]


def check_shape(got: Any, batch: int, seq_len: int, empty: int | None = None) -> None:
    """The logits must be of shape (batch, num_classes), and finite but for the row `empty`."""
    if not isinstance(got, Tensor):
        expect(Answer(got), Tensor.of(np.zeros((batch, N_CLASSES))), what="the result of `forward`")
        return
    want = (batch, N_CLASSES)
    last = got.shape[-1:] == (N_CLASSES,)
    require(got.shape != (batch, seq_len, N_CLASSES), "not-pooled", shape=got.shape, want=want)
    require(batch != 1 or got.shape != (N_CLASSES,), "batch-of-one", shape=got.shape, want=want)
    require(
        not (last and len(got.shape) == 2) or got.shape[0] == batch,
        "axes-swapped",
        shape=got.shape,
        want=want,
    )
    require(got.shape == want, "logits-shape-they", shape=got.shape, want=want)
    require("float" in got.dtype, "logits-hold-they", dtype=got.dtype)
    seen = got.array if empty is None else np.delete(got.array, empty, axis=0)
    require(bool(np.isfinite(seen).all()), "some-logits-nan")


def shape_and_logits(learner: Subject, rng: Rng, network: Network) -> None:
    x = light_curves(rng, [7, 3, 9, 5], 9)
    got, one = asked(learner, network, x, x[:1])
    for logits in (got, one):
        sums = np.abs(logits.sum(axis=1) - 1).max() < 1e-4
        require(not (sums and (logits >= 0).all()), "softmax-in-model")


def batch_order(learner: Subject, rng: Rng, network: Network) -> None:
    """Light curves of one length first: what goes wrong there has nothing to do with padding."""
    x = light_curves(rng, [4, 4, 4, 4], 4)
    changed = x.copy()
    changed[0, 2, 1] += 3  # the third observation of the first light curve
    before, after = asked(learner, network, x, changed)
    differs = np.abs(after - before).max(axis=1) > 1e-6
    require(not (differs[2] and not differs[0]), "axes-swapped~2")
    together, *alone = asked(learner, network, x, *(x[i : i + 1] for i in range(4)))
    require(approx_equal(together, np.concatenate(alone), 1e-4, 1e-5), "batch-mixed")
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
    require(approx_equal(together, want, 1e-4, 1e-5), "padding-matters")


def no_observation(learner: Subject, rng: Rng, network: Network) -> None:
    x = light_curves(rng, [0, 4, 1], 6)
    answer = learner.ask(probes.logits, *network, [Tensor.of(x), Tensor.of(x[:1])])
    fail_if_recognised(answer, Mistake("empty-crashes", Raises("RuntimeError", "greater than 0")))
    for got, batch in zip(answer.value, (3, 1), strict=True):
        check_shape(got, batch, 6, empty=0)
        require(bool(np.isfinite(got.array).all()), "nan-for-empty")


def input_unchanged(learner: Subject, rng: Rng, network: Network) -> None:
    x = light_curves(rng, [5, 0, 3], 6) if network is LSTM else light_curves(rng, [5, 2, 3], 6)
    got = learner.ask(probes.inputs_afterwards, *network, Tensor.of(x)).value
    lengths = (x[..., 3:] != 0).any(axis=-1).sum(axis=-1)
    require(
        approx_equal(got["x"], Tensor.of(x)) and approx_equal(got["lengths"], Tensor.of(lengths)),
        "input-changed",
    )
    require(got["sizes"] == network[1], "sizes-changed")


def dropout_works(learner: Subject, rng: Rng, network: Network) -> None:
    x = Tensor.of(light_curves(rng, [6, 4, 5, 6], 6))
    half = learner.ask(probes.dropped_out, *network, x, 0.5).value
    none = learner.ask(probes.dropped_out, *network, x, 0.0).value
    for got in (*half["training"], *half["evaluation"], *none["training"]):
        check_shape(got, 4, 6)
    require(approx_equal(*half["evaluation"]), "dropout-in-evaluation")
    require(not approx_equal(*half["training"]), "no-dropout")
    require(approx_equal(*none["training"]), "dropout-not-used")


def every_weight_learns(learner: Subject, rng: Rng, network: Network, at_least: int) -> None:
    x = Tensor.of(light_curves(rng, [6, 4, 5, 6, 3, 6, 2, 6], 6))
    answer = learner.ask(probes.gradients, *network, x)
    fail_if_recognised(
        answer, Mistake("gradient-lost", Raises("RuntimeError", "does not require grad"))
    )
    got = answer.value
    require(
        got["weights"] >= at_least,
        "layers-not-registered",
        weights=got["weights"],
        at_least=at_least,
    )
    lost = [name for name, arrives in got["arrives"].items() if not arrives]
    require(not lost or not all(name.endswith("_l1") for name in lost), "first-layer-taken")
    names = ", ".join(f"`{name}`" for name in lost[:3])
    require(not lost, "gradient-arrives-these", names=names)


def learns_one_batch(learner: Subject, rng: Rng, network: Network) -> None:
    x = light_curves(rng, [4, 3, 4, 2], 4)
    labels, steps = Tensor.of(rng.permutation(4)), 25
    first, last = learner.ask(probes.overfitted, *network, Tensor.of(x), labels, steps).value
    require(last < 0.5 * first, "four-light-curves", steps=steps, first=first, last=last)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def true_log_p(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return log_softmax(logits)[np.arange(len(targets)), targets]


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


NO_LENGTHS = Mistake("lengths-not-handed-over", Raises("TypeError", "'lengths'"))


NO_AUTO = Mistake("auto-not-resolved", Raises("RuntimeError", "device string: auto"))


LABELS_FIRST = Mistake("arguments-swapped", Raises("TypeError", "the logits come first"))


def look(answer: Answer) -> dict:
    """What was seen of a loop, unless it broke down in a well-known way."""
    fail_if_recognised(answer, NO_LENGTHS, NO_AUTO, LABELS_FIRST)
    got = answer.value
    softmaxed = bool(got["sums"]) and all(abs(total - 1) < 1e-4 for total in got["sums"])
    require(not softmaxed, "softmax-before-criterion")
    return got


def check_moved(learner: Subject, loop: str, rng: Rng) -> None:
    """Everything must be where the argument `device` says."""
    trial = Regression(rng)
    answer = learner.ask(probes.devices, loop, *trial.sent())
    fail_if_recognised(answer, NO_LENGTHS, LABELS_FIRST)
    got = answer.value
    require(bool(got), "network-never-asked")
    left = [name for name, place in got.items() if place != "meta"]
    require(not left, "not-moved", value=(left or [""])[0])


def check_no_batch(answer: Answer) -> None:
    """What a loop did without a batch must be a ValueError."""
    if answer.raised is None:
        answer = Answer(answer.result["returned"])
    expect_error(
        answer,
        "ValueError",
        "a dataloader without a batch",
        Mistake("nothing-to-divide-by", Raises("ZeroDivisionError")),
    )
