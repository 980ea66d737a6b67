"""Checks of 10.E3, While the alerts come in."""

from __future__ import annotations

from statistics import mean
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.ex10 import probes
from grader.course.ex10.replies import Stream
from grader.course.gates import gate
from grader.course.oracles import Rng, softmax
from grader.expect import (
    Mistake,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    showing,
    shown,
)

NAMES = ["TDE", "SNIa", "CV", "AGN", "SNII"]  # not in the usual order


def stream_of(rng: Rng) -> list[tuple[str, dict[str, Any]]]:
    """Alerts of two objects, mixed; one comes late, two come twice, and some in one night."""

    def alert(name: str, day: float, band: str, flux: float) -> tuple[str, dict[str, Any]]:
        return name, {"mjd": 60000.0 + day, "flux": flux, "flux_err": 1.5, "band": band}

    fluxes = rng.uniform(20, 90, 7).round(3).tolist()
    first, third = alert("A", 1.5, "g", fluxes[0]), alert("A", 6.5, "r", fluxes[2])
    return [
        first,
        alert("B", 2.25, "r", fluxes[1]),
        third,
        alert("A", 3.5, "r", fluxes[3]),  # late
        alert("A", 6.5, "g", fluxes[4]),  # the same moment in another band is another observation
        alert("A", 6.5001, "r", fluxes[6]),  # nine seconds later
        alert("B", 6.5, "r", fluxes[5]),  # the moment of another object's
        third,  # again
        (first[0], first[1] | {"flux": fluxes[0] + 1, "flux_err": 2.5}),  # again, measured anew
    ]


@gate
def test_alerts(learner: Subject, rng: Rng) -> None:
    """Each alert is answered from what is known about its own object"""
    stream = stream_of(rng)
    p = softmax(rng.normal(0, 1.5, (len(stream), 5)))
    got = learner.ask(probes.alerts, stream, p.tolist(), NAMES).value
    counts = [1, 1, 2, 3, 4, 5, 2, 5, 5]
    seen = [each.get("n_observations") if isinstance(each, dict) else None for each in got.answers]
    fail_if_recognised(
        Answer(seen),
        Mistake("objects-mixed", [1, 2, 3, 4, 5, 6, 6, 6, 6]),
        Mistake("copies-counted", [1, 1, 2, 3, 4, 5, 2, 6, 7]),
        Mistake("copies-counted~measured-anew", [1, 1, 2, 3, 4, 5, 2, 5, 6]),
        Mistake("band-ignored", [1, 1, 2, 3, 3, 4, 2, 4, 4]),
        Mistake("history-lost", [1] * 9),
        Mistake("late-dropped", [1, 1, 2, 2, 3, 4, 2, 4, 4]),
        Mistake("near-ones-dropped", [1, 1, 2, 3, 4, 4, 2, 4, 4]),
        Mistake("copies-of-other-objects", [1, 1, 2, 3, 4, 5, 1, 5, 5]),
    )
    require(len(got.answers) == len(stream), "answers-missing", got=len(got.answers))
    n_asked = len(got.questions)
    copies_skipped = [question.length for question in got.questions] == counts[:-2]
    require(not copies_skipped, "copy-not-asked", got=shown(got.answers[-1]))
    require(n_asked == len(counts), "not-asked-once", n_asked=n_asked, n_alerts=len(counts))
    for i, each in enumerate(got.answers):
        want = {
            "object_id": stream[i][0],
            "n_observations": counts[i],
            "label": NAMES[int(p[i].argmax())],
            "probability": float(p[i].max()),
            "uncertainty": 0.75,
        }
        check_answer(each, want, i, p[i].round(3).tolist())
    check_questions(got, counts)
    name, kind = got.others[0] if got.others else ("", "")
    require(not got.others, "not-a-plain-number", name=name, got=kind)
    check_kept([alert for name, alert in stream if name == "A"], got.kept)


def check_kept(given: list[dict[str, Any]], kept: list[dict[str, Any]]) -> None:
    """The observations of an object are kept as they came, but the last two, which are copies."""
    found, fluxes = (
        sorted(float(each.get("flux") or 0.0) for each in kept),
        [each["flux"] for each in given],
    )
    require(not approx_equal(found, sorted(fluxes[1:-2] + fluxes[-1:])), "copy-replaces")
    want = sorted(fluxes[:-2])
    expect(Answer(found), want, what="the list of fluxes kept of object A")
    for one in given[:-2]:
        (same,) = (each for each in kept if each["flux"] == one["flux"])
        same = {key: same.get(key) for key in one}
        expect(Answer(same), one, what="an observation kept of object A")


def test_many_observations(learner: Subject, rng: Rng) -> None:
    """All observations of an object count, even where a light curve has no room for them"""
    n = 104
    fluxes = rng.uniform(20, 90, n).round(3).tolist()
    known = [
        {"mjd": 60000.0 + day, "flux": flux, "flux_err": 1.5, "band": "r"}
        for day, flux in enumerate(fluxes)
    ]
    p = softmax(rng.normal(0, 1.5, (1, 5)))[0].tolist()
    got = learner.ask(probes.late_alert, known[:-1], known[-1], p, NAMES).value
    count = got.answer.get("n_observations") if isinstance(got.answer, dict) else None
    require(count != 100, "only-rows-counted", n=n)
    what = f"`n_observations` after {n} observations"
    expect(Answer(count), n, what=what)
    expect(Answer(got.lengths), [100], what="the list of lengths that the model was given")
    require(got.n_times == n, "times-lost", n=n, n_times=got.n_times)


def check_answer(got: Any, want: dict[str, Any], number: int, p: list[float]) -> None:
    """What the learner says about one alert, for which these are the mean probabilities."""
    if not isinstance(got, dict):
        raise Finding("not-a-dictionary", number=number, got=kind_of(got))
    label = got.get("label", want["label"])
    fields = {"got": shown(label), "want": want["label"], "names": NAMES, "p": p, "number": number}
    require(label == want["label"], "other-label", **fields)
    expect(
        Answer(got.get("uncertainty")),
        want["uncertainty"],
        Mistake("one-part-only", 0.25),
        Mistake("one-part-only~aleatoric", 0.5),
        what="`uncertainty`",
    )
    expect(Answer(got), want, what=f"the answer to alert number {number} (from 0)", rtol=1e-5)


def check_questions(got: Stream, counts: list[int]) -> None:
    """What the model was asked, and how long it took."""
    require(not got.changed, "observation-changed")
    require(got.n_features >= len(counts), "features-of-not-used")
    lengths = [question.length for question in got.questions]
    expect(Answer(lengths), counts, what="the list of lengths that the model was given")
    others = [q for q in got.questions if not approx_equal(q.n_samples, 7)]
    require(not others, "other-number-of-samples")
    what = "the list of times after a late observation"
    expect(Answer(got.questions[3].times), [0.0, 2.0, 5.0], what=what, unit="days", rtol=1e-4)
    n_times = len(got.seconds)
    require(n_times == len(counts), "not-timed", n_times=n_times, n_answers=len(counts))
    shortest, total = min(got.seconds), sum(got.seconds)
    model, features = got.model_took, got.features_took
    of_model = model[0] <= shortest and model[1] <= total <= got.took - features[1]
    require(not of_model, "not-timed~features")
    both = shortest >= model[0] + features[0] and total >= model[1] + features[1]
    require(both and total <= got.took, "not-timed~other-times")


def test_latency(learner: Subject, rng: Rng) -> None:
    """Percentiles of the time to answer, in milliseconds"""
    seconds = rng.exponential(0.01, 41).round(6).tolist()
    for asked in ((), ((0, 12.5, 95, 100),)):
        percentiles = asked[0] if asked else (50, 90, 99)
        ordered = sorted(seconds)
        want = {q: 1000 * interpolated(ordered, q / 100) for q in percentiles}
        whole = {q: 1000 * interpolated(ordered, int(q) / 100) for q in percentiles}
        answer = learner.ask(probes.latency, seconds, *asked)
        average, found = 1000 * mean(seconds), answer.value.percentiles
        wrong, beside = not_between(found, want, ordered)
        fields = {"got": shown(found[wrong]), "want": shown(want[wrong])} if beside else {}
        expect(
            Answer(found),
            want,
            Mistake("seconds-for-milliseconds", {q: v / 1000 for q, v in want.items()}),
            Mistake("list-for-dictionary", list(want.values())),
            Mistake(
                "quantiles-for-percentiles",
                {q: 1000 * interpolated(ordered, q / 10000) for q in percentiles},
            ),
            Mistake("percentiles-cut-off", {int(q): v for q, v in whole.items()}),
            Mistake("mean-for-percentiles", dict.fromkeys(percentiles, average)),
            Mistake(
                "not-interpolated", bool(beside), q=wrong, n=len(ordered), beside=beside, **fields
            ),
            what=f"the dictionary of percentiles of {len(ordered)} times, in milliseconds,",
        )
        with showing("{}\nlive.seconds"):
            require(answer.value.seconds == seconds, "seconds-changed")
    single = learner.ask(probes.latency, [0.004]).value.percentiles
    want = dict.fromkeys((50, 90, 99), 4.0)
    expect(Answer(single), want, what="the dictionary of percentiles of a single answer")
    expect_error(
        learner.ask(probes.latency, []), "ValueError", "Asking for percentiles of no answers"
    )


def not_between(found: Any, want: dict[float, float], ordered: list[float]) -> tuple[float, str]:
    """The first percentile that is one of the times, and the two times that it lies between.

    Only if all percentiles are times: then nothing is interpolated.
    """
    times = [1000 * second for second in ordered]
    same = isinstance(found, dict) and set(found) == set(want)
    if not same or not all(any(approx_equal(v, t) for t in times) for v in found.values()):
        return 0, ""
    wrong = next((q for q in want if not approx_equal(found[q], want[q])), None)
    if wrong is None:
        return 0, ""
    below, above = ([t for t in times if (t > want[wrong]) == up] for up in (False, True))
    return wrong, f"{below[-1]:.6g} and {above[0]:.6g}"


def interpolated(ordered: list[float], fraction: float) -> float:
    """The value at a fraction of the way from the first to the last, by linear interpolation."""
    place = fraction * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])
