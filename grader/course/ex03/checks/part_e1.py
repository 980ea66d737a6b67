"""Checks of 3.E1, Statistics as properties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.answer import Answer, Subject
from grader.course.ex03 import probes
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    fail_if_recognised,
    require,
    showing,
    shown,
)


def statistic(
    learner: Subject, name: str, batches: list[tuple[int, int]], peek: bool = False
) -> Answer[Any]:
    """The value of a property after these counts, seen for the first time or not."""
    answer = learner.ask(probes.statistic, name, batches, peek=peek)
    if answer.raised is not None:
        return answer
    with showing("callable({})"):
        require(not answer.value.callable, "method-not-property", name=name)
    return replace(answer, result=answer.value.value)


@gate
@twice
def test_statistics(learner: Subject, rng: Rng) -> None:
    """The three properties combine the counts of all light curves"""
    accepted, rejected = (int(rng.integers(low, low + 9)) for low in (40, 5))
    batches = [(accepted - 7, rejected - 2), (6, 0), (1, 2)]
    total = accepted + rejected
    expect(
        statistic(learner, "observation_count", batches),
        total,
        Mistake("accepted-only", accepted),
        *(Mistake("light-curves-counted", len(batches) + more) for more in (0, rejected)),
        Mistake("difference-for-sum", accepted - rejected),
        Mistake("of-all-processors", total + 1500, name="observation_count"),
        what="`observation_count`",
    )
    expect(
        statistic(learner, "rejected_count", batches),
        rejected,
        Mistake("accepted-for-rejected", accepted),
        Mistake("of-all-processors", rejected + 500, name="rejected_count"),
        what="`rejected_count`",
    )
    rate = statistic(learner, "acceptance_rate", batches)
    whole = rate.raised is None and approx_equal(rate.result, 0)
    whole = whole and approx_equal(statistic(learner, "acceptance_rate", [(9, 0)]).result, 1)
    expect(
        rate,
        accepted / total,
        Mistake("rejection-rate", rejected / total),
        Mistake("of-all-processors", (accepted + 1000) / (total + 1500), name="acceptance_rate"),
        Mistake("percent", 100 * accepted / total),
        Mistake("accepted-per-rejected", accepted / rejected),
        Mistake("accepted-per-light-curve", accepted / len(batches)),
        Mistake("rounded-down", whole, accepted=accepted, total=total),
        *(Mistake("rounded", round(accepted / total, digits)) for digits in (1, 2, 3, 4)),
        what="`acceptance_rate`",
    )


@pytest.mark.parametrize("name", ["observation_count", "rejected_count", "acceptance_rate"])
def test_statistics_go_on(learner: Subject, name: str) -> None:
    """They follow the counts, also if they were looked at before"""
    batches = [(8, 2), (5, 3)]
    earlier, now = (
        {
            "observation_count": accepted + rejected,
            "rejected_count": rejected,
            "acceptance_rate": accepted / (accepted + rejected),
        }[name]
        for accepted, rejected in ((8, 2), (13, 5))
    )
    answer = statistic(learner, name, batches, peek=True)
    expect(answer, now, Mistake("computed-once", earlier, name=name), what=f"`{name}`")


def test_statistics_of_a_perfect_night(learner: Subject) -> None:
    """If nothing was rejected the rate is 1.0, and if nothing was accepted it is 0.0"""
    answer = statistic(learner, "acceptance_rate", [(1, 0)])
    expect(answer, 1.0, Mistake("perfect-night-zero", 0.0), what="`acceptance_rate`")
    answer = statistic(learner, "acceptance_rate", [(0, 9)])
    other, got = answer.raised is None and not approx_equal(answer.result, 0.0), answer.result
    fail_if_recognised(
        answer,
        Mistake("none-accepted", other, got=shown(got), rejected=9),
        Mistake("none-accepted~divides", Raises("ZeroDivisionError"), rejected=9),
    )
    expect(answer, 0.0, what="`acceptance_rate` if all were rejected")
    for name in ("observation_count", "rejected_count"):
        expect(statistic(learner, name, [(0, 9)]), 9, what=f"`{name}` if all 9 were rejected")


@pytest.mark.parametrize(
    ("batches", "when"),
    [([], "before the first light curve"), ([(0, 0)], "after an empty light curve")],
)
def test_statistics_of_nothing(learner: Subject, batches: list[tuple[int, int]], when: str) -> None:
    """Before anything was looked at the rate is 0.0"""
    answer = statistic(learner, "acceptance_rate", batches)
    value, raised = answer.result, answer.raised
    other = raised is None and not approx_equal(value, 0.0)
    divides = Raises("ZeroDivisionError")
    empty_counts = bool(batches) and divides.matches(answer)
    fail_if_recognised(
        answer,
        Mistake("nothing-looked-at~empty", empty_counts),
        Mistake("nothing-looked-at", divides, when=when),
        Mistake("nothing-looked-at~value", other, when=when, value=value),
    )
    expect(answer, 0.0, what=f"`acceptance_rate` {when}")
    answer = statistic(learner, "observation_count", batches)
    expect(answer, 0, what=f"`observation_count` {when}")
    answer = statistic(learner, "rejected_count", batches)
    expect(answer, 0, what=f"`rejected_count` {when}")
