"""Checks of 5.E2, Every batch a small sky."""

from __future__ import annotations

from collections import Counter

import numpy as np

from grader.answer import Finding, Subject
from grader.course.counted import as_many
from grader.course.ex05 import probes
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import require
from grader.wire import Tensor

SIZES = [281, 150, 91, 62, 19]  # objects of each class

N = 603

BATCH = 41  # 603 objects in 15 batches


Batches = list[list[int]]


def dealt(learner: Subject, rng: Rng, seeds: list[int | None]) -> tuple[np.ndarray, list[Batches]]:
    """The labels, and the batches of each epoch, as lists of numbers."""
    labels = rng.permutation(np.repeat(np.arange(5), SIZES))
    got = learner.ask(probes.epochs, Tensor.of(labels), BATCH, seeds).value
    require(got.is_loader, "not-a-loader", kind=got.kind)
    odd = [n for batches in got.epochs for batch in batches for n in batch if not 0 <= n < N]
    require(not odd, "no-such-object", number=odd[:1])
    return labels, as_many(got.epochs, len(seeds))


def test_each_once(learner: Subject, rng: Rng) -> None:
    """In an epoch every object comes exactly once"""
    _, (batches,) = dealt(learner, rng, [1])
    counts = Counter(number for batch in batches for number in batch)
    require(max(counts.values(), default=0) <= 1, "drawn-with-replacement")
    n_lost = N - len(counts)
    full = [len(batch) for batch in batches] == [BATCH] * (N // BATCH)
    require(not n_lost or not full, "some-left-out~last-batch", n_lost=n_lost, batch=BATCH)
    require(not n_lost, "some-left-out", n_lost=n_lost)


def test_sizes(learner: Subject, rng: Rng) -> None:
    """There are ceil(n / batch_size) batches, none of them too large"""
    _, (batches,) = dealt(learner, rng, [1])
    sizes = sorted((len(batch) for batch in batches), reverse=True)
    largest = max(sizes, default=0)
    each_anew = [sum(-(-(size - i) // 15) for size in SIZES) for i in range(15)]
    text = ", ".join(map(str, sizes[:15]))
    found = {"batch": BATCH, "sizes": text}
    require(largest <= BATCH or sizes != each_anew, "batch-too-large~classes", **found)
    require(largest <= BATCH, "batch-too-large", **found)
    require(len(batches) == 15, "wrong-number-of-batches", n_batches=len(batches), batch=BATCH)


@gate
def test_shares(learner: Subject, rng: Rng) -> None:
    """In each batch every class has its share"""
    labels, (batches,) = dealt(learner, rng, [1])
    order = [number for batch in batches for number in batch]
    classes = [labels[np.array(batch, dtype=int)] for batch in batches]
    counts = np.array([np.bincount(each, minlength=5) for each in classes])
    shares = np.array([[len(batch) * size / N for size in SIZES] for batch in batches])
    if (np.abs(counts - shares) < 2).all():
        return
    require(order != sorted(order), "in-order")
    require(not bool(((counts > 0).sum(axis=1) == 1).sum() > 5), "one-class-a-batch")
    even = np.abs(counts - counts.mean(axis=1, keepdims=True)) < 3
    require(not bool(even[:2].all()), "equal-classes")
    batch, name = np.argwhere(np.abs(counts - shares) >= 2)[0]
    raise Finding(
        "drawn-at-random",
        size=len(batches[batch]),
        n_of_class=counts[batch, name],
        name=name,
        share=shares[batch, name],
    )


def test_new_order(learner: Subject, rng: Rng) -> None:
    """Each epoch has other batches, which repeat with the seed"""
    _, (first, second, third) = dealt(learner, rng, [5, None, 5])
    require(first != second, "order-fixed")
    sets = [{frozenset(batch) for batch in batches} for batches in (first, second)]
    require(sets[0] != sets[1], "same-batches")
    require(first == third, "not-from-torch")
