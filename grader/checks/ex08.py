"""Checks of Exercise 8: balanced batches, early stopping, metrics, and a training by script.

Nothing here is trained for long. A sampler is judged by counting, metrics by loops over single
objects, a training by a stand-in for a network that knows the validation loss of every epoch
beforehand and keeps count of its own steps.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
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
    number,
    require,
    shown,
)
from grader.wire import Tensor

Rng = np.random.Generator
Batch = list[int]

HINTS = {
    "8.1": [
        "One pack of cards for each class, and a pack that is empty is shuffled again. A batch "
        "takes one card from each pack in turn until it is full.",
        "In `__init__` keep `torch.nonzero(labels == c).flatten()` for each class c. A pack is a "
        "generator: `while True: yield from members[torch.randperm(len(members))].tolist()`.",
        "`in_turn = itertools.cycle(packs)`; then `yield [next(next(in_turn)) for _ in "
        "range(self.batch_size)]`, `len(self)` times.",
    ],
    "8.2": [
        "One `if` with the condition of the docstring, and an `else`. Then compare the counter.",
        "`if val_loss < self.best_loss - self.min_delta:`: written like this, NaN goes to the "
        "`else` by itself.",
        "Set `self.best_loss` and `self.counter = 0` in the one case, `self.counter += 1` in the "
        "other; `return self.counter >= self.patience`.",
    ],
    "8.3": [
        "`update` appends to three lists. `compute_metrics` begins with a confusion matrix; the "
        "rest is sums of its rows, its columns and its diagonal.",
        "`counts = confusion_matrix(self.targets, self.predictions, "
        "labels=range(len(self.class_names)))`; the true classes are the rows: "
        "`recall = counts.diagonal() / counts.sum(axis=1)`, the precision with `axis=0`.",
        "`.clip(min=1)` on the sums avoids 0/0. The balanced accuracy is "
        "`recall[counts.sum(axis=1) > 0].mean()`. `preds.argmax(dim=-1).tolist()` makes numbers "
        "of logits.",
    ],
    "8.4": [
        "`fig, ax = plt.subplots()`, then `ax.imshow` for the colours and `ax.text` for the "
        "counts, and `return fig`.",
        "`fractions = counts / counts.sum(axis=1, keepdims=True).clip(min=1)` goes to "
        "`ax.imshow(fractions, cmap='Blues', vmin=0, vmax=1)`.",
        "`ax.text(column, row, str(counts[row, column]))`: the column is x. "
        "`ax.set_xticks(range(len(names)), names)`, likewise for y, and the two axis labels.",
    ],
    "8.5": [
        "Write the three functions in their order and try each before the next one. The third is a "
        "loop that calls the second twice.",
        "Before the loop: criterion, tracker, `Adam(model.parameters(), ...)`, scheduler, "
        "`EarlyStopping(patience)`, history. In it: note the learning rate, `run_epoch` with the "
        "optimizer, `run_epoch` without, append, keep the best, ask `early_stopping`, step the "
        "scheduler.",
        "`if val['loss'] < best_loss:` keep `copy.deepcopy(model.state_dict())` and the epoch, and "
        "`torch.save` it. After the loop `model.load_state_dict(best_weights)`.",
    ],
    "8.6": [
        "`fig, axes = plt.subplots(1, 3)`, one pair of axes for each kind of quantity.",
        "`ax.plot(history['train_loss'], label='training')` and so on, `ax.legend()`, and "
        "`ax.set_yscale('log')` for the learning rate.",
        "`ax.axvline(history['best_epoch'], linestyle=':')` marks the best epoch. `return fig` at "
        "the end.",
    ],
    "8.E1": [
        "Draw a share and a partner for every object, and set the share of the majority to 1. Then "
        "features and labels follow the same formula.",
        "With n objects, `b = torch.distributions.Beta(alpha, alpha).sample((n,))`, "
        "`share = torch.maximum(b, 1 - b)`, `partner = torch.randint(n, (n,))`.",
        "`share[:, None, None] * features + (1 - share)[:, None, None] * features[partner]`, and "
        "the same with `share[:, None]` for `F.one_hot(labels, num_classes).float()`.",
    ],
    "8.E2": [
        "Note the mode of every module, switch on those of `DROPOUT_LAYERS` and all others off, "
        "ask n times, put everything back.",
        "`for module in model.modules(): module.training = isinstance(module, DROPOUT_LAYERS)`. "
        "Setting `training` touches that module alone; `train()` and `eval()` go on to all within.",
        "`torch.stack([forward_batch(model, features).softmax(dim=-1) for _ in range(n_samples)])` "
        "in `torch.no_grad()` and with the fast path disabled; then mean and std with `dim=0`.",
    ],
}


# 8.1 BalancedBatchSampler

SIZES = {0: 47, 2: 5, 3: 21, 7: 10}  # class number: objects
BATCH_SIZE = 11  # no multiple of the number of classes


def some_labels(rng: Rng, sizes: dict[int, int] = SIZES) -> list[int]:
    return rng.permutation(np.repeat(list(sizes), list(sizes.values()))).tolist()


def dealt(
    learner: Subject, labels: Any, batch_size: int = BATCH_SIZE, passes: int = 1, seed: int = 1
) -> list[list[Batch]]:
    """The batches of some passes, once they are lists of positions, as many as they should be."""
    objects = len(labels.array if isinstance(labels, Tensor) else labels)
    want = max(objects // batch_size, 1)
    got = learner.dealt(labels, batch_size, passes, seed, want + 5).value
    length = got["length"]
    for batches in got["passes"]:
        flat = bool(batches) and all(isinstance(batch, int) for batch in batches)
        require(
            not flat,
            "The sampler gives single positions. A batch sampler gives a whole batch at a time: "
            "`yield` a list.",
            "single-positions",
        )
        wrong = [batch for batch in batches if not isinstance(batch, list)]
        require(
            not wrong,
            f"A batch is {kind_of(wrong[0]) if wrong else ''}; it should be a list "
            "of positions, which are ints.",
        )
    require(
        bool(got["passes"][0]) and all(got["passes"]),
        "The second pass over the sampler gives no batches. `__iter__` has to begin anew each time "
        "it is called."
        if got["passes"][0]
        else "The sampler gives no batches.",
        "one-pass-only" if got["passes"][0] else None,
    )
    count = len(got["passes"][0])
    require(
        count < want + 5,
        f"A pass does not end after {want} batches of {batch_size}. Give `len(self)` batches, then "
        "stop.",
        "endless",
    )
    require(
        length == want,
        f"For {objects} objects and batches of {batch_size} the length is {length}; it should be "
        f"{want}: `len(labels) // batch_size`, but at least 1.",
    )
    require(count == want, f"A pass has {count} batches; `len` says {length}.")
    return got["passes"]


@part("8.1")
@pytest.mark.parametrize("form", ["list", "tensor", "array"])
def test_batches(learner: Subject, rng: Rng, form: str) -> None:
    """Each batch is full, and its classes differ by one object at most"""
    numbers = some_labels(rng)
    labels: Any = numbers
    if form != "list":
        labels = Tensor.of(numbers) if form == "tensor" else np.array(numbers)
    (batches,) = dealt(learner, labels)
    sizes = {len(batch) for batch in batches}
    require(
        sizes == {BATCH_SIZE},
        f"Batches have {sorted(sizes)} positions; each should have {BATCH_SIZE}. If the classes do "
        "not share it evenly, some of them get one more.",
        "remainder-dropped" if sizes == {len(SIZES) * (BATCH_SIZE // len(SIZES))} else None,
    )
    used = [position for batch in batches for position in batch]
    require(
        not set(used) <= set(SIZES),
        "A batch holds labels. It should hold positions: where in the list an object stands.",
    )
    outside = [position for position in used if not 0 <= position < len(numbers)]
    require(
        not outside,
        f"There is no object at the position {outside[:1]}; the last one is {len(numbers) - 1}.",
    )
    for batch in batches:
        counts = [sum(numbers[i] == c for i in batch) for c in SIZES]
        require(
            max(counts) - min(counts) <= 1,
            f"A batch has {counts} objects of the four classes; no two of these numbers should "
            "differ by more than one. Take one of each class in turn.",
            "unbalanced",
        )


@part("8.1")
def test_no_card_twice(learner: Subject, rng: Rng) -> None:
    """An object comes again only when all of its class have come"""
    labels = some_labels(rng)
    for batches in dealt(learner, labels, 16, passes=3):
        uses = Counter[int]()
        for batch in batches:
            uses.update(batch)
            for c in SIZES:
                counts = [uses[i] for i, label in enumerate(labels) if label == c]
                require(
                    max(counts) - min(counts) <= 1,
                    f"Of a class with {len(counts)} objects, one has come {max(counts)} times and "
                    f"another one {min(counts)} times. Shuffle all of them, deal them to the end, "
                    "and shuffle again.",
                    "with-replacement",
                )


@part("8.1")
def test_another_order(learner: Subject, rng: Rng) -> None:
    """The order is another one in each pass, and for each seed"""
    labels = some_labels(rng)
    first, second, third = dealt(learner, labels, passes=3)
    says = (
        "Each pass gives the same batches in the same order. Shuffle within `__iter__`, which is "
        "called once for each pass."
    )
    require(first != second and second != third, says, "same-order")
    for c in SIZES:
        orders = {
            tuple(i for batch in batches for i in batch if labels[i] == c)
            for batches in (first, second, third)
        }
        require(
            len(orders) > 1,
            f"The {SIZES[c]} objects of one class come in the same order in each pass. Shuffle "
            "every class within `__iter__`.",
            "same-order",
        )
    (other,) = dealt(learner, labels, seed=2)
    require(
        other != first,
        "After another `torch.manual_seed` the batches are the same. Use torch's global generator, "
        "as `torch.randperm(n)` does, and do not seed it yourself.",
        "own-seed",
    )


@part("8.1")
def test_same_seed(learner: Subject, rng: Rng) -> None:
    """After the same torch.manual_seed a new sampler gives the same batches"""
    labels = some_labels(rng)
    once, again = (dealt(learner, labels, passes=2) for _ in range(2))
    require(
        once == again,
        "After the same `torch.manual_seed` two new samplers give different batches. Take random "
        "numbers from torch, for instance `torch.randperm(n)`, and not from `random` or NumPy.",
        "other-generator",
    )


@part("8.1")
def test_few_objects(learner: Subject) -> None:
    """With fewer objects than a batch has places there is one batch"""
    labels = [0, 0, 0, 1, 1]
    answer = learner.dealt(labels, 8, 1, 1, 5)
    length = answer.value["length"]
    require(
        length != 0,
        "Five objects and batches of 8 give no batch at all. The length is at least 1.",
        "no-batch",
    )
    ((batch,),) = dealt(learner, labels, 8)
    counts = [sum(labels[i] == c for i in batch) for c in (0, 1)]
    require(counts == [4, 4], f"A batch of 8 has {counts} objects of the two classes.")


@part("8.1")
def test_batch_too_small(learner: Subject, rng: Rng) -> None:
    """A batch with fewer places than there are classes is a ValueError"""
    labels = some_labels(rng)
    answer = learner.dealt(labels, 3, 1, 1, 40)
    accepted = Mistake(
        "too-small-accepted",
        answer.raised is None,
        "Batches of 3 with four classes are accepted, though one class is always missing. Raise a "
        "ValueError in `__init__`.",
    )
    for value in ("3", str(len(SIZES))):
        expect_error(answer, "ValueError", "a batch of 3 for 4 classes", accepted, naming=value)


# 8.2 EarlyStopping


def stops(
    losses: Sequence[float],
    patience: int,
    better: Callable[[float, float], bool],
    says: Callable[[int, int], bool] = lambda counter, patience: counter >= patience,
    resets: bool = True,
    keeps_best: bool = True,
    counts_nan: bool = True,
) -> list[bool]:
    """The answers of an early stopping that calls a loss better, and says stop, as it is told."""
    best, counter, answers = math.inf, 0, []
    for loss in losses:
        if better(loss, best):
            best, counter = loss, 0 if resets else counter
        elif counts_nan or not math.isnan(loss):
            counter += 1
            best = best if keeps_best else loss
        answers.append(says(counter, patience))
    return answers


def told(learner: Subject, losses: list[float], patience: int, delta: float) -> None:
    """Compare the answers with those of right and of mistaken ways to count."""

    def by(better: Callable[[float, float], bool], **ways: Any) -> list[bool]:
        return stops(losses, patience, better, **ways)

    def right(loss: float, best: float) -> bool:
        return loss < best - delta

    answer = learner.told({"patience": patience, "min_delta": delta}, losses)
    got, want = answer.value["answers"], by(right)
    mistakes = [
        (
            "min-delta-reversed",
            by(lambda x, best: x < best + delta),
            "A loss that is a little worse counts as an improvement. It must be *below* the "
            "best one "
            "by more than `min_delta`: `val_loss < self.best_loss - self.min_delta`.",
        ),
        (
            "min-delta-ignored",
            by(lambda x, best: x < best),
            "Every loss below the best one counts as an improvement, however little. It must be "
            "better by more than `min_delta`.",
        ),
        (
            "exactly-counts",
            by(lambda x, best: x <= best - delta),
            "A loss that is better by exactly `min_delta` counts as an improvement. It must be "
            "better "
            "by more: `<`, not `<=`.",
        ),
        (
            "change-counts",
            by(lambda x, best: best == math.inf or abs(x - best) > delta),
            "A loss that is much *worse* counts as an improvement. Do not take the absolute value.",
        ),
        (
            "nan-improves",
            by(lambda x, best: not x >= best - delta),
            "NaN is taken for an improvement, and nothing is ever better than NaN. Every "
            "comparison "
            "with NaN is false: ask `val_loss < ...`, so that NaN goes to the `else`.",
        ),
        (
            "nan-not-counted",
            by(right, counts_nan=False),
            "NaN is passed over. It is no improvement, so the counter goes up.",
        ),
        (
            "stops-late",
            by(right, says=lambda counter, patience: counter > patience),
            "It says stop one loss too late. Stop when the counter has *reached* the patience: "
            "`>=`.",
        ),
        (
            "stops-early",
            by(right, says=lambda counter, patience: counter >= patience - 1),
            "It says stop one loss too early. Count first, then compare the counter with the "
            "patience.",
        ),
        (
            "counter-never-reset",
            by(right, resets=False),
            "The counter is not set back to 0 by an improvement. Only losses *in a row* count.",
        ),
        (
            "previous-for-best",
            by(right, keeps_best=False),
            "Each loss is compared with the one before it. Compare with the best one so far, "
            "and keep "
            "that unless it is improved.",
        ),
    ]
    require(
        isinstance(got, list) and not any(each is None for each in got),
        "The result is None. Did you forget a `return`, in one of the cases perhaps?",
        "nothing-returned",
    )
    if got == want:
        return
    fail_if_recognised(Answer(got), *(Mistake(*each) for each in mistakes))
    place = next(i for i, (one, other) in enumerate(zip(got, want, strict=True)) if one != other)
    seen = ", ".join(f"{loss:g}" for loss in losses[: place + 1])
    raise Failure(
        f"With patience={patience} and min_delta={delta:g}, after the losses {seen} the answer is "
        f"{shown(got[place])}; it should be {want[place]}."
    )


@part("8.2")
def test_losses(learner: Subject, rng: Rng) -> None:
    """It says stop when `patience` losses in a row are no improvement"""
    losses = [2.0, 1.75, 1.5, 1.5, 1.625, 1.25, 1.21875, 1.1875, 1.15625, 1.0, 0.75, 1.5, 0.5]
    losses += [0.625, 0.5625, 0.375, 0.25, 0.375, 1.25, 0.375, 0.375, 0.0, 0.0625, 0.0, 0.0, 0.0]
    shift = float(rng.integers(1, 8))
    told(learner, [loss + shift for loss in losses], patience=3, delta=0.125)


@part("8.2")
def test_nan(learner: Subject) -> None:
    """NaN is never an improvement"""
    nan = math.nan
    told(learner, [nan, 3.0, nan, 2.0, nan, nan, 1.0, nan, 0.5, nan, nan, nan, 0.25], 3, 0.125)


@part("8.2")
def test_patience_of_one(learner: Subject) -> None:
    """With a patience of 1 the first failure to improve ends it"""
    told(learner, [2.0, 1.0, 0.5, 0.75, 0.25], 1, 0.125)


@part("8.2")
def test_attributes(learner: Subject) -> None:
    """The best loss and the counter are kept in its attributes"""
    got = learner.told({"patience": 5, "min_delta": 0.25}, [2.0, 1.0, 0.875, 1.5]).value
    require(
        not approx_equal(got["best"], 0.875),
        "The losses 1 and 0.875 with min_delta=0.25 leave the best loss 0.875. Only an improvement "
        "by more than `min_delta` becomes the best loss.",
        "best-creeps",
    )
    expect(Answer(got["best"]), 1.0, what="`best_loss` after the losses 2, 1, 0.875, 1.5")
    expect(Answer(got["counter"]), 2, what="`counter` after the losses 2, 1, 0.875, 1.5")


# 8.3 MetricsTracker.update and compute_metrics

NAMES = ["SNIa", "CV", "AGN", "TDE", "SNIax"]
COUNTS = np.array(
    [[9, 2, 1, 0, 1], [1, 5, 1, 3, 0], [0, 2, 4, 2, 0], [1, 0, 1, 2, 1], [3, 2, 0, 0, 2]]
)
WITH_ABSENT = np.array(
    [[6, 0, 1, 0, 2], [0, 0, 0, 0, 0], [2, 0, 3, 0, 1], [3, 0, 0, 0, 1], [1, 0, 2, 0, 4]]
)  # no CV anywhere; TDEs, but none is called so


class Collected:
    """Batches of predictions as a check sends them, and the measures by plain loops."""

    def __init__(self, rng: Rng, counts: np.ndarray, sizes: Sequence[int], rare: Sequence[str]):
        pairs = [pair for pair, count in np.ndenumerate(counts) for _ in range(count)]
        pairs = [pairs[i] for i in rng.permutation(len(pairs))]
        self.true, self.called = [int(t) for t, _ in pairs], [int(p) for _, p in pairs]
        bounds = np.cumsum([0, *sizes])
        assert bounds[-1] == len(pairs)
        self.slices = [slice(a, b) for a, b in pairwise(bounds)]
        self.sizes, self.rare = list(sizes), list(rare)
        self.losses = [float(x) for x in rng.uniform(0.3, 2.0, len(sizes))]
        self.logits = rng.normal(0, 1, (len(pairs), len(NAMES)))
        for row, winner in zip(self.logits, self.called, strict=True):
            row[winner] = row.max() + rng.uniform(0.2, 1)

    def batches(self, as_logits: bool = True) -> list[list[Any]]:
        shown = self.logits if as_logits else np.array(self.called)
        return [
            [Tensor.of(shown[part]), Tensor.of(np.array(self.true[part])), loss]
            for part, loss in zip(self.slices, self.losses, strict=True)
        ]

    def measures(self, first: int = 0) -> dict[str, float]:
        """The measures of the batches from the first one on."""
        start = self.slices[first].start
        true, called = self.true[start:], self.called[start:]
        right = [t for t, p in zip(true, called, strict=True) if t == p]
        got: dict[str, float] = {"accuracy": len(right) / len(true)}
        for i, name in enumerate(NAMES):
            got[f"{name}_recall"] = ratio(right.count(i), true.count(i))
            got[f"{name}_precision"] = ratio(right.count(i), called.count(i))
            both = got[f"{name}_recall"] + got[f"{name}_precision"]
            got[f"{name}_f1"] = ratio(2 * got[f"{name}_recall"] * got[f"{name}_precision"], both)
        there = [name for i, name in enumerate(NAMES) if i in true]
        got["balanced_accuracy"] = sum(got[f"{name}_recall"] for name in there) / len(there)
        rare = [NAMES.index(name) for name in self.rare if name in NAMES]
        wanted, found = (sum(each in rare for each in some) for some in (true, right))
        got["rare_event_recall"] = ratio(found, wanted)
        weighted = zip(self.losses[first:], self.sizes[first:], strict=True)
        got["loss"] = sum(loss * size for loss, size in weighted) / len(true)
        return got


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def mistakes_of(key: str, seen: Collected, want: dict[str, float]) -> list[Mistake]:
    """What goes wrong with a single measure."""
    name, _, kind = key.rpartition("_")
    recalls = [want[f"{each}_recall"] for each in NAMES]
    precisions = [want[f"{each}_precision"] for each in NAMES]
    if key == "accuracy":
        return [
            Mistake(
                "balanced-for-accuracy",
                want["balanced_accuracy"],
                "`accuracy` is the balanced one. It is the fraction of all objects whose "
                "prediction is right.",
            )
        ]
    if key == "balanced_accuracy":
        return [
            Mistake(
                "accuracy-for-balanced",
                want["accuracy"],
                "This is the accuracy, in which the largest class counts most. The balanced "
                "one is the mean of the recalls of the classes.",
            ),
            Mistake(
                "absent-class-counted",
                sum(recalls) / len(recalls),
                "A class that does not occur is counted as one with the recall 0. Leave it out "
                "of the mean.",
            ),
            Mistake(
                "absent-class-nan",
                math.nan,
                "The balanced accuracy is NaN: it has the recall of a class that does not "
                "occur, 0/0, in its mean. Leave that class out.",
            ),
            Mistake(
                "precision-recall-swapped",
                sum(precisions) / len(precisions),
                "This is the mean of the precisions. The balanced accuracy is the mean of the "
                "recalls.",
            ),
        ]
    if key == "loss":
        weighted = sum(a * b for a, b in zip(seen.losses, seen.sizes, strict=True))
        return [
            Mistake(
                "loss-summed",
                weighted,
                "This is the sum of the losses of all objects. Divide it by their number.",
            ),
            Mistake(
                "loss-summed",
                sum(seen.losses),
                "This is the sum of the losses of the batches. Weight each by the number of "
                "its objects, and divide by the number of all objects.",
            ),
            Mistake(
                "loss-unweighted",
                sum(seen.losses) / len(seen.losses),
                "This is the mean over batches, in which a small batch counts as much as a "
                "large one. Weight each loss by the number of its objects.",
            ),
        ]
    if key == "rare_event_recall":
        rare = [each for each in seen.rare if each in NAMES]
        called = [NAMES[i] in rare for i in seen.called]
        true = [NAMES[i] in rare for i in seen.true]
        found = sum(a and b for a, b in zip(called, true, strict=True))
        right = sum(
            p == t and NAMES[t] in rare for p, t in zip(seen.called, seen.true, strict=True)
        )
        return [
            Mistake(
                "rare-mean-of-recalls",
                ratio(sum(want[f"{each}_recall"] for each in rare), len(rare)),
                "This is the mean of the recalls of the rare classes. Count the objects of all "
                "rare classes together.",
            ),
            Mistake(
                "rare-by-precision",
                ratio(right, sum(called)),
                "This is a precision: the fraction of the objects *called* rare. The recall is "
                "the fraction of those that *are* rare.",
            ),
            Mistake(
                "any-rare-class-will-do",
                ratio(found, sum(true)),
                "An object that is taken for another rare class counts as found. Its "
                "prediction must be its own class.",
            ),
        ]
    says = f"0/0 should be 0.0 here, and `{key}` is NaN. Divide by `max(sum, 1)`."
    nan = Mistake("nan-for-undefined", math.nan, says)
    if kind == "f1":
        mean = (want[f"{name}_recall"] + want[f"{name}_precision"]) / 2
        return [
            nan,
            Mistake(
                "f1-arithmetic-mean",
                mean,
                f"`{key}` is the arithmetic mean of precision and recall. F1 is the "
                "harmonic mean, 2 p r / (p + r).",
            ),
        ]
    other = "recall" if kind == "precision" else "precision"
    says = (
        f"`{key}` is the {other}. Divide the right ones by all that *are* of the class for the "
        "recall, by all that are *called* so for the precision."
    )
    return [nan, Mistake("precision-recall-swapped", want[f"{name}_{other}"], says)]


def measured(answer: Answer, seen: Collected) -> None:
    """Compare every measure with the one found by counting."""
    want = seen.measures()
    fail_if_recognised(
        answer,
        Mistake(
            "gradients-kept",
            Raises("RuntimeError", "requires grad"),
            "Logits that come from a training carry gradients, and NumPy refuses those. "
            "`preds.argmax(dim=-1).tolist()` needs no NumPy; otherwise `detach()` first.",
        ),
        Mistake(
            "classes-along-batch",
            Raises("ValueError", "inconsistent numbers of samples"),
            "There are not as many predictions as targets. Logits have the shape (batch, "
            "num_classes): the best class is the `argmax` along the last axis, `dim=-1`.",
        ),
    )
    got = answer.value
    require(got is not None, "The result is None. Did you forget a `return`?")
    require(isinstance(got, dict), f"The result is {kind_of(got)}; it should be a dict.")
    missing = [key for key in want if key not in got]
    require(
        not missing,
        f"There is no measure {missing[0] if missing else ''!r}. A dictionary has one for each of "
        "class_names, whether it occurs or not.",
    )
    for key in sorted(want, key=lambda key: key != "balanced_accuracy"):  # the telling one first
        kind = kind_of(got[key])
        require(
            isinstance(got[key], float | int) and not isinstance(got[key], bool),
            f"`{key}` is {kind}; it should be a float.",
        )
        expect(Answer(got[key]), want[key], *mistakes_of(key, seen, want), what=f"`{key}`")


@part("8.3")
@pytest.mark.parametrize("form", ["logits", "class numbers"])
def test_metrics(learner: Subject, rng: Rng, form: str) -> None:
    """All measures are right, from logits and from class numbers"""
    seen = Collected(rng, COUNTS, (18, 18, 7), rare=["TDE", "SNIax"])
    batches = seen.batches(form == "logits")
    answer = learner.metrics(NAMES, seen.rare, batches)
    if form != "logits":
        raised = answer.raised
        fail_if_recognised(
            answer,
            Mistake(
                "class-numbers-refused",
                raised is not None and not raised.is_a("NotImplementedError"),
                "Predictions that are class numbers, of shape (batch,), are not accepted: "
                f"{raised}. Take the `argmax` only if `preds.ndim == 2`.",
            ),
        )
    if isinstance(answer.result, dict):
        only = {key: value for key, value in seen.measures(first=2).items() if key != "loss"}
        fail_if_recognised(
            Answer({key: answer.result.get(key) for key in only}),
            Mistake(
                "last-batch-only",
                only,
                "Only the last batch counts. `update` should add to the lists, not replace them.",
            ),
        )
    measured(answer, seen)


@part("8.3")
def test_square_batch(learner: Subject, rng: Rng) -> None:
    """Logits are read along the classes, also if there are as many objects as classes"""
    seen = Collected(rng, COUNTS, (5, 38), rare=["TDE"])
    batch = seen.batches()[0]
    answer = learner.metrics(NAMES, ["TDE"], [batch])
    got = answer.result
    along = seen.logits[:5].argmax(axis=0)
    wrong = float(np.mean(along == np.array(seen.true[:5])))
    right = float(np.mean(np.array(seen.called[:5]) == np.array(seen.true[:5])))
    fail_if_recognised(
        answer,
        Mistake(
            "classes-along-batch",
            isinstance(got, dict)
            and not math.isclose(wrong, right)
            and approx_equal(got.get("accuracy"), wrong),
            "The largest logit is looked for along the batch. Logits have the shape (batch, "
            "num_classes): the class is the `argmax` along the last axis, `dim=-1`.",
        ),
    )
    require(answer.raised is not None or isinstance(got, dict), "The result should be a dict.")
    expect(Answer(answer.value["accuracy"]), right, what="`accuracy` of five objects")


@part("8.3")
def test_class_only_predicted(learner: Subject) -> None:
    """A class that is only predicted is in no mean of recalls, and a loss of NaN stays NaN"""
    predictions, targets = np.array([0, 2, 1]), np.array([0, 0, 1])  # no AGN, though one is called
    batch = [Tensor.of(predictions), Tensor.of(targets), math.nan]
    got = learner.metrics(NAMES, ["TDE"], [batch]).value
    require(isinstance(got, dict), f"The result is {kind_of(got)}; it should be a dict.")
    expect(
        Answer(got.get("balanced_accuracy")),
        (1 / 2 + 1) / 2,
        Mistake(
            "only-predicted-counted",
            (1 / 2 + 1 + 0) / 3,
            "A class that is predicted, but occurs nowhere among the targets, counts as one "
            "with a recall of 0. It has no recall: leave it out of the mean.",
        ),
        what="`balanced_accuracy`",
    )
    expect(
        Answer(got.get("loss")),
        math.nan,
        Mistake(
            "nan-hidden",
            0.0,
            "The loss of a batch is NaN, and `loss` says 0, the best there is. A training that "
            "has blown up should show it: only 0/0 of the other measures becomes 0.",
        ),
        what="`loss`",
    )


@part("8.3")
def test_absent_class(learner: Subject, rng: Rng) -> None:
    """A class that does not occur, or is never predicted, gives 0.0 and spoils no mean"""
    seen = Collected(rng, WITH_ABSENT, (16, 10), rare=["TDE", "kilonova"])
    answer = learner.metrics(NAMES, seen.rare, seen.batches())
    raised = answer.raised
    kinds = ("IndexError", "ValueError", "KeyError")
    fail_if_recognised(
        answer,
        Mistake(
            "absent-class-dropped",
            raised is not None and any(map(raised.is_a, kinds)),
            "A class that does not occur makes the confusion matrix smaller, and the classes "
            f"after it move up: {raised}. Use its argument `labels=`.",
        ),
    )
    got = answer.result
    if isinstance(got, dict):
        moved = [name for i, name in enumerate(NAMES) if i != 1]  # without CV
        want = seen.measures()
        shifted = [got.get(f"{NAMES[i]}_recall") for i in range(4)]
        fail_if_recognised(
            Answer(shifted),
            Mistake(
                "absent-class-dropped",
                [want[f"{name}_recall"] for name in moved],
                "No CV occurs, and the classes after it have moved up by one. Give "
                "`confusion_matrix` its argument `labels=`.",
            ),
        )
    measured(answer, seen)


@part("8.3")
def test_reset(learner: Subject, rng: Rng) -> None:
    """After a reset only what comes then is measured"""
    old = Collected(rng, COUNTS, (21, 22), rare=["TDE"])
    new = Collected(rng, WITH_ABSENT, (16, 10), rare=["TDE"])
    answer = learner.metrics(NAMES, ["TDE"], new.batches(), before=old.batches())
    got, want = answer.value, new.measures()
    if not isinstance(got, dict) or "accuracy" not in got or "loss" not in got:
        return  # another check speaks of that
    for key in ("accuracy", "loss"):
        require(
            approx_equal(got[key], want[key]),
            f"After `reset` the measure `{key}` still knows of what came before. Keep everything "
            "in the three lists, which `reset` empties.",
            "not-reset",
        )


@part("8.3")
def test_nothing_to_measure(learner: Subject) -> None:
    """Measures of nothing are a ValueError"""
    answer = learner.metrics(["SNIa", "TDE"], ["TDE"], [])
    raised = answer.raised
    known = raised is not None and any(map(raised.is_a, ("ValueError", "NotImplementedError")))
    fail_if_recognised(
        answer,
        Mistake(
            "nothing-measured",
            raised is None or not known,
            "Without any predictions there is nothing to measure: `raise ValueError(...)` at "
            "the beginning, `if not self.targets`.",
        ),
    )
    expect_error(answer, "ValueError", "compute_metrics without predictions")


# 8.4 MetricsTracker.plot_confusion_matrix

PLOTTED = np.array([[17, 2, 0, 1], [3, 15, 0, 0], [0, 0, 0, 0], [6, 4, 0, 12]])  # no third class
PLOT_NAMES = ["SNIa", "SNII", "AGN", "TDE"]


def drawn(learner: Subject, rng: Rng) -> dict:
    """What is seen of a figure, once it is one with all names on its axes."""
    pairs = [pair for pair, count in np.ndenumerate(PLOTTED) for _ in range(count)]
    pairs = [pairs[i] for i in rng.permutation(len(pairs))]
    targets, predictions = [int(t) for t, _ in pairs], [int(p) for _, p in pairs]
    answer = learner.confusion_figure(PLOT_NAMES, targets, predictions)
    raised = answer.raised
    fail_if_recognised(
        answer,
        Mistake(
            "absent-class-dropped",
            raised is not None and any(map(raised.is_a, ("ValueError", "IndexError"))),
            f"Without any AGN the figure fails: {raised}. The matrix is smaller then than the "
            "list of names; use the argument `labels=` of `confusion_matrix`.",
        ),
    )
    got = figure_of(answer)
    for axis, names in (("columns", PLOT_NAMES), ("rows", PLOT_NAMES)):
        labels = [label for label, _ in got[axis] if label]
        word = "horizontal" if axis == "columns" else "vertical"
        require(
            any(name in labels for name in names),
            f"The {word} axis shows {shown(labels)}; it should show the names of the classes.",
            "no-names",
        )
        missing = [name for name in names if name not in labels]
        require(
            not missing,
            f"{', '.join(missing)} is missing on the {word} axis. A class that does not occur "
            "should be there as well: `confusion_matrix` has an argument `labels=`.",
            "absent-class-dropped",
        )
        sign = 1 if axis == "columns" else -1  # from top to bottom
        ordered = sorted((sign * place, label) for label, place in got[axis] if label in names)
        require(
            [label for _, label in ordered] == names,
            f"On the {word} axis the names are in the order {[label for _, label in ordered]}; it "
            f"should be {names}, from {'left to right' if sign > 0 else 'top to bottom'}.",
            None if sign > 0 else "upside-down",
        )
    return got


def figure_of(answer: Answer) -> dict:
    """What is seen, once it is a new figure with something on it."""
    got = answer.value
    kind = got["is"]
    require(
        kind is not None,
        "The result is None. `plt.show()` shows a figure, but gives nothing back: `return fig`.",
        "nothing-returned",
    )
    require(
        kind != "other",
        "It is drawn on a figure that was open before. Make a new one with `plt.subplots()`.",
        "drawn-on-old-figure",
    )
    require(kind != "empty", "The figure is empty: there are no axes on it.")
    require(
        kind == "figure",
        f"The result is of the type {kind}; it should be the figure. `fig, ax = plt.subplots()` "
        "gives both: return `fig`.",
        "no-figure-returned",
    )
    return got


def nearest(places: list[list[Any]], where: float) -> str:
    """The name that stands nearest to a place on an axis."""
    return min(places, key=lambda each: abs(each[1] - where))[0]


@part("8.4")
def test_counts_in_cells(learner: Subject, rng: Rng) -> None:
    """The count of every pair stands in its cell; rows are true, columns predicted classes"""
    got = drawn(learner, rng)
    compare_axis_labels(*got["labels"])
    across, down = (
        [each for each in got[axis] if each[0] in PLOT_NAMES] for axis in ("columns", "rows")
    )
    counts = np.zeros(PLOTTED.shape, dtype=int)
    written = [[text, x, y] for text, x, y in got["texts"] if re.search(r"\d", text)]
    require(bool(written), "No counts are written in the cells. Use `ax.text`.", "no-counts")
    for text, x, y in written:
        row = PLOT_NAMES.index(nearest(down, y))
        column = PLOT_NAMES.index(nearest(across, x))
        figures = re.findall(r"\d+\.\d+|\d+", text)
        whole = [int(figure) for figure in figures if "." not in figure]
        require(
            bool(whole),
            f"In a cell stands {text!r}. It should be the count; the fraction is for the colour.",
            "fractions-written",
        )
        counts[row, column] = PLOTTED[row, column] if PLOTTED[row, column] in whole else whole[0]
    require(
        not (counts == PLOTTED.T).all(),
        "The matrix is transposed: its rows are the predicted classes. `confusion_matrix` wants "
        "the true classes first, and `ax.text(x, y, ...)` the column first.",
        "transposed",
    )
    there = PLOTTED.sum(axis=1) > 0
    require(
        not (counts[:3, :3] == PLOTTED[there][:, there]).all(),
        "No AGN occurs, and the counts of the classes after it have moved up by one. "
        "`confusion_matrix` has an argument `labels=`.",
        "absent-class-dropped",
    )
    for (row, column), count in np.ndenumerate(PLOTTED):
        require(
            counts[row, column] == count,
            f"In the row {PLOT_NAMES[row]} and the column {PLOT_NAMES[column]} stands "
            f"{counts[row, column]}; it should be {count}.",
        )


def compare_axis_labels(across: str, down: str) -> None:
    """The horizontal axis has the predicted classes, the vertical one the true ones."""
    require(
        "true" not in across.lower() or "predicted" not in down.lower(),
        "The labels of the axes are swapped: the rows are the true classes, so `ax.set_ylabel` "
        'gets the text with "true".',
        "labels-swapped",
    )
    for word, text, axis in (("predicted", across, "horizontal"), ("true", down, "vertical")):
        require(
            word in text.lower(),
            f"The label of the {axis} axis is {text!r}; it should contain {word!r}.",
            "no-axis-labels",
        )


@part("8.4")
def test_colours(learner: Subject, rng: Rng) -> None:
    """The colour is the fraction of the row"""
    got = drawn(learner, rng)
    across, down = (
        [each for each in got[axis] if each[0] in PLOT_NAMES] for axis in ("columns", "rows")
    )
    if len(got["cells"]) < PLOTTED.size:
        require(bool(got["texts"]), "Nothing is drawn in the axes.")
        return  # drawn in another way
    values = np.full(PLOTTED.shape, math.nan)
    for value, x, y in got["cells"]:
        place = PLOT_NAMES.index(nearest(down, y)), PLOT_NAMES.index(nearest(across, x))
        values[place] = value
    rows = PLOTTED.sum(axis=1, keepdims=True)
    values[rows[:, 0] == 0] = 0  # a row without objects may be blank
    by_row = PLOTTED / rows.clip(min=1)
    by_column = PLOTTED / PLOTTED.sum(axis=0, keepdims=True).clip(min=1)
    answer = Answer(values)
    if approx_equal(values, by_row) or approx_equal(values, 100 * by_row):
        return
    fail_if_recognised(
        answer,
        Mistake(
            "colour-of-counts",
            PLOTTED.astype(float),
            "The colour shows the counts, so that rare classes are pale however well they are "
            "found. Divide each row by its sum.",
        ),
        Mistake(
            "colour-by-column",
            by_column,
            "The colour shows fractions of the *columns*. Divide each row by its sum: "
            "`counts.sum(axis=1, keepdims=True)`.",
        ),
        Mistake(
            "colour-by-column",
            PLOTTED / rows.T.clip(min=1),
            "Each *column* is divided by the sum of a row. Without `keepdims=True` the sums "
            "lie along the wrong axis.",
        ),
        Mistake(
            "transposed",
            by_row.T,
            "The colours are transposed: their rows are the predicted classes.",
        ),
    )
    expect(answer, by_row, what="the colours (rows are true classes)")


# 8.5 class_weights


def balanced(labels: Sequence[int], num_classes: int) -> np.ndarray:
    """n / (k n_c), and 1 for a class that does not occur."""
    counts = Counter(labels)
    weights = [
        len(labels) / (len(counts) * counts[c]) if counts[c] else 1.0 for c in range(num_classes)
    ]
    return np.array(weights)


def compare_weights(answer: Answer, labels: list[int], of_dataset: list[int], size: int) -> None:
    """Compare class weights with those of the delivered labels."""
    want = balanced(labels, size)
    counts = np.array([labels.count(c) for c in range(size)])
    there, share = counts > 0, counts / len(labels)

    def weight(values: np.ndarray, absent: float) -> Tensor:
        return Tensor.of(np.where(there, values, absent))

    got = answer.result
    infinite = isinstance(got, Tensor) and not np.isfinite(got.array).all()
    fail_if_recognised(
        answer,
        Mistake(
            "infinite-weight",
            bool(infinite) and not there.all(),
            "A class that does not occur has an infinite weight, or NaN: it is divided by 0. "
            "Give it the weight 1.",
        ),
        Mistake(
            "infinite-weight",
            Raises("ZeroDivisionError"),
            "A class that does not occur leads to a division by 0. Give it the weight 1.",
        ),
    )
    safe = np.maximum(counts, 1)
    proportional = "The weights grow with the counts, so that the largest class counts even more. "
    unscaled = (
        "The weights have the right proportions and another scale: with n / (k n_c) an average "
        "object has the weight 1. "
    )
    every = len(labels) / (size * safe)
    expect(
        answer,
        Tensor.of(want),
        Mistake(
            "dataset-counted",
            Tensor.of(balanced(of_dataset, size)),
            "These are the weights for the labels of the dataset. Count the labels that the "
            "loader gives: a balanced sampler has settled the matter already.",
        ),
        *(
            Mistake(
                "proportional-weights",
                weight(values, absent),
                proportional + "Divide by the count of the class.",
            )
            for values in (share, counts, share * there.sum(), counts / counts.max())
            for absent in (0.0, 1.0)
        ),
        *(
            Mistake(
                "not-normalised",
                weight(values / safe, absent),
                unscaled + "n is the number of labels, k the number of classes that occur.",
            )
            for values in (
                1.0,
                len(labels),
                counts.max(),
                counts[there].min(),
                1 / (1 / counts[there]).sum(),
                size / (1 / counts[there]).sum(),
            )
            for absent in (0.0, 1.0, float(values))
        ),
        Mistake(
            "absent-class-in-k",
            weight(every, 1.0),
            "The class that does not occur is counted in k. k is the number of classes that occur.",
        ),
        Mistake(
            "absent-class-in-k",
            weight(every, float(len(labels)) / size),
            "A class that does not occur should have the weight 1, and is not counted in k.",
        ),
        what="the tensor of weights",
    )


@part("8.5")
@pytest.mark.parametrize("kind", ["all classes", "an absent class", "a balanced loader"])
def test_class_weights(learner: Subject, rng: Rng, kind: str) -> None:
    """Weights are n / (k n_c), by the labels that the loader gives"""
    there = [0, 1, 2, 4] if kind == "an absent class" else range(5)
    counts = rng.permutation([29, 13, 6, 3, 2])
    labels = rng.permutation([c for c in there for _ in range(counts[c])]).tolist()
    order = rng.permutation(len(labels)).tolist()
    if kind == "a balanced loader":
        order = [int(rng.choice(np.flatnonzero(np.array(labels) == c))) for c in [*there] * 8]
    batches = [order[i : i + 9] for i in range(0, len(order), 9)]
    answer = learner.weights(Tensor.of(np.array(labels)), batches, 5)
    compare_weights(answer, [labels[i] for i in order], labels, 5)


# 8.5 run_epoch

N_CLASSES = 5


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def losses_of(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The cross-entropy of each object, (objects,)."""
    return -np.log(softmax(logits)[np.arange(len(labels)), labels])


class Epoch:
    """A pass over three batches, followed by hand: a shift is trained by plain descent."""

    def __init__(self, rng: Rng) -> None:
        self.logits = rng.normal(0, 1.5, (11, N_CLASSES)).astype(np.float32).astype(float)
        self.labels = rng.integers(0, N_CLASSES, 11)
        order = rng.permutation(11).tolist()
        self.batches = [order[:4], order[4:8], order[8:]]
        self.answer = {"accuracy": float(rng.uniform()), "loss": 1.0}

    def asked(self, learner: Subject, rate: float) -> Answer:
        features, labels = Tensor.of(self.logits), Tensor.of(self.labels)
        return learner.one_epoch(features, labels, self.batches, rate, self.answer)

    def followed(
        self, rate: float, leftover: float | None = None, softened: bool = False, sums: bool = False
    ) -> tuple[list[np.ndarray], list[float], np.ndarray]:
        """The logits and the loss of each batch, and the shift at the end.

        With `leftover` gradients are never cleared, and that is what is there at first; `softened`
        logits go through a softmax before the loss.
        """
        shift, gradient = np.zeros(N_CLASSES), np.zeros(N_CLASSES)
        gradient += leftover or 0.0
        all_logits, losses = [], []
        for batch in self.batches:
            logits, labels = self.logits[batch] + shift, self.labels[batch]
            seen = softmax(logits) if softened else logits
            slope = (softmax(seen) - np.eye(N_CLASSES)[labels]) / len(batch)
            if softened:
                slope = seen * (slope - (seen * slope).sum(axis=1, keepdims=True))
            fresh = slope.sum(axis=0)
            gradient = fresh if leftover is None else gradient + fresh
            all_logits.append(seen if softened else logits)
            losses.append(
                float(losses_of(seen, labels).sum() if sums else losses_of(seen, labels).mean())
            )
            shift = shift - rate * gradient
        return all_logits, losses, shift


def updates_of(got: dict) -> list[list[Any]]:
    return [each[1:] for each in got["told"] if each[0] == "update"]


@part("8.5")
def test_training_epoch(learner: Subject, rng: Rng) -> None:
    """With an optimizer: training mode, and one step for each batch with its own gradient"""
    epoch = Epoch(rng)
    got = epoch.asked(learner, 0.5).value
    require(bool(got["asked"]), "The model is not asked about any batch.")
    require(
        all(training for training, _ in got["asked"]),
        "During the training the model is in evaluation mode, and its dropout does nothing. Call "
        "`model.train()`.",
        "evaluation-mode-in-training",
    )
    logits, losses, shift = epoch.followed(0.5)
    expect(
        Answer(got["shift"]),
        Tensor.of(shift),
        Mistake(
            "gradients-not-cleared",
            Tensor.of(epoch.followed(0.5, leftover=3.0)[2]),
            "Each step also uses the gradients of the batches before. `backward` adds to what "
            "is there: call `optimizer.zero_grad()` for every batch.",
        ),
        Mistake(
            "no-step",
            Tensor.of(np.zeros(N_CLASSES)),
            "The weights do not change. For each batch: `optimizer.zero_grad()`, "
            "`loss.backward()`, `optimizer.step()`.",
        ),
        Mistake(
            "softmax-before-loss",
            Tensor.of(epoch.followed(0.5, softened=True)[2]),
            "The criterion gets probabilities. Cross-entropy wants logits, and takes the "
            "softmax itself.",
        ),
        what="the weights after a pass",
    )
    told = updates_of(got)
    require(len(told) == 3, f"`tracker.update` is called {len(told)} times for three batches.")
    compare_updates(told, epoch, logits, losses)


@part("8.5")
def test_evaluation_epoch(learner: Subject, rng: Rng) -> None:
    """Without an optimizer: evaluation mode, no gradients, and nothing changes"""
    epoch = Epoch(rng)
    got = epoch.asked(learner, 0.0).value
    require(bool(got["asked"]), "The model is not asked about any batch.")
    require(
        not any(training for training, _ in got["asked"]),
        "Without an optimizer the model is in training mode, and dropout spoils its answers. Call "
        "`model.eval()`.",
        "training-mode-in-evaluation",
    )
    require(
        not any(gradients for _, gradients in got["asked"]),
        "Gradients are computed though nobody wants them. Use `torch.no_grad()` or "
        "`torch.set_grad_enabled(False)`.",
        "gradients-in-evaluation",
    )
    logits, losses, _ = epoch.followed(0.0)
    told = updates_of(got)
    require(len(told) == 3, f"`tracker.update` is called {len(told)} times for three batches.")
    compare_updates(told, epoch, logits, losses)


def compare_updates(
    told: list[list[Any]], epoch: Epoch, logits: list[np.ndarray], losses: list[float]
) -> None:
    """Compare what the tracker was told with logits, labels and losses."""
    for (preds, targets, loss, kind), want, batch, mean in zip(
        told, logits, epoch.batches, losses, strict=True
    ):
        expect(
            Answer(preds),
            Tensor.of(want),
            Mistake(
                "softmax-before-loss",
                Tensor.of(softmax(want)),
                "The tracker gets probabilities. Hand over the logits.",
            ),
            what="the logits for `tracker.update`",
        )
        expect(
            Answer(targets),
            Tensor.of(epoch.labels[batch]),
            what="the labels for `tracker.update`",
        )
        require(
            "Tensor" not in kind,
            "`tracker.update` gets the loss as a tensor, which holds on to all that it was "
            "computed from. `loss.item()` makes a number of it.",
            "loss-as-tensor",
        )
        expect(
            Answer(loss),
            mean,
            Mistake(
                "loss-summed",
                mean * len(batch),
                "The loss is multiplied by the number of objects. `update` wants the mean, "
                "and weights it itself.",
            ),
            what="the loss for `tracker.update`",
            rtol=1e-4,
        )


@part("8.5")
def test_tracker(learner: Subject, rng: Rng) -> None:
    """The tracker is reset at the beginning, and its metrics are returned"""
    epoch = Epoch(rng)
    got = epoch.asked(learner, 0.25).value
    events = [each[0] for each in got["told"]]
    require(
        events[:1] == ["reset"],
        "The tracker is not reset at the beginning, so that it still holds the epochs before. Call "
        "`tracker.reset()` first.",
        "tracker-not-reset",
    )
    require(
        events.count("reset") == 1,
        "The tracker is reset more than once. Do it once, before the loop.",
    )
    expect(Answer(got["returned"]), epoch.answer, what="the result of run_epoch")


# 8.5 train_with_imbalance_handling


class Plan:
    """What a training by script is given, and what its history should be."""

    def __init__(self, rng: Rng, script: list[float | None]) -> None:
        self.script = script
        self.labels = rng.permutation([0] * 9 + [1] * 5 + [2] * 2 + [3] * 2).astype(int)
        self.logits = rng.normal(0, 1, (18, N_CLASSES))
        self.batch = [*rng.permutation(18).tolist(), *np.flatnonzero(self.labels == 2).tolist()]
        self.val_labels = rng.permutation([0] * 12 + [1] * 3 + [2] * 4 + [3] * 2 + [4])
        self.right = [(rng.random(22) < 0.3 + 0.4 * rng.random()).tolist() for _ in script]
        for row in self.right:
            row[int(np.flatnonzero(self.val_labels == 4)[0])] = True

    def run(self, learner: Subject, **options: Any) -> dict:
        """Train, and see that a model and a history come back."""
        answer = learner.trained(
            Tensor.of(self.logits),
            Tensor.of(self.labels),
            self.batch,
            Tensor.of(self.val_labels),
            self.script,
            self.right,
            **({"num_epochs": len(self.script)} | options),
        )
        fail_if_recognised(
            answer,
            Mistake(
                "too-few-weights",
                Raises("RuntimeError", "weight tensor should be defined"),
                "There are fewer class weights than logits: the last class does not occur in "
                "this training set. `count_logits` says how many classes the model knows.",
            ),
            Mistake(
                "metric-for-every-scheduler",
                Raises("TypeError", "step()"),
                f"The scheduler cannot be stepped like this: {answer.raised}. Only "
                "ReduceLROnPlateau wants the validation loss; others want `step()`.",
            ),
        )
        got = answer.value
        if got["cut"]:
            return got
        require(
            got["result"] != "NoneType",
            "The result is None. At the end, `return model, history`.",
            "nothing-returned",
        )
        require(
            got["result"] == "pair" and got["model"] == "model",
            f"The result is of the type {got['result']}; it should be the pair (model, history).",
        )
        require(
            isinstance(got["history"], dict),
            f"The history is {kind_of(got['history'])}; it should be a dict.",
        )
        return got

    def delivered(self) -> tuple[np.ndarray, np.ndarray]:
        """Logits and labels as the loader gives them, some twice."""
        return self.logits[self.batch], self.labels[self.batch]

    def val_accuracies(self) -> tuple[list[float], list[float]]:
        """Accuracy and balanced accuracy of each epoch."""
        plain, even = [], []
        for row in self.right:
            flags = np.array(row)
            plain.append(float(flags.mean()))
            even.append(float(np.mean([flags[self.val_labels == c].mean() for c in range(5)])))
        return plain, even


def weighted_mean(losses: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    return float((weights[labels] * losses).sum() / weights[labels].sum())


SERIES = ("train_loss", "val_loss", "train_acc", "val_acc", "val_balanced_acc", "learning_rates")


def series(history: dict, name: str, length: int) -> list[float]:
    """A series of the history as floats, once it is a list of the right length."""
    require(name in history, f"The history has no {name!r}; it has {', '.join(map(str, history))}.")
    got = history[name]
    require(isinstance(got, list), f"`history[{name!r}]` is {kind_of(got)}; it should be a list.")
    values = [number(Answer(value), f"`history[{name!r}]`") for value in got]
    require(
        len(values) == length,
        f"`history[{name!r}]` has {len(values)} numbers after {length} epochs.",
    )
    return values


def epochs_run(got: dict) -> int:
    losses = got["history"].get("val_loss")
    return len(losses) if isinstance(losses, list) else 0


@part("8.5")
def test_history(learner: Subject, rng: Rng) -> None:
    """The history holds losses, accuracies and learning rates of all epochs"""
    plan = Plan(rng, [1.5, 0.875, 1.125])
    got = plan.run(learner, learning_rate=0.125)
    history = got["history"]
    require(
        "validation" not in got["confused"],
        "The model is in training mode during the validation: it is trained on it, or its dropout "
        "is on. Use `run_epoch` without an optimizer.",
        "training-mode-in-validation",
    )
    require(
        "training" not in got["confused"],
        "The model is in evaluation mode while it is trained. Call `model.train()` for each epoch.",
        "evaluation-mode-in-training",
    )
    values = {name: series(history, name, 3) for name in SERIES}
    logits, labels = plan.delivered()
    losses = losses_of(logits, labels)
    of_loader = balanced(labels.tolist(), N_CLASSES)
    of_dataset = balanced(plan.labels.tolist(), N_CLASSES)
    of_val = balanced(plan.val_labels.tolist(), N_CLASSES)
    counts = np.bincount(labels, minlength=N_CLASSES) / len(labels)
    soft = losses_of(softmax(logits), labels)
    expect(
        Answer(values["train_loss"][0]),
        weighted_mean(losses, labels, of_loader),
        Mistake(
            "unweighted",
            float(losses.mean()),
            "The training loss is without weights. Hand the class weights over: "
            "`nn.CrossEntropyLoss(weight=...)`.",
        ),
        Mistake(
            "weights-of-validation",
            weighted_mean(losses, labels, of_val),
            "The weights are those of the validation set, from which nothing may be learnt. "
            "Count the labels of train_loader.",
        ),
        Mistake(
            "dataset-counted",
            weighted_mean(losses, labels, of_dataset),
            "The weights are those of the dataset. Count the labels that train_loader gives: "
            "`class_weights(train_loader, num_classes)`.",
        ),
        Mistake(
            "proportional-weights",
            weighted_mean(losses, labels, counts),
            "The weights grow with the counts. A rare class needs a large weight.",
        ),
        Mistake(
            "softmax-before-loss",
            weighted_mean(soft, labels, of_loader),
            "The criterion gets probabilities. Cross-entropy wants logits, and takes the "
            "softmax itself.",
        ),
        Mistake(
            "loss-summed",
            len(labels) * weighted_mean(losses, labels, of_loader),
            "The training loss is a sum. It should be the mean per object.",
        ),
        what="the training loss of the first epoch",
        rtol=1e-4,
    )
    expect(Answer(values["val_loss"]), plan.script, what="`val_loss`", rtol=1e-4)
    hits = float((logits.argmax(axis=1) == labels).mean())
    expect(Answer(values["train_acc"]), [hits] * 3, what="`train_acc`", rtol=1e-4)
    plain, even = plan.val_accuracies()
    expect(
        Answer(values["val_acc"]),
        plain,
        Mistake(
            "balanced-for-accuracy",
            even,
            "`val_acc` is the balanced accuracy. It should be the plain one; the other belongs "
            "to `val_balanced_acc`.",
        ),
        what="`val_acc`",
        rtol=1e-4,
    )
    expect(
        Answer(values["val_balanced_acc"]),
        even,
        Mistake(
            "accuracy-for-balanced",
            plain,
            "`val_balanced_acc` is the plain accuracy. Use the metric `balanced_accuracy`.",
        ),
        what="`val_balanced_acc`",
        rtol=1e-4,
    )
    expect(Answer(values["learning_rates"]), [0.125] * 3, what="`learning_rates`")


@part("8.5")
def test_best_epoch(learner: Subject, rng: Rng) -> None:
    """The weights of the best epoch come back, and not those of the last one"""
    script = [math.nan, 1.5, 0.875, 0.8746, 1.25, math.nan]
    got = Plan(rng, list(script)).run(learner, learning_rate=0.125, patience=50)
    steps, best, last = got["steps"], 3, len(script)
    reached = epochs_run(got)
    require(
        reached == last,
        f"After {reached} epochs the training ends; it should run for {last}, "
        "since the patience is not used up.",
    )
    require("best_epoch" in got["history"], "The history has no 'best_epoch'.")
    told = number(Answer(got["history"]["best_epoch"]), "`history['best_epoch']`")
    require(
        told != 0,
        "The first epoch has the loss NaN, and is taken for the best one for ever. Begin with "
        "`best_loss = math.inf` and ask `val_loss < best_loss`, which is false for NaN.",
        "nan-is-best",
    )
    require(
        steps != last or not got["loaded"],
        "Weights are put back, but they are those of the last epoch: `model.state_dict()` is no "
        "copy, its tensors are the model's own and go on changing. Use `copy.deepcopy` on it.",
        "best-weights-not-copied",
    )
    require(
        steps != last,
        "The model comes back with the weights of the last epoch. Keep a copy of those of the best "
        "one, and `model.load_state_dict(...)` at the end.",
        "last-epoch-returned",
    )
    require(
        steps != 2,
        "The model comes back with the weights of the worst epoch. The smaller the loss, the "
        "better.",
        "worst-epoch-returned",
    )
    require(
        steps != best,
        "The fourth of these epochs has the smallest loss, though by less than min_delta. That "
        "only matters for stopping; the best epoch is the one with the smallest loss.",
        "best-by-min-delta",
    )
    require(
        steps == best + 1,
        f"The weights that come back have seen {steps} epochs; the best one is number {best + 1}.",
    )
    require(
        told == best,
        f"`best_epoch` is {told:g}; it should be {best}, the place of the best epoch in the lists, "
        "counted from 0.",
        "best-epoch-from-one" if told == best + 1 else None,
    )
    walked = -0.125 * (best + 1)
    rates = series(got["history"], "learning_rates", last)
    require(
        math.isclose(got["walker"], walked, rel_tol=1e-3) or rates != [0.125] * last,
        f"With the learning rate 0.125 a weight should have moved by {-walked:g} in {best + 1} "
        f"steps; it has moved by {abs(got['walker']):.4g}. Hand `lr=learning_rate` to Adam.",
        "rate-not-used",
    )


@part("8.5")
def test_early_stop(learner: Subject, rng: Rng) -> None:
    """The training ends when EarlyStopping says so"""
    script = [1.25, 0.875, 1.0, 1.125, 0.75, 0.8]
    got = Plan(rng, list(script)).run(learner, patience=2)
    reached = epochs_run(got)
    require(
        reached != len(script),
        "The training runs to its end, though the loss has not improved for two epochs. `break` "
        "when `EarlyStopping(patience)` says True.",
        "never-stops",
    )
    require(
        reached == 4,
        f"With patience=2 and the validation losses {', '.join(map(str, script[:4]))} the training "
        f'ends after {reached} epochs; it should be 4. Does `check("8.2")` pass?',
    )
    require(
        got["steps"] != 4,
        "After an early stop the model has the weights of the last epoch. Put those of the best "
        "one back after the loop, however it ends.",
        "last-epoch-returned",
    )
    require(
        got["steps"] == 2, f"The weights have seen {got['steps']} epochs; the best is number 2."
    )
    for name in SERIES:
        series(got["history"], name, 4)


def plateau_rates(losses: Sequence[float], rate: float) -> list[float]:
    """The learning rate of each epoch: halved after more than five epochs without improvement."""
    rates, best, bad = [], math.inf, 0
    for loss in losses:
        rates.append(rate)
        bad = 0 if loss < best * (1 - 1e-4) else bad + 1
        best = min(best, loss)
        if bad > 5:
            rate, bad = rate / 2, 0
    return rates


@part("8.5")
def test_plateau(learner: Subject, rng: Rng) -> None:
    """On a plateau of the validation loss the learning rate is halved"""
    script = [1.5, 1.25, 1.0, *[1.125] * 4, 1.0625, 1.25, 1.25]
    got = Plan(rng, list(script)).run(learner, learning_rate=0.5, patience=50)
    rates = series(got["history"], "learning_rates", len(script))
    want = plateau_rates(script, 0.5)
    after = [*want[1:], want[-1]]
    expect(
        Answer(rates),
        want,
        Mistake(
            "rate-after-change",
            after,
            "The learning rate is written down after the scheduler has changed it. Note it at "
            "the beginning of the epoch, which was trained with it.",
        ),
        Mistake(
            "scheduler-never-stepped",
            [0.5] * len(script),
            "The learning rate never changes. Call `scheduler.step(val_loss)` after each epoch.",
        ),
        Mistake(
            "scheduler-on-training-loss",
            plateau_rates([1.0] * len(script), 0.5),
            "The scheduler gets the training loss. It should watch the validation loss.",
        ),
        Mistake(
            "scheduler-on-training-loss",
            [*plateau_rates([1.0] * len(script), 0.5)[1:], 0.25],
            "The scheduler gets the training loss. It should watch the validation loss.",
        ),
        what="`learning_rates`",
    )
    walked = sum(want[:3])
    require(
        got["steps"] != 3 or math.isclose(got["walker"], -walked, rel_tol=1e-3),
        "The learning rates in the history are not those of the training. One optimizer for all "
        "epochs, and a scheduler of that optimizer.",
        "rate-not-used",
    )


@part("8.5")
def test_own_scheduler(learner: Subject, rng: Rng) -> None:
    """A scheduler from make_scheduler is stepped once after each epoch"""
    got = Plan(rng, [1.5, 1.25, 1.0]).run(learner, learning_rate=0.5, rates=[0.5])
    rates = series(got["history"], "learning_rates", 3)
    expect(
        Answer(rates),
        [0.5, 0.25, 0.125],
        Mistake(
            "rate-after-change",
            [0.25, 0.125, 0.0625],
            "The learning rate is written down after the scheduler has changed it. Note it at "
            "the beginning of the epoch.",
        ),
        Mistake(
            "scheduler-ignored",
            [0.5] * 3,
            "The scheduler that make_scheduler makes is not stepped: `scheduler = "
            "make_scheduler(optimizer)`, and `scheduler.step()` after each epoch.",
        ),
        Mistake(
            "metric-for-every-scheduler",
            [0.5, 0.25, 0.25],
            "The scheduler gets the validation loss and takes it for the number of the epoch. "
            "Only ReduceLROnPlateau wants it; others want `step()`.",
        ),
        what="`learning_rates`",
    )


@part("8.5")
def test_focal_loss(learner: Subject, rng: Rng) -> None:
    """`loss="focal"` trains with FocalLoss, without weights; other names are a ValueError"""
    plan = Plan(rng, [1.5])
    got = plan.run(learner, loss="focal")
    logits, labels = plan.delivered()
    losses = losses_of(logits, labels)
    focal = (1 - np.exp(-losses)) ** 2 * losses
    weights = balanced(labels.tolist(), N_CLASSES)
    expect(
        Answer(series(got["history"], "train_loss", 1)[0]),
        float(focal.mean()),
        Mistake(
            "focal-ignored",
            weighted_mean(losses, labels, weights),
            'With `loss="focal"` the loss is still the weighted cross-entropy. Use '
            "`FocalLoss()` as the criterion.",
        ),
        Mistake(
            "focal-ignored",
            float(losses.mean()),
            'With `loss="focal"` the loss is the cross-entropy. Use `FocalLoss()`.',
        ),
        what="the training loss with the focal loss",
        rtol=1e-4,
    )
    answer = learner.trained(
        Tensor.of(plan.logits),
        Tensor.of(plan.labels),
        plan.batch,
        Tensor.of(plan.val_labels),
        plan.script,
        plan.right,
        loss="focus",
        num_epochs=1,
    )
    fail_if_recognised(
        answer,
        Mistake(
            "unknown-loss-accepted",
            answer.raised is None,
            '`loss="focus"` is accepted. Whoever mistypes a name should hear of it: raise a '
            "ValueError.",
        ),
    )
    expect_error(answer, "ValueError", 'loss="focus"', naming="focus")


@part("8.5")
def test_checkpoint(learner: Subject, rng: Rng) -> None:
    """The checkpoint holds the state_dict of the best epoch, also if a later epoch fails"""
    got = Plan(rng, [1.0, 1.25, None]).run(learner)
    require(got["cut"], "An exception in the third epoch disappears. Let it go on to the caller.")
    file = got["file"]
    require(
        file != "missing",
        "The training breaks off in the third epoch, and there is no checkpoint. Call "
        "`torch.save(..., checkpoint_path)` in every epoch that is the best so far, and not only "
        "at the end.",
        "no-checkpoint",
    )
    require(
        file != "unsafe",
        "The checkpoint cannot be read with `weights_only=True`. Save `model.state_dict()`, not "
        "the model.",
        "whole-model-saved",
    )
    require(
        file != "other",
        "The checkpoint holds something else than a `state_dict`. Save that alone.",
    )
    require(
        file != 2,
        "The checkpoint holds the weights of the last epoch. Write it only if the epoch is the "
        "best so far.",
        "last-epoch-saved",
    )
    require(file == 1, f"The checkpoint is of epoch {file}; the best one is the first.")


# 8.6 plot_training_history


def some_history(rng: Rng, epochs: int = 9) -> dict[str, Any]:
    losses = 0.5 + rng.permutation(epochs) / 10
    history: dict[str, Any] = {
        "train_loss": np.sort(rng.uniform(0.3, 1.5, epochs))[::-1].tolist(),
        "val_loss": losses.tolist(),
        "train_acc": rng.uniform(0.5, 0.9, epochs).tolist(),
        "val_acc": rng.uniform(0.5, 0.9, epochs).tolist(),
        "val_balanced_acc": rng.uniform(0.5, 0.9, epochs).tolist(),
        "learning_rates": (0.01 * 0.5 ** np.arange(epochs)).tolist(),
    }
    if epochs > 3:  # neither first nor last nor in the middle
        history["val_loss"][1], history["val_loss"][3] = 0.9, 0.25
    return history | {"best_epoch": int(np.argmin(history["val_loss"]))}


def found(axes: list[dict], values: list[float]) -> list[tuple[dict, dict]]:
    """The pairs of axes with a line that shows these values, and the line."""
    return [(ax, line) for ax in axes for line in ax["lines"] if approx_equal(line["y"], values)]


LINES = {
    "train_loss": ("train",),
    "val_loss": ("val",),
    "train_acc": ("train",),
    "val_acc": ("val",),
    "val_balanced_acc": ("val", "balanced"),
}


@part("8.6")
def test_lines(learner: Subject, rng: Rng) -> None:
    """Losses, accuracies and learning rate are shown, and the best epoch is marked"""
    history = some_history(rng)
    got = figure_of(learner.history_figure(history))
    axes = got["axes"]
    where = {}
    for name in SERIES:
        pairs = found(axes, history[name])
        logarithms = found(axes, np.log10(history[name]).tolist())
        require(
            not (name == "learning_rates" and logarithms),
            "The logarithm of the learning rate is shown. Show the rate itself, on an axis with "
            "`ax.set_yscale('log')`.",
        )
        require(bool(pairs), f"No line shows `{name}`.", "series-missing")
        where[name] = axes.index(pairs[0][0])
    together = where["train_loss"] == where["val_loss"]
    require(together, "The two losses are in different axes. Put them into one, to be compared.")
    require(
        len({where["train_acc"], where["val_acc"], where["val_balanced_acc"]}) == 1,
        "The accuracies are in different axes. Put them into one, to be compared.",
    )
    require(
        len(set(where.values())) == 3,
        "Losses, accuracies and the learning rate share their axes, though they have nothing in "
        "common. `plt.subplots(1, 3)` makes three.",
        "one-pair-of-axes",
    )
    require(
        axes[where["learning_rates"]]["scale"] == "log",
        "The axis of the learning rate is linear, and after a few halvings nothing is seen. Use "
        "`ax.set_yscale('log')`.",
        "rate-not-logarithmic",
    )
    require(
        approx_equal(got["history"], history),
        "The history is changed by plotting it.",
    )
    compare_marks(*found(axes, history["val_loss"])[0], history)


@part("8.6")
def test_legend(learner: Subject, rng: Rng) -> None:
    """A legend tells the lines apart, and the axes are labelled, also after a single epoch"""
    history = some_history(rng, epochs=1)
    axes = figure_of(learner.history_figure(history))["axes"]
    for name, words in LINES.items():
        pairs = found(axes, history[name])
        require(bool(pairs), f"After a single epoch no line shows `{name}`.")
        ax, line = pairs[0]
        compare_legend(name, words, line["name"].lower())
        across, up = ax["labels"]
        require(
            "epoch" in across.lower() and bool(up),
            f"The axes with `{name}` have the labels {across!r} and {up!r}. The horizontal one "
            'should contain "epoch", and the vertical one say what is shown.',
            "no-axis-labels",
        )


def compare_legend(name: str, words: tuple[str, ...], text: str) -> None:
    """The text of a line in the legend contains what tells it from the others."""
    require(
        bool(text),
        f"No legend says which line is `{name}`. Give `ax.plot` a `label=` and call `ax.legend()`.",
        "no-legend",
    )
    other = {"train": "val", "val": "train"}[words[0]]
    require(
        words[0] in text or other not in text,
        f"The line of `{name}` is called {text!r} in the legend: training and validation are "
        "swapped.",
        "labels-swapped",
    )
    for word in words:
        require(
            word in text,
            f"The line of `{name}` is called {text!r} in the legend; that should contain {word!r}.",
        )


def compare_marks(ax: dict, line: dict, history: dict) -> None:
    """Something is marked where the best epoch is, wherever the epochs begin to count."""
    first = line["x"][0]
    marks = [mark - first for mark in ax["marks"]]
    require(
        bool(marks),
        "The best epoch is not marked. `ax.axvline(history['best_epoch'])` draws a vertical line.",
        "best-not-marked",
    )
    best, other = history["best_epoch"], int(np.argmin(history["train_loss"]))
    near = {
        place: any(abs(mark - place) < 0.01 for mark in marks)
        for place in (best, best - 1, best + 1, other)
    }
    beside = near[best - 1] or near[best + 1]
    require(
        near[best],
        f"Something is marked at {', '.join(f'{mark + first:g}' for mark in marks[:3])}; the best "
        f"epoch is at {best + first:g} on this axis.",
        "mark-beside" if beside else "best-by-training-loss" if near[other] else None,
    )


# 8.E1 mixup_minority


def mixed_pair(answer: Answer) -> tuple[Any, Any]:
    """Features and labels of the new batch, once they are a pair."""
    result = answer.value["result"]
    require(
        isinstance(result, list | tuple) and len(result) == 2,
        f"The result is {kind_of(result)}; it should be the pair (features, labels).",
    )
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
    answer = learner.mixed(
        Tensor.of(features), Tensor.of(labels), [N_CLASSES, minority, alpha], seed
    )
    new, soft = mixed_pair(answer)
    for values, shape, what in ((new, features.shape, "features"), (soft, (count, 5), "labels")):
        require(
            not (what == "labels" and isinstance(values, Tensor) and values.shape == (count,)),
            "The labels come back as they were. They should be mixed like the features: shape "
            "(batch, num_classes), from one-hot labels.",
            "labels-not-mixed",
        )
        require(
            isinstance(values, Tensor) and values.shape == shape and values.dtype == "float32",
            f"The {what} should be a tensor of float32 and shape {shape}; they are "
            f"{kind_of(values)}.",
        )
    require(
        answer.value["unchanged"] == [True, True],
        "The features or labels that were handed over have been changed. Make new tensors.",
        "input-changed",
    )
    return new.array.reshape(count, count).astype(float), soft.array.astype(float)


def some_batch(rng: Rng, count: int = 40) -> tuple[np.ndarray, list[int]]:
    """Labels of a batch with two rare classes, and these."""
    labels = rng.permutation([0] * (count - 20) + [1] * 8 + [3] * 5 + [4] * 7)
    return labels, [4, 3]


@part("8.E1")
def test_only_minority(learner: Subject, rng: Rng) -> None:
    """Objects of the minority are mixed with one other object; all others stay as they are"""
    labels, minority = some_batch(rng)
    shares, _ = mixtures(learner, labels, minority, 5.0)
    rare = np.isin(labels, minority)
    untouched = np.eye(len(labels))
    require(
        not approx_equal(shares, untouched),
        "Nothing is mixed. Features of a rare object become `share * own + (1 - share) * "
        "partner's`.",
    )
    require(
        approx_equal(shares[~rare], untouched[~rare], atol=1e-5),
        "Objects of the majority are mixed as well. Set their share to 1.",
        "majority-mixed",
    )
    sums = shares.sum(axis=1)
    expect(Answer(sums), np.ones(len(labels)), what="the sum of an object's shares", rtol=1e-4)
    partners = (shares[rare] > 1e-6).sum(axis=1)
    require(
        bool((partners <= 2).all()),
        f"An object is mixed from {partners.max()} others. It has one partner.",
    )


@part("8.E1")
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
        Mistake(
            "labels-not-mixed",
            Tensor.of(one_hot),
            "The labels are not mixed. A light curve that is 70% TDE should have the label 0.7 "
            "for TDE.",
        ),
        Mistake(
            "label-shares-swapped",
            Tensor.of(flipped @ one_hot),
            "In the labels the object and its partner have changed their shares. Use the same "
            "formula as for the features.",
        ),
        what="the labels",
    )


@part("8.E1")
def test_shares(learner: Subject, rng: Rng) -> None:
    """Each object has a share of its own, at least 1/2, from the beta distribution"""
    labels, minority = rng.permutation([0] * 20 + [4] * 60), [4]
    rare = labels == 4
    shares, _ = mixtures(learner, labels, minority, 0.5)
    own = np.diag(shares)[rare]
    require(
        bool((own > 0.5 - 1e-4).all()),
        f"A rare object has the share {own.min():.2f} in its own mixture: its partner outweighs "
        "it. Take `torch.maximum(b, 1 - b)`.",
        "partner-outweighs",
    )
    mixing = own[own < 1 - 1e-4]
    require(
        len(mixing) < 4 or np.ptp(mixing) > 1e-4,
        "All objects have the same share. Draw one for each: `.sample((len(labels),))`.",
        "one-share-for-all",
    )
    middle, _ = mixtures(learner, labels, minority, 2000.0)
    even = np.diag(middle)[rare]
    even = even[even < 1 - 1e-4]
    require(
        len(even) > 0 and even.max() < 0.6,
        "With alpha=2000 all shares should be near 1/2. The distribution is Beta(alpha, alpha).",
        "alpha-ignored",
    )
    little, _ = mixtures(learner, labels, minority, 0.05)
    require(
        float(np.mean(np.diag(little)[rare] > 0.9)) > 0.6,
        "With alpha=0.05 most shares should be near 1. The distribution is Beta(alpha, alpha).",
        "alpha-ignored",
    )


@part("8.E1")
def test_partners(learner: Subject, rng: Rng) -> None:
    """Partners come from the whole batch, and others each time"""
    labels, minority = rng.permutation([0] * 40 + [4] * 40), [4]
    rare = np.flatnonzero(labels == 4)
    shares, _ = mixtures(learner, labels, minority, 50.0)
    partner = [int(np.argmax(np.where(np.arange(80) == i, 0, shares[i]))) for i in rare]
    common = float(np.mean(labels[partner] == 0))
    require(
        common > 0,
        "All partners are of the minority as well. Draw them from the whole batch.",
        "partners-of-minority",
    )
    require(
        common < 1,
        "No partner is of the minority. Draw them from the whole batch.",
    )
    require(
        len(set(partner)) > 1,
        "All rare objects have the same partner. Draw one for each.",
    )
    again, _ = mixtures(learner, labels, minority, 50.0)
    other, _ = mixtures(learner, labels, minority, 50.0, seed=2)
    require(
        approx_equal(shares, again, atol=1e-5),
        "After the same `torch.manual_seed` the batch is mixed in another way. Take the random "
        "numbers from torch.",
        "other-generator",
    )
    require(not approx_equal(shares, other, atol=1e-5), "The mixture is the same for every seed.")


@part("8.E1")
def test_no_minority(learner: Subject, rng: Rng) -> None:
    """A batch without rare objects stays as it is"""
    labels = rng.permutation([0] * 5 + [1] * 3)
    answer = learner.mixed(
        Tensor.of(np.eye(8).reshape(8, 2, 4)), Tensor.of(labels), [N_CLASSES, [4], 0.4], 1
    )
    features, soft = mixed_pair(answer)
    expect(Answer(features), Tensor.of(np.eye(8).reshape(8, 2, 4)), what="the features")
    expect(Answer(soft), Tensor.of(np.eye(N_CLASSES)[labels]), what="the labels")


# 8.E2 mc_dropout_predict


class Coins:
    """Objects for which a model has two answers: its logits, or nothing but zeros."""

    def __init__(self, rng: Rng) -> None:
        self.table = np.array([1.5, -0.5, 0.25])
        self.feature = rng.uniform(0.5, 1.5, 6) * np.array([1, -1, 1, -1, 1, -1])
        self.features = np.zeros((6, 1, 8))
        self.features[:, 0, 0] = self.feature
        self.features[:, 0, 3] = 1

    def asked(self, learner: Subject, n_samples: int, training: bool) -> Answer:
        table, features = Tensor.of(self.table), Tensor.of(self.features)
        return learner.sampled(table, features, n_samples, training)


def pair_of(answer: Answer, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    got = answer.value
    result = got["result"] if isinstance(got, dict) else got
    require(
        isinstance(result, list | tuple) and len(result) == 2,
        f"The result is {kind_of(result)}; it should be the pair (mean, standard deviation).",
    )
    for each, what in zip(result, ("mean", "standard deviation"), strict=True):
        shape_now = each.shape if isinstance(each, Tensor) else None
        require(
            shape_now is not None,
            f"The {what} is {kind_of(each)}; it should be a tensor.",
        )
        require(
            shape_now == shape,
            f"The {what} has the shape {shape_now}; it should be {shape}: take it over the "
            "samples, which are the first axis if you `torch.stack` them.",
            "wrong-axis",
        )
    return result[0].array.astype(float), result[1].array.astype(float)


@part("8.E2")
@pytest.mark.parametrize("training", [False, True])
def test_mean_and_spread(learner: Subject, rng: Rng, training: bool) -> None:
    """Mean and standard deviation are those of the probabilities over the samples"""
    coins, n = Coins(rng), 40
    mean, spread = pair_of(coins.asked(learner, n, training), (6, 3))
    off, on = np.full((6, 3), 1 / 3), softmax(2 * coins.feature[:, None] * coins.table)
    plain = softmax(coins.feature[:, None] * coins.table)
    require(
        not approx_equal(mean, plain, rtol=1e-4, atol=1e-5),
        "All samples are the same: dropout is off. Switch on the layers of dropout.",
        "dropout-off",
    )
    sums = mean.sum(axis=1)
    require(
        bool(np.isclose(sums, 1, atol=1e-4).all()),
        f"The means of an object add up to {sums[0]:.3g}; probabilities add up to 1. Take the "
        "softmax of each sample's logits.",
        "logits-averaged" if not np.isclose(sums, 1, atol=1e-3).any() else None,
    )
    step = on - off
    part_of = ((mean - off) * step).sum(axis=1) / (step**2).sum(axis=1)  # that kept the feature
    fits = np.isclose(mean, off + part_of[:, None] * (on - off), atol=1e-4).all()
    whole = np.isclose(part_of * n, np.round(part_of * n), atol=0.02).all()
    averaged = [softmax(f * 2 * coins.feature[:, None] * coins.table) for f in np.arange(n + 1) / n]
    of_mean_logits = all(
        any(np.allclose(mean[i], each[i], atol=1e-4) for each in averaged) for i in range(6)
    )
    require(
        not (of_mean_logits and not (fits and whole)),
        "This is the softmax of the mean logits. Take the softmax of each sample first, then the "
        "mean of the probabilities.",
        "mean-of-logits",
    )
    require(
        bool(fits),
        "The means fit no mixture of the two answers that this model can give. Is everything but "
        "dropout in evaluation mode? A batch normalisation must not use the batch.",
        "everything-in-training-mode",
    )
    require(
        bool(whole),
        f"The mean is not one over {n} samples.",
    )
    deviation = np.sqrt(part_of * (1 - part_of))[:, None] * np.abs(on - off)
    right = any(
        approx_equal(spread, deviation * factor, rtol=1e-3, atol=1e-4)
        for factor in (1.0, math.sqrt(n / (n - 1)))
    )
    variance = any(
        approx_equal(spread, deviation**2 * factor, rtol=1e-3, atol=1e-5)
        for factor in (1.0, n / (n - 1))
    )
    require(not variance, "This is the variance. The standard deviation is its root.", "variance")
    require(
        right,
        f"The standard deviation of the first object is {shown(spread[0].round(4).tolist())}; it "
        f"should be {shown(deviation[0].round(4).tolist())}, that of its probabilities over the "
        "samples.",
    )


@part("8.E2")
@pytest.mark.parametrize("training", [False, True])
def test_model_as_before(learner: Subject, rng: Rng, training: bool) -> None:
    """Afterwards every module is in its mode, and nothing has changed"""
    got = Coins(rng).asked(learner, 5, training).value
    require(
        got["same"],
        "A buffer of the model has changed: a batch normalisation was in training mode. Switch on "
        "the layers of dropout alone.",
        "everything-in-training-mode",
    )
    before, after = got["modes"]
    require(
        before == after,
        "Afterwards not every module is in the mode that it had. Note the mode of each module "
        "before, and set `module.training` for each at the end.",
        "modes-not-restored",
    )
    require(
        got["flows"] == [False, False],
        "The results carry gradients, and with them all samples. Use `torch.no_grad()`.",
        "gradients-kept",
    )
    require(
        got["fast"],
        "The fast path is not as it was before. Ask `get_fastpath_enabled()` first, and set it "
        "back at the end.",
        "fast-path-not-restored",
    )


@part("8.E2")
def test_transformer(learner: Subject, rng: Rng) -> None:
    """Dropout within nn.TransformerEncoder counts as well"""
    features = Tensor.of(rng.normal(0, 1, (4, 3, 8)))
    _, spread = pair_of(learner.sampled_transformer(features, 8), (4, 3))
    require(
        bool((spread > 1e-6).all()),
        "A transformer with dropout in its layers gives the same answer each time: the fast path "
        "skips dropout. Call `torch.backends.mha.set_fastpath_enabled(False)` first.",
        "fast-path",
    )
