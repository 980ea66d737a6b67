"""Checks of 5.7, A sky in any proportions."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import Rng, a_seed
from grader.expect import Mistake, Raises, expect, expect_error, require, shown

SKY = {"SNIa": 0.58, "SNII": 0.18, "CV": 0.10, "AGN": 0.11, "TDE": 0.03}


def made_of(answer: Answer) -> dict:
    """What was made, once it is two lists."""
    short = answer.raised is not None and "unpack" in answer.raised.message
    require(not short, "result")
    got = answer.value
    require(
        got["kinds"] == ["list", "list"],
        "result-two-lists",
        kinds=got["kinds"][0],
        kinds2=got["kinds"][1],
    )
    return got


def test_default_sky(learner: Subject, rng: Rng) -> None:
    """By default the classes are as common as on the sky"""
    labels = made_of(learner.ask(probes.created, 200, seed=a_seed(rng)))["labels"]
    counts = Counter(labels)
    require(len(set(counts.values())) > 1, "proportions-ignored", counts=shown(dict(counts)))
    judge_counts(learner, labels, SKY, 200)


def test_proportions(learner: Subject, rng: Rng) -> None:
    """Each class gets its share, rounded, and the total is right"""
    proportions = {"TDE": 3, "AGN": 1, "CV": 1}
    for n in (7, 8, 33):
        seed = a_seed(rng)
        got = made_of(learner.ask(probes.created, n, proportions, seed=seed))
        labels = got["labels"]
        require(set(labels) <= set(proportions), "proportions-ignored~2")
        judge_counts(learner, labels, proportions, n)
        require(
            got["proportions"] == proportions,
            "proportions-changed",
            proportions=shown(proportions),
            proportions2=shown(got["proportions"]),
        )


def judge_counts(learner: Subject, labels: list, proportions: dict, n: int) -> None:
    """Each class must have its share, rounded up or down."""
    counts = {name: labels.count(name) for name in proportions}
    total = sum(proportions.values())
    shares = {name: n * value / total for name, value in proportions.items()}
    rounded = {name: round(share) for name, share in shares.items()}
    down = {name: math.floor(share) for name, share in shares.items()}
    up = {name: math.ceil(share) for name, share in shares.items()}
    for other in (rounded, down, up):
        require(
            not (counts == other and len(labels) != n),
            "rounded-one-by-one",
            n=n,
            n_labels=len(labels),
        )
    require(len(labels) == n, "not-normalised", n=n, n_labels=len(labels))
    wide = [name for name in proportions if abs(counts[name] - shares[name]) >= 1 + 1e-9]
    if not wide:
        return
    equal = max(counts.values()) - min(counts.values()) <= 1
    require(
        not equal, "proportions-ignored~3", counts=shown(counts), proportions=shown(proportions)
    )
    again = [
        made_of(learner.ask(probes.created, n, proportions, seed=s))["labels"] for s in range(3)
    ]
    drawn = len({tuple(each.count(name) for name in proportions) for each in again}) > 1
    name = wide[0]
    require(not drawn, "classes-drawn", n=n, counts=counts[name], name=name, shares=shares[name])
    rest = {each: counts[each] - down[each] for each in proportions}
    require(
        rest[name] != sum(rest.values()) or any(rest[each] for each in rest if each != name),
        "rest-to-one-class",
        rest=rest[name],
        name=name,
        counts=counts[name],
        shares=shares[name],
    )
    raise Finding("objects-share-round", n=n, counts=counts[name], name=name, shares=shares[name])


def test_labels_belong(learner: Subject, rng: Rng) -> None:
    """Each label is that of its light curve, and the classes are mixed"""
    proportions = {"SNIa": 1, "TDE": 1, "CV": 2}
    got = made_of(learner.ask(probes.created, 40, proportions, seed=a_seed(rng)))
    labels, own = got["labels"], [mark[0] for mark in got["marks"]]
    require(len(own) == len(labels), "light-curves-labels", n_own=len(own), n_labels=len(labels))
    require(bool(got["calls"]), "never-called")
    require(labels == own, "shuffled-apart")
    changes = sum(one != other for one, other in pairwise(labels))
    require(changes > 8, "not-mixed")
    names = [mark[1] for mark in got["marks"]]
    require(len(set(names)) == len(names), "same-id")


def test_one_generator(learner: Subject, rng: Rng) -> None:
    """One generator makes all objects, and the seed decides what comes"""
    proportions = {"SNIa": 1, "TDE": 2}
    seed = a_seed(rng)
    first = made_of(learner.ask(probes.created, 30, proportions, seed=seed))
    marks = [mark[2] for mark in first["marks"]]
    require(len(set(marks)) == len(marks), "generator-for-each")
    again = made_of(learner.ask(probes.created, 30, proportions, seed=seed, global_seed=1))
    require(
        again["marks"] == first["marks"] and again["labels"] == first["labels"], "not-reproducible"
    )
    other = made_of(learner.ask(probes.created, 30, proportions, seed=seed + 1))
    require([mark[2] for mark in other["marks"]] != marks, "seed-ignored")
    require(other["labels"] != first["labels"], "seed-ignored~2")


def test_nothing_asked_for(learner: Subject) -> None:
    """0 light curves are two empty lists"""
    got = made_of(learner.ask(probes.created, 0, seed=1))
    expect(Answer([got["labels"], got["marks"]]), [[], []], what="the result for n_samples = 0")


@pytest.mark.parametrize("proportion", [1, 0])
def test_unknown_class(learner: Subject, proportion: int) -> None:
    """A class without a model is a ValueError"""
    answer = learner.ask(probes.created, 4, {"SNIa": 1, "Nova": proportion}, seed=1)
    expect_error(
        answer,
        "ValueError",
        "a class that is not in `MODELS`",
        Mistake("unknown-class-accepted", answer.raised is None),
        Mistake("unknown-class-accepted~2", Raises("KeyError")),
        naming="Nova",
    )


def test_real_light_curves(learner: Subject) -> None:
    """The light curves have observations"""
    got = learner.ask(probes.created_for_real, 2, {"SNIa": 1, "CV": 1}, seed=3).value
    for own, n, label in got:
        require(own == label and n >= 5, "light-curve-class", label=label, n=n)
