"""Checks of 11.11, One object, one alert."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from grader.answer import Answer, Finding, Subject
from grader.course import common_probes
from grader.course.ex11 import probes
from grader.course.ex11.checks.results import Alert, Result, alert, answer, refused
from grader.course.ex11.replies import Alerted
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
    shown,
)

HELD = "{}\nsystem.announced"
WHAT = "the list of alerts"


def asked(learner: Subject, thresholds: dict[str, float], *calls: list[Result]) -> Alerted:
    """What came of several calls, the last of which must have returned a list."""
    reply = learner.ask(probes.alerted, thresholds, *calls)
    crash = [each for results in calls for each in results if each["refused"]]
    if crash:
        fail_if_recognised(reply, Mistake("refused-crashes", Raises("KeyError")))
    got = reply.value
    if not isinstance(got.alerts, list):
        raise Finding("not-a-list", got=kind_of(got.alerts))
    return got


def without_updates(alerts: list[Any]) -> list[Any]:
    """The alerts as far as they do not tell of updates."""
    plain = [each if isinstance(each, dict) else {} for each in alerts]
    return [{key: value for key, value in each.items() if key != "updates"} for each in plain]


@gate
@twice
def test_new_alerts(learner: Subject, rng: Rng) -> None:
    """An answer that reaches the threshold makes an alert, whichever class is predicted"""
    p = rng.uniform(0.31, 0.44, 5).round(2).tolist()
    names = [f"ZTF{number}" for number in rng.permutation(1000)[:5]]
    results = [
        answer(names[0], TDE=p[0], SNIa=0.5),
        answer(names[1], TDE=0.12, SNIa=0.8),
        answer(names[2], TDE=p[1] + 0.4),
        answer(names[3], TDE=0.28, CV=0.6),
        answer(names[4], TDE=p[2], SNII=0.52),
    ]
    got = asked(learner, {"TDE": 0.3}, results)
    tdes = [alert(names[i], "TDE", q) for i, q in ((0, p[0]), (2, p[1] + 0.4), (4, p[2]))]
    over = [alert(r["object_id"], r["predicted"], r["confidence"]) for r in results]
    expect(
        Answer(got.alerts),
        tdes,
        Mistake("predicted-class-only", [tdes[1]]),
        Mistake("confidence-for-class", [over[0], over[2], over[4]]),
        Mistake("other-classes-announced", over),
        Mistake("other-classes-announced", [over[0], over[1], tdes[1], over[3], over[4]]),
        Mistake("updates-from-one", [each | {"updates": 1} for each in tdes]),
        what=WHAT,
    )


def test_threshold_itself(learner: Subject) -> None:
    """A probability that equals the threshold is enough"""
    results = [answer("A", TDE=0.8), answer("B", TDE=0.79), answer("C", TDE=0.81)]
    got = asked(learner, {"TDE": 0.8}, results)
    want = [alert("A", "TDE", 0.8), alert("C", "TDE", 0.81)]
    expect(Answer(got.alerts), want, Mistake("strictly-above", want[1:]), what=WHAT)
    got = asked(learner, {"SNII": 1.0}, [answer("D", SNII=1.0)])
    what = "the list of alerts for a threshold of 1"
    expect(Answer(got.alerts), [alert("D", "SNII", 1.0)], Mistake("strictly-above", []), what=what)


def test_several_classes(learner: Subject) -> None:
    """Of several classes that reach their thresholds, the most probable one counts"""
    thresholds = {"SNII": 0.25, "TDE": 0.05, "AGN": 0.3}
    got = asked(learner, thresholds, [answer("E", TDE=0.3, SNII=0.4, AGN=0.2, SNIa=0.1)])
    want = [alert("E", "SNII", 0.4)]
    expect(
        Answer(got.alerts),
        want,
        Mistake("alert-for-each-class", [*want, alert("E", "TDE", 0.3)]),
        Mistake("alert-for-each-class", [alert("E", "TDE", 0.3), *want]),
        Mistake("updated-by-itself", [alert("E", "TDE", 0.3, 1)]),
        Mistake("updated-by-itself", [alert("E", "SNII", 0.4, 1)]),
        Mistake("furthest-above-threshold", [alert("E", "TDE", 0.3)]),
        what=WHAT,
    )
    got = asked(learner, {"TDE": 0.2, "SNII": 0.5}, [answer("F", TDE=0.3, SNII=0.45, CV=0.25)])
    lost = Mistake("most-probable-first", [])
    expect(Answer(got.alerts), [alert("F", "TDE", 0.3)], lost, what=WHAT)
    got = asked(learner, {"TDE": 0.2, "KN": 0.1}, [answer("G", TDE=0.3, SNII=0.7)])
    what = "the list of alerts with an unknown class"
    expect(Answer(got.alerts), [alert("G", "TDE", 0.3)], what=what)


def expect_held(got: Alerted, want: list[Alert], *mistakes: Mistake) -> None:
    """What is kept in `announced`, by name."""
    with showing(HELD):
        held = {each["object_id"]: each for each in want}
        expect(Answer(got.announced), held, *mistakes, what="`announced`")


def in_one(key: str, value: Any, want: list[Alert]) -> dict[str, Alert]:
    """What is wanted in `announced`, with another value in the first alert."""
    return {each["object_id"]: each for each in [want[0] | {key: value}, *want[1:]]}


def update_mistakes(results: list[Result], want: list[Alert]) -> Iterator[Mistake]:
    """What other rules for updates of the first alert would leave in `announced`."""
    own = [each for each in results if each["object_id"] == want[0]["object_id"]]
    of_class = [p for each in own if (p := each["probabilities"]["TDE"]) >= 0.8]
    first = next(i for i, each in enumerate(own) if each["probabilities"]["TDE"] >= 0.8)
    yield Mistake("first-probability-kept", in_one("probability", of_class[0], want))
    yield Mistake("highest-probability-kept", in_one("probability", max(of_class), want))
    yield Mistake("updates-not-counted", in_one("updates", 0, want))
    yield Mistake("updates-from-one", in_one("updates", want[0]["updates"] + 1, want))
    yield Mistake("all-answers-counted", in_one("updates", len(own) - 1 - first, want))


def test_same_call(learner: Subject) -> None:
    """An object that comes again in the same call makes one alert, with updates"""
    results = [
        answer("H", TDE=0.7, SNIa=0.2),
        answer("H", TDE=0.8),
        answer("I", TDE=0.85),
        answer("H", TDE=0.95),
        answer("H", TDE=0.4, CV=0.5),
        answer("H", TDE=0.3),
        answer("H", TDE=0.9),
    ]
    got = asked(learner, {"TDE": 0.8}, results)
    want = [alert("H", "TDE", 0.9, 2), alert("I", "TDE", 0.85)]
    ids = [each.get("object_id") if isinstance(each, dict) else None for each in got.alerts]
    with showing("[alert['object_id'] for alert in {}]"):
        every = Mistake("alert-for-each-answer", ["H", "I", "H", "H"])
        last = Mistake("order-of-last-answer", ["I", "H"])
        expect(Answer(ids), ["H", "I"], every, last, what="the list of announced objects")
    expect_held(got, want, *update_mistakes(results, want))
    expect(Answer(got.alerts), want, what=WHAT)
    with showing("all(any(a is each for each in system.announced.values()) for a in {})"):
        require(got.same, "copy-kept")


def test_later_calls(learner: Subject) -> None:
    """What comes later of an announced object is an update, also in another class"""
    thresholds = {"TDE": 0.6, "SNII": 0.5}
    first = [answer("J", TDE=0.9), answer("K", TDE=0.2, SNII=0.7)]
    later = [answer("J", TDE=0.3, SNII=0.55), answer("L", TDE=0.75), answer("K", SNII=0.4, CV=0.6)]
    got = asked(learner, thresholds, first, later)
    new = [alert("L", "TDE", 0.75)]
    old = [alert("J", "SNII", 0.55, 1), alert("K", "SNII", 0.7)]
    ids = [each.get("object_id") if isinstance(each, dict) else None for each in got.alerts]
    with showing("[alert['object_id'] for alert in {}]"):
        again = Mistake("announced-again", ["J", "L"])
        all_known = Mistake("all-alerts-returned", ["J", "K", "L"])
        what = "the list of objects announced in the second call"
        expect(Answer(ids), ["L"], again, all_known, what=what)
    expect(Answer(got.alerts), new, what="the list of alerts of the second call")
    want = [*old, *new]
    expect_held(
        got,
        want,
        Mistake("class-not-updated", in_one("class", "TDE", want)),
        Mistake("updates-not-counted", in_one("updates", 0, want)),
        Mistake("update-dropped", in_one("class", "TDE", [alert("J", "", 0.9), *want[1:]])),
    )


def test_refused(learner: Subject) -> None:
    """Refused answers call for nothing, and no answer is changed; nothing is sent or waits"""
    results = [refused("M"), answer("N", TDE=0.9), refused("O"), answer("N", TDE=0.7)]
    got = asked(learner, {"TDE": 0.5}, results)
    expect(Answer(got.alerts), [alert("N", "TDE", 0.7, 1)], what=WHAT)
    require(got.n_sent == 0, "sent-at-once")
    with showing("{}\nsystem.waiting"):
        require(approx_equal(got.waiting, []), "waiting-at-once")
    with showing("{}\nresults"):
        require(approx_equal(got.results, [results]), "answers-changed")
    got = asked(learner, {"TDE": 0.5}, [])
    expect(Answer(got.alerts), [], what="the list of alerts without answers")


def test_systems(learner: Subject) -> None:
    """Each system has its own thresholds, and knows what it has announced itself"""
    given = {"TDE": 0.5, "SNII": 0.9}, {"TDE": 0.7}
    got = learner.ask(probes.two_systems, given, [answer("P", TDE=0.9)]).value
    views = (("first", got.first), ("second", got.second))
    for (name, view), own, other in zip(views, given, reversed(given), strict=True):
        with showing(f"{name}.alert_thresholds"):
            follows = Mistake("thresholds-not-copied", own | {"CV": 0.001})
            common = [other, other | {"CV": 0.001}]
            shared = [
                Mistake("shared-by-systems", each, name="alert_thresholds") for each in common
            ]
            expect(Answer(view.alert_thresholds), own, follows, *shared, what="`alert_thresholds`")
        require(view.send, "attribute-missing", name="send", system=name)
        require(view.log, "attribute-missing", name="log", system=name)
    announced = alert("P", "TDE", 0.9)
    for key, full, empty in (("announced", {"P": announced}, {}), ("waiting", [announced], [])):
        first, second = getattr(got.first, key), getattr(got.second, key)
        for name, held, want in (("second", second, empty), ("first", first, full)):
            with showing(f"{name}.{key}"):
                same = approx_equal(first, second)
                shared = [Mistake("shared-by-systems", same, name=key)]
                expect(Answer(held), want, *shared, what=f"`{key}` of the {name} system")


@pytest.mark.parametrize("threshold", [0.0, -0.2, 1.01, 80.0, math.nan])
def test_thresholds(learner: Subject, threshold: float) -> None:
    """A threshold that is not above 0 and at most 1 is a ValueError that names its class"""
    when = f"a threshold of {shown(threshold)}"
    for name in ("SNII", "TDE", "CV"):
        given = {"SNII": 0.5, "TDE": 0.7, "CV": 1.0} | {name: threshold}
        reply = learner.ask(common_probes.call, "TransientAlertSystem", given)
        message = reply.message
        right = reply.raised is not None and reply.raised.is_a("ValueError")
        expect_error(
            reply,
            "ValueError",
            when,
            Mistake("threshold-accepted", reply.raised is None, when=when),
            Mistake("asserts", Raises("AssertionError")),
            Mistake("class-not-named", right and name not in message, message=message, name=name),
        )
