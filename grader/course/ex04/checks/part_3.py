"""Checks of 4.3, The pipeline as a function."""

from __future__ import annotations

from typing import Any

from grader.answer import Answer, Finding, Subject, about
from grader.course.ex04 import probes, typed
from grader.course.ex04.checks.common import (
    errors_in,
    inside,
    names_of,
    records,
    told,
    well_formed,
)
from grader.course.ex04.replies import Called
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require, showing, shown
from grader.wire import OpaqueObject


def called(learner: Subject, data: list[Any], before: list[Any] | None = None) -> Called:
    """What was seen of a call, once its labels are not a generator."""
    answer = learner.ask(probes.called, data, *([before] if before else []))
    of_none = "NoneType" in answer.message and None in data
    fail_if_recognised(answer, Mistake("name-looked-up", of_none, error=answer.raised))
    got = answer.value
    made = isinstance(got.labels, OpaqueObject) and got.labels.type == "generator"
    require(not made, "generator-returned")
    return got


@gate
def test_labels(learner: Subject, rng: Rng) -> None:
    """One label for each record, in order"""
    data = records(rng)
    data[2]["label"], data[3]["label"] = "unknown", ""
    want = [record["label"] for record in data]
    replaced = ["failed" if label == "unknown" else label for label in want]
    got = called(learner, data)
    expect(
        Answer(got.labels),
        want,
        Mistake("label-replaced", replaced),
        Mistake("label-replaced~empty", [label or "failed" for label in want]),
        what="the list of labels",
    )
    with showing("given = list(records)\n{}\nrecords == given"):
        require(got.left, "records-changed")
    with showing(typed.WHOLE_CALLS):
        require(not got.passed_over, "step-passed-over")
        n_calls = got.n_whole
        require(n_calls <= len(data), "processed-twice", n_records=len(data), n_calls=n_calls)
    again = called(learner, [], data[:2])
    expect(
        Answer(again.labels),
        [],
        Mistake("labels-kept", want[:2]),
        what="the result for an empty list after another call",
    )
    with showing("kept = list(first)\n{}\ndict(first_kept=first == kept)"):
        require(again.first_kept, "labels-kept~emptied")


def test_same_object_again(learner: Subject, rng: Rng) -> None:
    """Several records of the same object get a label each"""
    data = records(rng, 4)
    data[2]["objectId"] = data[0]["objectId"]
    first, other, again, last = want = [record["label"] for record in data]
    mixed_up = [[again, other, last], [first, other, last]]
    mixed_up += [[again, other, again, last], [first, other, first, last]]
    expect(
        Answer(called(learner, data).labels),
        want,
        *(Mistake("one-label-per-object", each, want=want, labels=each) for each in mixed_up),
        what="the list of labels",
    )


def test_failed_record(learner: Subject, rng: Rng) -> None:
    """A record that fails is labelled "failed" and logged; the others are unaffected"""
    data = records(rng)
    for record in data[1:4]:
        record["raises"] = "the file is cut off"
    data[4]["objectId"] = data[3]["objectId"]
    want = [data[0]["label"], "failed", "failed", "failed", data[4]["label"]]
    got = called(learner, data)
    if got.raised == "Trouble":
        with about(learner.question):
            usual = [record | {"usual": True} for record in data]
            handled = learner.ask(probes.called, usual).raised is None
            raise Finding("some-exceptions-only" if handled else "one-stops-all~raised")
    require(not approx_equal(got.labels, want[:2]), "one-stops-all")
    with showing(typed.WHOLE_CALLS):
        n_calls = got.n_whole
        require(n_calls <= len(data), "processed-twice", n_records=len(data), n_calls=n_calls)
    expect(
        Answer(got.labels),
        want,
        Mistake("failed-dropped", [label for label in want if label != "failed"]),
        Mistake("one-label-per-object~failed", [*want[:4], "failed"]),
        Mistake("none-for-failed", [None if label == "failed" else label for label in want]),
        what="the list of labels, where three of five fail,",
    )
    with showing(typed.LOGGED):
        well_formed(got)
        errors = errors_in(got.log)
        require(bool(errors), "failure-not-logged")
        for record in (data[3], data[1]):
            name = record["objectId"]
            named = any(name in line for line in errors)
            require(named, "failure-without-name", line=shown(errors[-1]), name=name)


def test_nameless_record(learner: Subject, rng: Rng) -> None:
    """A record without a name is processed like any other, and logged by its position"""
    data: list[Any] = records(rng, 7)
    del data[0]["objectId"]
    data[2] = data[4] = {"raises": "nothing in it"}
    del data[5]["objectId"]
    data[5]["diaObjectId"] = int(rng.integers(10**9, 10**10))
    data[6] = None
    got = called(learner, data, records(rng, 3))
    dropped = isinstance(got.labels, list) and len(got.labels) == 6
    require(not dropped, "failed-dropped~none")
    if not isinstance(got.labels, list) or len(got.labels) != 7:
        return  # another check complains of that
    require(not approx_equal(got.labels[0], "failed"), "nameless-fails")
    expect(Answer(got.labels[4]), "failed", what="the label of a broken record without a name")
    expect(Answer(got.labels[6]), "failed", what="the label of a record that is None")
    with showing(typed.LOGGED):
        check_positions(errors_in(got.log))
    names = [each.data.get("object_id") for each in got.events]
    want = ["record 0", data[1]["objectId"], "record 2", data[3]["objectId"], "record 4"]
    want += [str(data[5]["diaObjectId"]), "record 6"]
    if len(names) == len(want):  # another check complains of other numbers
        with showing(typed.EVENTS):
            expect(Answer(names), want, what="the list of announced `object_id` values")


def check_positions(errors: list[str]) -> None:
    """The third and the fifth record failed, and both are known by their positions."""
    text = " ".join(errors)
    require(bool(errors), "failure-not-logged~nameless")
    require("record 3" not in text or "record 5" not in text, "counted-from-one")
    same = text.count("record 2") == 2 and "record 4" not in text
    require(not same, "position-of-first-equal", errors=shown(errors))
    went_on = "record 5" in text and "record 7" in text
    require(not went_on, "position-ignored~goes-on", errors=shown(errors))
    require("record 2" in text, "failure-without-name~nameless", errors=shown(errors))
    require("record 4" in text, "one-label-per-object~equal", errors=shown(errors))


def test_one_session(learner: Subject, rng: Rng) -> None:
    """All records are processed within one session"""
    got = called(learner, records(rng))
    with showing("{}\ndict(sessions=pipeline.sessions)"):
        require(got.sessions > 0, "no-session")
        require(got.sessions == 1, "session-for-each", n_sessions=got.sessions)
    flags = [call.in_session for call in got.calls]
    with showing(inside("survey", "process_lightcurve")):
        require(bool(flags) and all(flags), "no-session~over")


def test_interruption(learner: Subject, rng: Rng) -> None:
    """Ctrl-C (KeyboardInterrupt) is not taken for a failed record"""
    data = records(rng, 3)
    data[1]["raises"] = "KeyboardInterrupt"
    got = called(learner, data)
    labels = got.labels if isinstance(got.labels, list) else []
    failed = any(isinstance(label, str) and label == "failed" for label in labels)
    as_failure = errors_in(got.log) or "failed" in names_of(got.events)
    interrupted = got.raised == "KeyboardInterrupt"
    lost = failed and not interrupted
    require(not (lost and as_failure), "bare-except")
    require(not lost, "bare-except~silent")
    require(interrupted, "interruption-lost", labels=shown(got.labels))
    with showing(typed.LOGGED if errors_in(got.log) else typed.EVENTS):
        require(not as_failure, "bare-except~raised")


def test_records_announced(learner: Subject, rng: Rng) -> None:
    """Each record is announced as "classified" or "failed\""""
    data = records(rng, 4)
    data[0]["label"] = "failed"  # which a classifier may say
    data[1]["raises"] = "the file is cut off"
    data[2]["label"] = "unknown"
    data[3] |= {"raises": "no space left", "of_disk": True}
    got = called(learner, data)
    with showing(typed.EVENTS):
        check_announced(got, data)
    with showing(typed.LATE):
        require(got.events[0].n_calls == 2, "announced-late", n_calls=got.events[0].n_calls)


def check_announced(got: Called, data: list[Any]) -> None:
    """These four records are announced, of which the second and the fourth fail."""
    names = [record["objectId"] for record in data]
    want = [
        ["classified", {"object_id": names[0], "label": data[0]["label"]}],
        ["failed", {"object_id": names[1], "error": "the file is cut off"}],
        ["classified", {"object_id": names[2], "label": data[2]["label"]}],
        ["failed", {"object_id": names[3], "error": "[Errno 28] no space left"}],
    ]
    for each in got.events:
        error = each.data.get("error")
        as_object = isinstance(error, OpaqueObject) and error.type in ("Trouble", "OSError")
        require(not as_object, "object-for-message")
    names_told = names_of(got.events)
    both = {"classified", "failed"} <= set(names_told)
    require(both, "not-announced", events=shown(names_told))
    twice = [["classified", {"object_id": names[i], "label": "failed"}] for i in (1, 3)]
    as_code = [
        ["failed", {"object_id": names[i], "error": error}]
        for i, error in (
            (1, "Trouble('the file is cut off')"),
            (3, "OSError(28, 'no space left')"),
            (3, 28),
        )
    ]
    expect(
        Answer(told(got.events)),
        want,
        Mistake("failed-classified-too", [*want[:2], twice[0], *want[2:], twice[1]]),
        Mistake("repr-for-message", [want[0], as_code[0], want[2], as_code[1]]),
        Mistake("message-from-args", [*want[:3], as_code[2]]),
        what="the list of announced events and their data",
    )


def test_classify_safely(learner: Subject, rng: Rng) -> None:
    """`classify_safely` by itself returns a label, logs, and announces"""
    (good,) = records(rng, 1)
    label = learner.ask(probes.classified, good, 3).value.label
    expect(Answer(label), good["label"], what="the label that `classify_safely` returns")
    got = learner.ask(probes.classified, {"raises": "nothing in it"}, 7).value
    expect(Answer(got.label), "failed", what="the label of a broken record")
    errors = errors_in(got.log)
    named = any("record 7" in line for line in errors)
    with showing(typed.LOGGED):
        require(bool(errors), "failure-not-logged~alone")
        require(named, "position-ignored", errors=shown(errors))
    with showing(typed.EVENTS):
        require(bool(got.events), "not-announced~alone")
