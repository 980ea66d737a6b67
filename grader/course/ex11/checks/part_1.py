"""Checks of 11.1, What a broker says."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from grader.answer import Answer, Subject
from grader.course.ex11 import probes
from grader.course.ex11.checks.candidates import (
    Candidate,
    candidate,
    detections,
    limit,
    microjansky,
    read_detection,
    read_limit,
)
from grader.course.ex11.checks.light_curves import (
    JD_OF_MJD_0,
    NAME,
    Observation,
    expect_name,
    expect_rows,
    random_times,
    rows,
)
from grader.course.ex11.replies import Read
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect_error,
    fail_if_recognised,
    require,
    showing,
)
from grader.wire import Table


def read(learner: Subject, candidates: list[Candidate]) -> Answer[Read]:
    record = {"objectId": NAME, "candidates": candidates}
    return learner.ask(probes.record_read, record)


def changed(
    data: list[Observation], change: Callable[[Observation], Observation]
) -> list[Observation]:
    return [obs | change(obs) for obs in data]


@gate
@twice
def test_detections(learner: Subject, rng: Rng) -> None:
    """Detections become MJD, microjansky and bands, in a light curve called like the object"""
    candidates = detections(rng, rng.size(6))
    view = read(learner, candidates).value.light_curve
    oldest_first = candidates[::-1]
    want = [read_detection(one) for one in oldest_first]
    magnitudes = [(one["magpsf"], one["sigmapsf"]) for one in oldest_first]
    pairs = list(zip(want, magnitudes, strict=True))
    unit = microjansky(25.0)
    expect_rows(
        view,
        want,
        Mistake("time-not-shifted", changed(want, lambda o: {"mjd": o["mjd"] + JD_OF_MJD_0})),
        Mistake("half-a-day-forgotten", changed(want, lambda o: {"mjd": o["mjd"] + 0.5})),
        Mistake("magnitudes-for-fluxes", [o | {"flux": m, "flux_err": s} for o, (m, s) in pairs]),
        Mistake("error-in-magnitudes", [o | {"flux_err": s} for o, (_, s) in pairs]),
        Mistake(
            "error-without-logarithm", [o | {"flux_err": o["flux"] * s} for o, (_, s) in pairs]
        ),
        Mistake(
            "other-zero-point",
            changed(want, lambda o: {"flux": o["flux"] / unit, "flux_err": o["flux_err"] / unit}),
        ),
    )
    expect_name(view)


SPELLINGS: dict[str, list[Any]] = {"brighter": ["t", "1", 1, True], "fainter": ["f", "0", 0, False]}


def test_sign(learner: Subject, rng: Rng) -> None:
    """`isdiffpos` gives the sign of the flux, in all its spellings; errors are positive"""
    spellings = [*SPELLINGS["brighter"], *SPELLINGS["fainter"]]
    times = sorted(random_times(rng, len(spellings)))
    pairs = list(zip(times, spellings, strict=True))
    candidates = [candidate(rng, mjd, 1 + i % 3, said) for i, (mjd, said) in enumerate(pairs)]
    view = read(learner, candidates).value.light_curve
    want = [
        read_detection(one, 1 if i < len(SPELLINGS["brighter"]) else -1)
        for i, one in enumerate(candidates)
    ]
    signs_of: dict[str, Callable[[Any], bool]] = {
        "all": lambda said: True,
        "truth": bool,
        "t": lambda said: bool(said == "t"),
    }
    as_if = {
        name: [read_detection(one, 1 if is_bright(one["isdiffpos"]) else -1) for one in candidates]
        for name, is_bright in signs_of.items()
    }
    found = rows(view, "the light curve")
    _name_a_spelling(found, want, spellings, [*as_if.values()])
    expect_rows(
        view,
        want,
        Mistake("sign-ignored", as_if["all"]),
        Mistake("text-taken-for-truth", as_if["truth"]),
        Mistake("one-spelling", as_if["t"]),
        Mistake("sign-reversed", changed(want, lambda o: {"flux": -o["flux"]})),
        Mistake("negative-error", changed(want, lambda o: {"flux_err": _signed(o)})),
    )


def _signed(obs: Observation) -> float:
    return math.copysign(obs["flux_err"], obs["flux"])


def _name_a_spelling(
    found: list[Observation],
    want: list[Observation],
    spellings: list[Any],
    known: list[list[Observation]],
) -> None:
    """If some signs are wrong, in no way that is known, say of which value."""
    sizes = [abs(obs["flux"]) for obs in want]
    right_but_for_signs = approx_equal([abs(obs["flux"]) for obs in found], sizes)
    if not right_but_for_signs or any(approx_equal(found, mistaken) for mistaken in known):
        return
    wrong = [
        said
        for said, got, obs in zip(spellings, found, want, strict=True)
        if got["flux"] * obs["flux"] < 0
    ]
    all_wrong = len(wrong) == len(want)
    with showing("{}.data"):
        require(all_wrong or not wrong, "spelling-misread", value=repr(wrong[:1])[1:-1])


FILLED = {"sigmapsf": 0.1, "isdiffpos": "t"}


def test_limits(learner: Subject, rng: Rng) -> None:
    """What has no `candid` is an upper limit: a flux of NaN, and a fifth of the limit as error"""
    times = sorted(random_times(rng, n := rng.size(4, least=2)))
    limits = [limit(rng, mjd, 1 + i % 3) for i, mjd in enumerate(times)]
    limits[0] |= {"candid": None}
    want = [read_limit(one) for one in limits]
    answer = read(learner, limits)
    for key in ("candid", "magpsf", "isdiffpos", "sigmapsf"):
        missing = Raises("KeyError", repr(key))
        fail_if_recognised(answer, Mistake("key-of-a-detection", missing, key=key))
    expect_rows(
        answer.value.light_curve,
        want,
        Mistake("limits-dropped", []),
        Mistake("limit-is-zero", changed(want, lambda o: {"flux": 0.0})),
        Mistake("limit-taken-for-flux", changed(want, lambda o: {"flux": 5 * o["flux_err"]})),
        Mistake("five-sigma-for-one", changed(want, lambda o: {"flux_err": 5 * o["flux_err"]})),
        what=f"a light curve of {n} upper limits",
    )


def test_filled_limits(learner: Subject, rng: Rng) -> None:
    """Upper limits that are filled with a `magpsf` stay upper limits"""
    times = sorted(random_times(rng, 3))
    detected, without, empty = (
        candidate(rng, times[0], 1),
        limit(rng, times[1], 2) | FILLED,
        limit(rng, times[2], 3, candid=None) | FILLED,
    )
    for one in (without, empty):
        one["magpsf"] = one["diffmaglim"]
    expect_rows(
        read(learner, [empty, without, detected]).value.light_curve,
        [read_detection(detected), read_limit(without), read_limit(empty)],
        Mistake("limits-taken-for-detections", [*map(read_detection, (detected, without, empty))]),
        Mistake(
            "none-taken-for-a-number",
            [read_detection(detected), read_limit(without), read_detection(empty)],
        ),
    )


def test_other_filters(learner: Subject, rng: Rng) -> None:
    """Candidates of other filters are left out, whatever is left"""
    candidates = detections(rng, 4)
    candidates[1]["fid"] = 4
    answer = read(learner, candidates)
    fail_if_recognised(answer, Mistake("other-filter-crashes", Raises("KeyError", "4")))
    kept = [one for one in candidates[::-1] if one["fid"] != 4]
    expect_rows(answer.value.light_curve, [read_detection(one) for one in kept])
    nothing = read(learner, [])
    expect_rows(nothing.value.light_curve, [], what="a light curve without candidates")


def test_record_afterwards(learner: Subject, rng: Rng) -> None:
    """The record stays as it was"""
    candidates = [*detections(rng, 2), limit(rng, 58990.0, 2, candid=None)]
    record = {"objectId": NAME, "candidates": candidates}
    after = read(learner, candidates).value.after
    with showing("{}\nrecord"):
        require(approx_equal(after, record), "record-changed")


@pytest.mark.parametrize("reason", ["object ZTF18abc is not in our database", ""])
def test_no_candidates(learner: Subject, reason: str) -> None:
    """A record without candidates is a ValueError with the reason that the broker gives"""
    record = {"error": reason} if reason else {"objectId": NAME}
    answer = learner.ask(probes.record_read, record)
    expect_error(
        answer,
        "ValueError",
        "a record without candidates",
        Mistake("key-error-for-candidates", Raises("KeyError")),
        Mistake("empty-for-an-error", _is_empty(answer)),
        naming=reason,
    )


def _is_empty(answer: Answer[Read]) -> bool:
    table = None if answer.raised else answer.result.light_curve.table
    return isinstance(table, Table) and not len(table)
