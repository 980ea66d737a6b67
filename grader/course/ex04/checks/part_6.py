"""Checks of 4.6, Nine rules."""

from __future__ import annotations

from collections import Counter
from typing import Any

from grader.answer import Answer, Finding, Subject, about
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import check_left_alone
from grader.course.ex04.checks.measured import measured, seen, somewhen, supernova
from grader.course.ex04.checks.rules import (
    AT_BORDERS,
    COMPARED,
    ENOUGH,
    IN_ONE_BAND,
    IN_ORDER,
    NEEDED,
    SINGLE,
    TOO_FEW,
    UNMEASURED,
    WITH_NAN,
    Case,
    alone,
    holding,
)
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    approx_equal,
    difference,
    expect,
    require,
    shown,
)

CLASSES = ("SNIa", "SNII", "CV", "AGN", "TDE")


@gate
def test_single_rule(learner: Subject, rng: Rng) -> None:
    """If only one rule holds, it decides; if none does, the last one"""
    answers = predicted(learner, rng, SINGLE)
    first = answers[0].result
    same = all(isinstance(each.result, str) and each.result == first for each in answers)
    for case, answer in zip(SINGLE, answers, strict=True):
        if not is_right(case, answer):
            require(not same, "always-the-same", answer, label=shown(first))
            misjudged(learner, case, answer)


def test_few_detections(learner: Subject, rng: Rng) -> None:
    """Fewer than 3 clear detections are "unknown", 3 are enough"""
    cases = [*TOO_FEW, *ENOUGH]
    answers = predicted(learner, rng, cases)
    all_crash = all(answer.raised for answer in answers)
    for case, answer in zip(cases, answers, strict=True):
        if case.number == 1:
            too_few(case, answer, all_crash)
        elif not is_right(case, answer):
            misjudged(learner, case, answer)


def test_order(learner: Subject, rng: Rng) -> None:
    """Where several rules hold, the first of them decides"""
    answers = predicted(learner, rng, IN_ORDER)
    slow = [each.result for case, each in zip(IN_ORDER, answers, strict=True) if case.slow]
    n_cv = sum(isinstance(label, str) and label == "CV" for label in slow)
    for case, answer in zip(IN_ORDER, answers, strict=True):
        if not is_right(case, answer):
            brackets = case.slow and n_cv == 1 and answer.result == "CV"
            require(not brackets, "brackets-missing", answer, **described(case, answer))
            misjudged(learner, case, answer)


def test_not_measured(learner: Subject, rng: Rng) -> None:
    """A feature that is NaN decides nothing"""
    for case, answer in zip(UNMEASURED, predicted(learner, rng, UNMEASURED), strict=True):
        if not is_right(case, answer):
            misjudged(learner, case, answer)
    check_made_up(learner, WITH_NAN)


def test_borders(learner: Subject) -> None:
    """Exactly at its threshold no rule holds, except that of 3 episodes"""
    check_made_up(learner, AT_BORDERS)


def check_made_up(learner: Subject, cases: list[Case]) -> None:
    """Made-up features must lead to the labels of the rules."""
    planned = [case.features for case in cases]
    want = [case.label for case in cases]
    together = learner.ask(probes.predicted_each, cases[0].data, planned)
    if approx_equal(together.result, want):
        return
    if not learner.ask(probes.asks_for_features, cases[0].data).value:
        return  # features that it works out itself cannot be made up
    for case in cases:
        answer = learner.ask(probes.predicted, case.data, case.features)
        if not is_right(case, answer):
            exactly, label = case.border
            included = isinstance(answer.result, str) and answer.result == label
            require(not included, "border-included", exactly=exactly, **described(case, answer))
            misjudged(learner, case, answer)
    expect(together, want, what="the list of labels that one classifier gives")


def test_curve_left_alone(learner: Subject, rng: Rng) -> None:
    """The light curve stays as it was"""
    check_left_alone(learner.ask(probes.left_alone, "predict", supernova(rng)[:24]))


def predicted(learner: Subject, rng: Rng, cases: list[Case]) -> list[Answer[Any]]:
    """The label of each light curve, for which `features` gives what is right.

    With too few detections there is nothing to be measured. They are asked for together, and one by
    one only if not all of them are right.
    """
    asked = [
        (somewhen(rng, each.data), each.features, dict(each.zeropoints))
        if each.number > 1
        else (each.data, None, None)
        for each in cases
    ]
    together = learner.ask(probes.predicted_all, [list(each) for each in asked])
    if approx_equal(together.result, [case.label for case in cases]):
        return [Answer(case.label) for case in cases]
    return [learner.ask(probes.predicted, *each) for each in asked]


def is_right(case: Case, answer: Answer[Any]) -> bool:
    return answer.raised is None and approx_equal(answer.result, case.label)


def too_few(case: Case, answer: Answer[Any], all_crash: bool) -> None:
    """Say why a light curve with too few detections is not called unknown."""
    label = answer.result
    crashed = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    guessed = isinstance(label, str) and label in CLASSES
    expect(
        answer,
        "unknown",
        Mistake("empty-crashes", crashed and not all_crash, about=case.about, error=answer.raised),
        Mistake(
            "observations-counted" if case.data else "guess-for-unknown",
            guessed,
            about=case.about,
            label=shown(label),
        ),
        what=f"the label of a light curve with {case.about}",
    )


def blame_features(learner: Subject, case: Case, label: str) -> bool:
    """Blame no rule for a feature, if `predict` does not ask its own object for them.

    Returns whether it does.
    """
    if learner.ask(probes.asks_for_features, case.data).value:
        return True
    lost = bool(case.zeropoints) and label == holding(measured(case.data))[0][1]
    require(not lost, "zeropoints-lost", about=case.about)
    answer = learner.ask(probes.features, case.data)
    got = answer.result if answer.raised is None and isinstance(answer.result, dict) else {}
    for name, value in measured(case.data).items():
        text = difference(got[name], value, f"`{name}`", rtol=1e-4) if name in got else ""
        require(not text, "wrong-feature", about=case.about, difference=text)
    return False


def described(case: Case, answer: Answer[Any]) -> dict[str, Any]:
    """The fields of a message about a light curve and its label."""
    found = ", ".join(f"{name} = {value:.4g}" for name, value in case.features.items())
    return {"about": case.about, "found": found, "label": shown(answer.result)}


def misjudged(learner: Subject, case: Case, answer: Answer[Any]) -> None:
    """Say which rule holds, and how the answer may have come about."""
    with about(answer.question):
        got, number, want = answer.value, case.number, case.label
        label = got if isinstance(got, str) else ""
        asks = blame_features(learner, case, label)
        holds = holding(case.features)
        others = [rule for rule in holds if rule[1] == label and rule[0] > number]
        with_nan = [rule for rule in holding(case.features, nan_holds=True) if rule not in holds]
        by_nan = [one for one, its in with_nan if its == label and one < number]
        counts = Counter(band for band, _, _ in seen(case.data))
        fields = described(case, answer)
        by_rule: dict[str, Any] = {"number": number, "want": want}
        few = label == "unknown" and counts.total() == 3
        require(not few or max(counts.values()) < 3, "three-refused", **fields)
        require(not few, "counted-in-main-band", **fields)
        nan = any(value != value for value in case.features.values())
        require(label != "unknown" or not nan, "unknown-for-nan", **fields)
        if got is None:
            raise Finding("nothing-at-the-end" if number == 9 else "no-label", **fields, **by_rule)
        if by_nan and not others:
            asked, reverse = COMPARED[by_nan[0]]
            of_nan: dict[str, Any] = {"rule": by_nan[0], "asked": asked, "reverse": reverse}
            raise Finding("nan-decides", **of_nan, **fields, **by_rule)
        if others:
            why_later(learner, case, others[0][0], {**fields, **by_rule}, asks)
        raise Finding("wrong-label", **fields, **by_rule)


def why_later(learner: Subject, case: Case, later: int, fields: dict[str, Any], asks: bool) -> None:
    """A later rule has decided: are the rules in another order, or does the first not hold?"""
    require(later < 9, "rule-not-met~last", **fields)  # which holds whatever the features are
    planned = alone(case.number, case.features)
    rules = [number for number, _ in holding(planned)]
    if asks and later not in rules:
        answer = learner.ask(probes.predicted, IN_ONE_BAND, planned)
        require(not is_right(case, answer), "later-rule-wins~order", later=later, **fields)
        needed = ", ".join(f"{name} = {planned[name]:.4g}" for name in NEEDED[case.number])
        unclear = rules != [case.number, 9] or answer.raised is not None
        other = shown(answer.result)
        require(unclear, "rule-not-met", needed=needed, other=other, **fields)
    raise Finding("later-rule-wins", later=later, **fields)
