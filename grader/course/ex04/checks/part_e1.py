"""Checks of 4.E1, Several records at a time."""

from __future__ import annotations

from collections import Counter

import pytest

from grader.answer import Answer, Subject
from grader.course.ex04 import probes, typed
from grader.course.ex04.checks.common import inside, records
from grader.course.ex04.replies import Processed
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    Raises,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    showing,
    shown,
)
from grader.wire import OpaqueObject


def done(answer: Answer[Processed]) -> Processed:
    """What was seen, once it is clear that the method can be awaited and gives labels."""
    got = answer.value
    with showing("asyncio.iscoroutine(pipeline.process_async(records))"):
        require(got.awaitable or got.labels is None, "not-a-coroutine", kind=kind_of(got.labels))
        require(got.awaitable, "none-returned")
    labels = got.labels if isinstance(got.labels, list) else []
    kinds = [each.type for each in labels if isinstance(each, OpaqueObject)]
    require(not {"coroutine", "Task"} & set(kinds), "coroutines-not-awaited")
    return got


def overtaken(order: list[int]) -> list[list[int]]:
    """An order of four, and those in which one has overtaken the one before it on the last lap."""
    first, second, third, fourth = order
    ends = ([third, fourth], [fourth, third])
    starts = ([first, second], [second, first])
    return [*(a + b for a in starts for b in ends), [first, third, second, fourth]]


@gate
def test_async_labels(learner: Subject, rng: Rng) -> None:
    """The labels are the same as those of `pipeline(records)`; a record that fails is "failed\""""
    data = records(rng, 4)
    ready = [3, 0, 2, 1]  # the order in which they are ready: a record waits for those before it
    for n_before, position in enumerate(ready):
        data[position] |= {"until_done": n_before, "seconds": 0.004}
    data[2]["raises"] = "the file is cut off"
    data[1]["objectId"], data[1]["label"] = data[0]["objectId"], ""
    want = [record["label"] for record in data]
    want[2] = "failed"
    by_name = [
        [*first, "failed", want[3]] for label in want[:2] for first in ([label], [label] * 2)
    ]
    answer = learner.ask(probes.processed_async, data, 4)
    fail_if_recognised(answer, Mistake("one-failure-stops-all", Raises("Trouble")))
    got = done(answer)
    as_completed = [[want[i] for i in order] for order in overtaken(ready)]
    same_labels = isinstance(got.labels, list) and Counter(map(str, got.labels)) == Counter(want)
    expect(
        Answer(got.labels),
        want,
        Mistake("order-of-completion", got.labels in as_completed),
        Mistake("other-order", same_labels, labels=got.labels, want=want),
        Mistake("one-label-per-object", got.labels in by_name, labels=got.labels),
        Mistake("label-replaced", [want[0], "failed", *want[2:]]),
        Mistake("one-failure-stops-all~labels", ["failed"] * 4),
        what="the list of labels",
    )
    with showing(typed.PROCESSED):
        require(got.n_processed == 4, "processed-twice", n_calls=got.n_processed)
    with showing("{}\ndict(sessions=pipeline.sessions)"):
        require(got.sessions == 1, "no-session", n_sessions=got.sessions)
    with showing(inside("pipeline", "process_and_classify")):
        require(all(call.in_session for call in got.calls), "no-session~over")
    with showing("given = list(records)\n{}\nrecords == given"):
        require(got.left, "records-changed")
    nothing = done(learner.ask(probes.processed_async, [], before=(data, 4))).labels
    expect(
        Answer(nothing),
        [],
        Mistake("labels-kept", want),
        what="the result for an empty list after another call",
    )


def test_async_nameless_record(learner: Subject, rng: Rng) -> None:
    """A record without a name is known by its position"""
    data = records(rng, 3)
    data[1] = data[2] = {"raises": "nothing in it"}
    answer = learner.ask(probes.processed_async, data, 3)
    lines = [line.text for line in answer.value.log] if answer.raised is None else []
    text = " ".join(lines)
    twice = text.count("record 1") > 1 and "record 2" not in text
    with showing(typed.LOGGED):
        require(not twice, "position-lost~equal", lines=shown(lines))
        known = "record 1" in text and "record 2" in text
        require(known or "record" not in text, "position-lost", lines=shown(lines))
    if answer.raised is None and answer.value.most > 1:  # otherwise another check complains
        most = answer.value.most
        with showing(f"{typed.AT_WORK}dict(most=max(counts))"):
            require(most == 3, "too-few-at-a-time", at_most=3, most=most)


@pytest.mark.parametrize("limit", [5, None])
def test_async_limit(learner: Subject, rng: Rng, limit: int | None) -> None:
    """`max_concurrent` records are processed at a time, 4 if not given, and no more"""
    data = [each | {"patience": 0.015 if limit else 0.01} for each in records(rng, 6)]
    answer = learner.ask(probes.processed_async, data, *([] if limit is None else [limit]))
    if answer.raised is None or not answer.raised.is_a("Trouble"):
        most, at_most = done(answer).most, limit or 4
        with showing(f"{typed.AT_WORK}max(counts) <= {at_most}"):
            require(most <= at_most, "no-limit", at_most=at_most, most=most)
        with showing(f"{typed.AT_WORK}dict(most=max(counts))"):
            require(most > 1 or not answer.value.in_loop, "one-after-another~in-the-loop")
            require(most > 1, "one-after-another")
            require(most == at_most, "too-few-at-a-time", at_most=at_most, most=most)


def test_async_slow_record(learner: Subject, rng: Rng) -> None:
    """A slow record holds up neither the others nor the event loop"""
    data = records(rng, 5)
    data[0] |= {"until_done": 4, "needs_loop": True}
    answer = learner.ask(probes.processed_async, data, 2)
    if answer.raised is None or not answer.raised.is_a("Trouble"):
        n_done = done(answer).overtaken
        with showing(typed.OVERTAKEN):
            require(n_done == 4, "waits-for-slow-one", n_done=n_done)
        with showing(typed.BESIDE):
            require(not answer.value.blocked, "loop-blocked")


def test_async_again(learner: Subject, rng: Rng) -> None:
    """Each call has its own `max_concurrent`"""
    data = [each | {"patience": 0.01} for each in records(rng, 3)]
    answer = learner.ask(probes.processed_async, data, 1, before=([], 2))
    if answer.raised is None or not answer.raised.is_a("Trouble"):
        most = done(answer).most
        if most != 1:
            first = done(learner.ask(probes.processed_async, data, 1)).most
            with showing(f"{typed.AT_WORK}max(counts) <= 1"):
                require(first == 1, "no-limit", at_most=1, most=first)
                require(False, "limit-of-first-call", answer, most=most)
