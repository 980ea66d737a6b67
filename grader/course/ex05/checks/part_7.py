"""Checks of 5.7, A sky in any proportions."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from grader.answer import Answer, Finding, Subject
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import a_seed, check_named
from grader.course.ex05.replies import Sky
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, approx_equal, expect, expect_error, require, shown

SKY = {"SNIa": 0.58, "SNII": 0.18, "CV": 0.10, "AGN": 0.11, "TDE": 0.03}


def made_of(answer: Answer[Sky]) -> Sky:
    """What was made, once it is two lists."""
    short = answer.raised is not None and "unpack" in answer.raised.message
    require(not short, "not-a-pair")
    first, second = answer.value.kinds
    require(first == second == "list", "not-two-lists", first=first, second=second)
    require(not answer.value.sky_changed, "sky-changed")
    return answer.value


def test_default_sky(learner: Subject, rng: Rng) -> None:
    """By default the classes are as common as on the sky"""
    labels = made_of(learner.ask(probes.created, 200, seed=a_seed(rng))).labels
    counts = Counter(labels)
    require(len(set(counts.values())) > 1, "proportions-ignored", counts=shown(dict(counts)))
    judge_counts(learner, labels, SKY, 200)


@gate
def test_proportions(learner: Subject, rng: Rng) -> None:
    """Each class gets its share, rounded, and the total is right"""
    proportions = {"TDE": 3, "AGN": 1, "CV": 1}
    for n in (7, 8, 33):
        seed = a_seed(rng)
        got = made_of(learner.ask(probes.created, n, proportions, seed=seed))
        others = sorted(set(got.labels) - set(proportions))
        require(not others, "proportions-ignored~other-classes", names=", ".join(others))
        judge_counts(learner, got.labels, proportions, n)
        require(
            approx_equal(got.proportions, proportions),
            "proportions-changed",
            before=shown(proportions),
            after=shown(got.proportions),
        )


WHOLE: list[tuple[int, dict[str, float]]] = [
    (24, {"TDE": 7, "AGN": 7, "CV": 2}),
    (6, {"TDE": 0.25, "AGN": 0.125, "CV": 0.125}),
]


@pytest.mark.parametrize(("n", "proportions"), WHOLE)
def test_whole_shares(learner: Subject, rng: Rng, n: int, proportions: dict[str, float]) -> None:
    """A share that is a whole number stays as it is"""
    labels = made_of(learner.ask(probes.created, n, proportions, seed=a_seed(rng))).labels
    judge_counts(learner, labels, proportions, n)
    for name, value in proportions.items():
        share, got = n * value / sum(proportions.values()), labels.count(name)
        right = share % 1 > 0 or got == share
        require(right, "whole-share-changed", name=name, n_of_class=got, share=share)


def judge_counts(learner: Subject, labels: list[str], proportions: dict[str, Any], n: int) -> None:
    """Each class must have its share, rounded up or down."""
    counts = {name: labels.count(name) for name in proportions}
    shares = {name: n * value / sum(proportions.values()) for name, value in proportions.items()}
    judge_total(counts, shares, n, len(labels))
    wide = [name for name in proportions if abs(counts[name] - shares[name]) >= 1 + 1e-9]
    if not wide:
        return
    equal = max(counts.values()) - min(counts.values()) <= 1
    require(
        not equal,
        "proportions-ignored~equal",
        counts=shown(counts),
        proportions=shown(proportions),
    )
    name = wide[0]
    found = {"n_of_class": counts[name], "name": name, "share": shares[name]}
    require(not are_drawn(learner, proportions, n), "classes-drawn", n=n, **found)
    rest = {each: counts[each] - math.floor(shares[each]) for each in proportions}
    alone = rest[name] == sum(rest.values()) and not any(
        rest[each] for each in rest if each != name
    )
    require(not alone, "rest-to-one-class", n_missing=rest[name], **found)
    raise Finding("share-not-rounded", n=n, **found)


def judge_total(counts: dict[str, int], shares: dict[str, float], n: int, n_made: int) -> None:
    """There must be n objects in all."""
    for to_whole in (round, math.floor, math.ceil):
        one_by_one = counts == {name: to_whole(share) for name, share in shares.items()}
        require(n_made == n or not one_by_one, "rounded-one-by-one", n=n, n_made=n_made)
    require(n_made == n, "not-normalised", n=n, n_made=n_made)


def are_drawn(learner: Subject, proportions: dict[str, Any], n: int) -> bool:
    """Whether the numbers of the classes depend on the seed."""
    again = [made_of(learner.ask(probes.created, n, proportions, seed=s)).labels for s in range(3)]
    return len({tuple(labels.count(name) for name in proportions) for labels in again}) > 1


def test_labels_belong(learner: Subject, rng: Rng) -> None:
    """Each label is that of its light curve, and the classes are mixed"""
    proportions = {"SNIa": 1, "TDE": 1, "CV": 2}
    got = made_of(learner.ask(probes.created, 40, proportions, seed=a_seed(rng)))
    own = [mark.label for mark in got.marks]
    require(len(own) == len(got.labels), "lengths-differ", n_own=len(own), n_labels=len(got.labels))
    require(got.n_calls > 0, "never-called")
    require(got.labels == own, "shuffled-apart")
    changes = sum(one != other for one, other in pairwise(got.labels))
    require(changes > 8, "not-mixed")
    names = {mark.object_id for mark in got.marks}
    require(len(names) == len(got.marks), "same-id")


def test_one_generator(learner: Subject) -> None:
    """One generator makes all objects, and the seed decides what comes"""
    proportions = {"SNIa": 1, "TDE": 2}
    seed = 42  # the usual one
    first = made_of(learner.ask(probes.created, 30, proportions, seed=seed))
    drawn = [mark.drawn for mark in first.marks]
    require(len(set(drawn)) == len(drawn), "generator-for-each")
    n = first.n_generators
    require(n <= 1, "generator-for-each~own", n=first.n_calls, n_generators=n)
    again = made_of(learner.ask(probes.created, 30, proportions, seed=seed, global_seed=1))
    same = again.marks == first.marks and again.labels == first.labels
    require(same, "not-reproducible")
    require(not first.global_numbers, "global-numbers")
    other = made_of(learner.ask(probes.created, 30, proportions, seed=0))
    alike = [mark.drawn for mark in other.marks] == drawn
    if alike or other.labels == first.labels:
        third = made_of(learner.ask(probes.created, 30, proportions, seed=7))
        moved = [mark.drawn for mark in third.marks] != drawn and third.labels != first.labels
        require(not (alike and moved), "zero-for-none")
        require(not alike, "seed-ignored")
        raise Finding("seed-ignored~labels")


def test_nothing_asked_for(learner: Subject) -> None:
    """0 light curves are two empty lists"""
    got = made_of(learner.ask(probes.created, 0, seed=1))
    expect(Answer([got.labels, got.marks]), [[], []], what="the result for n_samples = 0")


@pytest.mark.parametrize("proportion", [1, 0])
def test_unknown_class(learner: Subject, proportion: int) -> None:
    """A class without a model is a ValueError"""
    answer = learner.ask(probes.created, 4, {"SNIa": 1, "Nova": proportion}, seed=1)
    when = f"the class 'Nova' (proportion {proportion}), which is not in `MODELS`,"
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake("unknown-class-accepted", answer.raised is None, proportion=proportion),
        Mistake("unknown-class-accepted~key-error", Raises("KeyError")),
    )
    check_named(answer, "Nova", when)


def test_real_light_curves(learner: Subject) -> None:
    """The light curves have observations"""
    got = learner.ask(probes.created_for_real, 2, {"SNIa": 1, "CV": 1}, seed=3).value
    for each in got:
        n, label, own = each.n_observations, each.label, each.own_label
        require(own == label, "odd-light-curve~label", label=label, own=own)
        require(n >= 5, "odd-light-curve", label=label, n=n)
