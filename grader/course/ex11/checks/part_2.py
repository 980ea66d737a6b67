"""Checks of 11.2, What the survey measures."""

from __future__ import annotations

import math
from typing import Any

import pytest

from grader.answer import Answer, Subject
from grader.course.ex11 import probes
from grader.course.ex11.checks.forced_tables import (
    COLUMNS,
    COMMENTS,
    Row,
    good_rows,
    observations,
    row_of,
    table_of,
)
from grader.course.ex11.checks.light_curves import (
    JD_OF_MJD_0,
    NAME,
    RTOL,
    Observation,
    expect_name,
    expect_rows,
    rows,
)
from grader.course.ex11.replies import View
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect_error,
    fail_if_recognised,
    showing,
)
from grader.wire import Table


def read(learner: Subject, lines: list[str]) -> Answer[View]:
    return learner.ask(probes.text_read, lines, NAME)


@gate
@twice
def test_rows(learner: Subject, rng: Rng) -> None:
    """Rows become MJD, microjansky and bands, each by the zero point of its own picture"""
    data = good_rows(rng, rng.size(5, least=2))
    want = observations(data)
    of_all = [one["zpdiff"] for one in data]
    raw = [(one["forcediffimflux"], one["forcediffimfluxunc"]) for one in data]
    pairs = list(zip(want, raw, strict=True))
    upside_down = [
        o | {"flux": f * f / o["flux"], "flux_err": e * e / o["flux_err"]} for o, (f, e) in pairs
    ]
    bright = [o for o in want if o["flux"] > 0]
    expect_rows(
        view := read(learner, table_of(data)).value,
        want,
        Mistake("one-zero-point-for-all", observations(data, of_all[0])),
        Mistake("one-zero-point-for-all", observations(data, of_all[-1])),
        Mistake("one-zero-point-for-all", observations(data, sum(of_all) / len(of_all))),
        Mistake("units-of-the-camera", [o | {"flux": f, "flux_err": e} for o, (f, e) in pairs]),
        Mistake("error-not-converted", [o | {"flux_err": e} for o, (_, e) in pairs]),
        Mistake("zero-point-reversed", upside_down),
        Mistake("time-not-shifted", [o | {"mjd": o["mjd"] + JD_OF_MJD_0} for o in want]),
        Mistake("half-a-day-forgotten", [o | {"mjd": o["mjd"] + 0.5} for o in want]),
        Mistake("negative-dropped", bright),
        Mistake("whole-filter-name", [o | {"band": f"ZTF_{o['band']}"} for o in want]),
    )
    expect_name(view)


def test_faint(learner: Subject, rng: Rng) -> None:
    """Measurements near zero are kept, on either side of it"""
    data = good_rows(rng, 4)
    for one, flux in zip(data, (3.5, -4.25, 0.5, 400.0), strict=True):
        one["forcediffimflux"] = flux
    view = read(learner, table_of(data)).value
    expect_rows(view, observations(data), Mistake("faint-dropped", observations(data[3:])))


def other_layout(kind: str, data: list[Row], rng: Rng) -> list[str]:
    """The same table as another version of the service would write it."""
    names = [*COLUMNS[1:], COLUMNS[0]]
    rng.shuffle(names)
    shuffled, usual = table_of(data, names), table_of(data)
    left_out = f"#{row_of(data[0])[1:]}", f"  # {row_of(data[0])}"
    return {
        "columns": shuffled,
        "comments": ["# jd, forcediffimflux: see the guide", *["# more"] * 5, *usual],
        "no comments": [line for line in usual if not line.startswith("#")],
        "between": [*usual[:-1], "", "   ", *left_out, usual[-1], "# the end", ""],
        "spaces": [*COMMENTS, ",".join(COLUMNS), *(row_of(one, "   ")[3:] for one in data)],
    }[kind]


@pytest.mark.parametrize("kind", ["columns", "comments", "no comments", "between", "spaces"])
def test_layout(learner: Subject, rng: Rng, kind: str) -> None:
    """Names and rows are found in any layout"""
    data = good_rows(rng, 3)
    want = observations(data)
    expect_rows(read(learner, table_of(data)).value, want)  # so that nothing but the layout differs
    answer = read(learner, other_layout(kind, data, rng))
    view = View("") if answer.raised else answer.result
    wrong = not view.kind or not approx_equal(rows(view, "the light curve"), want, RTOL)
    misled = {
        "columns": Mistake("columns-by-position", wrong),
        "comments": Mistake("line-by-number", wrong),
        "no comments": Mistake("line-by-number", wrong),
        "between": Mistake("lines-between", wrong),
        "spaces": Mistake("other-spaces", wrong),
    }
    with showing("{}.data"):
        fail_if_recognised(answer, misled[kind])


BAD: dict[str, list[Any]] = {
    "procstatus": ["56,57", "60", "255"],
    "infobitssci": [33554432, 1],
    "scisigpix": [25.01],
    "sciinpseeing": [5.01],
    "forcediffimflux": [-99999, -99999.0, "null"],
    "forcediffimfluxunc": [-99999, -99999.0, "null"],
    "zpdiff": [-99999, -99999.0, "null"],
}


@pytest.mark.parametrize("field", BAD)
def test_bad_rows(learner: Subject, rng: Rng, field: str) -> None:
    """Each of the conditions leaves out its rows, and no other"""
    for value in BAD[field]:
        data = good_rows(rng, 3)
        bad = data[1] | {field: value}
        answer = read(learner, table_of([data[0], bad, data[2]]))
        crash = Mistake("null-crashes", value == "null" and Raises("ValueError"), field=field)
        fail_if_recognised(answer, crash)

        def with_one(kept: Row, around: tuple[Row, Row] = (data[0], data[2])) -> list[Observation]:
            return observations([around[0], kept, around[1]])

        numeric = isinstance(value, str) and field != "procstatus"
        expect_rows(
            answer.value,
            observations([data[0], data[2]]),
            Mistake("null-read-as-zero", numeric and with_one(bad | {field: 0})),
            Mistake("null-kept-as-nan", numeric and with_one(bad | {field: math.nan})),
            Mistake("bad-row-kept", not numeric and with_one(bad), field=field, value=value),
            what=f"a light curve with {field} = {value} in one row",
        )


def test_edges(learner: Subject, rng: Rng) -> None:
    """A background of 25, a seeing of 5, and `null` in an unneeded column are still good"""
    data = good_rows(rng, 4)
    data[1]["scisigpix"], data[2]["sciinpseeing"] = 25, 5.0
    data[3]["forcediffimfluxap"] = "null"
    view = read(learner, table_of(data)).value
    without = [observations([one for one in data if one is not lost]) for lost in data[1:3]]
    expect_rows(
        view,
        observations(data),
        Mistake("unneeded-null-counts", observations(data[:3])),
        Mistake("edge-dropped", observations([data[0], data[3]])),
        *(Mistake("edge-dropped", each) for each in without),
    )


def test_no_good_rows(learner: Subject, rng: Rng) -> None:
    """A table without good rows, or without rows, gives an empty light curve"""
    bad = good_rows(rng, 2)
    for one in bad:
        one["procstatus"] = "61"
    for what, data in (("without rows", []), ("of bad rows", bad)):
        answer = read(learner, table_of(data))
        fail_if_recognised(answer, Mistake("empty-crashes", bool(answer.raised), what=what))
        expect_rows(answer.value, [], what=f"a table {what}")


NO_TABLES = {
    "a web page": ["<html>", "<p>Sorry, the service is down, as it seems.</p>", "</html>"],
    "a table of something else": ["jd, fid, magpsf", "2459000.5 1 18.25"],
    "a table without jd": ["forcediffimflux, zpdiff, mjd", "250.0 26.4 59000.0"],
    "comments alone": ["# jd, forcediffimflux, zpdiff", "# The end"],
    "an empty text": [],
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_no_names(learner: Subject, what: str) -> None:
    """A text without a line of names is a ValueError"""
    answer = read(learner, NO_TABLES[what])
    table = None if answer.raised else answer.result.table
    empty = isinstance(table, Table) and not len(table)
    expect_error(answer, "ValueError", what, Mistake("empty-for-an-error", empty, what=what))
