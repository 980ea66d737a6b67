"""Checks of 10.E2, Which object next?."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Rng
from grader.course.gates import gate, twice
from grader.expect import Mistake, expect, expect_error, require


@gate
@twice
def test_active_learning(learner: Subject, rng: Rng) -> None:
    """The most uncertain ones of those not yet labelled are next"""
    doubts = rng.permutation(40) / 40
    settings = {"n_start": 6, "n_query": 4, "n_rounds": 5, "seed": 3}
    got = learner.ask(probes.labelled, doubts, settings).value
    fitted = got["fitted"]
    steps = zip(got["candidates"], itertools.pairwise(fitted), strict=False)
    for waiting, (before, after) in steps:
        places = np.argsort(doubts[waiting])[-4:].tolist()
        chosen = set(Counter(after) - Counter(before))
        require(
            chosen != set(places) or chosen == {waiting[place] for place in places},
            "positions-for-numbers",
        )
    check_curve(got["curve"], fitted, [6, 10, 14, 18, 22])
    for before, after in itertools.pairwise(fitted):
        lost = set(before) - set(after)
        require(not lost, "labels-lost")
        new = [i for i in after if i not in before]
        waiting = [i for i in range(40) if i not in before]
        want = sorted(waiting, key=lambda i: doubts[i])[-4:]
        least = sorted(waiting, key=lambda i: doubts[i])[:4]
        require(set(new) != set(least), "most-certain-chosen")
        top = sorted(range(40), key=lambda i: doubts[i])[-4:]
        require(len(new) == 4 or not set(top) & set(before), "labelled-chosen-again")
        require(set(new) == set(want), "objects-chosen-next", new=sorted(new), want=sorted(want))


def check_curve(curve: Any, fitted: list[list[int]], sizes: list[int]) -> None:
    twice = [len(each) != len(set(each)) for each in fitted]
    require(not any(twice), "labelled-chosen-again~2")
    require(
        [len(each) for each in fitted] != [sizes[-1]] * len(fitted) and len(fitted) == len(sizes),
        "fitted-once" if len(fitted) == 1 else "rounds-model-fitted",
        n_sizes=len(sizes),
        n_fitted=len(fitted),
    )
    first = set(fitted[0])
    only_new = len(fitted) > 1 and not first & set(fitted[1])
    require(not only_new, "only-new-fitted")
    want = [(size, (i + 1) / 10) for i, size in enumerate(sizes)]
    given = [tuple(pair) for pair in curve] if isinstance(curve, list) else curve
    shifted = [(size + sizes[1] - sizes[0], value) for size, value in want]
    expect(
        Answer(given),
        want,
        Mistake("counted-too-late", shifted),
        what="the list of (labels, score)",
    )


def test_random_choice(learner: Subject, rng: Rng) -> None:
    """A random choice from the same beginning, reproducible by its seed"""
    doubts = rng.permutation(40) / 40
    settings: dict[str, Any] = {"n_start": 6, "n_query": 4, "n_rounds": 4}
    runs = {
        (strategy, seed, again): learner.ask(
            probes.labelled, doubts, settings | {"strategy": strategy, "seed": seed}
        ).value
        for strategy, seed, again in (
            ("random", 1, 0),
            ("random", 1, 1),
            ("random", 2, 0),
            ("uncertain", 1, 0),
        )
    }
    one = runs["random", 1, 0]["fitted"]
    check_curve(runs["random", 1, 0]["curve"], one, [6, 10, 14, 18])
    require(runs["random", 1, 1]["fitted"] == one, "not-reproducible")
    require(runs["random", 2, 0]["fitted"][0] != one[0], "seed-ignored")
    beginning = runs["uncertain", 1, 0]["fitted"][0]
    require(sorted(beginning) != list(range(6)), "first-not-random")
    require(beginning == one[0], "other-beginning")
    same_steps = [set(a) for a in one] == [set(a) for a in runs["uncertain", 1, 0]["fitted"]]
    require(not same_steps, "strategy-ignored")
    expect_error(
        learner.ask(probes.labelled, doubts, settings | {"strategy": "best"}),
        "ValueError",
        'strategy="best"',
        naming="best",
    )
