"""Checks of 4.3, The pipeline as a function."""

from __future__ import annotations

from grader.answer import Answer, Subject
from grader.course.ex04 import probes
from grader.course.ex04.checks.common import Rng, records, well_formed
from grader.course.gates import gate
from grader.expect import Mistake, expect, require, shown
from grader.wire import OpaqueObject


def labels_of(answer: Answer, want: list[str]) -> dict:
    """What was seen of a call, once its labels are a list."""
    got = answer.value
    labels = got["labels"]
    made = isinstance(labels, OpaqueObject) and labels.type == "generator"
    require(not made, "generator-returned")
    return got


@gate
def test_labels(learner: Subject, rng: Rng) -> None:
    """One label for each record, in order"""
    data = records(rng)
    data[2]["label"] = "unknown"
    want = [record["label"] for record in data]
    got = labels_of(learner.ask(probes.called, data), want)
    replaced = Mistake(
        "label-replaced", ["failed" if label == "unknown" else label for label in want]
    )
    expect(Answer(got["labels"]), want, replaced, what="the list of labels")
    got = labels_of(learner.ask(probes.called, []), [])
    expect(Answer(got["labels"]), [], what="the result for an empty list")


def test_same_object_again(learner: Subject, rng: Rng) -> None:
    """Several records of the same object have a label each"""
    data = records(rng, 4)
    data[2]["objectId"] = data[0]["objectId"]
    first, other, again, last = want = [record["label"] for record in data]
    says = (
        "The first and the third of four records are of the same object, with the labels "
        f"{first!r} and {again!r}. Your list is {{}}. An object may have many records: append one "
        "label for each to a list, in their order."
    )
    mixed_up = [[again, other, last], [first, other, last]]
    mixed_up += [[again, other, again, last], [first, other, first, last]]
    expect(
        Answer(labels_of(learner.ask(probes.called, data), want)["labels"]),
        want,
        *(Mistake("one-label-per-object", each, says=says.format(each)) for each in mixed_up),
        what="the list of labels",
    )


def test_failed_record(learner: Subject, rng: Rng) -> None:
    """A record that fails is labelled "failed" and logged; the others are unaffected"""
    data = records(rng)
    data[1]["raises"] = data[3]["raises"] = "the file is cut off"
    want = [record["label"] for record in data]
    want[1] = want[3] = "failed"
    got = labels_of(learner.ask(probes.called, data), want)
    labels = got["labels"]
    require("trouble" not in got and labels != want[:2], "one-stops-all")
    expect(
        Answer(labels),
        want,
        Mistake("failed-dropped", [label for label in want if label != "failed"]),
        Mistake("none-for-failed", [None if label == "failed" else label for label in want]),
        what="the list of labels",
    )
    name = data[3]["objectId"]
    well_formed(got)
    errors = [line[1] for line in got["log"] if line[0] == "ERROR"]
    require(bool(errors), "failure-not-logged")
    require(
        any(name in line for line in errors),
        "failure-without-name",
        errors=shown(errors[-1]),
        name=name,
    )


def test_nameless_record(learner: Subject, rng: Rng) -> None:
    """A record without a name is as good as others, and is logged by its position"""
    data = records(rng, 5)
    del data[0]["objectId"]
    data[2] = data[4] = {"raises": "nothing in it"}
    got = labels_of(learner.ask(probes.called, data), [])
    labels = got["labels"]
    if not isinstance(labels, list) or len(labels) != 5:
        return  # another check speaks of that
    require(labels[0] != "failed", "nameless-fails")
    expect(Answer(labels[4]), "failed", what="the label of a broken record without a name")
    errors = [line[1] for line in got["log"] if line[0] == "ERROR"]
    text = " ".join(errors)
    require("record 3" not in text, "counted-from-one")
    require(
        "record 2" not in text or "record 4" in text,
        "position-of-first-equal",
        errors=shown(errors),
    )
    require(
        "record 2" in text,
        "failure-without-name~2" if errors else "failure-not-logged~2",
        errors=shown(errors),
    )


def test_one_session(learner: Subject, rng: Rng) -> None:
    """All records are processed within one session"""
    got = labels_of(learner.ask(probes.called, records(rng)), [])
    inside = [call[2] for call in got["calls"]]
    require(got["sessions"] > 0, "no-session")
    require(got["sessions"] == 1, "session-for-each", sessions=got["sessions"])
    require(bool(inside) and all(inside), "no-session~2")


def test_interruption(learner: Subject, rng: Rng) -> None:
    """Ctrl-C (KeyboardInterrupt) is not taken for a failed record"""
    data = records(rng, 3)
    data[1]["raises"] = "KeyboardInterrupt"
    got = labels_of(learner.ask(probes.called, data), [])
    require(got["interrupted"], "bare-except")


def test_records_announced(learner: Subject, rng: Rng) -> None:
    """Each record is announced as "classified" or "failed\""""
    data = records(rng, 3)
    data[1]["raises"] = "the file is cut off"
    got = labels_of(learner.ask(probes.called, data), [])
    names = [record["objectId"] for record in data]
    want = [
        ["classified", {"object_id": names[0], "label": data[0]["label"]}],
        ["failed", {"object_id": names[1], "error": "the file is cut off"}],
        ["classified", {"object_id": names[2], "label": data[2]["label"]}],
    ]
    events = [event[0] for event in got["events"]]
    require({"classified", "failed"} <= set(events), "not-announced", events=events)
    twice = ["classified", {"object_id": names[1], "label": "failed"}]
    as_code = ["failed", {"object_id": names[1], "error": "Trouble('the file is cut off')"}]
    expect(
        Answer(got["events"]),
        want,
        Mistake("failed-classified-too", [*want[:2], twice, want[2]]),
        Mistake("repr-for-message", [want[0], as_code, want[2]]),
        what="the list of announced events and their data",
    )
