"""What the light curves of both surveys have to be: the checks that 3.3 and 3.4 share."""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.changes import what_changed
from grader.course.counted import as_many
from grader.course.ex03 import forms, probes
from grader.course.ex03.checks.records import (
    BANDS,
    COLUMNS,
    ENTRIES,
    ID_KEYS,
    LIST_KEYS,
    TIMES,
    Entry,
    columns_wanted,
    record,
)
from grader.course.ex03.replies import Counts, Processed
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    showing,
)
from grader.wire import Table

Fault = tuple[Entry, Finding]  # what is broken in an entry, and what is found if it is kept


def processed(learner: Subject, survey: str, entries: list[Entry]) -> Answer[Processed]:
    """What the survey's processor makes of one record with these entries."""
    return learner.ask(probes.processed, survey, record(survey, entries))


def columns(answer: Answer[Processed]) -> dict[str, list[Any]]:
    """The four columns of the light curve that came back; all but `band` hold floats."""
    curve = answer.value.curve
    if not curve.kind:
        require(not isinstance(curve.value, Table), "plain-dataframe")
        raise Finding("no-light-curve", kind=kind_of(curve.value))
    require(curve.kind == "TransientLightCurve", "plain-light-curve", kind=curve.kind)
    found = curve.table.columns if isinstance(curve.table, Table) else None
    values = {name: _plain(found.get(name)) if isinstance(found, dict) else [] for name in COLUMNS}
    as_made = isinstance(found, dict) and all(name in found for name in COLUMNS)
    as_made &= all(isinstance(x, float) for name in COLUMNS[:3] for x in values[name])
    as_made &= len({len(column) for column in values.values()}) == 1
    require(as_made, "table-changed")
    return values


def _plain(column: Any) -> list[Any]:
    """The items of a column as Python's own."""
    items = list(column) if isinstance(column, list) or np.ndim(column) == 1 else [None]
    return [x.item() if isinstance(x, np.generic) else x for x in items]


def expect_column(
    answer: Answer[Processed],
    name: str,
    want: list[Any],
    *mistakes: Mistake,
    rtol: float | None = None,
) -> None:
    """Compare one column; errors to 0.1% unless it is said (1.086 for ln(10)/2.5 is fine)."""
    rtol = rtol or {"mjd": 1e-12, "flux": 1e-9, "flux_err": 1e-3}.get(name, 0)
    unit = "days" if name == "mjd" else ""
    got = Answer(columns(answer)[name], question=answer.question)
    with showing(f"{{}}.data[{name!r}].tolist()"):
        expect(got, want, *mistakes, what=f"the column `{name}`", unit=unit, rtol=rtol)


def changed(values: list[float], factor: float = 1, plus: float = 0) -> list[float]:
    return [factor * value + plus for value in values]


def rounded(answer: Answer[Processed], want: list[float]) -> Mistake:
    """Times that are off by up to a few hours, each by a different amount."""
    got = columns(answer)["mjd"]
    off = [x - y for x, y in zip(got, want, strict=True)] if len(got) == len(want) else [1.0]
    most = max(map(abs, off), default=0)
    differ = max(off, default=0) - min(off, default=0) > 1e-7
    return Mistake("times-rounded", differ and most < 0.2, seconds=86400 * most)


def check_second_record(learner: Subject, rng: Rng, survey: str) -> None:
    """A second record gives its own light curve; two of its entries are of the same time.

    These two are of the same band, neither comes first or last, and neither is negative, so that
    no other slip loses one of them.
    """
    first, second = ENTRIES[survey](rng, 3, least=1), ENTRIES[survey](rng, 10, least=5)
    time, band = TIMES[survey], BANDS[survey]
    for entry in first:
        entry[time] += 0.25
    middle = sorted(entry[time] for entry in second)[len(second) // 2 - 1]
    other = next(entry for entry in second if entry[time] == middle)
    other[time], second[2][time] = second[2][time], middle
    second[-2] |= {time: middle, band: second[2][band]}
    want = columns_wanted(survey, second)["mjd"]
    both = sorted(want + columns_wanted(survey, first)["mjd"])
    answer = learner.ask(probes.processed, survey, record(survey, first), record(survey, second))
    piled_up = Mistake("light-curves-pile-up", both)
    expect_column(answer, "mjd", want, piled_up, Mistake("one-per-time", sorted(set(want))))


def check_faint(learner: Subject, rng: Rng, survey: str) -> None:
    """A measurement whose flux is smaller than its error is kept."""
    entries = ENTRIES[survey](rng, 4)
    entries[2] |= {"sigmapsf": 1.5} if survey == "ZTF" else {"psfFlux": 4.0, "psfFluxErr": 60.0}
    want = columns_wanted(survey, entries)["mjd"]
    others = columns_wanted(survey, entries[:2] + entries[3:])["mjd"]
    answer = processed(learner, survey, entries)
    shown = listed(entries[2], "magpsf", "sigmapsf", "psfFlux", "psfFluxErr")
    expect_column(answer, "mjd", want, Mistake("faint-dropped", others, entry=shown))


def listed(entry: Entry, *keys: str) -> str:
    """What an entry holds under these keys, as text."""
    return ", ".join(f"{key} = {entry[key]!r}" for key in keys if key in entry)


def check_invalid(learner: Subject, rng: Rng, survey: str, broken: list[Fault]) -> None:
    """Each kind of broken measurement is left out and counted as rejected."""
    entries = ENTRIES[survey](rng, least=2)
    want = columns_wanted(survey, entries)["mjd"]
    sound = ENTRIES[survey](rng, len(broken))
    faulty = [new | fault for new, (fault, _) in zip(sound, broken, strict=True)]
    for entry in faulty:
        entry[TIMES[survey]] += 0.5
    answer = processed(learner, survey, entries + faulty)
    if answer.raised is None and _counted(answer, [1, len(want), len(faulty)]):
        expect_column(answer, "mjd", want)
        return
    processed(learner, survey, entries).value  # noqa: B018, as it is no fault's if that stops
    for one, entry in zip(broken, faulty, strict=True):  # which of them is it?
        answer = processed(learner, survey, [*entries[:2], entry, *entries[2:]])
        _check_refused(answer, one, want)


def _counted(answer: Answer[Processed], counts: list[int]) -> bool:
    return approx_equal(answer.value.counts.listed(), counts)


def _check_refused(answer: Answer[Processed], broken: Fault, want: list[float]) -> None:
    """A broken measurement does not stop the code, is left out and counts as rejected."""
    fault, if_kept = broken
    of_filter = "fid" in fault or "band" in fault
    shown, error = listed(fault, *fault), answer.raised
    crashes = error is not None and not error.is_a("NotImplementedError")
    fail_if_recognised(
        answer,
        Mistake(
            "unknown-filter-crashes" if of_filter else "invalid-kept~crash",
            crashes,
            fault=shown,
            error=error,
        ),
    )
    got = columns(answer)
    none = "psfFlux" in fault and fault["psfFlux"] is None
    with showing("{}.data"):
        require(not none or 0.0 not in got["flux"], "none-as-zero")
        if len(got["mjd"]) > len(want):
            raise if_kept
    expect_column(answer, "mjd", want)
    not_counted = _counted(answer, [1, len(want), 0])
    with showing(forms.COUNTS):
        require(
            not not_counted,
            "unknown-filter-not-counted" if of_filter else "invalid-not-counted",
            fault=shown,
        )


def check_counts(
    learner: Subject, rng: Rng, survey: str, records: list[Entry], wanted: Counts
) -> None:
    """One light curve for each record, and all valid and invalid measurements."""
    empty = sum("diffmaglim" in entry for raw in records for entry in raw[LIST_KEYS[survey]])
    answer = learner.ask(probes.processed, survey, *records)
    with showing(forms.COUNTS):
        _expect_counts(answer.value.counts, wanted, empty)
    n, accepted, rejected = wanted.listed()
    calls = answer.value.calls
    plain = all(len(call) == 2 and all(isinstance(k, Number) for k in call) for call in calls)
    given = [sum(call[i] for call in calls) for i in (0, 1)] if plain and len(calls) == n else []
    right = given == [accepted, rejected]
    if not right and rng.is_short:
        learner.ask(probes.processed, survey, records[-1])  # one record, to be shown
    with showing(forms.CALLS):
        require(right, "count-not-called", calls=calls, n=n)


def _expect_counts(got: Counts, wanted: Counts, empty: int) -> None:
    whole = all(isinstance(count, int) for count in got.listed())
    require(whole, "counts-not-whole", counts=got.listed())
    n, accepted, rejected = wanted.listed()
    fail_if_recognised(
        Answer(got.listed()),
        Mistake("light-curve-not-counted", [0, 0, 0], n=n),
        Mistake("counted-per-detection", got.light_curves > n, n=n, n_counted=got.light_curves),
        Mistake("counts-swapped", [n, rejected, accepted]),
        *(
            Mistake("non-detections-counted", [n, accepted, rejected + some])
            for some in range(1, empty + 1)
        ),
        Mistake("rejected-accepted-too", [n, accepted + rejected, rejected]),
        *(
            Mistake("all-counted-as-rejected", [n, accepted, accepted + rejected + some])
            for some in {0, empty}
        ),
    )
    require(approx_equal(got.listed(), wanted.listed()), "wrong-counts", got=got, wanted=wanted)


def check_object(learner: Subject, rng: Rng, survey: str, want: str, *mistakes: Mistake) -> None:
    """The light curve has the object's id, and no type that nobody has found out."""
    answer = processed(learner, survey, ENTRIES[survey](rng, 4, least=1))
    columns(answer)
    metadata = answer.value.curve.metadata
    with showing("{}.object_id"):
        expect(Answer(metadata.get("object_id")), want, *mistakes, what="`object_id`")
    kind = metadata.get("transient_type")
    with showing("{}.transient_type"):
        require(kind is None, "type-invented", kind=kind)


def check_missing_keys(learner: Subject, rng: Rng, survey: str) -> None:
    """A record without one of its two keys is a ValueError that names it, and does not count."""
    entries = ENTRIES[survey](rng, 3, least=1)
    for name in (ID_KEYS[survey], LIST_KEYS[survey]):
        broken = record(survey, entries)
        del broken[name]
        answer = learner.ask(probes.processed, survey, broken)
        fail_if_recognised(
            answer,
            Mistake("key-error-for-missing", Raises("KeyError"), name=name),
            Mistake("missing-key-accepted", answer.raised is None, name=name),
        )
        expect_error(answer, "ValueError", f"a record without {name!r}")
        require(name in answer.message, "key-not-named", answer, message=answer.message, name=name)
        counts = learner.ask(probes.counts_of_broken, survey, broken).value
        require(approx_equal(counts.listed(), [0, 0, 0]), "broken-record-counted")


def check_empty(learner: Subject, survey: str, entries: list[Entry]) -> None:
    """A record without valid measurements gives an empty light curve, and it counts."""
    answer = processed(learner, survey, entries)
    refused = Mistake("empty-refused~raised", Raises("ValueError"), error=answer.raised)
    fail_if_recognised(answer, refused)
    curve = answer.value.curve
    require(bool(curve.kind) or curve.value is not None, "empty-refused")
    expect_column(answer, "mjd", [])
    not_counted = Mistake("empty-not-counted", 0)
    what = "`processed_count` after an empty light curve"
    with showing("processor._processed_count"):
        expect(Answer(answer.value.counts.light_curves), 1, not_counted, what=what)


def check_input(learner: Subject, raw: Entry, survey: str) -> None:
    """The record that was given is as it was."""
    (after,) = as_many(learner.ask(probes.processed, survey, raw).value.after, 1)
    if not approx_equal(after, raw):
        with showing("record"):
            raise Finding("input-changed", changed=what_changed(raw, after, "raw_data"))
