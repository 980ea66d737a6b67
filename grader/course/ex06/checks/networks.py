"""Checks of both networks of Exercise 6: what must not change their logits, and what must.

A network is judged by its symmetries: padding, the order of a batch, a repetition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.counted import as_many
from grader.course.ex06 import probes
from grader.course.ex06.checks.common import N_CLASSES, Bundle, Memory, bundle
from grader.course.oracles import Rng, light_curves
from grader.expect import Mistake, Raises, approx_equal, expect, fail_if_recognised, require
from grader.wire import Tensor

Network = tuple[str, list[Any]]
"""Name and sizes of a network."""

NOT_SORTED = Mistake("must-be-sorted", Raises("RuntimeError", "must be sorted"))


@dataclass(frozen=True)
class Batches:
    """What a network is asked: batches, and whether those of the first also come one by one."""

    network: Network
    batches: list[np.ndarray]
    alone: bool = False

    @property
    def question(self) -> tuple[Any, ...]:
        return *self.network, [Tensor.of(x) for x in self.batches], self.alone


@dataclass(frozen=True)
class Logits:
    """The logits for batches of several names."""

    plan: dict[str, Batches]
    _bundle: Bundle

    def of(self, name: str) -> list[np.ndarray]:
        """The logits of each batch as arrays, once they are tensors of the right shape."""
        return arrays_of(self._bundle.of(name), self.plan[name])


def shared_batches(rng: Rng, network: Network) -> dict[str, Batches]:
    """What both networks are asked."""
    padded, equal = light_curves(rng, [6, 2, 4, 8], 10), light_curves(rng, [4, 4, 4, 4], 4)
    changed = equal.copy()
    changed[0, 2, 1] += 3  # the third observation of the first light curve
    return {
        "padded": Batches(network, [padded, padded[:1]], alone=True),
        "axes": Batches(network, [equal, changed]),
        "equal": Batches(network, [equal], alone=True),
    }


def logits_of(
    learner: Subject, rng: Rng, memory: Memory, plan: Callable[[Rng], dict[str, Batches]]
) -> Logits:
    """The logits for all batches of a part, which are asked only once."""
    return Logits(*bundle(learner, rng, memory, probes.logits, plan))


def longer(x: np.ndarray, rows: int) -> np.ndarray:
    """The same light curves with more padding."""
    return np.pad(x, ((0, 0), (0, rows), (0, 0)))


def asked(learner: Subject, network: Network, *batches: np.ndarray) -> list[np.ndarray]:
    """The logits of each batch, asked now."""
    what = Batches(network, list(batches))
    return arrays_of(learner.ask(probes.logits, *what.question), what)


def arrays_of(answer: Answer[Any], what: Batches) -> list[np.ndarray]:
    """The logits of each batch as arrays, once they are tensors of the right shape.

    The first batch is asked twice: what chance does is not to be taken for anything else. Those of
    its light curves one by one come last.
    """
    fail_if_recognised(answer, NOT_SORTED)
    batches = [*what.batches, what.batches[0], *(what.batches[:1] if what.alone else [])]
    replies = parted(answer.value, [len(x) for x in batches])
    n, classes = len(what.batches), what.network[1][-1]
    whole = zip(replies[: n + 1], batches, strict=False)
    logits = [shaped(got, len(x), x.shape[1], classes) for got, x in whole]
    require(approx_equal(logits[0], logits.pop(), 1e-4, 1e-5), "dropout-in-evaluation")
    if what.alone:
        if replies[-1] is None:  # not even batches of one, which another check reports
            return [*logits, logits[0]]
        logits.append(shaped(replies[-1], len(batches[-1]), batches[-1].shape[1], classes))
    return logits


def parted(logits: Any, rows: list[int]) -> list[Any]:
    """The logits of each batch, which come one by one or all in one tensor."""
    if not isinstance(logits, Tensor):
        return as_many(logits if isinstance(logits, list) else [], len(rows))
    if logits.array.ndim == 0 or len(logits.array) != sum(rows):
        return as_many([], len(rows))
    cuts = np.cumsum(rows)[:-1]
    return [Tensor(logits.dtype, each) for each in np.split(logits.array, cuts)]


def shaped(
    got: Any, batch: int, seq_len: int, classes: int = N_CLASSES, empty: int | None = None
) -> np.ndarray:
    """The logits, once their shape is (batch, num_classes) and all but row `empty` are finite."""
    if not isinstance(got, Tensor):
        expect(Answer(got), Tensor.of(np.zeros((batch, classes))), what="the result of `forward`")
    shape, want = got.shape, (batch, classes)
    require(shape != (batch, seq_len, classes), "not-pooled", shape=shape, want=want)
    require(batch != 1 or shape != (classes,), "batch-of-one", shape=shape, want=want)
    rows_wrong = len(shape) == 2 and shape[1] == classes and shape[0] != batch
    require(not rows_wrong, "axes-swapped", shape=shape, want=want)
    others = len(shape) == 2 and shape[0] == batch and classes != N_CLASSES == shape[1]
    require(not others, "num-classes-ignored", shape=shape, want=want)
    require(shape == want, "logits-shape", shape=shape, want=want)
    require(got.dtype == "float32", "logits-dtype", dtype=got.dtype)
    seen = got.array if empty is None else np.delete(got.array, empty, axis=0)
    require(bool(np.isfinite(seen).all()), "logits-not-finite")
    return got.array


def check_logits(logits: Logits) -> None:
    """Logits have the right shape and are not probabilities."""
    for each in logits.of("padded"):
        add_up_to_1 = np.abs(each.sum(axis=1) - 1).max() < 1e-4
        require(not (add_up_to_1 and (each >= 0).all()), "softmax-in-model")


def check_batch(logits: Logits) -> None:
    """The light curves of a batch do not influence each other, with padding or without."""
    before, after = logits.of("axes")
    differs = np.abs(after - before).max(axis=1) > 1e-6
    require(not (differs[2] and not differs[0]), "axes-swapped~other-light-curve")
    together, alone = logits.of("equal")
    require(approx_equal(together, alone, 1e-4, 1e-5), "batch-mixed")
    check_padded_batch(logits)


def check_padded_batch(logits: Logits) -> None:
    """Light curves of several lengths, none of which fills the batch."""
    together, _, want = logits.of("padded")
    x = logits.plan["padded"].batches[0]
    lengths = (x[..., 3:] != 0).any(axis=-1).sum(axis=-1)
    by_length, short = np.argsort(lengths)[::-1], np.flatnonzero(lengths < lengths.max())
    fail_if_recognised(
        Answer(together),
        Mistake("last-padded-step", bool(np.ptp(together[short], axis=0).max() < 1e-6)),
        Mistake("order-lost", want[by_length]),
        rtol=1e-4,
        atol=1e-5,
    )
    check_places(together, want, lengths, by_length[by_length])
    change = np.abs(together - want).max(axis=1)
    k = int(change.argmax())
    same = approx_equal(together, want, 1e-4, 1e-5)
    require(same, "padding-matters", n=int(lengths[k]), change=float(change[k]))


def check_places(
    together: np.ndarray, want: np.ndarray, lengths: np.ndarray, sorted_twice: np.ndarray
) -> None:
    """Each light curve must have its own logits, and not those of another one in the batch."""
    places = [int(np.abs(want - row).max(axis=1).argmin()) for row in together]
    if len(set(places)) == len(want) and approx_equal(together, want[places], 1e-4, 1e-5):
        in_order, n = places == sorted(places), lengths.tolist()
        fields = {"lengths": n, "order": [n[i] for i in places]}
        require(places != sorted_twice.tolist(), "order-lost~again", **fields)
        require(in_order, "order-lost~other", **fields)


def check_empty(learner: Subject, rng: Rng, network: Network) -> None:
    """A light curve without observations has finite logits, and changes no others."""
    x, classes = light_curves(rng, [0, 4, 1], 6), network[1][-1]
    batches = [Tensor.of(each) for each in (x, x[:1], x[1:])]
    answer = learner.ask(probes.logits, *network, batches)
    fail_if_recognised(answer, Mistake("empty-crashes", Raises("RuntimeError", "greater than 0")))
    together, alone, others, _ = parted(answer.value, [3, 1, 2, 3])
    rows_each = [one.shape[:1] for one in (together, alone) if isinstance(one, Tensor)]
    require(rows_each != [(2,), (0,)], "empty-left-out", rows=2, batch=3)
    for got, batch in ((together, 3), (alone, 1)):
        logits = shaped(got, batch, 6, classes, empty=0)
        require(bool(np.isfinite(logits).all()), "nan-for-empty")
    rows = shaped(together, 3, 6, classes)[1:], shaped(others, 2, 6, classes)
    require(approx_equal(*rows, 1e-4, 1e-5), "batch-mixed~empty")


def check_unchanged(learner: Subject, rng: Rng, network: Network, lengths: list[int]) -> None:
    """Neither the features, nor the lengths, nor the list of sizes is changed."""
    x = light_curves(rng, lengths, 6)
    answer = learner.ask(probes.inputs_afterwards, *network, Tensor.of(x))
    if answer.raised and 0 in lengths:
        return  # another check reports that
    got = answer.value
    require(approx_equal(got.x, Tensor.of(x)), "input-changed", name="x")
    require(approx_equal(got.lengths, Tensor.of(lengths)), "input-changed", name="lengths")
    require(approx_equal(got.sizes, network[1]), "sizes-changed")


def check_gradients(
    got: Answer[Any], network: Network, at_least: int, biases: int | None = None
) -> None:
    """There are `at_least` so many weights, and a gradient arrives at each tensor of them.

    There are no others but `biases`, if their number is given.
    """
    fail_if_recognised(
        got, Mistake("gradient-lost", Raises("RuntimeError", "does not require grad"))
    )
    weights, arrives = got.value.weights, got.value.arrives
    require(weights >= at_least, "layers-not-registered", weights=weights, at_least=at_least)
    if biases is not None:
        most = at_least + biases
        require(weights <= most, "other-layers", sizes=network[1], weights=weights, most=most)
    lost = [name for name, arrived in arrives.items() if not arrived]
    require(not lost or not all("_l1" in name for name in lost), "first-layer-taken")
    names = ", ".join(f"`{name}`" for name in lost[:3])
    require(not lost, "weights-without-gradient", names=names)


def check_overfits(learner: Subject, rng: Rng, network: Network) -> None:
    """Trained on one batch alone, the network gets it right."""
    x = light_curves(rng, [4, 3, 4, 2], 4)
    labels, steps = Tensor.of(rng.permutation(4)), 25
    got = learner.ask(probes.overfitted, *network, Tensor.of(x), labels, steps).value
    learned = got.after < 0.5 * got.before
    require(learned, "one-batch-not-learned", steps=steps, before=got.before, after=got.after)
