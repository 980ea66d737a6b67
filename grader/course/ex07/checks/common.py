"""Checks of Exercise 7: Time2Vec, positions, and a transformer that cannot see padding.

No check compares with stored numbers. What an embedding must be is found out from its own values
(the sine's addition theorem, straight lines); the encoder is worked out with NumPy around simple
stand-ins for its layers; and whole encoders must keep invariants.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course import oracles
from grader.course.counted import as_many
from grader.course.ex07 import forms, probes
from grader.course.ex07.replies import Change
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.difference import start
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    showing,
)
from grader.wire import Tensor

Batch = tuple[Tensor, Tensor, Tensor]
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]  # features, times, lengths

ENCODER = "Time2VecTransformerEncoder"

TINY = {
    "input_dim": 6,
    "d_model": 8,
    "nhead": 2,
    "num_layers": 1,
    "time_embed_dim": 4,
    "num_classes": 3,
    "max_seq_len": 12,
    "dropout": 0.0,
}

NEAR = 1e-4  # agreement of float32 numbers of order one


def seed_of(rng: Rng) -> int:
    return int(rng.integers(1, 1000))


def days(rng: Rng, *shape: int) -> np.ndarray:
    """Irregular times of a few weeks, in order along the second axis."""
    return np.sort(rng.uniform(0, 20, shape), axis=1)


def array(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The value as an array of float64, once it is a float32 tensor of this shape, all finite."""
    require(value is not None, "returned-none", what=what)
    require(isinstance(value, Tensor), "not-a-tensor", what=what, got=kind_of(value))
    require(value.shape == shape, "wrong-shape", what=what, shape=value.shape, want=shape)
    require(value.dtype == "float32", "wrong-dtype", what=what, dtype=value.dtype)
    numbers = value.array.astype(float)
    n_odd = int((~np.isfinite(numbers)).sum())
    require(n_odd == 0, "not-finite", what=what, n_odd=n_odd, n=numbers.size)
    return numbers


def broke(answer: Answer[Any]) -> bool:
    """Whether PyTorch itself complained, of sizes or of numbers that are out of range."""
    raised = answer.raised
    if raised is None or raised.is_a("NotImplementedError"):
        return False
    return raised.is_a("RuntimeError") or raised.is_a("IndexError")


def names_both(
    answer: Answer[Any], numbers: tuple[int, int], when: str, *mistakes: Mistake
) -> None:
    """The answer must be a ValueError whose message names both numbers."""
    expect_error(answer, "ValueError", when, *mistakes)
    message = answer.message
    named = {str(number) for number in numbers} <= set(re.findall(r"\d+", message))
    first, second = numbers
    fields = {"when": start(when), "message": message, "first": first, "second": second}
    require(named, "numbers-not-named", answer, **fields)


def arguments_kept(changes: list[Change], times: list[np.ndarray] | None = None) -> None:
    """A call must leave its arguments alone; they are several `times` in as many calls."""
    for change in changes[:1]:
        name, before, after = change.name, change.before, change.after
        same = [np.array_equal(Tensor.of(each).array, before.array) for each in times or ()]
        with showing(f"{{}}\ntimes[{same.index(True)}]" if any(same) else f"{{}}\n{name}"):
            shapes = {"before": before.shape, "after": after.shape}
            require(before.shape == after.shape, "arguments-changed~shape", name=name, **shapes)
            place = tuple(np.argwhere(before.array != after.array)[0].tolist())
            numbers = {"before": before.array[place], "after": after.array[place]}
            index = ", ".join(map(str, place))
            require(False, "arguments-changed", name=name, place=f"[{index}]", **numbers)


def light_curves(
    rng: Rng, lengths: list[int], rows: int, bands: int = 3
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, times and lengths as Exercise 5 gives them, with zeros as padding."""
    features = oracles.light_curves(rng, lengths, rows, bands)
    return features, features[..., :1].copy(), np.array(lengths)


def sent(features: np.ndarray, times: np.ndarray, lengths: np.ndarray) -> Batch:
    return Tensor.of(features), Tensor.of(times), Tensor.of(lengths)


def embedded(weights: dict[str, np.ndarray], features: np.ndarray, times: np.ndarray) -> np.ndarray:
    """What `embed` makes of rows with the simple layers; time in units of 100 days."""
    scaled = features * np.where(np.arange(features.shape[2]) == 0, 0.01, 1.0)
    projected = scaled @ weights["projection"].T + 0.1
    return np.concatenate([projected, 0.01 * times * np.arange(1, 4)], axis=2)


def classified(weights: dict[str, np.ndarray], vectors: np.ndarray) -> np.ndarray:
    """What the stand-in for the classifier, which is not linear, makes of vectors."""
    return np.tanh(vectors) @ weights["classifier"].T + 0.1


def whole(
    learner: Subject, name: str, *batches: tuple[Any, ...], method: str = "forward", **changes: Any
) -> list[Any]:
    """What a whole small encoder returns for several batches.

    It is made with the learner's own Time2Vec where something to show is looked for: `own`.
    """
    train, plain, own = (changes.pop(name, False) for name in ("train", "plain", "own"))
    sizes = TINY | changes
    tensors = [sent(*batch) for batch in batches]
    options = {"train": train, "method": method, "plain": plain, "own": own}
    answer = learner.ask(probes.logits, name, sizes, tensors, **options)
    if broke(answer):
        _explain(learner, name, sizes, tensors, options, answer)
    return as_many(answer.value, len(batches) * (2 if train is None else 1))


def _explain(
    learner: Subject,
    name: str,
    sizes: dict[str, Any],
    batches: list[Batch],
    options: dict[str, Any],
    answer: Answer[Any],
) -> None:
    """Say what it is about batches that PyTorch complains, if that can be found out."""
    if options["own"] and options["train"] is None:
        options = options | {"train": False}  # one mode can be shown
    alone = [learner.ask(probes.logits, name, sizes, [batch], **options) for batch in batches]
    empty = [not batch[2].array.all() for batch in batches]
    full = [one for one, has_none in zip(alone, empty, strict=True) if not has_none]
    lost = [one for one, has_none in zip(alone, empty, strict=True) if has_none]
    for_empty = bool(full) and not any(map(broke, full)) and any(map(broke, lost))
    kept = not any(map(broke, alone))
    if options["own"]:
        pairs = map(list, pairwise(batches))
        asked = (learner.ask(probes.logits, name, sizes, pair, **options) for pair in pairs)
        answer = next(filter(broke, asked if kept else lost), answer)
    fail_if_recognised(
        answer,
        Mistake("kept-from-before", kept, error=quoted(answer.raised)),
        Mistake("empty-crashes", for_empty, error=quoted(answer.raised)),
    )


MODES = pytest.mark.parametrize("train", [False, True], ids=["evaluation", "training"])


def _padded(rng: Rng) -> list[Rows]:
    """Three light curves alone, then together as they are, with rubbish as padding, and reversed.

    The last batch is as they are once more.
    """
    rows = rng.size(10, least=4)
    some = [max(2, 3 * rows // 10), 3 * rows // 4, rows // 2]  # such as 3, 7 and 5
    features, times, lengths = light_curves(rng, some, rows)
    rubbish, odd = features.copy(), times.copy()
    for k, n in enumerate(lengths):
        rubbish[k, n:] = rng.normal(0, 3, (rows - n, 6))
        rubbish[k, n, 3:] = (0, 1, 0)  # as of an observation
        odd[k, n:] = rng.uniform(50, 90, (rows - n, 1))
    alone = [
        (features[k : k + 1, :n], times[k : k + 1, :n], lengths[k : k + 1])
        for k, n in enumerate(lengths)
    ]
    as_is = (features, times, lengths)
    turned = (features[::-1], times[::-1], lengths[::-1])
    return [*alone, as_is, (rubbish, odd, lengths), turned, as_is]  # short ones first


def invisible_padding(
    learner: Subject, rng: Rng, name: str, train: bool, method: str = "forward"
) -> None:
    """Logits of observations must be the same with padding, with rubbish, and in company."""
    batches = _padded(rng)
    as_is, rubbish, turned = batches[3:6]
    (_, rows, _), lengths = as_is[0].shape, as_is[2]
    dropout = 0.0 if train else 0.5  # which is off in evaluation
    own = rng.is_short
    options: dict[str, Any] = {"method": method, "train": train, "dropout": dropout, "own": own}
    got = whole(learner, name, *batches, **options)
    steps, mode = method != "forward", "training" if train else "evaluation"
    mode += f" by `{method}`" if steps else ""
    shape: tuple[int, ...] = (3, rows, 3) if steps else (3, 3)

    def show(*pair: tuple[Any, ...]) -> None:
        """Ask for a pair of batches by itself, where something to show is looked for."""
        if own:
            whole(learner, name, *pair, **options)

    padded, filled, back, again = (
        array(got[k], shape, "The result for a batch of 3") for k in (3, 4, 5, 6)
    )
    repeats = approx_equal(padded, again, NEAR, NEAR)
    if not repeats:
        show(batches[0], batches[0])
    require(repeats or train, "random-in-evaluation", what="The same batch")
    require(repeats, "not-repeatable", what="The same batch", mode=mode)
    for k, n in enumerate(lengths):
        own_shape = (1, n, 3) if steps else (1, 3)
        one = array(got[k], own_shape, "The result for a batch of 1")[0]
        place = (k, slice(n)) if steps else (k,)
        kept, filled_up = (tuple(x[k : k + 1] for x in each) for each in (as_is, rubbish))
        if np.abs(padded[place] - one).max() >= NEAR:
            (value,) = whole(learner, name, kept, **options)
            only = array(value, (1, *shape[1:]), "The result for a batch of 1")[0][place[1:]]
            change = float(np.abs(only - one).max())
            fields = {"n": n, "n_padding": rows - n, "mode": mode}
            show(kept, batches[k])
            require(change < NEAR, "padding-visible", change=change, **fields)
            show(as_is, kept)
            change = float(np.abs(padded[place] - only).max())
            require(change < NEAR, "company-matters", change=change, **fields)
        change = float(np.abs(filled[place] - one).max())
        if change >= NEAR:
            show(kept, filled_up)
        require(change < NEAR, "padding-visible~rubbish", mode=mode, change=change)
        change = float(np.abs(back[::-1][place] - one).max())
        if change >= NEAR:
            show(as_is, turned)
        require(change < NEAR, "order-matters", n=n, mode=mode, change=change)


def few_observations(learner: Subject, rng: Rng, name: str) -> None:
    """Light curves of one observation or none must have finite logits, in either mode."""
    rows = rng.size(6, least=2)
    features, times, lengths = light_curves(rng, [1, 2 * rows // 3, 0], rows)
    batches = [
        (features, times, lengths),
        (features[:2], times[:2], lengths[:2]),
        (features[2:], times[2:], lengths[2:]),
    ]
    own = rng.is_short
    got = whole(learner, name, *batches, train=None, own=own)
    for mode, values in (("evaluation", got[:3]), ("training", got[3:])):
        options: dict[str, Any] = {"train": mode == "training", "own": own}
        for value, n in zip(values, (3, 2, 1), strict=True):
            logits = isinstance(value, Tensor) and value.shape == (n, 3)
            lost = n != 2 and logits and not np.isfinite(value.array[-1]).all()
            if lost:
                batch, train = sent(*batches[0]), mode == "training"
                finite = learner.ask(probes.finite_rows, name, TINY, batch, train).value
                if own:
                    whole(learner, name, batches[2], **options)
                require(finite, "nan-for-empty~attention", mode=mode)
            require(not lost, "nan-for-empty~logits", mode=mode)
            array(value, (n, 3), f"The result for a batch of {n}")
        change = float(np.abs(values[0].array[:2] - values[1].array).max())
        if change >= NEAR and own:
            whole(learner, name, *batches[:2], **options)
        require(change < NEAR, "empty-changes-others", mode=mode, change=change)


def reach_everything(learner: Subject, rng: Rng, name: str, method: str = "forward") -> None:
    """Gradients must reach every parameter and be finite, with dropout; arguments stay."""
    rows = rng.size(7, least=2)
    features, times, lengths = light_curves(rng, [1, rows - 1, 0], rows)
    features[0, 1:] = times[0, 1:] = 0.5  # padding need not be zero
    batch = sent(features, times, lengths)
    sizes = TINY | {"num_layers": 2, "dropout": 0.6}
    answer = learner.ask(probes.gradients, name, sizes, batch, method=method, own=rng.is_short)
    detached = Mistake("no-gradient~at-all", Raises("RuntimeError", "does not require grad"))
    fail_if_recognised(answer, detached)
    got = answer.value
    arguments_kept(got.changes)
    require(not got.without, "no-gradient", names=", ".join(got.without[:3]))
    with showing(forms.BROKEN):
        require(not got.broken, "nan-for-empty", names=", ".join(got.broken[:3]))
    with showing(forms.DROPS.format("model" if method == "forward" else f"model.{method}")):
        require(got.drops, "no-dropout", method=method)
