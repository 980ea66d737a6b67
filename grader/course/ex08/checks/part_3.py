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
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)
from grader.wire import Tensor

NAMES = ["SNIa", "CV", "AGN", "TDE", "SNIax"]
COUNTS = np.array(
    [[5, 2, 1, 0, 1], [1, 4, 1, 3, 0], [0, 2, 3, 2, 0], [1, 0, 1, 2, 1], [2, 2, 0, 0, 2]]
)
WITH_ABSENT = np.array(
    [[6, 0, 1, 0, 2], [0, 0, 0, 0, 0], [2, 0, 3, 0, 1], [3, 0, 0, 0, 1], [1, 0, 2, 0, 4]]
)  # no CV anywhere; TDEs, but none is called so
WITH_SINGLE = np.array(
    [[4, 0, 1, 0, 0], [0, 1, 0, 0, 0], [1, 0, 3, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 2]]
)


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
        self.losses = rng.uniform(0.3, 2.0, len(sizes)).round(3).tolist()
        self.logits = rng.integers(0, 7, (len(pairs), len(NAMES))).astype(float)
        for row, winner in zip(self.logits, self.called, strict=True):
            row[winner] = row.max() + 1

    def batches(self, as_logits: bool = True) -> list[tuple[Tensor, Tensor, float]]:
        shown = self.logits if as_logits else np.array(self.called)
        return [
            (Tensor.of(shown[part]), Tensor.of(np.array(self.true[part])), loss)
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
    if key == "accuracy":
        return [Mistake("balanced-for-accuracy", want["balanced_accuracy"])]
    if key == "balanced_accuracy":
        return mistakes_of_balanced(want)
    if key == "loss":
        return mistakes_of_loss(seen)
    if key == "rare_event_recall":
        return mistakes_of_rare(seen, want)
    return mistakes_of_class(key, want)


def mistakes_of_balanced(want: dict[str, float]) -> list[Mistake]:
    recalls = [want[f"{each}_recall"] for each in NAMES]
    precisions = [want[f"{each}_precision"] for each in NAMES]
    found = [recall for recall in recalls if recall]
    return [
        Mistake("accuracy-for-balanced", want["accuracy"]),
        Mistake("recall-zero-left-out", sum(found) / len(found)),
        Mistake("absent-class-counted", sum(recalls) / len(recalls)),
        Mistake("absent-class-nan", math.nan),
        Mistake("precision-recall-swapped~mean", sum(precisions) / len(precisions)),
    ]


def mistakes_of_loss(seen: Collected) -> list[Mistake]:
    weighted = sum(a * b for a, b in zip(seen.losses, seen.sizes, strict=True))
    return [
        Mistake("loss-summed", weighted),
        Mistake("loss-summed~batches", sum(seen.losses)),
        Mistake("loss-unweighted", sum(seen.losses) / len(seen.losses)),
    ]


def mistakes_of_rare(seen: Collected, want: dict[str, float]) -> list[Mistake]:
    rare = [each for each in seen.rare if each in NAMES]
    pairs = [(NAMES[t], NAMES[p]) for t, p in zip(seen.true, seen.called, strict=True)]
    n_true, n_called = (sum(pair[k] in rare for pair in pairs) for k in (0, 1))
    any_rare = sum(t in rare and p in rare for t, p in pairs)
    right = sum(t == p and t in rare for t, p in pairs)
    recalls = [want[f"{each}_recall"] for each in rare]
    return [
        Mistake("nan-for-undefined~rare", math.nan),
        Mistake("rare-mean-of-recalls", ratio(sum(recalls), len(rare))),
        Mistake("rare-by-precision", ratio(right, n_called)),
        Mistake("any-rare-class-will-do", ratio(any_rare, n_true)),
    ]


def mistakes_of_class(key: str, want: dict[str, float]) -> list[Mistake]:
    """Slips in the precision, the recall or the F1 of a class."""
    name, _, kind = key.rpartition("_")
    nan = Mistake("nan-for-undefined", math.nan, measure=key)
    if kind == "f1":
        mean = (want[f"{name}_recall"] + want[f"{name}_precision"]) / 2
        return [nan, Mistake("f1-arithmetic-mean", mean, measure=key)]
    other = "recall" if kind == "precision" else "precision"
    swapped = want[f"{name}_{other}"]
    return [nan, Mistake("precision-recall-swapped", swapped, measure=key, other=other)]


def check_measures(answer: Answer[Any], seen: Collected) -> None:
    """Compare every measure with the one found by counting."""
    want = seen.measures()
    along_batch = f"[{len(seen.true)}, {len(NAMES) * len(seen.sizes)}]"  # as scikit-learn says it
    fail_if_recognised(
        answer,
        Mistake("gradients-kept", Raises("RuntimeError", "requires grad")),
        Mistake("classes-along-batch", Raises("ValueError", along_batch)),
    )
    got = measures_of(answer)
    for key in want:
        require(key in got, "measure-missing", measure=key)
    for key in sorted(want, key=lambda key: key != "balanced_accuracy"):  # the telling one first
        is_float = isinstance(got[key], float | int) and not isinstance(got[key], bool)
        require(is_float, "not-a-float", measure=key, got=kind_of(got[key]))
        expect(Answer(got[key]), want[key], *mistakes_of(key, seen, want), what=f"`{key}`")


def measures_of(answer: Answer[Any]) -> dict[str, Any]:
    """The measures, once they are a dictionary."""
    got = answer.value
    require(got is not None, "nothing-returned")
    require(isinstance(got, dict), "not-a-dict", got=kind_of(got))
    return got


@gate
@pytest.mark.parametrize("form", ["logits", "class numbers"])
def test_metrics(learner: Subject, rng: Rng, form: str) -> None:
    """All measures are right, from logits and from class numbers"""
    seen = Collected(rng, COUNTS, (15, 15, 6), rare=["TDE", "SNIax"])
    batches = seen.batches(form == "logits")
    answer = learner.ask(probes.metrics, NAMES, seen.rare, batches)
    raised = answer.raised
    if raised is not None and form != "logits" and not raised.is_a("NotImplementedError"):
        as_logits = learner.ask(probes.metrics, NAMES, seen.rare, seen.batches())
        only_numbers = as_logits.raised is None
        fail_if_recognised(
            answer, Mistake("class-numbers-refused", only_numbers, error=quoted(raised))
        )
    if isinstance(answer.result, dict):
        only = {key: value for key, value in seen.measures(first=2).items() if key != "loss"}
        got = {key: answer.result.get(key) for key in only}
        fail_if_recognised(Answer(got), Mistake("last-batch-only", only))
    check_measures(answer, seen)


@pytest.mark.parametrize("form", ["logits", "class numbers"])
@pytest.mark.parametrize("size", [1, len(NAMES)])
def test_size_of_batch(learner: Subject, rng: Rng, size: int, form: str) -> None:
    """A batch may hold one object, or as many as there are classes"""
    seen = Collected(rng, COUNTS, (size, 36 - size), rare=["TDE"])
    small, large = seen.batches(form == "logits")
    answer = learner.ask(probes.kept, NAMES, small)
    want, got = seen.called[:size], answer.result
    if approx_equal(got, want):
        return
    along_batch = seen.logits[:size].argmax(axis=0).tolist()
    square = size > 1 and form == "logits" and approx_equal(got, along_batch)
    fail_if_recognised(answer, Mistake("classes-along-batch~square", square))
    works = approx_equal(learner.ask(probes.kept, NAMES, large).result, seen.called[size:])
    numbers = works and form != "logits"
    fail_if_recognised(
        answer,
        Mistake("numbers-taken-for-logits", numbers and size == len(NAMES), n=size),
        Mistake("numbers-taken-for-logits~single", numbers),
        Mistake("logits-taken-for-numbers", works and form == "logits" and size == 1),
    )
    expect(answer, want, what="`predictions`")


def test_class_only_predicted(learner: Subject) -> None:
    """A class that is only predicted is in no mean of recalls, and a loss of NaN stays NaN"""
    first = (Tensor.of(np.array([0, 2])), Tensor.of(np.array([0, 0])), math.nan)
    second = (Tensor.of(np.array([1])), Tensor.of(np.array([1])), 0.5)
    got = measures_of(learner.ask(probes.metrics, NAMES[:4], ["TDE"], [first, second]))
    expect(
        Answer(got.get("balanced_accuracy")),
        (1 / 2 + 1) / 2,
        Mistake("only-predicted-counted", (1 / 2 + 1 + 0) / 3),
        what="`balanced_accuracy`",
    )
    loss = got.get("loss")
    hidden = isinstance(loss, float | int) and math.isfinite(loss)
    expect(Answer(loss), math.nan, Mistake("nan-hidden", hidden, got=shown(loss)), what="`loss`")


@pytest.mark.parametrize("rare", ["TDE", "CV"])
def test_absent_class(learner: Subject, rng: Rng, rare: str) -> None:
    """A class that does not occur, or is never predicted, gives 0.0 and spoils no mean"""
    seen = Collected(rng, WITH_ABSENT, (16, 10), rare=[rare])
    answer = learner.ask(probes.metrics, NAMES, seen.rare, seen.batches())
    raised = answer.raised
    if raised is not None and any(map(raised.is_a, ("IndexError", "ValueError", "KeyError"))):
        all_there = Collected(rng, COUNTS, (15, 21), rare=["TDE"])
        works = learner.ask(probes.metrics, NAMES, ["TDE"], all_there.batches()).raised is None
        fail_if_recognised(answer, Mistake("absent-class-dropped", works, error=quoted(raised)))
    got, want = answer.result, seen.measures()
    if isinstance(got, dict):
        moved_up = [want[f"{name}_recall"] for name in NAMES if name != "CV"]
        recalls = [got.get(f"{name}_recall") for name in NAMES[:4]]
        fail_if_recognised(Answer(recalls), Mistake("absent-class-dropped~moved", moved_up))
    check_measures(answer, seen)


def test_single_object(learner: Subject, rng: Rng) -> None:
    """A class with one object, which is found, has the precision, the recall and the F1 of 1"""
    seen = Collected(rng, WITH_SINGLE, (8, 5), rare=["CV"])
    check_measures(learner.ask(probes.metrics, NAMES, seen.rare, seen.batches()), seen)


def test_unknown_rare_class(learner: Subject, rng: Rng) -> None:
    """A rare class that is none of class_names is ignored"""
    seen = Collected(rng, COUNTS, (17, 19), rare=["TDE", "kilonova"])
    answer = learner.ask(probes.metrics, NAMES, seen.rare, seen.batches())
    if answer.raised is not None:
        works = learner.ask(probes.metrics, NAMES, ["TDE"], seen.batches()).raised is None
        fail_if_recognised(
            answer, Mistake("unknown-rare-refused", works, error=quoted(answer.raised))
        )
    check_measures(answer, seen)
    seen.rare = ["kilonova"]
    answer = learner.ask(probes.metrics, NAMES, seen.rare, seen.batches())
    fail_if_recognised(answer, Mistake("nan-for-undefined~division", Raises("ZeroDivisionError")))
    got = measures_of(answer).get("rare_event_recall")
    nan = Mistake("nan-for-undefined~rare", math.nan)
    expect(Answer(got), 0.0, nan, what="`rare_event_recall` without a rare class in class_names")


def test_measured_twice(learner: Subject, rng: Rng) -> None:
    """The lists hold what was added, and measuring changes nothing"""
    seen = Collected(rng, COUNTS, (17, 19), rare=["TDE"])
    got = learner.ask(probes.measured_twice, NAMES, seen.batches()).value
    expect(Answer(got.targets), seen.true, what="`targets`")
    expect(Answer(got.predictions), seen.called, what="`predictions`")
    losses = [list(pair) for pair in zip(seen.losses, seen.sizes, strict=True)]
    pairs = [list(each) if isinstance(each, tuple) else each for each in got.losses]
    expect(Answer(pairs), losses, what="`losses`")
    require(got.unchanged, "batch-changed")
    require(got.kept and approx_equal(got.again, got.once), "measuring-forgets")


def test_reset(learner: Subject, rng: Rng) -> None:
    """After a reset only what comes then is measured"""
    old = Collected(rng, COUNTS, (17, 19), rare=["TDE"])
    new = Collected(rng, WITH_ABSENT, (16, 10), rare=["TDE"])
    batches, before = new.batches(as_logits=False), old.batches(as_logits=False)
    answer = learner.ask(probes.metrics, NAMES, ["TDE"], batches, before=before)
    got, want = answer.value, learner.ask(probes.metrics, NAMES, ["TDE"], batches).value
    if not isinstance(got, dict) or not isinstance(want, dict):
        return  # another check reports that
    for key in want:
        require(key in got and approx_equal(got[key], want[key]), "not-reset", answer, measure=key)


def test_nothing_to_measure(learner: Subject) -> None:
    """Measures of nothing are a ValueError"""
    answer = learner.ask(probes.metrics, ["SNIa", "TDE"], ["TDE"], [])
    raised = answer.raised
    known = raised is not None and any(map(raised.is_a, ("ValueError", "NotImplementedError")))
    fail_if_recognised(answer, Mistake("nothing-measured", raised is None or not known))
    expect_error(answer, "ValueError", "compute_metrics without predictions")
