"""Checks of Exercise 3: processors that turn two surveys' records into light curves.

The expected fluxes are worked out here from the definition of the magnitude, for each entry of a
record by itself, independently of any solution.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex03 import probes
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
)
from grader.wire import Table

Rng = np.random.Generator


Entry = dict[str, Any]


def named(answer: Answer) -> Answer:
    """What the factory made, in words."""
    return Answer(f"a {answer.result['name']}") if answer.raised is None else answer


def message(answer: Answer) -> str:
    return answer.raised.message if answer.raised else ""


ZEROPOINTS = {"g": 26.325, "r": 26.275, "i": 25.660}


COLUMNS = ("mjd", "flux", "flux_err", "band")


ID_KEYS = {"ZTF": "objectId", "LSST": "diaObjectId"}


LIST_KEYS = {"ZTF": "candidates", "LSST": "diaSources"}


def detections(rng: Rng, n: int = 6) -> list[Entry]:
    """Valid detections of ZTF in no order, with times as `jd`."""
    times = 2460000.5 + rng.permutation(np.arange(3, 3 + 7 * n, 7)) + 0.12345
    if times[0] == times.min():
        times = times[::-1]
    return [
        {
            "candid": 2640000000015010000 + 17 * number,
            "jd": float(jd),
            "fid": 1 + number % 3,
            "magpsf": float(rng.uniform(17, 19.5)),
            "sigmapsf": float(rng.uniform(0.03, 0.2)),
            "isdiffpos": "t",
        }
        for number, jd in enumerate(times)
    ]


def sources(rng: Rng, n: int = 7) -> list[Entry]:
    """Valid measurements of LSST in no order, the second of them negative."""
    times = 60000 + rng.permutation(np.arange(3, 3 + 7 * n, 7)) + 0.12345
    if times[0] == times.min():
        times = times[::-1]
    return [
        {
            "midpointMjdTai": float(mjd),
            "band": "ugrizy"[number % 6],
            "psfFlux": float(rng.uniform(300, 900) * (-1 if number == 1 else 1)),
            "psfFluxErr": float(rng.uniform(20, 90)),
        }
        for number, mjd in enumerate(times)
    ]


ENTRIES = {"ZTF": detections, "LSST": sources}


def record(survey: str, entries: list[Entry]) -> Entry:
    identity: Any = "ZTF24aabcdef" if survey == "ZTF" else 5117830089179607748
    return {ID_KEYS[survey]: identity, LIST_KEYS[survey]: copy.deepcopy(entries)}


def columns_wanted(survey: str, entries: list[Entry]) -> dict[str, list]:
    """The columns of the light curve, in order of time."""
    if survey == "LSST":
        rows = [(e["midpointMjdTai"], e["psfFlux"], e["psfFluxErr"], e["band"]) for e in entries]
    else:
        rows = [(_mjd(e), *_flux(e), " gri"[e["fid"]]) for e in entries]
    return {name: [row[i] for row in sorted(rows)] for i, name in enumerate(COLUMNS)}


def _mjd(entry: Entry) -> float:
    return entry["mjd"] if "mjd" in entry else entry["jd"] - 2400000.5


def _flux(entry: Entry) -> tuple[float, float]:
    """Flux, and its error as half the difference between a bit brighter and a bit fainter."""
    zeropoint = ZEROPOINTS[" gri"[entry["fid"]]]
    bright, mean, faint = (
        100 ** ((zeropoint - entry["magpsf"] + step) / 5) for step in (1e-4, 0.0, -1e-4)
    )
    positive = entry["isdiffpos"] in ("t", "1", "+1", 1)
    error = (bright - faint) / 2e-4 * entry["sigmapsf"]
    return (mean if positive else -mean), error


def columns(answer: Answer) -> dict[str, list]:
    """The four columns of the light curve that came back. Raises `Failure` if there is none."""
    view = answer.value["curve"]
    want = "it should be a TransientLightCurve: `TransientLightCurve(data, object_id)`."
    if view["is"] == "other":
        slug = "plain-dataframe" if isinstance(view["value"], Table) else ""
        raise Finding(slug, says=f"The result is {kind_of(view['value'])}; {want}")
    require(view["is"] == "TransientLightCurve", "plain-light-curve", is_=view["is"])
    table = view["data"]
    found = table.columns if isinstance(table, Table) else {}
    values = {
        name: [x.item() if isinstance(x, np.generic) else x for x in found[name]]
        for name in COLUMNS
        if name in found
    }
    numbers = [x for name in COLUMNS[:3] for x in values.get(name, [])]
    whole = len(values) == 4 and all(isinstance(x, float) for x in numbers)
    require(whole, "table-light-curve")
    return values


def expect_column(answer: Answer, name: str, want: list, *mistakes: Mistake) -> None:
    """Compare one column; times to a few seconds, errors to 0.1% (1.086 for ln(10)/2.5 is fine)."""
    rtol = {"mjd": 1e-9, "flux": 1e-6, "flux_err": 1e-3}.get(name, 0)
    unit = "days" if name == "mjd" else ""
    expect(
        Answer(columns(answer)[name]),
        want,
        *mistakes,
        what=f"the column `{name}`",
        unit=unit,
        rtol=rtol,
    )


def changed(values: list, factor: float = 1, plus: float = 0) -> list:
    return [factor * value + plus for value in values]


def rounded(answer: Answer, want: list[float]) -> Mistake:
    """Times that are off by up to a few hours, each by a different amount."""
    got = columns(answer)["mjd"]
    off = [abs(x - y) for x, y in zip(got, want, strict=True)] if len(got) == len(want) else [1.0]
    (
        f"The times are off by up to {86400 * max(off, default=0):.0f} s. They were rounded, or "
        "held as `float32`, whose steps are six minutes at an MJD and six hours at a JD. Keep all "
        "the digits."
    )
    return Mistake("times-rounded", 0 < max(off, default=0) < 0.2, off=86400 * max(off, default=0))


def check_second_record(learner: Subject, rng: Rng, survey: str) -> None:
    """A second record gives its own light curve; two of its entries are of the same time."""
    first, second = ENTRIES[survey](rng, 3), ENTRIES[survey](rng, 4)
    time = "jd" if survey == "ZTF" else "midpointMjdTai"
    for entry in first:
        entry[time] += 0.25
    second[2][time] = second[0][time]
    want = columns_wanted(survey, second)["mjd"]
    answer = learner.ask(probes.processed, survey, record(survey, first), record(survey, second))
    got = columns(answer)["mjd"]
    expect_column(
        answer,
        "mjd",
        want,
        Mistake("light-curves-pile-up", set(want) < set(got)),
        Mistake("one-per-time", got == sorted(set(want))),
    )


def check_faint(learner: Subject, rng: Rng, survey: str) -> None:
    """A measurement whose flux is smaller than its error is kept."""
    entries = ENTRIES[survey](rng, 4)
    entries[2] |= {"sigmapsf": 1.5} if survey == "ZTF" else {"psfFlux": 4.0, "psfFluxErr": 60.0}
    want = columns_wanted(survey, entries)["mjd"]
    others = columns_wanted(survey, entries[:2] + entries[3:])["mjd"]
    answer = learner.ask(probes.processed, survey, record(survey, entries))
    expect_column(answer, "mjd", want, Mistake("faint-dropped", others))


def _listed(entry: Entry, *keys: str) -> str:
    return ", ".join(f"{key} = {entry[key]!r}" for key in keys if key in entry)


Fault = tuple[Entry, str, str]  # what is broken, the slug if it is kept, what to do


REFUSED = 'Leave out what `self.validate_photometry(...)` refuses. (Does `check("3.1")` pass?)'


NO_FILTER = "Leave it out: the survey has no such filter."


def check_invalid(learner: Subject, rng: Rng, survey: str, broken: list[Fault]) -> None:
    """Each kind of broken measurement is left out and counted as rejected."""
    entries = ENTRIES[survey](rng)
    want = columns_wanted(survey, entries)["mjd"]
    sound = ENTRIES[survey](rng, len(broken))
    faulty = [new | fault for new, (fault, *_) in zip(sound, broken, strict=True)]
    for entry in faulty:
        entry["jd" if survey == "ZTF" else "midpointMjdTai"] += 0.5
    answer = learner.ask(probes.processed, survey, record(survey, entries + faulty))
    if answer.raised is None and answer.result["counts"] == [1, len(want), len(faulty)]:
        expect_column(answer, "mjd", want)
        return
    for fault, entry in zip(broken, faulty, strict=True):  # which of them is it?
        answer = learner.ask(
            probes.processed, survey, record(survey, [*entries[:2], entry, *entries[2:]])
        )
        check_refused(answer, fault, want)


def check_refused(answer: Answer, broken: Fault, want: list[float]) -> None:
    """A broken measurement does not stop the code, is left out and counts as rejected."""
    fault, slug, rule = broken
    kind = "unknown-filter" if "fid" in fault or "band" in fault else "invalid"
    says = f"A measurement with {_listed(fault, *fault)} "
    stops = "unknown-filter-crashes" if kind == "unknown-filter" else "invalid-kept"
    crash = f"{says}makes your code stop with {answer.raised}. {rule}"
    crashes = [
        Raises("KeyError", "4"),
        Raises("KeyError", "N708"),
        Raises("TypeError", "NoneType"),
        Raises("ValueError", "not a number"),
    ]
    fail_if_recognised(answer, *(Mistake(stops, error, says=crash) for error in crashes))
    got = columns(answer)
    require(0.0 not in got["flux"], "none-as-zero")
    require(len(got["mjd"]) <= len(want), slug, says=f"{says}is in the light curve. {rule}")
    expect_column(answer, "mjd", want)
    require(
        answer.value["counts"] != [1, len(want), 0],
        f"{kind}-not-counted",
        says=f"{says}is left out, as it should be, but it does not count as rejected. Count those and give the number to `self._count(...)`.",
    )


def check_counts(learner: Subject, survey: str, records: list[Entry], counts: list[int]) -> None:
    """One light curve for each record, and all valid and invalid measurements."""
    n, accepted, rejected = counts
    empty = sum("diffmaglim" in entry for raw in records for entry in raw[LIST_KEYS[survey]])
    answer = learner.ask(probes.processed, survey, *records)
    got = Answer(answer.value["counts"])
    whole = all(isinstance(count, int) for count in got.result)
    require(whole, "counts-they-whole", result=got.result)
    fail_if_recognised(
        got,
        Mistake("light-curve-not-counted", [0, 0, 0]),
        Mistake("counted-per-detection", got.result[0] > n, n=n, result=got.result[0]),
        Mistake("counts-swapped", [n, rejected, accepted]),
        Mistake("non-detections-counted", rejected < got.result[2] <= rejected + empty),
        Mistake("rejected-accepted-too", [n, accepted + rejected, rejected]),
    )
    require(
        approx_equal(got.result, counts),
        "after-records-valid",
        n=n,
        accepted=accepted,
        rejected=rejected,
        result=got.result[0],
        result2=got.result[1],
        result3=got.result[2],
    )


def check_object(learner: Subject, rng: Rng, survey: str, want: str, *mistakes: Mistake) -> None:
    answer = learner.ask(probes.processed, survey, record(survey, ENTRIES[survey](rng, 4)))
    columns(answer)
    metadata = answer.value["curve"]["metadata"]
    expect(Answer(metadata.get("object_id")), want, *mistakes, what="`object_id`")
    kind = metadata.get("transient_type")
    require(kind is None, "type-invented", kind=kind)


def check_missing_keys(learner: Subject, rng: Rng, survey: str) -> None:
    """A record without one of its two keys is a ValueError that names it, and does not count."""
    entries = ENTRIES[survey](rng, 3)
    for key in (ID_KEYS[survey], LIST_KEYS[survey]):
        broken = record(survey, entries)
        del broken[key]
        answer = learner.ask(probes.processed, survey, broken)
        expect_error(
            answer,
            "ValueError",
            f"a record without {key!r}",
            Mistake("key-error-for-missing", Raises("KeyError"), key_=key),
            Mistake("missing-key-accepted", answer.raised is None, key_=key),
        )
        require(key in message(answer), "key-not-named", answer=message(answer), key_=key)
        counts = learner.ask(probes.counts_of_broken, survey, broken).value
        require(counts == [0, 0, 0], "broken-record-counted")


def check_empty(learner: Subject, survey: str, entries: list[Entry]) -> None:
    """A record without valid measurements gives an empty light curve, and it counts."""
    answer = learner.ask(probes.processed, survey, record(survey, entries))
    fail_if_recognised(
        answer, Mistake("empty-refused~2", Raises("ValueError"), raised_=answer.raised)
    )
    nothing = answer.value["curve"]["is"] == "other" and answer.value["curve"]["value"] is None
    require(not nothing, "empty-refused")
    expect_column(answer, "mjd", [])
    expect(
        Answer(answer.value["counts"][0]),
        1,
        Mistake("empty-not-counted", 0),
        what="`processed_count` after an empty light curve",
    )


def check_input(learner: Subject, raw: Entry, survey: str) -> None:
    after = learner.ask(probes.processed, survey, raw).value["after"][0]
    require(approx_equal(after, raw), "input-changed")
