"""Checks of 10.E3, While the alerts come in."""

from __future__ import annotations

from statistics import mean
from typing import Any

from grader.answer import Answer, Finding, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Rng, softmax
from grader.course.gates import gate
from grader.expect import Mistake, expect, expect_error, fail_if_recognised, kind_of, require

NAMES = ["AGN", "CV", "SNII", "SNIa", "TDE"]


def stream_of(rng: Rng) -> list[list[Any]]:
    """Alerts of two objects, mixed; one comes late, one twice, and two in one night."""

    def alert(name: str, day: float, band: str, flux: float) -> list[Any]:
        return [name, {"mjd": 60000.0 + day, "flux": flux, "flux_err": 1.5, "band": band}]

    fluxes = rng.uniform(20, 90, 6).round(3).tolist()
    first = alert("A", 1.5, "g", fluxes[0])
    return [
        first,
        alert("B", 2.25, "r", fluxes[1]),
        alert("A", 6.5, "r", fluxes[2]),
        alert("A", 3.5, "r", fluxes[3]),  # late
        [first[0], dict(first[1])],  # once more
        alert("A", 6.5, "g", fluxes[4]),  # the same moment in another band is another observation
        alert("B", 9.25, "r", fluxes[5]),
    ]


@gate
def test_alerts(learner: Subject, rng: Rng) -> None:
    """Each alert is answered by what is known of its own object"""
    stream = stream_of(rng)
    p = softmax(rng.normal(0, 1.5, (len(stream), 5)))
    answer = learner.ask(probes.alerts, stream, p.tolist(), NAMES)
    got = answer.value
    counts = [1, 1, 2, 3, 3, 4, 2]
    seen = [
        each.get("n_observations") if isinstance(each, dict) else None for each in got["answers"]
    ]
    fail_if_recognised(
        Answer(seen),
        Mistake("objects-mixed", [1, 2, 3, 4, 4, 5, 6]),
        Mistake("copies-counted", [1, 1, 2, 3, 4, 5, 2]),
        Mistake("band-ignored", [1, 1, 2, 3, 3, 3, 2]),
        Mistake("history-lost", [1] * 7),
        Mistake("late-dropped", [1, 1, 2, 2, 2, 3, 2]),
    )
    for i, (each, row) in enumerate(zip(got["answers"], p, strict=True)):
        want = {
            "object_id": stream[i][0],
            "n_observations": counts[i],
            "label": NAMES[int(row.argmax())],
            "probability": float(row.max()),
            "uncertainty": 0.75,
        }
        if not isinstance(each, dict):
            raise Finding("answer-dictionary", each=kind_of(each))
        expect(
            Answer(each.get("uncertainty")),
            0.75,
            Mistake("one-part-only", 0.25),
            Mistake("one-part-only~2", 0.5),
            what="`uncertainty`",
        )
        expect(Answer(each), want, what=f"the answer to alert {i}", rtol=1e-5)
    check_questions(got, stream, counts)


def check_questions(got: dict, stream: list[list[Any]], counts: list[int]) -> None:
    """What the model was asked, and how long it took."""
    require(not got["changed"], "observation-handed-over")
    require(len(got["asked"]) == len(stream), "model-asked-once")
    lengths = [int(asked[2].array.sum()) for asked in got["asked"]]
    expect(Answer(lengths), counts, what="the list of lengths that the model was given")
    require(all(asked[3] == 7 for asked in got["asked"]), "other-number-of-samples")
    days = got["asked"][3][1].array[0, :3, 0].tolist()
    expect(
        Answer(days),
        [0.0, 2.0, 5.0],
        what="the list of times after a late observation",
        unit="days",
        rtol=1e-4,
    )
    require(
        len(got["seconds"]) == len(stream),
        "not-timed",
        n_seconds=len(got["seconds"]),
        n_stream=len(stream),
    )
    require(
        all(each >= 0.0019 for each in got["seconds"]) and sum(got["seconds"]) <= got["took"],
        "not-timed~2",
    )


def test_latency(learner: Subject, rng: Rng) -> None:
    """Percentiles of the time to answer, in milliseconds"""
    seconds = rng.exponential(0.01, 41).round(6).tolist()
    for asked in ((), ((25, 95),)):
        percentiles = asked[0] if asked else (50, 90, 99)
        ordered = sorted(seconds)
        want = {q: 1000 * interpolated(ordered, q / 100) for q in percentiles}
        got = learner.ask(probes.latency, seconds, *asked)
        average = 1000 * mean(seconds)
        expect(
            got,
            want,
            Mistake("seconds-for-milliseconds", {q: v / 1000 for q, v in want.items()}),
            Mistake("list-for-dictionary", list(want.values())),
            Mistake(
                "quantiles-for-percentiles",
                {q: 1000 * interpolated(ordered, q / 10000) for q in percentiles},
            ),
            Mistake("mean-for-percentiles", dict.fromkeys(percentiles, average)),
            what="the dictionary of percentiles",
        )
    expect_error(
        learner.ask(probes.latency, []), "ValueError", "Asking for percentiles of no answers"
    )


def interpolated(ordered: list[float], fraction: float) -> float:
    """The value at a fraction of the way from the first to the last, by linear interpolation."""
    place = fraction * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])
