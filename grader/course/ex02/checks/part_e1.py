"""Checks of 2.E1, Add light curves."""

from __future__ import annotations

from typing import Any

import pytest

from grader.answer import Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    SURVEY,
    Rng,
    expect_rows,
    in_time,
    observations,
    part_of,
    plain,
    rows,
    same_kind,
)
from grader.course.gates import gate, twice
from grader.expect import Mistake, Raises, approx_equal, expect_error, fail_if_recognised, require


@gate
@twice
def test_add(learner: Subject, rng: Rng) -> None:
    """`lc1 + lc2` holds the observations of both, sorted by time"""
    data = observations(rng, 13)
    left, right = data[:7], [dict(data[2]), *data[7:]]
    kinds = ["SurveyLightCurve", "LightCurve"]
    answer = learner.ask(
        probes.joined, kinds, [left, right], [SURVEY, {"object_id": "ZTF20aaelulu"}]
    )
    fail_if_recognised(
        answer, Mistake("plain-light-curve-refused", Raises("TypeError", "unsupported operand"))
    )
    got = part_of(answer, "the sum")
    view, want = got["sum"], in_time([*left, *right])
    pairs = zip(got["before"], got["after"], strict=True)
    unchanged = all(
        approx_equal(plain(rows(before)), plain(rows(after))) for before, after in pairs
    )
    require(unchanged and not got["own"], "operand-changed")
    unique = [obs for i, obs in enumerate(want) if obs not in want[:i]]
    joined = plain(rows(view, "the sum"))
    added = bool(joined) and all(not obs["mjd"] < 100_000 for obs in joined)  # some are NaN
    expect_rows(
        view,
        want,
        Mistake("appended-unsorted", in_time(left) + in_time(right)),
        Mistake("repeats-dropped", unique),
        Mistake("repeats-only", [left[2]]),
        Mistake("left-only", in_time(left)),
        Mistake("right-only", in_time(right)),
        Mistake("values-added", added),
        what="the sum",
    )
    same_kind(view, "SurveyLightCurve", SURVEY, "the sum")


def test_add_subclass(learner: Subject, rng: Rng) -> None:
    """A light curve of a subclass can be added to a plain one, which keeps its class"""
    left, right = observations(rng, 3), observations(rng, 2)
    answer = learner.ask(
        probes.joined, ["LightCurve", "SurveyLightCurve"], [left, right], [{}, SURVEY]
    )
    fail_if_recognised(
        answer, Mistake("subclass-refused", Raises("TypeError", "unsupported operand"))
    )
    view = answer.value["sum"]
    rows(view, "the sum")
    same_kind(view, "LightCurve", {"object_id": "unknown"}, "the sum")


@pytest.mark.parametrize("other", [5, []])
def test_add_something_else(learner: Subject, rng: Rng, other: Any) -> None:
    """Adding something that is no light curve is a TypeError"""
    answer = learner.ask(probes.joined_with, observations(rng, 4), other)
    stub = answer.raised is not None and answer.raised.message.startswith("2.")
    expect_error(
        answer,
        "TypeError",
        f"a light curve + {other!r}",
        Mistake(
            "raises-not-implemented-error", Raises("NotImplementedError") if not stub else False
        ),
        Mistake("anything-added", Raises("AttributeError"), other=other, raised_=answer.raised),
        Mistake("anything-accepted", answer.raised is None, other=other),
    )
