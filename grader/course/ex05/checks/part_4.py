"""Checks of 5.4, The dataset."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.counted import as_many
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import (
    ATOL,
    FLUX,
    RTOL,
    Observation,
    check_named,
    observations,
    rows_of,
)
from grader.course.ex05.replies import Attributes
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, approx_equal, expect, expect_error, kind_of, require
from grader.wire import Tensor

LONGEST = 8


def light_curves(rng: Rng, n: int) -> dict[str, tuple[list[Observation], np.ndarray]]:
    """Observations and rows of n light curves by name, each with fewer than `LONGEST` rows."""
    curves = {}
    for number in range(n):
        data = observations(rng, int(rng.integers(4, LONGEST)))
        curves[f"ZTF24aa{number}"] = (data, rows_of(data).astype(np.float32))
    return curves


def attributes(answer: Answer[Attributes]) -> Attributes:
    """The attributes of a dataset, once all are there."""
    if answer.value.missing:
        raise Finding("attribute-missing", name=answer.value.missing[0])
    return answer.value


def features_of(rows: np.ndarray) -> np.ndarray:
    return np.pad(rows, ((0, LONGEST - len(rows)), (0, 0)))


def test_labels(learner: Subject, rng: Rng) -> None:
    """Labels are numbered in sorted order"""
    names = ["TDE", "SNIa", "SNII", "AGN"]
    labels = [*names, *rng.choice(names, 2).tolist()]
    got = attributes(learner.ask(probes.made_dataset, light_curves(rng, 6), labels, LONGEST))
    numbers = [sorted(names).index(label) for label in labels]
    appearance = [names.index(label) for label in labels]
    values = plain(got.labels)
    require(not approx_equal(values, appearance), "order-of-appearance")
    expect(Answer(got.classes), sorted(names), what="`classes`")
    dtype = f" of {got.labels.dtype}" if isinstance(got.labels, Tensor) else ""
    kind = kind_of(got.labels) + dtype
    expect(
        Answer(got.labels),
        Tensor.of(numbers),
        Mistake("labels-not-int64", approx_equal(values, numbers), kind=kind),
        what="`labels`",
    )


def plain(values: Any) -> Any:
    """Numbers as a list, if they are in a tensor or an array."""
    array = values.array if isinstance(values, Tensor) else values
    return array.tolist() if isinstance(array, np.ndarray) else array


def test_given_classes(learner: Subject, rng: Rng) -> None:
    """With `classes`, a class that is missing keeps its number"""
    classes = ["TDE", "SNIa", "CV", "SNII", "AGN"]
    labels = ["TDE", "SNIa", "TDE", "CV"]
    curves = light_curves(rng, 4)
    got = attributes(learner.ask(probes.made_dataset, curves, labels, LONGEST, classes=classes))
    expect(
        Answer(got.labels),
        Tensor.of([sorted(classes).index(label) for label in labels]),
        Mistake(
            "classes-ignored", Tensor.of([sorted(set(labels)).index(label) for label in labels])
        ),
        Mistake("classes-not-sorted", Tensor.of([classes.index(label) for label in labels])),
        what="`labels`",
    )
    expect(Answer(got.classes), sorted(classes), what="`classes`")
    require(not got.classes_changed, "classes-changed")
    require(not got.labels_changed, "labels-changed")
    require(not got.light_curves_changed, "light-curves-changed")


def test_settings(learner: Subject, rng: Rng) -> None:
    """The dataset remembers its length of sequences and its transform"""
    curves = light_curves(rng, 2)
    got = attributes(learner.ask(probes.made_dataset, curves, ["AGN", "CV"], LONGEST, marking=True))
    expect(Answer(got.max_sequence_length), LONGEST, what="`max_sequence_length`")
    require(got.has_transform, "transform-none")


def test_lengths_differ(learner: Subject, rng: Rng) -> None:
    """More light curves than labels, or the reverse, are a ValueError"""
    for labels in (["AGN", "CV"], ["AGN", "CV", "CV", "AGN"]):
        answer = learner.ask(probes.made_dataset, light_curves(rng, 3), labels, LONGEST)
        expect_error(
            answer,
            "ValueError",
            f"3 light curves with {len(labels)} labels",
            Mistake("lengths-not-checked", answer.raised is None, n_labels=len(labels)),
        )


def test_unknown_label(learner: Subject, rng: Rng) -> None:
    """A label that is not among the classes is a ValueError"""
    curves = light_curves(rng, 2)
    answer = learner.ask(
        probes.made_dataset, curves, ["AGN", "TDE"], LONGEST, classes=["AGN", "CV"]
    )
    when = "the label 'TDE', which is not in `classes`,"
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake("unknown-label-accepted", answer.raised is None),
        Mistake("key-error", Raises("KeyError")),
    )
    check_named(answer, "TDE", when)


def test_size(learner: Subject, rng: Rng) -> None:
    """`len` counts light curves, and `n_features` columns"""
    got = learner.ask(probes.size, light_curves(rng, 2), ["AGN"] * 2, LONGEST).value
    expect(Answer(got.length), 2, what="`len(dataset)`")
    expect(
        Answer(got.n_features),
        6,
        Mistake("bands-not-counted", 3),
        Mistake("band-counted-once", 4),
        what="`n_features`",
    )


@gate
def test_items(learner: Subject, rng: Rng) -> None:
    """`dataset[i]` gives features and label of light curve i"""
    curves = light_curves(rng, 4)
    labels = ["TDE", "AGN", "SNII", "AGN"]
    numbers = [2, 0, 1, 0]
    got = as_many(learner.ask(probes.items, curves, labels, LONGEST, [0, 1, 2, 3]).value, 4)
    for i, (item, (_, rows)) in enumerate(zip(got, curves.values(), strict=True)):
        pair = isinstance(item, tuple | list) and len(item) == 2
        require(pair, "item-not-a-pair", i=i, got=kind_of(item))
        check_features(item[0], features_of(rows), f"the features of `dataset[{i}]`")
        check_label(item[1], numbers[i], labels[i], f"the label of `dataset[{i}]`")


def check_features(got: Any, want: np.ndarray, what: str) -> None:
    double = isinstance(got, Tensor) and got.dtype == "float64"
    require(not double, "features-not-float32")
    require(not isinstance(got, np.ndarray), "array-for-tensor")
    expect(Answer(got), Tensor.of(want), what=what)


def check_label(got: Any, want: int, name: str, what: str) -> None:
    require(not (isinstance(got, str) and got == name), "label-as-text")
    if isinstance(got, int) and not isinstance(got, bool) and got == want:
        raise Finding("label-not-a-tensor")
    other = isinstance(got, Tensor) and got.shape == () and got.dtype != "int64"
    if other and got.array == want:
        raise Finding("labels-not-int64~item", dtype=got.dtype)
    expect(Answer(got), Tensor.of(want), what=what)


def test_end(learner: Subject, rng: Rng) -> None:
    """Beyond the last one there is an IndexError, which ends a loop"""
    kinds = learner.ask(probes.item_beyond, light_curves(rng, 2), ["AGN", "CV"], LONGEST).value
    if not kinds:
        raise Finding("no-index-error")
    require("IndexError" in kinds, "no-index-error~other", kind=kinds[0])


def test_own_rows(learner: Subject, rng: Rng) -> None:
    """What is done to the features does not change the dataset"""
    got = learner.ask(probes.changed_items, light_curves(rng, 2), ["AGN", "CV"], LONGEST).value
    same = not isinstance(got.before, Tensor) or approx_equal(got.after, got.before)
    require(same, "stored-rows-handed-out")


def test_transform(learner: Subject, rng: Rng) -> None:
    """The transform is called anew each time, with rows that it may change"""
    curves = light_curves(rng, 2)
    got = learner.ask(probes.transformed, curves, ["AGN", "CV"], LONGEST).value
    given = got.given
    require(got.calls_at_construction == 0, "transform-at-construction")
    require(bool(given), "transform-ignored")
    require(len(given) != 1, "transform-once")
    require(len(given) == 2, "transform-too-often", n_calls=len(given))
    require(not isinstance(given[0], Tensor), "transform-gets-tensor")
    double = isinstance(given[0], np.ndarray) and given[0].dtype != np.float32
    require(not double, "transform-gets-other-type", dtype=getattr(given[0], "dtype", ""))
    (_, rows), *_ = curves.values()
    want = features_of(rows)
    expect(
        Answer(given[0]),
        want,
        Mistake("transform-before-padding", rows, n_rows=len(rows), longest=LONGEST),
        what="what the transform is given",
        rtol=RTOL,
        atol=ATOL,
    )
    first = want.copy()
    first[:, FLUX] += 1
    expect(
        Answer(given[1]),
        want,
        Mistake("stored-rows-changed", first),
        Mistake("result-stored", 2 * first),
        what="what the transform is given the second time",
        rtol=RTOL,
        atol=ATOL,
    )
    expect(
        Answer(got.first),
        Tensor.of(2 * first),
        Mistake("result-dropped", Tensor.of(first)),
        Mistake("result-dropped", Tensor.of(want)),
        what="the features",
    )
    second = want.copy()
    second[:, FLUX] += 2
    expect(
        Answer(got.second),
        Tensor.of(2 * second),
        Mistake("first-result-kept", Tensor.of(2 * first)),
        what="the features when asked for again",
    )


def test_two_datasets(learner: Subject, rng: Rng) -> None:
    """Another dataset changes nothing about the first one"""
    curves, labels = light_curves(rng, 3), ["AGN", "CV", "SNII"]
    others = ["TDE", "SNIa"]
    changed = learner.ask(probes.changed_by_another, curves, labels, LONGEST, others).value
    require(not changed, "state-on-class", name="".join(changed[:1]))
