"""Checks of 8.1, Balanced batches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.answer import Subject
from grader.course.counted import as_many, often
from grader.course.ex08 import probes
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import Mistake, expect_error, fail_if_recognised, kind_of, require
from grader.wire import Tensor

Batch = list[int]

SIZES = {0: 47, 2: 5, 3: 21, 7: 10}  # class number: objects


BATCH_SIZE = 11  # not a multiple of the number of classes


def some_labels(rng: Rng, sizes: dict[int, int] = SIZES) -> list[int]:
    return rng.permutation(np.repeat(list(sizes), list(sizes.values()))).tolist()


def dealt(
    learner: Subject, labels: Any, batch_size: int = BATCH_SIZE, passes: int = 1, seed: int = 1
) -> list[list[Batch]]:
    """The batches of some passes, once they are lists of positions, as many as they should be."""
    objects = len(labels.array if isinstance(labels, Tensor) else labels)
    want = max(objects // batch_size, 1)
    got = learner.ask(probes.dealt, labels, batch_size, passes, seed, want + 5).value
    for batches in got.passes:
        check_positions(batches)
    first, *others = as_many(got.passes, passes)
    require(bool(first), "no-batches")
    require(all(others), "one-pass-only")
    count = len(first)
    require(count < want + 5, "endless", want=want, batch_size=batch_size)
    sizes = {"objects": objects, "batch_size": batch_size}
    require(got.length == want, "wrong-length", got=got.length, want=want, **sizes)
    require(count == want, "length-differs", n_batches=count, length=got.length)
    return got.passes


def check_positions(batches: list[Any]) -> None:
    """Each batch must be a list of positions."""
    flat = bool(batches) and all(isinstance(batch, int) for batch in batches)
    require(not flat, "single-positions")
    for batch in batches:
        positions = isinstance(batch, list) and all(isinstance(i, int) for i in batch)
        require(positions, "not-a-list-of-positions", got=kind_of(batch))


@gate
@pytest.mark.parametrize("form", ["list", "tensor", "array"])
def test_batches(learner: Subject, rng: Rng, form: str) -> None:
    """Each batch is full, and its classes differ by one object at most"""
    numbers = some_labels(rng)
    labels: Any = numbers
    if form != "list":
        labels = Tensor.of(numbers) if form == "tensor" else np.array(numbers)
    (batches,) = dealt(learner, labels)
    sizes = sorted({len(batch) for batch in batches})
    evenly = len(SIZES) * (BATCH_SIZE // len(SIZES))
    dropped = sizes == [evenly]
    require(not dropped, "remainder-dropped", got=evenly, batch_size=BATCH_SIZE)
    require(sizes == [BATCH_SIZE], "wrong-batch-size", got=sizes, batch_size=BATCH_SIZE)
    used = [position for batch in batches for position in batch]
    require(not set(used) <= set(SIZES), "labels-for-positions")
    for position in used:
        inside = 0 <= position < len(numbers)
        require(inside, "position-outside", got=position, last=len(numbers) - 1)
    for batch in batches:
        counts = [sum(numbers[i] == c for i in batch) for c in SIZES]
        require(max(counts) - min(counts) <= 1, "unbalanced", counts=counts)


def test_no_card_twice(learner: Subject, rng: Rng) -> None:
    """An object comes again only when all of its class have come"""
    labels = some_labels(rng)
    passes = dealt(learner, labels, 16, passes=3)
    together = [batch for batches in passes for batch in batches]
    one_pack = all(max(some) - min(some) <= 1 for some in counts_of(together, labels))
    for batches in passes:
        for counts in counts_of(batches, labels):
            most, least = max(counts), min(counts)
            if most - least <= 1:
                continue
            fields = {"n": len(counts), "most": often(most), "least": often(least)}
            require(not one_pack, "packs-carried-over", **fields)
            require(not throws_away(passes, labels), "rest-of-pack-thrown-away", **fields)
            require(False, "with-replacement", **fields)


def throws_away(passes: list[list[Batch]], labels: list[int]) -> bool:
    """Whether a batch is dealt from the rest of a pack, and from a new one if that is too small."""
    for c in SIZES:
        members = {i for i, label in enumerate(labels) if label == c}
        for batches in passes:
            left: set[int] = set()
            for batch in batches:
                cards = [i for i in batch if label_at(labels, i) == c]
                left = members if len(left) < len(cards) else left
                if len(left & set(cards)) < len(cards):
                    return False
                left = left - set(cards)
    return True


def counts_of(batches: list[Batch], labels: list[int]) -> Iterator[list[int]]:
    """How often each object of a class has come, after each batch and for each class."""
    uses = Counter[int]()
    for batch in batches:
        uses.update(batch)
        for c in SIZES:
            yield [uses[i] for i, label in enumerate(labels) if label == c]


def test_another_order(learner: Subject, rng: Rng) -> None:
    """The order is another one in each pass, and for each seed"""
    labels = some_labels(rng)
    first, second, third = dealt(learner, labels, passes=3)
    (other,) = dealt(learner, labels, seed=2)
    alike = first == second or second == third
    require(not alike or other != first, "same-order~ever")
    require(not alike, "same-order")
    for c in SIZES:
        orders = {
            tuple(i for batch in batches for i in batch if label_at(labels, i) == c)
            for batches in (first, second, third)
        }
        require(len(orders) > 1, "same-order~class", n=SIZES[c])
        firsts = [order[: SIZES[c]] for order in orders]
        whole = SIZES[c] > 5 and all(len(set(first)) == SIZES[c] for first in firsts)
        starts = {rotated(first) for first in firsts}
        require(len(starts) > 1 or not whole, "same-order~rotated", n=SIZES[c])
    require(other != first, "own-seed")


def rotated(order: tuple[int, ...]) -> tuple[int, ...]:
    """The same order along a circle, from the smallest number on."""
    place = order.index(min(order)) if order else 0
    return order[place:] + order[:place]


def test_same_seed(learner: Subject, rng: Rng) -> None:
    """After the same torch.manual_seed a new sampler gives the same batches"""
    labels = some_labels(rng)
    once, again = (dealt(learner, labels, passes=2) for _ in range(2))
    require(once == again, "other-generator")


def test_few_objects(learner: Subject) -> None:
    """With fewer objects than a batch has places there is one batch"""
    labels = [0, 0, 0, 1, 1]
    require(learner.ask(probes.dealt, labels, 8, 1, 1, 5).value.length != 0, "no-batch")
    ((batch,),) = dealt(learner, labels, 8)
    counts = [sum(label_at(labels, i) == c for i in batch) for c in (0, 1)]
    require(counts == [4, 4], "two-classes-unbalanced", counts=counts)
    ((single,),) = dealt(learner, [5], 3)
    require(single == [0, 0, 0], "single-object", got=single)


def test_two_samplers(learner: Subject, rng: Rng) -> None:
    """Another sampler changes nothing about the first one"""
    labels = some_labels(rng)
    got = learner.ask(probes.dealt, labels, BATCH_SIZE, 1, 1, 100, [0, 0, 0, 5, 5]).value
    (batches,) = as_many(got.passes, 1)
    check_positions(batches)
    fits = got.length == len(batches) == len(labels) // BATCH_SIZE
    for batch in batches:
        counts = Counter(label_at(labels, i) for i in batch)
        fits &= len(batch) == BATCH_SIZE and set(counts) == set(SIZES)
    require(fits, "state-on-class")


def label_at(labels: list[int], position: int) -> int | None:
    known = isinstance(position, int) and 0 <= position < len(labels)
    return labels[position] if known else None


def test_smallest_batch(learner: Subject, rng: Rng) -> None:
    """A batch with as many places as there are classes holds one object of each"""
    labels = some_labels(rng)
    answer = learner.ask(probes.dealt, labels, len(SIZES), 1, 1, 40)
    refused = answer.raised is not None and answer.raised.is_a("ValueError")
    fail_if_recognised(
        answer, Mistake("enough-places-refused", refused, error=quoted(answer.raised))
    )
    (batches,) = dealt(learner, labels, len(SIZES))
    for batch in batches:
        counts = [sum(label_at(labels, i) == c for i in batch) for c in SIZES]
        require(counts == [1] * len(SIZES), "unbalanced~smallest", counts=counts)


def test_batch_too_small(learner: Subject, rng: Rng) -> None:
    """A batch with fewer places than there are classes is a ValueError"""
    labels = some_labels(rng)
    answer = learner.ask(probes.dealt, labels, 3, 1, 1, 40)
    accepted = Mistake("too-small-accepted", answer.raised is None)
    for value in ("3", str(len(SIZES))):
        expect_error(answer, "ValueError", "a batch of 3 for 4 classes", accepted)
        message = answer.message
        named = re.search(rf"(?<!\d){value}(?!\d)", message) is not None
        require(named, "number-not-named", answer, value=value, message=message)
