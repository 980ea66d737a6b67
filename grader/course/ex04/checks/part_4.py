"""Checks of 4.4, One record from end to end."""

from __future__ import annotations

import pytest

from grader.answer import Answer, Subject
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import Rng, records
from grader.course.gates import gate, twice
from grader.expect import Mistake, Raises, expect, fail_if_recognised, require, shown


@gate
@twice
def test_one_record(learner: Subject, rng: Rng) -> None:
    """The processor's light curve goes to the classifier, whose label is returned"""
    (record,) = records(rng, 1)
    got = learner.ask(probes.one_by_one, record).value
    label = got["labels"][0]
    made = [call for call in got["calls"] if call[0] == "process"]
    asked = [call[1] for call in got["calls"] if call[0] == "predict"]
    require(bool(made) or not asked, "own-processor")
    require(label != "a light curve", "light-curve-returned")
    require(not made or bool(asked) or label is None, "own-classifier")
    require("dict" not in asked, "raw-data-classified")
    others = [each for each in asked if each != "a light curve"]
    require(not others, "table-classified", value=others[0] if others else "")
    require(label is not None or not asked, "label-not-returned")
    expect(
        Answer(label),
        record["label"],
        Mistake(
            "label-replaced",
            isinstance(label, str) and bool(asked),
            label=record["label"],
            label2=label,
        ),
        what="the label",
    )
    require(len(made) == 1 and len(asked) == 1, "processed-twice")


def test_every_record(learner: Subject, rng: Rng) -> None:
    """Each record is processed anew, also a later one of the same object"""
    first, again = records(rng, 2)
    again["objectId"] = first["objectId"]
    got = learner.ask(probes.one_by_one, first, again).value
    expect(
        Answer(got["labels"]),
        [first["label"], again["label"]],
        Mistake("cached-by-name", [first["label"]] * 2),
        what="the labels of two records",
    )
    made = sum(call[0] == "process" for call in got["calls"])
    asked = len(got["calls"]) - made
    counted = zip(("processor", "classifier"), got["counts"], (made, asked), strict=True)
    for who, count, calls in counted:
        require(count == calls, "processor-copied", who=who, count=count, calls=calls)


def test_any_survey(learner: Subject, rng: Rng) -> None:
    """What a record must hold, and what becomes of an empty light curve, is decided elsewhere"""
    record = {"diaObjectId": int(rng.integers(10**9)), "diaSources": [], "empty": True}
    answer = learner.ask(probes.one_by_one, record | {"label": "nothing seen"})
    fail_if_recognised(
        answer, Mistake("record-looked-into~2", Raises("KeyError"), raised_=answer.raised)
    )
    got = answer.value
    asked = [call[0] for call in got["calls"]]
    require(
        asked != [] or got["labels"][0] is None,
        "record-looked-into",
        labels=shown(got["labels"][0]),
    )
    require(
        asked != ["process"] or got["labels"][0] is None,
        "own-rules",
        labels=shown(got["labels"][0]),
    )
    expect(Answer(got["labels"][0]), "nothing seen", what="the label of an empty light curve")


def test_no_more_than_that(learner: Subject, rng: Rng) -> None:
    """It opens no session and announces nothing"""
    got = learner.ask(probes.one_by_one, *records(rng, 1)).value
    require(got["sessions"] == 0, "session-opened")
    require(
        not got["events"], "announced-twice", value=got["events"][0][0] if got["events"] else ""
    )


def test_timed(learner: Subject, rng: Rng) -> None:
    """The time of each call is printed, also if it fails"""
    (record,) = records(rng, 1)
    answer = learner.ask(probes.one_by_one, record)
    require(bool(answer.value) and "process_and_classify" in answer.printed, "not-timed")
    answer = learner.ask(probes.one_by_one, record | {"raises": "cut off"})
    require(not answer.value["raised"] or "process_and_classify" in answer.printed, "timed-by-hand")


@pytest.mark.parametrize("who", ["processor", "classifier"])
def test_exceptions_go_on(learner: Subject, rng: Rng, who: str) -> None:
    """Exceptions of the processor and the classifier go on to the caller"""
    (record,) = records(rng, 1)
    record |= {"raises": "cut off"} if who == "processor" else {"label": "raise"}
    want = "cut off" if who == "processor" else "the rules are at a loss"
    call = "process" if who == "processor" else "predict"
    got = learner.ask(probes.one_by_one, record).value
    require(any(each[0] == call for each in got["calls"]), "called", who=who)
    if call == "predict" and ["predict", "a light curve"] not in [c[:2] for c in got["calls"]]:
        return  # another check speaks of that
    raised = got["raised"]
    require(bool(raised), "exception-swallowed", who=who)
    require(
        raised == ["Trouble", want],
        "exception-replaced",
        who=who,
        want=want,
        raised_=raised[0],
        raised_2=raised[1],
    )
