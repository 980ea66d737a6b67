"""Checks of both loops of Exercise 6, against a softmax regression trained with NumPy."""

from __future__ import annotations

import copy
from typing import TypeVar

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES
from grader.course.ex06.replies import CLASS_WEIGHTS, LEFT_OUT, LEFT_OVER, Seen
from grader.course.oracles import Rng, light_curves, softmax, true_log_p
from grader.expect import Mistake, Raises, expect_error, fail_if_recognised, require
from grader.wire import Tensor

S = TypeVar("S", bound=Seen)

BATCH_SIZE = 3
WIDTH = 4  # of an observation: these light curves have one band, so that they can be typed

NO_LENGTHS = Mistake("lengths-not-given", Raises("TypeError", "'lengths'"))
NO_AUTO = Mistake("auto-not-resolved", Raises("RuntimeError", "device string: auto"))
LABELS_FIRST = Mistake("arguments-swapped", Raises("TypeError", "the logits come first"))


class Regression:
    """What the loops of 6.4 and 6.5 do to the probe's network, in double precision."""

    def __init__(self, rng: Rng, size: int = 7) -> None:
        self.x = light_curves(rng, [1, 2, *rng.integers(1, 3, size - 2)], 2, bands=1)
        self.x[..., 0] /= 20
        self.x[..., 1] *= 4  # gradients that are not small
        self.x[..., 1:] = self.x[..., 1:].round(1)
        self.x = self.x.round(2)
        self.class_weights = np.array(CLASS_WEIGHTS)
        self.labels = rng.permutation(np.arange(size) % N_CLASSES)
        self.weight = rng.normal(0, 0.5, (WIDTH, N_CLASSES)).round(2)
        counts = (self.x[..., 3:] != 0).any(axis=-1).sum(axis=-1, keepdims=True)
        self.mean = self.x.sum(axis=1) / counts  # (size, WIDTH)

    def sent(
        self, drop_last: bool = False, size: int | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor, int, bool]]:
        """Weights and batches, as the probes want them."""
        x, labels = Tensor.of(self.x[:size]), Tensor.of(self.labels[:size])
        return Tensor.of(self.weight), (x, labels, BATCH_SIZE, drop_last)

    def batches(self, drop_last: bool = False) -> list[np.ndarray]:
        """The places of the light curves of each batch."""
        places = np.arange(len(self.labels))
        cut = [places[i : i + BATCH_SIZE] for i in range(0, len(places), BATCH_SIZE)]
        return [batch for batch in cut if len(batch) == BATCH_SIZE or not drop_last]

    def loss(self, weight: np.ndarray, batch: np.ndarray) -> float:
        counts = self.class_weights[self.labels[batch]]
        log_p = true_log_p(self.mean[batch] @ weight, self.labels[batch])
        return float(-(counts * log_p).sum() / counts.sum())

    def gradient(self, weight: np.ndarray, batch: np.ndarray) -> np.ndarray:
        counts = self.class_weights[self.labels[batch]]
        p = softmax(self.mean[batch] @ weight)
        p[np.arange(len(batch)), self.labels[batch]] -= 1
        return self.mean[batch].T @ (p * counts[:, None]) / counts.sum()

    def without_criterion(self) -> Regression:
        """The same, with the plain cross-entropy instead of the criterion that is given."""
        other = copy.copy(self)
        other.class_weights = np.ones(N_CLASSES)
        return other

    def right(self, batch: np.ndarray) -> int:
        """How many light curves of a batch the network gets right."""
        answers = (self.mean[batch] @ self.weight).argmax(axis=-1)
        return int((answers == self.labels[batch]).sum())

    def trained(
        self, lr: float, cleared: str = "each", drop_last: bool = False
    ) -> tuple[np.ndarray, list[float]]:
        """Weights after an epoch, and the losses on the way.

        Gradients are cleared for `each` batch, `once` before, `after` each step, or never.
        """
        weight, losses = self.weight.copy(), []
        gradient = np.full_like(weight, LEFT_OVER if cleared != "once" else 0.0)
        for i, batch in enumerate(self.batches(drop_last)):
            losses.append(self.loss(weight, batch))
            if cleared == "each" or (cleared == "after" and i > 0):
                gradient = np.zeros_like(weight)
            gradient = gradient + self.gradient(weight, batch)
            weight -= lr * gradient
        return weight, losses


def seen(answer: Answer[S]) -> S:
    """What was seen of a loop, unless it broke down in a well-known way."""
    fail_if_recognised(answer, NO_LENGTHS, NO_AUTO, LABELS_FIRST)
    sums = answer.value.sums
    softmaxed = bool(sums) and all(abs(total - 1) < 1e-4 for total in sums)
    require(not softmaxed, "softmax-before-criterion", answer)
    return answer.value


def divided_by_dataset(total: float, n: int, trial: Regression) -> Mistake:
    """A sum over n light curves that is divided by the size of the data set."""
    size = len(trial.labels) + LEFT_OUT
    return Mistake("divided-by-dataset", total / size, n=n, size=size)


def check_moved(learner: Subject, loop: str, rng: Rng) -> None:
    """Everything must be where the argument `device` says."""
    answer = learner.ask(probes.devices, loop, *Regression(rng).sent())
    fail_if_recognised(answer, NO_LENGTHS, LABELS_FIRST)
    places = answer.value
    require(bool(places), "network-never-asked")
    left = {name: place for name, place in places.items() if place != "meta"}
    names = " and ".join(f"the {name}" for name in left)
    fields = {"loop": loop, "names": names, "place": next(iter(left.values()), "")}
    whole = left.keys() & {"model", "criterion"}
    require(bool(whole) or not left, "not-moved~batch", **fields)
    require(len(whole) == len(left), "not-moved~both", **fields)
    require(not left, "not-moved", **fields)


def check_no_batch(answer: Answer[S]) -> None:
    """What a loop did with `BATCH_SIZE - 1` light curves must be a ValueError."""
    n = BATCH_SIZE - 1
    fields = {"n": n, "size": BATCH_SIZE, "whole": n + LEFT_OUT, "error": answer.raised}
    returned = Answer(answer.result.returned) if answer.raised is None else answer
    expect_error(
        returned,
        "ValueError",
        "a dataloader without a batch",
        NO_AUTO,
        Mistake("nothing-to-divide-by", Raises("ZeroDivisionError"), **fields),
    )
