"""Checks of 8.E1, Mixing rare objects."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import N_CLASSES
from grader.course.ex08.replies import Mixed
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    kind_of,
    require,
)
from grader.wire import Tensor


def mixed_pair(answer: Answer[Mixed]) -> tuple[Any, Any]:
    """Features and labels of the new batch, once they are a pair."""
    result = answer.value.result
    is_pair = isinstance(result, list | tuple) and len(result) == 2
    require(is_pair, "not-a-pair", got=kind_of(result))
    return result[0], result[1]


def mixtures(
    learner: Subject, labels: np.ndarray, minority: list[int], alpha: float, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """The share of each old object in each new one, (new, old), and the new labels.

    Object number i is a light curve with a 1 in place i and 0 elsewhere, so that the features of a
    new one are its shares.
    """
    count = len(labels)
    features = np.eye(count).reshape(count, count // 4, 4)
    batch = Tensor.of(features), Tensor.of(labels)
    answer = learner.ask(probes.mixed, *batch, N_CLASSES, minority, alpha, seed)
    new, soft = mixed_pair(answer)
    old_labels = isinstance(soft, Tensor) and soft.shape == (count,)
    shares = float_values(new, features.shape, "features")
    require(not old_labels, "labels-not-mixed")
    new_labels = float_values(soft, (count, N_CLASSES), "labels")
    require(answer.value.unchanged, "input-changed")
    return shares.reshape(count, count), new_labels


def float_values(values: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The values in double precision, once they are a tensor of float32 of this shape."""
    fits = isinstance(values, Tensor) and values.shape == shape and values.dtype == "float32"
    require(fits, "not-float32", what=what, shape=shape, got=kind_of(values))
    require(bool(np.isfinite(values.array).all()), "not-finite", what=what)
    return values.array.astype(float)


def some_batch(rng: Rng, count: int = 40) -> tuple[np.ndarray, list[int]]:
    """Labels of a batch with two rare classes, and these."""
    labels = rng.permutation([4] * (count - 20) + [1] * 8 + [3] * 5 + [0] * 7)
    return labels, [0, 3]


@gate
@twice
def test_only_minority(learner: Subject, rng: Rng) -> None:
    """Objects of the minority are mixed with one other object; all others stay as they are"""
    labels, minority = some_batch(rng)
    shares, _ = mixtures(learner, labels, minority, 5.0)
    rare = np.isin(labels, minority)
    untouched = np.eye(len(labels))
    require(not approx_equal(shares, untouched), "nothing-mixed")
    same = approx_equal(shares[~rare], untouched[~rare], atol=1e-5)
    several = bool(((shares[~rare] > 1e-6).sum(axis=1) > 1).any())
    require(same or not several, "majority-mixed")
    require(same, "majority-changed")
    for c in minority:
        left_out = approx_equal(shares[labels == c], untouched[labels == c], atol=1e-5)
        require(not left_out, "rare-class-left-out", minority=minority, c=c)
    sums = shares.sum(axis=1)
    expect(Answer(sums), np.ones(len(labels)), what="the sum of an object's shares", rtol=1e-4)
    parts = (shares > 1e-6).sum(axis=1)
    mixed = np.flatnonzero(parts > 2).tolist()  # with more than one partner
    twice_mixed = len(mixed) > 0 and all(of_mixtures(shares, i) for i in mixed)
    require(not twice_mixed, "partner-already-mixed", got=parts.max())
    require(len(mixed) == 0, "several-partners", got=parts.max() - 1)


def of_mixtures(shares: np.ndarray, i: int) -> bool:
    """Whether a new object is a mixture of its old self and another new one."""
    own = np.eye(len(shares))[i]
    for j in np.flatnonzero(shares[i] > 1e-6):
        away = shares[j] - own
        part = float((shares[i] - own) @ away / (away @ away or 1.0))
        if j != i and approx_equal(own + part * away, shares[i], atol=1e-5):
            return True
    return False


def test_labels_alike(learner: Subject, rng: Rng) -> None:
    """The labels are mixed like the features"""
    labels, minority = some_batch(rng)
    shares, soft = mixtures(learner, labels, minority, 5.0)
    one_hot = np.eye(N_CLASSES)[labels]
    want = shares @ one_hot
    flipped = shares.copy()
    rare = np.isin(labels, minority)
    own = np.diag(shares)
    for i in np.flatnonzero(rare):
        others = [j for j in np.flatnonzero(shares[i] > 1e-6) if j != i]
        if others:
            flipped[i, i], flipped[i, others[0]] = 1 - own[i], own[i]
    expect(
        Answer(Tensor.of(soft)),
        Tensor.of(want),
        Mistake("labels-not-mixed~one-hot", Tensor.of(one_hot)),
        Mistake("label-shares-swapped", Tensor.of(flipped @ one_hot)),
        what="the labels",
    )


def test_shares(learner: Subject, rng: Rng) -> None:
    """Each object has a share of its own, at least 1/2, from the beta distribution"""
    labels, minority = rng.permutation([0] * 20 + [4] * 60), [4]
    rare = labels == 4
    shares, _ = mixtures(learner, labels, minority, 0.5)
    own = np.diag(shares)[rare]
    require(bool((own > 0.5 - 1e-4).all()), "partner-outweighs", share=own.min())
    mixing = own[own < 1 - 1e-4]
    require(len(mixing) < 4 or np.ptp(mixing) > 1e-4, "one-share-for-all")
    middle, _ = mixtures(learner, labels, minority, 2000.0)
    even = np.diag(middle)[rare]
    even = even[even < 1 - 1e-4]
    require(len(even) > 0 and even.max() < 0.6, "alpha-ignored")
    little, _ = mixtures(learner, labels, minority, 0.05)
    require(float(np.mean(np.diag(little)[rare] > 0.99)) > 0.6, "alpha-ignored~small")


def test_distribution(learner: Subject) -> None:
    """The shares are those of Beta(alpha, alpha), and of no other distribution"""
    labels = np.array([0, 4] * 600)
    features = Tensor.of(np.zeros((1200, 1, 1)))
    answer = learner.ask(probes.mixed, features, Tensor.of(labels), N_CLASSES, [4], 2.0)
    soft = float_values(mixed_pair(answer)[1], (1200, N_CLASSES), "labels")
    shares = soft[labels == 4, 4]  # of an object with a partner of another class
    shares = shares[shares < 1 - 1e-4]
    if len(shares) < 100:
        return  # another check says so
    away = float(np.mean(shares - 0.5))
    require(abs(away - 0.1875) < 0.026, "shares-otherwise-distributed", got=0.5 + away)


def test_partners(learner: Subject, rng: Rng) -> None:
    """Partners come from the whole batch, and others each time"""
    labels, minority = rng.permutation([0] * 40 + [4] * 40), [4]
    rare = np.flatnonzero(labels == 4)
    shares, _ = mixtures(learner, labels, minority, 50.0)
    partner = partners(shares, rare)
    common = float(np.mean(labels[partner] == 0))
    require(common > 0, "partners-of-minority")
    require(common < 1, "partners-of-majority")
    require(len(set(partner)) > 1, "one-partner-for-all")
    again, _ = mixtures(learner, labels, minority, 50.0)
    other, _ = mixtures(learner, labels, minority, 50.0, seed=2)
    require(approx_equal(shares, again, atol=1e-5), "other-generator")
    require(not approx_equal(shares, other, atol=1e-5), "own-seed")
    require(partner != partners(other, rare), "partner-not-drawn")


def partners(shares: np.ndarray, rare: np.ndarray) -> list[int]:
    """The partner of each of these objects; an object without another one is its own."""
    others = shares * (1 - np.eye(len(shares)))
    return [int(others[i].argmax()) if others[i].max() > 1e-6 else int(i) for i in rare]


def test_own_partner(learner: Subject, rng: Rng) -> None:
    """An object may be its own partner, in a batch of one it must be"""
    one = Tensor.of(rng.uniform(0, 1, (1, 2, 4)))
    answer = learner.ask(probes.mixed, one, Tensor.of(np.array([3])), N_CLASSES, [3], 2.0)
    fail_if_recognised(
        answer, Mistake("single-object-fails", alone(answer), error=quoted(answer.raised))
    )
    same, soft = mixed_pair(answer)
    expect(Answer(same), one, what="the features of a batch of one")
    expect(Answer(soft), Tensor.of(np.eye(N_CLASSES)[[3]]), what="the labels of a batch of one")
    pairs = learner.ask(probes.mixed_pairs, 16, 50.0).value
    shares = [float_values(pair, (2, 1, 2), "features").reshape(2, 2) for pair in pairs]
    kept = any(approx_equal(np.diag(share)[i], 1.0, 1e-3) for share in shares for i in (0, 1))
    require(kept, "never-own-partner")


def alone(answer: Answer[Mixed]) -> bool:
    return answer.raised is not None and not answer.raised.is_a("NotImplementedError")


def test_no_minority(learner: Subject, rng: Rng) -> None:
    """A batch without rare objects stays as it is; the minority may be a set"""
    labels = rng.permutation([0] * 5 + [1] * 3)
    features = Tensor.of(np.eye(8).reshape(8, 2, 4))
    answer = learner.ask(probes.mixed, features, Tensor.of(labels), N_CLASSES, {4}, 0.4)
    if alone(answer):
        listed = learner.ask(probes.mixed, features, Tensor.of(labels), N_CLASSES, [4], 0.4)
        error = quoted(answer.raised)
        fail_if_recognised(answer, Mistake("set-refused", not alone(listed), error=error))
        require(False, "none-rare-fails", answer, error=error)
    same, soft = mixed_pair(answer)
    expect(Answer(same), features, what="the features of a batch without rare objects")
    wanted = Tensor.of(np.eye(N_CLASSES)[labels])
    expect(Answer(soft), wanted, what="the labels of a batch without rare objects")


def test_double_precision(learner: Subject, rng: Rng) -> None:
    """Features keep their dtype, and labels are float32"""
    labels = rng.permutation([0] * 5 + [1] * 3)
    features = Tensor.of(np.eye(8).reshape(8, 2, 4), "float64")
    answer = learner.ask(probes.mixed, features, Tensor.of(labels), N_CLASSES, [1], 0.4)
    of_types = [Raises("RuntimeError", word) for word in ("dtype", "type ", "scalar type")]
    fails = answer.raised is not None and any(each.matches(answer) for each in of_types)
    fail_if_recognised(answer, Mistake("dtype-changed~raised", fails, error=quoted(answer.raised)))
    kinds = [getattr(each, "dtype", kind_of(each)) for each in mixed_pair(answer)]
    got = " and ".join(map(str, kinds))
    require(kinds == ["float64", "float32"], "dtype-changed", got=got)
