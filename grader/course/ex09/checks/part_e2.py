"""Checks of 9.E2, A registry that does not fall for noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import Rng, told
from grader.course.gates import gate
from grader.expect import expect, kind_of, require, shown


def better(learner: Subject, names: list[str], *arrays: Any, **how: Any) -> bool:
    got = learner.ask(probes.better, names, *arrays, **how).value
    if not isinstance(got, bool):
        raise Finding("returns-return-true", got=kind_of(got))
    return got


def answers_right(labels: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Predictions that are right where they should be, and otherwise the next class."""
    return np.where(right, labels, (labels + 1) % 3)


@gate
def test_clearly_better(learner: Subject, rng: Rng) -> None:
    """What is clearly better is better, what is worse or equal is not"""
    labels = rng.integers(3, size=200)
    good = answers_right(labels, rng.random(200) < 0.9)
    poor = answers_right(labels, rng.random(200) < 0.5)
    require(
        better(learner, ["accuracy"], labels, good, poor),
        "reversed"
        if better(learner, ["accuracy"], labels, poor, good)
        else "candidate-right-answers",
    )
    require(not better(learner, ["accuracy"], labels, poor, good), "worse-better")
    require(not better(learner, ["accuracy"], labels, good, good), "equal-wins")


def test_noise(learner: Subject, rng: Rng) -> None:
    """One or two answers more are noise"""
    labels = rng.integers(3, size=200)
    right = rng.random(200) < 0.7
    current = answers_right(labels, right)
    changed = right.copy()
    changed[rng.choice(np.flatnonzero(~right), 9, replace=False)] = True
    changed[rng.choice(np.flatnonzero(right), 7, replace=False)] = False
    require(
        not better(learner, ["accuracy"], labels, answers_right(labels, changed), current),
        "noise-ignored",
    )


def test_paired(learner: Subject, rng: Rng) -> None:
    """Both are measured on the same resample"""
    labels = rng.integers(3, size=200)
    right = rng.permutation(np.arange(200) < 100)
    changed = right.copy()
    changed[rng.choice(np.flatnonzero(~right), 12, replace=False)] = True
    current, candidate = (answers_right(labels, each) for each in (right, changed))
    require(better(learner, ["accuracy"], labels, candidate, current), "not-paired")


def test_every_metric(learner: Subject, rng: Rng) -> None:
    """It must be better in every agreed metric"""
    labels = rng.permutation(np.repeat([0, 1, 2], [80, 40, 80]))
    everywhere = rng.random(200) < 0.6
    current = answers_right(labels, everywhere | (labels == 1))
    candidate = answers_right(labels, (rng.random(200) < 0.95) & ~((labels == 1) & everywhere))
    names = ["accuracy", "recall"]
    require(
        not better(learner, names, labels, candidate, current)
        and not better(learner, names[::-1], labels, candidate, current),
        "one-metric-enough",
    )
    # Of each class six answers become right and one wrong: each recall is larger in 97 % of the
    # resamples, all three at once in 91 %.
    labels = np.repeat([0, 1, 2], 60)
    number = np.tile(np.arange(60), 3)
    current = answers_right(labels, (number < 30) | (number >= 36))
    candidate = answers_right(labels, number != 59)
    require(
        better(
            learner,
            [f"recall of {k}" for k in range(3)],
            labels,
            candidate,
            current,
            resamples=2000,
        ),
        "all-metrics-at-once",
    )


def deployed(got: list[Any], want: float | None, after: str, slug: str = "") -> None:
    require(got[2] != "outside of the registry", "not-copied")
    name = "no version" if want is None else f"the version with weight {want}"
    require(
        got[2] == want, slug, says=f"{after}, `current` should be {name}; it is {shown(got[2])}."
    )


LABELS = [0, 1, 2, 1, 0, 2]


def test_deployed(learner: Subject, rng: Rng) -> None:
    """The first candidate is deployed, a later one if it is better"""
    a, b, c = (float(x) for x in rng.choice(90, 3, replace=False) + 1)
    guess = rng.integers(3, size=6).tolist()
    steps: list[list[Any]] = [["reopen"]]
    steps += [["consider", w, w == c, LABELS, guess] for w in (a, b, c)]
    got = told(learner, steps)
    deployed(got[0], None, "In a new registry")
    for answer in got:
        if answer[1]:
            raise Finding(
                "registry-raised", status="error", answer=answer[1][0], answer2=answer[1][-1][:200]
            )
    require(got[1][2] is not None, "first-refused")
    deployed(got[1], a, "After the first candidate")
    deployed(got[2], a, "After a candidate that is not better", "always-deployed")
    deployed(got[3], c, "After a candidate that is better")
    expect(
        Answer([got[i][0] for i in (1, 2, 3)]),
        [True, False, True],
        what="the list of what `consider` returns",
    )


def test_remembered(learner: Subject, rng: Rng) -> None:
    """Another registry of the same folder goes on with the same state"""
    guess = rng.integers(3, size=6).tolist()
    first, second = ["consider", 3.0, True, LABELS, guess], ["consider", 4.0, True, LABELS, guess]
    got = told(learner, [first, second, ["reopen"], ["rollback"], ["reopen"]])
    deployed(got[2], 4.0, "Opened again", "kept-in-memory")
    deployed(got[3], 3.0, "After a roll-back", "kept-in-memory" if got[3][1] else "")
    deployed(got[4], 3.0, "Opened again after a roll-back", "rollback-not-kept")


def test_rolled_back(learner: Subject, rng: Rng) -> None:
    """A roll-back deploys the version before, and may be followed by new versions"""
    guess = rng.integers(3, size=6).tolist()
    steps: list[list[Any]] = [["consider", float(w), True, LABELS, guess] for w in (1, 2, 3)]
    steps += [["rollback"], ["consider", 4.0, True, LABELS, guess], ["rollback"], ["rollback"]]
    steps += [["rollback"], ["kept"]]
    got = told(learner, steps)
    after_error = [kinds[0] for _, kinds, _ in got[3:7] if kinds]
    require(
        not after_error,
        "number-used-twice" if "FileExistsError" in after_error else "after-roll-back",
        after_error=after_error[:1],
    )
    deployed(got[3], 2.0, "After a roll-back")
    deployed(got[4], 4.0, "After a roll-back and a new version")
    deployed(got[5], 2.0, "After another roll-back")
    require(got[6][2] != 4.0, "rolled-back-returns")
    deployed(got[6], 1.0, "After a third one")
    require(got[3][0] is True, "return-folder-version")
    require(bool(got[7][1]), "rolled-back-to-nothing")
    require("RuntimeError" in got[7][1], "version-before-current", got=got[7][1][:1])
    deployed(got[7], 1.0, "After a roll-back that was refused", "rolled-back-to-nothing")
    require(got[8][0] is True, "number-used-twice~2")


def test_another_test_set(learner: Subject, rng: Rng) -> None:
    """Other labels, or unequal lengths, are a ValueError, and nothing changes"""
    guess = rng.integers(3, size=6).tolist()
    others = LABELS[::-1]
    steps = [
        ["consider", 1.0, True, LABELS, guess],
        ["consider", 2.0, True, others, guess],
        ["consider", 2.0, True, LABELS, guess[:4]],
        ["reopen"],
        ["consider", 2.0, True, others, guess],
    ]
    got = told(learner, steps)
    for i, what in ((1, "another test set"), (2, "6 labels and 4 predictions")):
        require(bool(got[i][1]), "other-test-set" if i == 1 else "lengths-not-checked", what=what)
        require("ValueError" in got[i][1], "raises-valueerror", what=what, got=got[i][1][0])
        deployed(got[i], 1.0, f"After a candidate with {what}")
    require("ValueError" in got[4][1], "kept-in-memory")
    deployed(got[4], 1.0, "After a candidate with another test set")
