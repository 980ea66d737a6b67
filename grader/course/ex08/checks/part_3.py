"""Checks of 8.3, Measures that count every class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex08 import probes
from grader.course.ex08.checks.common import Rng
from grader.course.gates import gate
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
        return [Mistake("balanced-for-accuracy", want["balanced_accuracy"])]
    if key == "balanced_accuracy":
        return [
            Mistake("accuracy-for-balanced", want["accuracy"]),
            Mistake("absent-class-counted", sum(recalls) / len(recalls)),
            Mistake("absent-class-nan", math.nan),
            Mistake("precision-recall-swapped~2", sum(precisions) / len(precisions)),
        ]
    if key == "loss":
        weighted = sum(a * b for a, b in zip(seen.losses, seen.sizes, strict=True))
        return [
            Mistake("loss-summed", weighted),
            Mistake("loss-summed~2", sum(seen.losses)),
            Mistake("loss-unweighted", sum(seen.losses) / len(seen.losses)),
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
            ),
            Mistake("rare-by-precision", ratio(right, sum(called))),
            Mistake("any-rare-class-will-do", ratio(found, sum(true))),
        ]
    says = f"0/0 should be 0.0 here, and `{key}` is NaN. Divide by `max(sum, 1)`."
    nan = Mistake("nan-for-undefined", math.nan, says=says)
    if kind == "f1":
        mean = (want[f"{name}_recall"] + want[f"{name}_precision"]) / 2
        return [nan, Mistake("f1-arithmetic-mean", mean, key_=key)]
    other = "recall" if kind == "precision" else "precision"
    says = (
        f"`{key}` is the {other}. Divide the right ones by all that *are* of the class for the "
        "recall, by all that are *called* so for the precision."
    )
    return [nan, Mistake("precision-recall-swapped", want[f"{name}_{other}"], says=says)]


def measured(answer: Answer, seen: Collected) -> None:
    """Compare every measure with the one found by counting."""
    want = seen.measures()
    fail_if_recognised(
        answer,
        Mistake("gradients-kept", Raises("RuntimeError", "requires grad")),
        Mistake("classes-along-batch", Raises("ValueError", "inconsistent numbers of samples")),
    )
    got = answer.value
    require(got is not None, "result-none-did")
    require(isinstance(got, dict), "result-dict", got=kind_of(got))
    missing = [key for key in want if key not in got]
    require(not missing, "measure-dictionary-class", value=missing[0] if missing else "")
    for key in sorted(want, key=lambda key: key != "balanced_accuracy"):  # the telling one first
        kind = kind_of(got[key])
        require(
            isinstance(got[key], float | int) and not isinstance(got[key], bool),
            "float",
            key_=key,
            kind=kind,
        )
        expect(Answer(got[key]), want[key], *mistakes_of(key, seen, want), what=f"`{key}`")


@gate
@pytest.mark.parametrize("form", ["logits", "class numbers"])
def test_metrics(learner: Subject, rng: Rng, form: str) -> None:
    """All measures are right, from logits and from class numbers"""
    seen = Collected(rng, COUNTS, (18, 18, 7), rare=["TDE", "SNIax"])
    batches = seen.batches(form == "logits")
    answer = learner.ask(probes.metrics, NAMES, seen.rare, batches)
    if form != "logits":
        raised = answer.raised
        fail_if_recognised(
            answer,
            Mistake(
                "class-numbers-refused",
                raised is not None and not raised.is_a("NotImplementedError"),
                raised_=raised,
            ),
        )
    if isinstance(answer.result, dict):
        only = {key: value for key, value in seen.measures(first=2).items() if key != "loss"}
        fail_if_recognised(
            Answer({key: answer.result.get(key) for key in only}), Mistake("last-batch-only", only)
        )
    measured(answer, seen)


def test_square_batch(learner: Subject, rng: Rng) -> None:
    """Logits are read along the classes, also if there are as many objects as classes"""
    seen = Collected(rng, COUNTS, (5, 38), rare=["TDE"])
    batch = seen.batches()[0]
    answer = learner.ask(probes.metrics, NAMES, ["TDE"], [batch])
    got = answer.result
    along = seen.logits[:5].argmax(axis=0)
    wrong = float(np.mean(along == np.array(seen.true[:5])))
    right = float(np.mean(np.array(seen.called[:5]) == np.array(seen.true[:5])))
    fail_if_recognised(
        answer,
        Mistake(
            "classes-along-batch~2",
            isinstance(got, dict)
            and not math.isclose(wrong, right)
            and approx_equal(got.get("accuracy"), wrong),
        ),
    )
    require(answer.raised is not None or isinstance(got, dict), "result-dict-2")
    expect(Answer(answer.value["accuracy"]), right, what="`accuracy` of five objects")


def test_class_only_predicted(learner: Subject) -> None:
    """A class that is only predicted is in no mean of recalls, and a loss of NaN stays NaN"""
    predictions, targets = np.array([0, 2, 1]), np.array([0, 0, 1])  # no AGN, though one is called
    batch = [Tensor.of(predictions), Tensor.of(targets), math.nan]
    got = learner.ask(probes.metrics, NAMES, ["TDE"], [batch]).value
    require(isinstance(got, dict), "result-dict", got=kind_of(got))
    expect(
        Answer(got.get("balanced_accuracy")),
        (1 / 2 + 1) / 2,
        Mistake("only-predicted-counted", (1 / 2 + 1 + 0) / 3),
        what="`balanced_accuracy`",
    )
    expect(Answer(got.get("loss")), math.nan, Mistake("nan-hidden", 0.0), what="`loss`")


def test_absent_class(learner: Subject, rng: Rng) -> None:
    """A class that does not occur, or is never predicted, gives 0.0 and spoils no mean"""
    seen = Collected(rng, WITH_ABSENT, (16, 10), rare=["TDE", "kilonova"])
    answer = learner.ask(probes.metrics, NAMES, seen.rare, seen.batches())
    raised = answer.raised
    kinds = ("IndexError", "ValueError", "KeyError")
    fail_if_recognised(
        answer,
        Mistake(
            "absent-class-dropped",
            raised is not None and any(map(raised.is_a, kinds)),
            raised_=raised,
        ),
    )
    got = answer.result
    if isinstance(got, dict):
        moved = [name for i, name in enumerate(NAMES) if i != 1]  # without CV
        want = seen.measures()
        shifted = [got.get(f"{NAMES[i]}_recall") for i in range(4)]
        fail_if_recognised(
            Answer(shifted),
            Mistake("absent-class-dropped~2", [want[f"{name}_recall"] for name in moved]),
        )
    measured(answer, seen)


def test_reset(learner: Subject, rng: Rng) -> None:
    """After a reset only what comes then is measured"""
    old = Collected(rng, COUNTS, (21, 22), rare=["TDE"])
    new = Collected(rng, WITH_ABSENT, (16, 10), rare=["TDE"])
    answer = learner.ask(probes.metrics, NAMES, ["TDE"], new.batches(), before=old.batches())
    got, want = answer.value, new.measures()
    if not isinstance(got, dict) or "accuracy" not in got or "loss" not in got:
        return  # another check speaks of that
    for key in ("accuracy", "loss"):
        require(approx_equal(got[key], want[key]), "not-reset", key_=key)


def test_nothing_to_measure(learner: Subject) -> None:
    """Measures of nothing are a ValueError"""
    answer = learner.ask(probes.metrics, ["SNIa", "TDE"], ["TDE"], [])
    raised = answer.raised
    known = raised is not None and any(map(raised.is_a, ("ValueError", "NotImplementedError")))
    fail_if_recognised(answer, Mistake("nothing-measured", raised is None or not known))
    expect_error(answer, "ValueError", "compute_metrics without predictions")
