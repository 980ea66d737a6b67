"""Checks of 9.E2, A registry that does not fall for noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject, about
from grader.course.counted import as_many
from grader.course.ex09 import probes, sides
from grader.course.ex09.checks.common import kind_in
from grader.course.ex09.checks.registry import LABELS, Registry, candidate, check_refused, version
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, kind_of, require, showing


def better(learner: Subject, names: list[str], *arrays: Any, **how: Any) -> bool:
    """What `is_better` says of labels, candidate's and current predictions."""
    return as_many(verdicts(learner, names, *arrays, **how), 1)[0]


def verdicts(learner: Subject, names: list[str], *arrays: Any, **how: Any) -> list[bool]:
    """What `is_better` says when it is asked several `times`."""
    found = learner.ask(probes.better, names, *arrays, **how).value
    for got in found:
        if not isinstance(got, bool):
            raise Finding("not-a-bool", got=kind_of(got))
    return found


def answers_right(labels: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Predictions that are right where they should be, and otherwise the next class."""
    return np.where(right, labels, (labels + 1) % 3)


@gate
def test_clearly_better(learner: Subject, rng: Rng) -> None:
    """What is clearly better is better, what is worse or equal is not"""
    labels = rng.integers(3, size=200)
    good = answers_right(labels, rng.random(200) < 0.9)
    poor = answers_right(labels, rng.random(200) < 0.5)
    good_wins = better(learner, ["accuracy"], labels, good, poor)
    poor_wins = better(learner, ["accuracy"], labels, poor, good)
    require(good_wins or not poor_wins, "reversed")
    require(good_wins, "clearly-better-refused")
    require(not poor_wins, "worse-wins")
    require(not better(learner, ["accuracy"], labels, good, good), "equal-wins")


def test_noise(learner: Subject, rng: Rng) -> None:
    """One or two more right answers are noise"""
    labels = rng.integers(3, size=200)
    right = rng.random(200) < 0.7
    current = answers_right(labels, right)
    changed = right.copy()
    changed[rng.choice(np.flatnonzero(~right), 9, replace=False)] = True
    changed[rng.choice(np.flatnonzero(right), 7, replace=False)] = False
    if better(learner, ["accuracy"], labels, answers_right(labels, changed), current):
        refuse_equal_resamples(learner.ask(probes.resampled, 40, 0).value.drawn)
        raise Finding("noise-ignored")


def test_paired(learner: Subject, rng: Rng) -> None:
    """Both are measured on the same resample"""
    labels = rng.integers(3, size=200)
    right = rng.permutation(np.arange(200) < 100)
    changed = right.copy()
    changed[rng.choice(np.flatnonzero(~right), 12, replace=False)] = True
    current, candidate = (answers_right(labels, each) for each in (right, changed))
    require(better(learner, ["accuracy"], labels, candidate, current), "not-paired")


def test_resamples(learner: Subject, rng: Rng) -> None:
    """The objects are drawn with replacement, as many as there are, by the registry's seed"""
    seeds = [0, int(rng.integers(1, 90))]
    told = [learner.ask(probes.resampled, 40, seed).value for seed in seeds]
    runs = [each.drawn for each in told]
    for drawn in runs:
        sizes = {len(each) for each in drawn}
        with showing("{}.drawn"):
            require(sizes <= {40}, "other-size-drawn", got=sorted(sizes))
            require(any(len(set(each)) < 40 for each in drawn), "drawn-without-replacement")
        refuse_equal_resamples(drawn)
    with showing("{}.drawn"):
        require(not approx_equal(runs[0], runs[1]), "seed-ignored", seed=seeds[1])
    with showing("{}.by_global"):
        require(not any(each.by_global for each in told), "global-generator")


def refuse_equal_resamples(drawn: list[list[int]]) -> None:
    """The objects of one resample are not those of all."""
    with showing("{}.drawn"):
        several = len({tuple(each) for each in drawn}) > 1
        require(len(drawn) < 2 or several, "one-resample-only")


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
    # Two metrics are larger in 95 of 100 resamples each, both at once in 90.
    names = ["all but 5", "all but 5, later"]
    both_win = scripted(learner, *names)
    with about(learner.question):
        right = both_win or not all(scripted(learner, name) for name in names)
        require(right, "all-metrics-at-once")


def scripted(learner: Subject, *metrics: str) -> bool:
    """What `is_better` says if metrics follow a script in 100 resamples."""
    arrays = [np.full(30, number) for number in (2, 1, 0)]
    return better(learner, list(metrics), *arrays, resamples=100)


def test_95_per_cent(learner: Subject) -> None:
    """It must be better in at least 95 % of the resamples, neither more nor fewer"""
    always = scripted(learner, "all but 0")
    require(always or not scripted(learner, "swapped"), "predictions-first")
    require(always, "clearly-better-refused~always")
    require(scripted(learner, "all but 5"), "more-than-95-asked")
    require(not scripted(learner, "all but 6"), "fewer-than-95-enough")


def test_same_again(learner: Subject, rng: Rng) -> None:
    """The same candidate gets the same answer, however often you ask"""
    labels = rng.integers(3, size=200)
    right = rng.permutation(np.arange(200) < 100)
    changed = right.copy()
    changed[rng.choice(np.flatnonzero(~right), 12, replace=False)] = True
    changed[rng.choice(np.flatnonzero(right), 6, replace=False)] = False
    current, candidate = (answers_right(labels, each) for each in (right, changed))
    how = {"resamples": 20, "times": 24}
    found = verdicts(learner, ["accuracy"], labels, candidate, current, **how)
    with showing("len(set({})) == 1"):
        require(len(set(found)) == 1, "other-verdict-each-time", n_better=sum(found), n=len(found))


def test_deployed(learner: Subject, rng: Rng) -> None:
    """The first candidate is deployed, a later one if it is better"""
    a, b, c = (float(x) for x in rng.choice(90, 3, replace=False) + 1)
    guess = rng.integers(3, size=6).tolist()
    steps = [["rollback"], *(candidate(w, guess, better=w == c) for w in (a, b, c))]
    got = Registry(learner, steps)
    got.check(0, None, "in a new registry")
    error = got[0].error
    with showing(sides.STEP_ERRORS):
        require(error is not None, "rolled-back-to-nothing~new")
        right = error is not None and "RuntimeError" in error.kinds
        require(right, "rollback-raises-other", got=kind_in(error))
    for number in (1, 3):
        with showing(sides.OFFERED):
            require(got[number].offered != "gone", "candidate-moved")
    got.expect_no_errors(1, 2, 3)
    require(got.current(1) is not None, "first-refused")
    with showing(sides.NAMES):
        require(got[1].name != "version-000", "counted-from-zero")
    got.check(1, a, "after the first candidate")
    require(got.current(2) == a, "always-deployed", got=version(got.current(2)), want=version(a))
    left = got[2].n_files == got[1].n_files
    with showing(sides.N_FILES):
        require(left, "refused-one-kept", before=got[1].n_files, after=got[2].n_files)
    with showing(sides.OFFERED):
        require(got[2].offered == "kept", "refused-one-changed")
    got.check(3, c, "after a candidate that is better")
    returned = [got[i].returned for i in (1, 2, 3)]
    with showing(sides.RETURNED_STEPS):
        expect(Answer(returned), [True, False, True], what="the list of what `consider` returns")


def test_compared(learner: Subject, rng: Rng) -> None:
    """A candidate is compared with the current version, by `is_better`"""
    labels, easy = rng.integers(3, size=30), rng.permutation(30)
    steps = []
    for weight, n_right in ((1, 9), (2, 27), (3, 15), (4, 21), (5, 1), (6, 16), (7, 15)):
        guess = answers_right(labels, easy < n_right)
        steps.append(["consider", float(weight), None, labels.tolist(), guess.tolist()])
    got = Registry(learner, [*steps[:5], ["rollback"], steps[5], ["reopen"], steps[6]])
    got.expect_no_errors(*range(5))
    with showing(sides.RETURNED_STEPS):
        expect(
            Answer([got[i].returned for i in range(5)]),
            [True, True, False, False, False],
            Mistake("compared-the-wrong-way", [True, False, False, False, True]),
            Mistake("compared-with-first", [True, True, True, True, False]),
            Mistake("compared-with-refused", [True, True, False, True, False]),
            what="the list of what `consider` returns",
        )
    got.check(4, 2.0, "after five candidates")
    if got[5].error or got[6].error or got.current(5) != 1.0:
        return  # other checks judge the roll-back
    found = version(got.current(6))
    require(got[6].returned is not False, "compared-with-rolled-back", got=found)
    if got.current(6) == 6.0:
        require(got.current(8) == 6.0, "kept-in-memory~predictions", got=version(got.current(8)))
        got.expect_no_errors(8)


def test_remembered(learner: Subject, rng: Rng) -> None:
    """Another registry of the same folder continues with the same state"""
    guess = rng.integers(3, size=6).tolist()
    steps = [candidate(3, guess), candidate(4, guess), ["reopen"], ["rollback"], ["reopen"]]
    got = Registry(learner, steps)
    got.expect_no_errors(0, 1, 2, 4)
    require(got.current(2) == 4.0, "kept-in-memory", got=version(got.current(2)))
    remembered = got.current(3) == 3.0 or got[3].error is None
    require(remembered, "kept-in-memory~rollback", error=kind_in(got[3].error))
    got.check(3, 3.0, "after a roll-back")
    require(got.current(4) == 3.0, "rollback-not-kept", got=version(got.current(4)))


def test_rolled_back(learner: Subject, rng: Rng) -> None:
    """A roll-back deploys the version before, and may be followed by new versions"""
    guess = rng.integers(3, size=6).tolist()
    steps = [*(candidate(w, guess) for w in (1, 2, 3)), ["rollback"], candidate(4, guess)]
    got = Registry(learner, [*steps, ["rollback"], ["rollback"], ["rollback"], ["kept"]])
    got.expect_no_errors(0, 1, 2)
    errors = [step.error for step in got.steps[3:7] if step.error]
    exists = any("FileExistsError" in error.kinds for error in errors)
    with showing(sides.STEP_ERRORS):
        require(not exists, "number-used-twice")
        require(not errors, "raised-after-rollback", error=kind_in(errors[0] if errors else None))
    got.check(3, 2.0, "after a roll-back")
    got.check(4, 4.0, "after a roll-back and a new version")
    by_number = (
        got.current(5) == 3.0 and got[5].name == "version-003" and got[4].name == "version-004"
    )
    with showing(sides.NAMES):
        require(not by_number, "previous-by-number")
    got.check(5, 2.0, "after another roll-back")
    require(got.current(6) != 4.0, "rolled-back-returns")
    got.check(6, 1.0, "after a third roll-back")
    with showing(sides.RETURNED_STEPS):
        require(got[3].returned is True, "folder-not-returned")
    error = got[7].error
    with showing(sides.STEP_ERRORS):
        require(error is not None, "rolled-back-to-nothing")
        right = error is not None and "RuntimeError" in error.kinds
        require(right, "rollback-raises-other", got=kind_in(error))
    kept = got.current(7) == 1.0
    require(kept, "rolled-back-to-nothing~deployed", got=version(got.current(7)))
    with showing(sides.RETURNED_STEPS):
        require(got[8].returned is True, "number-used-twice~overwritten")


def test_another_test_set(learner: Subject, rng: Rng) -> None:
    """Other labels, or unequal lengths, raise a ValueError, and nothing changes"""
    guess = rng.integers(3, size=6).tolist()
    others = ["consider", 2.0, True, LABELS[::-1], guess]
    fewer = ["consider", 2.0, True, LABELS[:4], guess[:4]]
    got = Registry(
        learner,
        [
            *(candidate(2, guess[:4]), candidate(1, guess), others, candidate(2, guess[:4])),
            *(candidate(2, [*guess, 0]), fewer, ["reopen"], others),
        ],
    )
    got.expect_no_errors(1, 6)
    with showing(sides.STEP_ERRORS):
        require(got[2].error is not None, "other-test-set")
        require(got[5].error is not None, "other-test-set~fewer")
    unequal = {
        3: "6 labels and 4 predictions",
        4: "6 labels and 7 predictions",
        0: "6 labels and 4 predictions in a new registry",
    }
    for number, what in unequal.items():
        with showing(sides.STEP_ERRORS):
            require(got[number].error is not None, "lengths-not-checked", what=what)
    for number, what in {2: "another test set", **unequal, 5: "4 of the 6 labels"}.items():
        check_refused(got, number, what)
    error = got[7].error
    with showing(sides.STEP_ERRORS):
        require(error is not None and "ValueError" in error.kinds, "kept-in-memory~labels")
    got.check(7, 1.0, "after a candidate with another test set")
