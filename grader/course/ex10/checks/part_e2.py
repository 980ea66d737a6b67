"""Checks of 10.E2, Which object next?"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.counted import often
from grader.course.ex10 import probes
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, expect, expect_error, require


@gate
@twice
def test_active_learning(learner: Subject, rng: Rng) -> None:
    """The most uncertain ones of those not yet labelled are next"""
    doubts = (rng.permutation(40) - 28).clip(0) / 40  # most of them are 0
    settings = {"n_start": 6, "n_query": 4, "n_rounds": 5, "seed": 3}
    got = learner.ask(probes.labelled, doubts, settings).value
    for name, kind in got.others:
        require(False, "not-an-array", name=name, got=kind)
    strangers = {i for each in (*got.fitted, *got.candidates) for i in each} - set(range(40))
    require(not strangers, "not-in-pool", numbers=sorted(strangers))
    steps = list(itertools.pairwise(got.fitted))
    for waiting, (before, after) in zip(got.candidates, steps, strict=False):
        places = set(np.argsort(doubts[waiting])[-4:].tolist()) if waiting else set()
        chosen = set(Counter(after) - Counter(before))
        numbers = {waiting[place] for place in places}
        require(chosen != places or chosen == numbers, "positions-for-numbers")
    check_curve(got.curve, got.fitted, [6, 10, 14, 18, 22])
    n_asked, n_choices = len(got.candidates), len(steps)
    asked = f"asked only {often(n_asked)}" if n_asked else "never asked"
    require(n_asked >= n_choices, "ranked-once", asked=asked, n_choices=n_choices)
    for before, after in steps:
        check_choice(doubts, before, after)
    require(not any(got.ages), "older-model-asked")


def check_choice(doubts: np.ndarray, before: list[int], after: list[int]) -> None:
    """The four most uncertain objects are labelled next."""
    new = sorted(set(after) - set(before))
    ranked = np.argsort(doubts).tolist()
    waiting = [i for i in ranked if i not in before]
    doubt = sorted(doubts[new])
    if doubt == doubts[waiting[-4:]].tolist():  # which of equals is up to the learner
        return
    require(doubt != doubts[waiting[:4]].tolist(), "most-certain-chosen")
    require(False, "other-objects-chosen", got=new, want=sorted(waiting[-4:]))


def check_curve(curve: Any, fitted: list[list[int]], sizes: list[int]) -> None:
    """Models are fitted to more and more objects, and the curve says so."""
    check_drawn(fitted)
    always_all = [len(each) for each in fitted] == [sizes[-1]] * len(fitted)
    anew = len(fitted) == len(sizes) and not always_all
    require(anew, "not-fitted-in-each-round", n_rounds=len(sizes), n_fitted=len(fitted))
    require(bool(set(fitted[0]) & set(fitted[1])), "only-new-fitted")
    lost = [set(before) - set(after) for before, after in itertools.pairwise(fitted)]
    require(not any(lost), "labels-lost")
    want = [(size, (i + 1) * 3 % 7 / 7) for i, size in enumerate(sizes)]
    shifted = [(size + sizes[1] - sizes[0], value) for size, value in want]
    given = [pairs_as_tuples(pair) for pair in curve] if isinstance(curve, list) else curve
    what = "the list of (labels, score)"
    expect(Answer(given), want, Mistake("counted-too-late", shifted), what=what)


def check_drawn(fitted: list[list[int]]) -> None:
    """No object is labelled twice, neither in another round nor in the same one."""
    for before, after in itertools.pairwise([[], *fitted]):
        new = Counter(after) - Counter(before)
        require(not set(new) & set(before), "labelled-chosen-again")
        twice = [number for number, count in sorted(new.items()) if count > 1]
        require(not twice, "drawn-with-replacement", number=min(twice, default=0))


def pairs_as_tuples(pair: Any) -> Any:
    """A pair that came as a list is accepted, too."""
    return tuple(pair) if isinstance(pair, list) else pair


def test_random_choice(learner: Subject, rng: Rng) -> None:
    """A random choice from the same beginning, reproducible by its seed"""
    doubts = rng.permutation(40) / 40
    settings: dict[str, Any] = {"n_start": 8, "n_query": 8, "n_rounds": 4}  # all 40 in the end
    made: list[int] = []  # the number of generators in each call

    def fitted(strategy: str, seed: int) -> list[list[int]]:
        chosen = settings | {"strategy": strategy, "seed": seed}
        got = learner.ask(probes.labelled, doubts, chosen).value
        check_curve(got.curve, got.fitted, [8, 16, 24, 32])
        others = [each for each in got.generators if each != "default_rng"]
        require("np.random" not in others, "global-numbers")
        require(not others, "other-generator", name=others[0] if others else "")
        made.append(len(got.generators))
        return got.fitted

    random = fitted("random", 1)
    require(fitted("random", 1) == random, "not-reproducible")
    other = fitted("random", 2)
    require(other[0] != random[0], "seed-ignored")
    require(places(other) != places(random), "seed-ignored~later")
    uncertain = fitted("uncertain", 1)
    require(sorted(uncertain[0]) != list(range(8)), "first-not-random")
    require(uncertain[0] == random[0], "other-beginning")
    require([set(a) for a in random] != [set(a) for a in uncertain], "strategy-ignored")
    require(max(made) <= 1, "generator-made-anew", n_made=max(made))


def test_no_rounds(learner: Subject, rng: Rng) -> None:
    """Without rounds there is no model and no score"""
    doubts, what = rng.permutation(40) / 40, "the list of (labels, score) with n_rounds=0"
    for strategy in ("uncertain", "random"):
        settings = {"n_start": 6, "n_query": 4, "n_rounds": 0, "strategy": strategy}
        got = learner.ask(probes.labelled, doubts, settings).value
        require(not got.fitted, "fitted-without-rounds", n_fitted=len(got.fitted))
        expect(Answer(got.curve), [], what=what)


def places(fitted: list[list[int]]) -> list[list[int]]:
    """Where the objects that were chosen stand among those that were waiting, in each round."""
    found = []
    for before, after in itertools.pairwise(fitted):
        waiting = sorted(set(range(40)) - set(before))
        found.append(sorted(waiting.index(i) for i in set(after) - set(before)))
    return found


def test_other_strategy(learner: Subject, rng: Rng) -> None:
    """Any other strategy raises a ValueError, before anything is fitted"""
    for n_rounds, strategy in (
        (1, "best"),
        (0, "best"),
        (3, "Random"),
        (2, "randomly"),
        (2, "rand"),
    ):
        settings = {"n_start": 6, "n_query": 4, "n_rounds": n_rounds, "strategy": strategy}
        expect_error(
            learner.ask(probes.labelled, rng.permutation(40) / 40, settings, may_fit=False),
            "ValueError",
            f'strategy="{strategy}" with {n_rounds=}',
            Mistake(
                "strategy-seen-too-late", Raises("Trouble"), n_rounds=n_rounds, strategy=strategy
            ),
            naming=strategy,
        )
