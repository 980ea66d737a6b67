"""Checks of 2.1, Store the observations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    FIELDS,
    NAME,
    Observation,
    Rng,
    expect_rows,
    failed,
    in_time,
    observations,
    plain,
    rows,
)
from grader.course.gates import gate
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    require,
)
from grader.wire import Table


@gate
def test_init_sorts(learner: Subject, rng: Rng) -> None:
    """`data` is a DataFrame with the four columns, sorted by MJD"""
    data = [dict(reversed(obs.items())) for obs in observations(rng)]
    view = learner.ask(probes.stored, "LightCurve", data, object_id=NAME).value["lc"]
    want = in_time(data)
    expect_rows(
        view,
        want,
        Mistake("not-sorted", data),
        Mistake("sorted-backwards", want[::-1]),
        Mistake("sorted-by-flux", sorted(data, key=lambda o: o["flux"])),
        Mistake("columns-torn-apart", _torn(data, FIELDS)),
        Mistake("columns-torn-apart", _torn(data, ["mjd"])),
        what="the light curve",
    )
    table = view["data"]
    require(
        list(table.columns)[:4] == FIELDS,
        "column-order",
        columns=list(table.columns),
        fields_=FIELDS,
    )
    require(approx_equal(np.asarray(table.index), np.arange(len(data))), "old-index")


def _torn(data: list[Observation], fields: list[str]) -> list[Observation]:
    """The observations with each of the fields sorted by itself."""
    columns = {field: sorted(obs[field] for obs in data) for field in fields}
    return [obs | {field: columns[field][i] for field in fields} for i, obs in enumerate(data)]


def test_init_stable(learner: Subject, rng: Rng) -> None:
    """Observations of the same time stay in their order"""
    data = observations(rng, 40)
    for obs in data[::2]:
        obs["mjd"] = data[0]["mjd"]
    got = plain(rows(learner.ask(probes.stored, "LightCurve", data).value["lc"]))
    want = in_time(data)
    moved = approx_equal(sorted(map(str, got)), sorted(map(str, want)))
    expect(Answer(got), want, Mistake("unstable-sort", moved), what="the table")


def test_init_object_id(learner: Subject, rng: Rng) -> None:
    """`object_id` is stored, "unknown" if none is given"""
    data = observations(rng, 5)
    metadata = (
        learner.ask(probes.stored, "LightCurve", data, object_id=NAME)
        .value["lc"]
        .get("metadata", {})
    )
    require("object_id" in metadata, "object-id-not-stored")
    expect(
        Answer(metadata["object_id"]),
        NAME,
        Mistake("object-id-fixed", "unknown"),
        what="`object_id`",
    )
    metadata = learner.ask(probes.stored_by_default, "LightCurve", data).value.get("metadata", {})
    expect(Answer(metadata.get("object_id")), "unknown", what="`object_id` by default")


def test_init_small(learner: Subject, rng: Rng) -> None:
    """No observations give an empty table with the four columns; one observation works"""
    answer = learner.ask(probes.stored, "LightCurve", [])
    fail_if_recognised(answer, Mistake("empty-crashes", failed(answer), raised_=answer.raised))
    view = answer.value["lc"]
    columns = list(view["data"].columns) if isinstance(view.get("data"), Table) else None
    fail_if_recognised(answer, Mistake("empty-without-columns", columns == []))
    expect_rows(view, [], what="an empty light curve")
    one = observations(rng, 1)
    expect_rows(
        learner.ask(probes.stored, "LightCurve", one).value["lc"], one, what="a single observation"
    )


def expect_refusal(answer: Answer, when: str, field: str, *mistakes: Mistake) -> None:
    """The observations must be refused by a ValueError that names the field."""
    refused = answer.raised is not None and answer.raised.is_a("ValueError")
    message = answer.raised.message if answer.raised else ""
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake("error-returned", Raises("TypeError", "__init__() should return None")),
        Mistake("asserts", Raises("AssertionError"), when=when),
        *mistakes,
        Mistake(
            "culprit-not-named",
            refused and field not in message,
            when=when,
            message=message,
            field=field,
        ),
    )


def test_init_missing_key(learner: Subject, rng: Rng) -> None:
    """An observation without one of the four keys is a ValueError that names the key"""
    for field in FIELDS:
        data = observations(rng, 6)
        del data[4][field]
        answer = learner.ask(probes.stored, "LightCurve", data)
        expect_refusal(
            answer,
            f"an observation without {field!r}",
            field,
            Mistake("missing-key-accepted", answer.raised is None, field=field),
            Mistake("key-error-for-missing", Raises("KeyError"), field=field),
        )


BAD_NUMBERS = [("flux", "bright"), ("flux_err", None), ("mjd", "yesterday"), ("flux", "12.3")]


@pytest.mark.parametrize(("field", "value"), BAD_NUMBERS)
def test_init_not_a_number(learner: Subject, rng: Rng, field: str, value: Any) -> None:
    """Text or None in the place of a number is a ValueError that names the field"""
    data = observations(rng, 6)
    data[3][field] = value
    answer = learner.ask(probes.stored, "LightCurve", data)
    expect_refusal(
        answer,
        f"{field} = {value!r}",
        field,
        Mistake("not-a-number-accepted", answer.raised is None, field=field, value=value),
        Mistake("type-error-for-text", Raises("TypeError"), field=field, value=value),
    )


GOOD_NUMBERS = [
    (
        "flux",
        40,
        "whole-numbers-refused",
        "An `int` is a number as well as a `float`: ask `isinstance(value, Real)`.",
    ),
    (
        "flux",
        0.0,
        "zero-taken-for-missing",
        "Zero is a measurement like any other, but `if not "
        "value` is true for it: ask `if key not in observation`.",
    ),
    (
        "flux",
        -3.5,
        "negative-flux-refused",
        "Where there is no source, the noise makes half of all fluxes negative: let them in.",
    ),
]


@pytest.mark.parametrize(("field", "value", "slug", "why"), GOOD_NUMBERS)
def test_init_numbers(
    learner: Subject, rng: Rng, field: str, value: float, slug: str, why: str
) -> None:
    """Whole numbers, zero and negative fluxes are numbers"""
    data = observations(rng, 5)
    data[2][field] = value
    answer = learner.ask(probes.stored, "LightCurve", data)
    fail_if_recognised(
        answer, Mistake(slug, Raises("ValueError"), says=f"{field} = {value} is refused. {why}")
    )
    expect_rows(answer.value["lc"], in_time(data), what=f"a light curve with {field} = {value}")


def test_init_numpy_numbers(learner: Subject, rng: Rng) -> None:
    """NumPy's numbers are numbers, also those for whole numbers"""
    data = observations(rng, 6)
    for obs in data:
        obs["mjd"] = float(round(4 * obs["mjd"]))
    answer = learner.ask(probes.stored_as_numpy, data)
    fail_if_recognised(answer, Mistake("numpy-numbers-refused", Raises("ValueError")))
    expect_rows(answer.value, in_time(data), what="a light curve of NumPy's numbers")


def test_init_not_finite(learner: Subject, rng: Rng) -> None:
    """A NaN or infinite MJD is a ValueError; a NaN flux is allowed"""
    data = observations(rng, 6)
    for value in (math.nan, math.inf):
        answer = learner.ask(probes.stored, "LightCurve", [*data[:5], data[5] | {"mjd": value}])
        expect_refusal(
            answer,
            f"mjd = {value}",
            "mjd",
            Mistake("time-not-finite", answer.raised is None, value=value),
        )
    data[1]["flux"] = math.nan
    answer = learner.ask(probes.stored, "LightCurve", data)
    fail_if_recognised(answer, Mistake("nan-flux-refused", Raises("ValueError")))
    expect_rows(
        answer.value["lc"],
        in_time(data),
        Mistake("nan-flux-dropped", in_time([*data[:1], *data[2:]])),
        what="a light curve with a NaN flux",
    )


def test_init_leaves_input(learner: Subject, rng: Rng) -> None:
    """The list that was given stays as it was"""
    data = observations(rng)
    got = learner.ask(probes.stored, "LightCurve", data).value
    require(approx_equal(got["after"], data), "input-changed")
