"""Checks of 11.12, Nothing is lost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.ex11 import probes
from grader.course.ex11.checks.results import Result, alert, answer, refused
from grader.course.ex11.replies import Processed
from grader.course.gates import gate, twice
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

THRESHOLDS = {"TDE": 0.5}
SENT, LOGS, WAITING = "{}\nsent", "{}\nlogs", "{}\nsystem.waiting"


def tdes(*names: str) -> list[Result]:
    """An answer for each of these objects, which calls for an alert."""
    return [answer(name, TDE=0.9 - 0.01 * i) for i, name in enumerate(names)]


def asked(learner: Subject, outcomes: list[str | None], *calls: list[Result]) -> Processed:
    """What came of several calls; an OSError must not come out of them."""
    reply = learner.ask(probes.processed, THRESHOLDS, outcomes, *calls)
    if any(outcomes):
        fail_if_recognised(reply, Mistake("error-goes-on", Raises("OSError"), error=reply.raised))
    return reply.value


def names_of(alerts: Any) -> Any:
    """The objects of alerts, if it is a list of those."""
    if not isinstance(alerts, list):
        return alerts
    return [each.get("object_id") if isinstance(each, dict) else each for each in alerts]


@gate
@twice
def test_sent(learner: Subject, rng: Rng) -> None:
    """New alerts are sent one by one, in order, and returned"""
    first, second, third = (f"ZTF{number}" for number in rng.permutation(900)[:3] + 100)
    p = round(float(rng.uniform(0.6, 0.7)), 2)
    night = [answer(first, TDE=p), answer("other", TDE=0.2), answer(second, TDE=0.8)]
    got = asked(learner, [], night)
    with showing(SENT):
        backwards = Mistake("sent-backwards", [second, first])
        whole = Mistake("all-at-once", len(got.sent) == 1 and not isinstance(got.sent[0], str))
        expect(Answer(got.sent), [first, second], backwards, whole, what="the list of objects sent")
    want = [alert(first, "TDE", p), alert(second, "TDE", 0.8)]
    expect(
        Answer(got.returned),
        want,
        Mistake("number-returned", 2),
        Mistake("returns-nothing", got.returned is None),
        what="the list of alerts",
    )
    with showing(WAITING):
        require(not approx_equal(got.waiting, want), "still-waiting")
        expect(Answer(got.waiting), [], what="`waiting` after all were sent")
    got = asked(learner, [], night, [answer(first, TDE=0.9), answer(third, TDE=0.6)])
    with showing(SENT):
        update = Mistake("updates-sent", [first, second, first, third])
        again = Mistake("still-waiting", [first, second, first, second, third])
        what = "the list of objects sent in two calls"
        expect(Answer(got.sent), [first, second, third], update, again, what=what)
    all_of_them = Mistake("all-returned", [first, second, third])
    names = Answer(names_of(got.returned))
    with showing("[alert['object_id'] for alert in {}]"):
        expect(names, [third], all_of_them, what="the list of objects returned by the second call")


def test_failure(learner: Subject) -> None:
    """If sending fails, that alert and all behind it wait, in order, and nothing more is sent"""
    for error in ("ConnectionError", "OSError", "TimeoutError"):
        got = asked(learner, [None, error], tdes("A", "B", "C", "D"))
        require(got.tried != ["A", "B", "C", "D"], "goes-on-after-failure", error=error)
        tried_twice = Mistake("tried-again-at-once", got.tried[:3] == ["A", "B", "B"])
        with showing(SENT):
            expect(Answer(got.sent), ["A"], tried_twice, what="the list of objects sent")
        with showing("{}\n[alert['object_id'] for alert in system.waiting]"):
            expect(
                Answer(names_of(got.waiting)),
                ["B", "C", "D"],
                Mistake("lost-when-it-fails", ["C", "D"]),
                Mistake("lost-when-it-fails", []),
                Mistake("sent-still-waiting", ["A", "B", "C", "D"]),
                Mistake("waiting-in-other-order", ["C", "D", "B"]),
                Mistake("waiting-in-other-order", ["D", "C", "B"]),
                Mistake("only-the-failed-waits", ["B"]),
                what="the list of objects that wait",
            )
        with showing("[alert['object_id'] for alert in {}]"):
            made = Mistake("made-for-sent", ["A", "B", "C", "D"])
            what = "the list of objects returned"
            expect(Answer(names_of(got.returned)), ["A"], made, what=what)


def test_next_call(learner: Subject) -> None:
    """What waits is sent first at the next call, each alert once, with its updates"""
    first, later = tdes("A", "B", "C"), [*tdes("D"), answer("B", TDE=0.6)]
    got = asked(learner, [None, "OSError"], first, later)
    with showing(SENT):
        expect(
            Answer(got.sent),
            ["A", "B", "C", "D"],
            Mistake("new-before-old", ["A", "D", "B", "C"]),
            Mistake("sent-still-waiting", ["A", "A", "B", "C", "D"]),
            Mistake("lost-when-it-fails", ["A", "C", "D"]),
            Mistake("lost-when-it-fails", ["A", "D"]),
            Mistake("waiting-in-other-order", ["A", "C", "B", "D"]),
            what="the list of objects sent in two calls",
        )
    want = [alert("B", "TDE", 0.6, 1), alert("C", "TDE", 0.88), alert("D", "TDE", 0.9)]
    old = Mistake("waits-as-a-copy", [alert("B", "TDE", 0.89), *want[1:]])
    new_only = Mistake("new-ones-returned", want[2:])
    expect(Answer(got.returned), want, old, new_only, what="the list of alerts of the second call")
    got = asked(learner, ["OSError", "OSError"], tdes("A", "B"), tdes("C"), [])
    with showing(SENT):
        idle = Mistake("no-answers-no-sending", [])
        what = "the list of objects sent at last"
        expect(Answer(got.sent), ["A", "B", "C"], idle, what=what)


def test_other_errors(learner: Subject) -> None:
    """Any exception but an OSError goes on, and what was not sent still waits"""
    for error in ("KeyError", "ValueError"):
        given = (THRESHOLDS, [None, error], tdes("A", "B", "C"))
        reply = learner.ask(probes.processed_with_mistake, *given)
        swallowed = Mistake("exception-swallowed", reply.raised is None, error=error)
        expect_error(reply, error, f"a {error} of `send`", swallowed)
        left = learner.ask(probes.left_by_mistake, THRESHOLDS, error, tdes("A", "B", "C")).value
        with showing("[alert['object_id'] for alert in {}]"):
            expect(
                Answer(names_of(left)),
                ["B", "C"],
                Mistake("lost-by-mistake", ["C"], error=error),
                Mistake("lost-by-mistake", [], error=error),
                Mistake("sent-still-waiting", ["A", "B", "C"]),
                what=f"the list of objects that wait after a {error}",
            )


def last_log(got: Processed, n_calls: int = 1) -> dict[str, Any]:
    """What was logged last, once there is one for each call."""
    with showing(LOGS):
        require(bool(got.logs), "not-logged")
        require(len(got.logs) == n_calls, "logs", got=len(got.logs), want=n_calls)
        if not isinstance(got.logs[-1], dict):
            raise Finding("log-not-a-dictionary", got=kind_of(got.logs[-1]))
    log: dict[str, Any] = got.logs[-1]
    return log


def logged(n: int, n_refused: int, n_sent: int, n_waiting: int) -> dict[str, Any]:
    counts = {"n_results": n, "n_refused": n_refused}
    return counts | {"n_sent": n_sent, "n_waiting": n_waiting}


def log_mistakes(want: dict[str, Any], confidences: list[float]) -> Iterator[Mistake]:
    """What else might be logged of a night with two refused answers."""
    n = want["n_results"]
    share = {key: value for key, value in want.items() if key.startswith("share_")}
    of_all = {key: value * (n - 2) / n for key, value in share.items()}
    yield Mistake("refused-counted", want | {"mean_confidence": sum(confidences) / n} | of_all)
    yield Mistake("refused-counted", want | {"mean_confidence": sum(confidences) / n})
    yield Mistake("refused-counted", want | of_all)
    yield Mistake("counts-for-shares", want | {k: round(v * (n - 2)) for k, v in share.items()})
    every = {f"share_{name}": 0.0 for name in ("AGN", "CV", "SNII", "SNIa", "TDE")}
    yield Mistake("absent-classes-logged", every | want)
    yield Mistake("answered-for-all", want | {"n_results": n - 2})


def test_log(learner: Subject) -> None:
    """Each call logs how many answers came, were refused, and sent, and what they say"""
    night = [*tdes("A", "B"), refused("C"), answer("D", SNIa=0.6, SNII=0.4), refused("E")]
    night += [answer("F", TDE=0.45, SNIa=0.55), answer("G", CV=1.0)]
    got = asked(learner, [None, "OSError"], night)
    confidences = [each["confidence"] for each in night if not each["refused"]]
    want = logged(7, 2, 1, 1) | {"mean_confidence": sum(confidences) / 5}
    want |= {"share_TDE": 0.4, "share_SNIa": 0.4, "share_CV": 0.2}
    found = last_log(got)
    with showing(LOGS):
        early = Mistake("logged-before-sending", want | {"n_sent": 0, "n_waiting": 2})
        made = Mistake("made-for-sent", want | {"n_sent": 2})
        before = Mistake("waiting-at-first", want | {"n_waiting": 2})
        mistakes = (early, made, before, *log_mistakes(want, confidences))
        expect(Answer(found), want, *mistakes, what="what is logged")


def test_log_of_quiet_nights(learner: Subject) -> None:
    """Without answers the confidence is NaN; what was sent and waits is that of the call"""
    calm = learner.ask(probes.processed, THRESHOLDS, [], [answer("D", SNIa=0.6)])
    with showing(LOGS):
        require(bool(calm.value.logs), "quiet-night-not-logged", calm)
    quiet = {
        "refused ones only": ([refused("C")], logged(1, 1, 1, 0)),
        "no answers": ([], logged(0, 0, 1, 0)),
    }
    for case, (night, counts) in quiet.items():
        reply = learner.ask(probes.processed, THRESHOLDS, ["OSError"], tdes("A"), night)
        crash = Raises("ZeroDivisionError"), Raises("StatisticsError")
        known = [Mistake("nothing-crashes", each, case=case, error=reply.raised) for each in crash]
        fail_if_recognised(reply, *known)
        found = last_log(reply.value, 2)
        want = counts | {"mean_confidence": math.nan}
        with showing(LOGS):
            zero = Mistake("zero-for-unknown", want | {"mean_confidence": 0.0}, case=case)
            lacking = Mistake("unknown-left-out", counts)
            expect(Answer(found), want, zero, lacking, what=f"what is logged of {case}")


def test_without_log(learner: Subject) -> None:
    """Without a log, alerts are sent all the same"""
    reply = learner.ask(probes.processed_with_mistake, THRESHOLDS, [], tdes("A"))
    fail_if_recognised(reply, Mistake("log-needed", Raises("TypeError", "not callable")))
    require(approx_equal(names_of(reply.value), ["A"]), "nothing-sent-without-log")
