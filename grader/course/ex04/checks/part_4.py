"""Checks of 4.4, One record from end to end."""

from __future__ import annotations

from typing import Any

import pytest

from grader.answer import Answer, Subject
from grader.course.ex04 import probes, typed
from grader.course.ex04.checks.common import records, told
from grader.course.ex04.replies import OneByOne
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, expect, fail_if_recognised, require, showing, shown


@gate
@twice
def test_one_record(learner: Subject, rng: Rng) -> None:
    """The processor's light curve goes to the classifier, whose label is returned"""
    (record,) = records(rng, 1)
    got = learner.ask(probes.one_by_one, record).value
    label = first_label(got)
    asked = [call.about for call in got.calls if call.method == "predict"]
    n_made = len(got.calls) - len(asked)
    with showing(typed.CALLS):
        check_times(label, n_made, asked)
    with showing(typed.VERY_SAME):
        check_asked(label, asked)
    require(label is not None or not asked, "label-not-returned")
    expect(
        Answer(label),
        record["label"],
        Mistake(
            "label-replaced",
            isinstance(label, str) and bool(asked),
            want=shown(record["label"]),
            label=shown(label),
        ),
        what="the label",
    )
    with showing(typed.CALLS):
        require(n_made == 1, "processed-twice")
        require(len(asked) == 1, "processed-twice~predict")


def first_label(got: OneByOne) -> Any:
    """The label of the first record; None if there is none."""
    return got.labels[0] if got.labels else None


def check_times(label: Any, n_made: int, asked: list[str]) -> None:
    """The processor and the classifier must be asked."""
    returned = isinstance(label, str) and label.endswith("LightCurve")
    require(n_made > 0 or not asked, "own-processor")
    require(not returned, "light-curve-returned")
    require(not n_made or bool(asked) or label is None, "own-classifier")


def check_asked(label: Any, asked: list[str]) -> None:
    """The classifier must be asked about the light curve that the processor has made."""
    require("dict" not in asked, "raw-data-classified")
    others = [each for each in asked if each != "a light curve"]
    require(not others, "table-classified", kind=others[0] if others else "")


def test_every_record(learner: Subject, rng: Rng) -> None:
    """Each record is processed anew, even a later one of the same object"""
    first, again = records(rng, 2)
    again["objectId"] = first["objectId"]
    got = learner.ask(probes.one_by_one, first, again, first).value
    expect(
        Answer(got.labels),
        [first["label"], again["label"], first["label"]],
        Mistake("cached-by-name", [first["label"]] * 3),
        what="the labels of three records",
    )
    n_made = sum(call.method == "process" for call in got.calls)
    with showing(typed.CALLS):
        require(n_made != 2 or len(got.calls) != 4, "cached-by-name~content")
        check_counts(got, n_made)


def check_counts(got: OneByOne, n_made: int) -> None:
    """The processor and the classifier have counted the calls themselves."""
    for who, counted, n_calls in (
        ("processor", got.n_processed, n_made),
        ("classifier", got.n_predicted, len(got.calls) - n_made),
    ):
        require(counted == n_calls, "processor-copied", who=who, n_counted=counted, n_calls=n_calls)


def test_any_survey(learner: Subject, rng: Rng) -> None:
    """What a record must hold, and what happens to an empty light curve, is decided elsewhere"""
    record = {"diaObjectId": int(rng.integers(10**9)), "diaSources": [], "empty": True}
    answer = learner.ask(probes.one_by_one, record | {"label": "Nothing seen "}, {})
    other_keys = Mistake("record-looked-into~key", Raises("KeyError"), error=answer.raised)
    fail_if_recognised(answer, other_keys)
    got = answer.value
    asked, label = [call.method for call in got.calls[:2]], first_label(got)
    require(asked != [] or label is None, "record-looked-into", label=shown(label))
    never_asked = asked[:1] == ["process"] and asked[1:] != ["predict"]
    require(not never_asked or label is None, "own-rules", label=shown(label))
    tidied = isinstance(label, str) and label.strip().lower() == "nothing seen"
    expect(
        Answer(label),
        "Nothing seen ",
        Mistake("label-replaced", tidied, want=shown("Nothing seen "), label=shown(label)),
        what="the label of an empty light curve",
    )
    check_empty_record(got)


def check_empty_record(got: OneByOne) -> None:
    """The second record was empty, its light curve short, and its label an empty text."""
    label = got.labels[1] if len(got.labels) == 2 else None
    passed_on = len(got.calls) == 4
    few = [call.method for call in got.calls[2:]] == ["process"]
    require(not few or label is None, "own-rules~few", label=shown(label))
    require(passed_on or label is None, "record-looked-into~empty", label=shown(label))
    replaced = isinstance(label, str) and passed_on
    expect(
        Answer(label),
        "",
        Mistake("label-replaced", replaced, want=shown(""), label=shown(label)),
        what="the label of an empty record",
    )


def test_no_more_than_that(learner: Subject, rng: Rng) -> None:
    """It opens no session and announces nothing"""
    got = learner.ask(probes.one_by_one, *records(rng, 1)).value
    with showing(typed.SESSIONS):
        require(got.sessions == 0, "session-opened")
    with showing("given = dict(record)\n{}\nrecord == given"):
        require(got.left, "record-changed")
    events = told(got.events)
    with showing(typed.EVENTS):
        require(not events, "announced-twice", event=shown(events[0][0]) if events else "")


def test_timed(learner: Subject, rng: Rng) -> None:
    """The time of each call is printed, even if it fails"""
    (record,) = records(rng, 1)
    answer = learner.ask(probes.one_by_one, record)
    timed = answer.raised is None and "process_and_classify" in answer.printed
    require(timed or not answer.value, "not-timed")
    answer = learner.ask(probes.one_by_one, record | {"raises": "cut off"})
    timed = "process_and_classify" in answer.printed
    require(timed or not answer.value.raised, "timed-by-hand")


@pytest.mark.parametrize("who", ["processor", "classifier"])
def test_exceptions_go_on(learner: Subject, rng: Rng, who: str) -> None:
    """What the processor and the classifier raise reaches the caller; nothing is called twice"""
    record, usual, of_disk = records(rng, 3)
    cut_off = {"raises": "cut off"}
    given = {"Trouble": record | (cut_off if who == "processor" else {"label": "raise"})}
    if who == "processor":
        given["ValueError"] = usual | cut_off | {"usual": True}
        given["OSError"] = of_disk | cut_off | {"of_disk": True}
    want = "cut off" if who == "processor" else "the rules are at a loss"
    call = "process" if who == "processor" else "predict"
    got = learner.ask(probes.one_by_one, *given.values()).value
    require(any(each.method == call for each in got.calls), "never-called", who=who)
    if call == "predict" and all(each.about != "a light curve" for each in got.calls):
        return  # another check complains of that
    require(bool(got.raised), "exception-swallowed", who=who)
    raised = {each.kind for each in got.raised}
    missing = [kind for kind in given if kind not in raised] or [""]
    all_raised = len(got.raised) >= len(given)
    require(all_raised, "exception-swallowed~kind", who=who, kind=missing[0])
    first = got.raised[0]
    unchanged = first.kind == "Trouble" and first.message == want
    fields = {"who": who, "kind": first.kind, "message": first.message}
    require(unchanged, "exception-replaced", want=want, **fields)
    require(first.same, "exception-replaced~copy", who=who)
    with showing(typed.CALLS):
        check_called_once(got, who, {kind: each["objectId"] for kind, each in given.items()})


def check_called_once(got: OneByOne, who: str, names: dict[str, str]) -> None:
    """Nothing is called again for a record that fails, whatever was raised."""
    for kind, name in names.items():
        made = [call for call in got.calls if (call.method, call.about) == ("process", name)]
        asked = [call for call in got.calls if call.method == "predict"]
        for called, calls in (("processor", made), ("classifier", asked)):
            fields = {"who": who, "kind": kind, "called": called, "n_calls": len(calls)}
            require(len(calls) <= 1, "processed-twice~failed", **fields)
