"""Checks of 2.1, Store the observations."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex02 import probes
from grader.course.ex02.checks.common import (
    FIELDS,
    NAME,
    Observation,
    check_input,
    columns,
    expect_rows,
    failed,
    in_time,
    observations,
    rows,
    with_flux,
)
from grader.course.ex02.replies import Stored
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    require,
    showing,
)
from grader.wire import Table

REFUSED = Raises("ValueError")


def stored(learner: Subject, data: list[Observation]) -> Answer[Stored]:
    return learner.ask(probes.stored, "LightCurve", data)


@gate
def test_init_sorts(learner: Subject, rng: Rng) -> None:
    """`data` is a DataFrame with the four columns, sorted by MJD"""
    data = [dict(reversed(obs.items())) for obs in observations(rng)]
    data[0]["mjd"] += 0.0003  # which is lost in single precision
    view = stored(learner, data).value.light_curve
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
    names = list(columns(view))
    with showing("list({}.data.columns)"):
        require(names[:4] == FIELDS, "column-order", columns=names, wanted=FIELDS)
    index = view.table.index if isinstance(view.table, Table) else None
    with showing("list({}.data.index)"):
        require(approx_equal(index, np.arange(len(data))), "old-index")


def _torn(data: list[Observation], fields: list[str]) -> list[Observation]:
    """The observations with each of the fields sorted by itself."""
    by_field = {field: sorted(obs[field] for obs in data) for field in fields}
    return [obs | {field: by_field[field][i] for field in fields} for i, obs in enumerate(data)]


def test_init_stable(learner: Subject, rng: Rng) -> None:
    """Observations of the same time stay in their order, and the list given as it was"""
    data = observations(rng, 40)
    data[-1]["band"] = "ZTF R"
    for obs in data[::2]:
        obs["mjd"] = data[0]["mjd"]
    data.append(dict(data[len(data) // 2]))
    reply = stored(learner, data).value
    got, want = rows(reply.light_curve), in_time(data)
    moved = approx_equal(sorted(map(str, got)), sorted(map(str, want)))
    each_once = [obs for i, obs in enumerate(want) if obs not in want[:i]]
    times = [obs["mjd"] for obs in want]
    each_time = [obs for i, obs in enumerate(want) if obs["mjd"] not in times[:i]]
    with showing("{}.data"):
        expect(
            Answer(got),
            want,
            Mistake("repeats-dropped", len(got) == len(each_once)),
            Mistake("repeats-dropped~time", len(got) == len(each_time)),
            Mistake("unstable-sort", moved),
            what="the table",
        )
    check_input(reply, data)


def test_init_object_id(learner: Subject, rng: Rng) -> None:
    """`object_id` is stored, "unknown" if none is given"""
    data, name = observations(rng, 5), "SN 2011fe"
    named = learner.ask(probes.stored, "LightCurve", data, object_id=name).value.light_curve
    with showing("{}.object_id"):
        require("object_id" in named.metadata, "object-id-not-stored")
        got, fixed = named.metadata["object_id"], Mistake("object-id-fixed", "unknown")
        expect(Answer(got), name, fixed, what="`object_id`")
        unnamed = learner.ask(probes.stored_by_default, "LightCurve", data).value
        got = unnamed.metadata.get("object_id")
        expect(Answer(got), "unknown", what="`object_id` by default")


def test_init_own_attributes(learner: Subject, rng: Rng) -> None:
    """Each light curve has its own table and name, whatever is made after it"""
    data = observations(rng, 4), observations(rng, 3)
    metadata = {"object_id": NAME}, {"object_id": "ZTF20aaelulu"}
    got = learner.ask(probes.two_stored, "LightCurve", data, metadata).value
    found = rows(got.first), rows(got.second)
    with showing("first.data"):
        require(not approx_equal(*found), "shared-by-objects", name="data")
    name = got.first.metadata.get("object_id")
    with showing("first.object_id"):
        require(not approx_equal(name, "ZTF20aaelulu"), "shared-by-objects", name="object_id")


def test_init_small(learner: Subject, rng: Rng) -> None:
    """No observations give an empty table with the four columns; one observation works"""
    answer = stored(learner, [])
    fail_if_recognised(answer, Mistake("empty-crashes", failed(answer), error=answer.raised))
    view = answer.value.light_curve
    bare = isinstance(view.table, Table) and not columns(view)
    with showing("{}.data"):
        require(not bare, "empty-without-columns")
    expect_rows(view, [], what="an empty light curve")
    one = observations(rng, 1)
    expect_rows(stored(learner, one).value.light_curve, one, what="a single observation")


def expect_refusal(answer: Answer[Stored], when: str, field: str, *mistakes: Mistake) -> None:
    """The observations must be refused by a ValueError that names the field."""
    message = answer.message
    nameless = REFUSED.matches(answer) and not _names(message, field)
    expect_error(
        answer,
        "ValueError",
        when,
        Mistake("error-returned", Raises("TypeError", "__init__() should return None")),
        Mistake("asserts", Raises("AssertionError"), when=when),
        *mistakes,
        Mistake("culprit-not-named", nameless, when=when, message=message, field=field),
    )


def _names(message: str, field: str) -> bool:
    """Whether a message names a field; `flux_err` does not name `flux`, but `fluxes` does."""
    return re.search(rf"{field}(?!_?err)", _bare(message)) is not None


def _bare(message: str) -> str:
    """A message without numbers, and without the observation if that is quoted as a whole."""
    return re.sub(r"\{[^{}]*:[^{}]*\}|\d", "", message)


def expect_each_named(messages: dict[str, str]) -> None:
    """The messages about several fields do not all say the same."""
    same = len({_bare(message) for message in messages.values()}) == 1
    first, *_, last = messages
    message = messages[last]
    require(not same, "culprit-not-named~all", message=message, first=first, last=last)


PLACES = {"mjd": 0, "flux": 4, "flux_err": 2, "band": 5}
"""The observation in which each field is at fault."""

GAPS = {"mjd": "flux", "flux": "flux_err", "flux_err": "flux", "band": "flux"}
"""The field that is NaN, as it may be, where another is at fault."""


def at_fault(
    data: list[Observation], field: str, *value: Any, gap: bool = True
) -> list[Observation]:
    """The observations with another value for a field in one of them, or with none.

    With `gap` another field of the same observation is NaN.
    """
    faulty = [dict(obs) for obs in data]
    obs = faulty[PLACES[field]]
    if gap:
        obs[GAPS[field]] = math.nan
    del obs[field]
    if value:
        obs[field] = value[0]
    return faulty


def stored_with_fault(
    learner: Subject, data: list[Observation], field: str, *value: Any
) -> Answer[Stored]:
    """What comes of the fault, first of all in an observation in which another field is NaN."""
    answer = stored(learner, at_fault(data, field, *value))
    if REFUSED.matches(answer) and _names(answer.message, field):
        return answer
    plain = stored(learner, at_fault(data, field, *value, gap=False))
    only = answer.raised is None and REFUSED.matches(plain)
    fail_if_recognised(answer, Mistake("check-skipped", only, field=field, other=GAPS[field]))
    return plain


def test_init_missing_key(learner: Subject, rng: Rng) -> None:
    """An observation without one of the four keys is a ValueError that names the key"""
    messages = {}
    for field in FIELDS:
        data = observations(rng, 6)
        answer = stored_with_fault(learner, data, field)
        expect_refusal(
            answer,
            f"an observation without {field!r}",
            field,
            Mistake("missing-key-accepted", answer.raised is None, field=field),
            Mistake("key-error-for-missing", Raises("KeyError"), field=field),
        )
        messages[field] = answer.message
    expect_each_named(messages)


BAD_NUMBERS: list[tuple[str, Any]] = [
    *[("flux", "12.3"), ("flux_err", "bright"), ("mjd", "59000.5")],
    *[("flux", None), ("flux_err", None), ("mjd", None)],
]


def test_init_not_a_number(learner: Subject, rng: Rng) -> None:
    """Text or None in the place of a number is a ValueError that names the field"""
    messages = {}
    for field, value in BAD_NUMBERS:
        data = observations(rng, 6)
        answer = stored_with_fault(learner, data, field, value)
        expect_refusal(
            answer,
            f"{field} = {value!r}",
            field,
            Mistake("not-a-number-accepted", answer.raised is None, field=field, value=value),
            Mistake("type-error-for-text", Raises("TypeError"), field=field, value=value),
        )
        messages[field] = answer.message
    expect_each_named(messages)


GOOD_NUMBERS: list[tuple[str, float, Mistake]] = [
    ("flux", 40, Mistake("whole-numbers-refused", REFUSED)),
    ("flux", 0.0, Mistake("zero-taken-for-missing", REFUSED, field="flux")),
    ("flux_err", 0.0, Mistake("zero-taken-for-missing", REFUSED, field="flux_err")),
    ("mjd", 0.0, Mistake("zero-taken-for-missing", REFUSED, field="mjd")),
    ("flux", -3.5, Mistake("negative-flux-refused", REFUSED)),
]


def test_init_numbers(learner: Subject, rng: Rng) -> None:
    """Whole numbers, zero and negative fluxes are numbers"""
    data = observations(rng, 6)
    for obs, (field, value, _) in zip(data, GOOD_NUMBERS, strict=False):
        obs[field] = value
    if stored(learner, data).raised is not None:
        for field, value, refused in GOOD_NUMBERS:  # which of them is it?
            one = observations(rng, 5)
            one[2][field] = value
            fail_if_recognised(stored(learner, one), refused)
    view = stored(learner, data).value.light_curve
    expect_rows(view, in_time(data), what="a light curve with fluxes 40 and 0.0")


def test_init_numpy_numbers(learner: Subject, rng: Rng) -> None:
    """NumPy's numbers are numbers, also those for whole numbers"""
    data = observations(rng, 6)
    for obs in data:
        obs["mjd"], obs["flux_err"] = 8 * obs["mjd"], float(np.float32(obs["flux_err"]))
    answer = learner.ask(probes.stored_as_numpy, data)
    fail_if_recognised(answer, Mistake("numpy-numbers-refused", REFUSED))
    expect_rows(answer.value, in_time(data), what="a light curve of NumPy's numbers")


def test_init_time_not_finite(learner: Subject, rng: Rng) -> None:
    """A NaN or infinite MJD is a ValueError that names it"""
    for value in (math.nan, math.inf, -math.inf):
        data = observations(rng, 6)
        answer = stored_with_fault(learner, data, "mjd", value)
        accepted = Mistake("time-not-finite", answer.raised is None, value=value)
        expect_refusal(answer, f"mjd = {value}", "mjd", accepted)


def test_init_flux_not_finite(learner: Subject, rng: Rng) -> None:
    """A flux or its error may be NaN, a flux also infinite"""
    data = observations(rng, 6)
    odd = [("flux", math.nan), ("flux_err", math.nan), ("flux", math.inf), ("flux", -math.inf)]
    for obs, (field, value) in zip(data, odd, strict=False):
        obs[field] = value
    answer = stored(learner, data)
    if answer.raised is not None:
        for field, value in odd:  # which of them is it?
            one = observations(rng, 5)
            one[2][field] = value
            refused = Mistake("nan-flux-refused", REFUSED, field=field, value=value)
            fail_if_recognised(stored(learner, one), refused)
    dropped = Mistake("nan-flux-dropped", in_time(with_flux(data)), what="the table")
    incomplete = Mistake("nan-flux-dropped", in_time([data[2], *data[3:]]), what="the table")
    what = "a light curve with infinite fluxes"
    expect_rows(answer.value.light_curve, in_time(data), dropped, incomplete, what=what)
