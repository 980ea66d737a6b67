"""Checks of 11.5, Rows for a network."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex11 import probes
from grader.course.ex11.checks.light_curves import (
    NAME,
    Observation,
    in_time,
    observed,
    rows,
)
from grader.course.ex11.replies import Rows
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import (
    Mistake,
    approx_equal,
    expect,
    expect_error,
    require,
    showing,
)
from grader.wire import Tensor

LightCurve = list[Observation]
NEAR = 2e-6  # of what is computed as float64, a float32 is nearer


def is_detection(obs: Observation) -> bool:
    return abs(obs["flux"]) >= 5 * obs["flux_err"]


def is_limit(obs: Observation) -> bool:
    return math.isnan(obs["flux"])


def first_detection(data: LightCurve) -> float:
    return min(obs["mjd"] for obs in data if is_detection(obs))


def largest(data: LightCurve) -> float:
    return max(abs(obs["flux"]) for obs in data if is_detection(obs))


def rows_of(
    data: LightCurve, zero: float, scale: float, limit: float = 0.0, bands: str = "gri"
) -> Tensor:
    """A row for each observation; other arguments are other mistakes."""
    table = [
        [
            obs["mjd"] - zero,
            limit if is_limit(obs) else obs["flux"] / scale,
            obs["flux_err"] / scale,
            *(float(obs["band"] == band) for band in bands),
        ]
        for obs in in_time(data)
    ]
    return Tensor.of(np.array(table).reshape(-1, 6))


def with_column(rows: Tensor, number: int, values: list[float]) -> Tensor:
    array = rows.array.copy()
    array[:, number] = values
    return Tensor.of(array)


def prepared(learner: Subject, data: LightCurve) -> Answer[Rows]:
    return learner.ask(probes.rows_of, data, NAME)


def light_curve(rng: Rng, n: int) -> LightCurve:
    """One observation a night: faint ones and limits, then detections on both sides of zero.

    The largest flux is no detection, the largest detection is negative.
    """
    nights = 60000 + np.sort(rng.choice(np.arange(2 * n + 8), n + 4, replace=False))
    times = [round(int(night) + float(rng.uniform(0.1, 0.9)), 3) for night in nights]
    values = [math.nan, 9.0, -11.0, *rng.uniform(40, 60, n - 1)]
    noise = [4.0, 3.0, 4.0, *rng.uniform(2, 6, n - 1)]
    values += [-float(rng.uniform(70, 90)), 150.0]
    noise += [5.0, 50.0]
    order = [0, 1, 2, *(3 + rng.permutation(n + 1))]
    if order[3] == n + 3:  # the first of them is a detection
        order[3:5] = order[4:2:-1]
    bands = [*rng.permutation(["g", "r", "i"]), *rng.choice(list("gri"), n + 1)]
    return [
        observed(time, round(float(values[i]), 2), round(float(noise[i]), 2), str(band))
        for time, i, band in zip(times, order, bands, strict=True)
    ]


@gate
@twice
def test_rows(learner: Subject, rng: Rng) -> None:
    """Days since the first detection, scaled flux and error, and the band, in float32"""
    data = light_curve(rng, rng.size(6))
    zero, scale = first_detection(data), largest(data)
    want = rows_of(data, zero, scale)
    fluxes = [abs(obs["flux"]) for obs in data if not is_limit(obs)]
    positive = max(obs["flux"] for obs in data if is_detection(obs) or obs["flux"] > 0)
    seen = [obs for obs in data if is_detection(obs)]
    brightest = max(seen, key=lambda obs: abs(obs["flux"]))
    mjd = np.array([obs["mjd"] for obs in data], np.float32)
    expect(
        Answer(prepared(learner, data).value.rows),
        want,
        Mistake("time-not-shifted", with_column(want, 0, mjd.tolist())),
        Mistake("time-in-float32", with_column(want, 0, (mjd - np.float32(zero)).tolist())),
        Mistake("from-first-observation", rows_of(data, data[0]["mjd"], scale)),
        Mistake("from-brightest", rows_of(data, brightest["mjd"], scale)),
        Mistake("scaled-by-any-flux", rows_of(data, zero, max(fluxes))),
        Mistake("scaled-by-any-flux", rows_of(data, zero, positive)),
        Mistake("scale-without-size", rows_of(data, zero, max(obs["flux"] for obs in seen))),
        Mistake("not-scaled", rows_of(data, zero, 1.0)),
        Mistake(
            "error-not-scaled", with_column(want, 2, [obs["flux_err"] for obs in in_time(data)])
        ),
        Mistake("limit-stays-nan", rows_of(data, zero, scale, limit=math.nan)),
        Mistake("limits-dropped", rows_of([o for o in data if not is_limit(o)], zero, scale)),
        Mistake("only-detections", rows_of(seen, zero, scale)),
        Mistake("window-without-past", rows_of([o for o in data if o["mjd"] >= zero], zero, scale)),
        Mistake("bands-in-other-order", rows_of(data, zero, scale, bands="gir")),
        Mistake("bands-in-other-order", rows_of(data, zero, scale, bands="irg")),
        what="what is returned",
        rtol=NEAR,
        atol=NEAR,
    )


def test_window(learner: Subject, rng: Rng) -> None:
    """Rows reach from 30 days before the first detection to 200 days after it, and no further"""
    zero = 60100.5
    days = [-60, -31, -30, -12, 0, 90, 200, 201, 260]
    flux = [2.0, math.nan, 3.0, math.nan, 50.0, 40.0, 30.0, 80.0, 70.0]
    data = [
        observed(zero + day, value, 4.0, "gri"[i % 3])
        for i, (day, value) in enumerate(zip(days, flux, strict=True))
    ]

    def between(first: float, last: float, scale: float = 50.0) -> Tensor:
        kept = [obs for obs in data if first <= obs["mjd"] - zero <= last]
        return rows_of(kept, zero, scale)

    expect(
        Answer(prepared(learner, data).value.rows),
        between(-30, 200),
        Mistake("scaled-beyond-window", between(-30, 200, 80.0)),
        Mistake("no-window", between(-60, 260)),
        Mistake("no-window", between(-60, 260, 80.0)),
        Mistake("ends-excluded", between(-29, 199)),
        Mistake("ends-excluded", between(-29, 200)),
        Mistake("ends-excluded", between(-30, 199)),
        Mistake("window-open-on-one-side", between(-60, 200)),
        Mistake("window-open-on-one-side", between(-30, 260)),
        Mistake("window-open-on-one-side", between(-30, 260, 80.0)),
        Mistake("window-without-past", between(0, 200)),
        what="what is returned",
        rtol=NEAR,
        atol=NEAR,
    )


def mean_of_two(first: Observation, second: Observation) -> Observation:
    """The point of a night of two observations with the same error."""
    mjd, flux = ((first[field] + second[field]) / 2 for field in ("mjd", "flux"))
    return observed(mjd, flux, first["flux_err"] / math.sqrt(2), first["band"])


def test_nights(learner: Subject, rng: Rng) -> None:
    """Rows and detections are those of the nightly light curve"""
    shift = round(float(rng.uniform(0, 0.25)), 2)
    evening = observed(60000.25 + shift, 17.0, 4.0), observed(60000.5 + shift, 18.0, 4.0)
    flash = observed(59990.25 + shift, 60.0, 10.0, "g"), observed(59990.5 + shift, -20.0, 10.0, "g")
    night = observed(60006.25 + shift, 40.0, 4.0), observed(60006.5 + shift, 60.0, 4.0)
    data = [*flash, *evening, *night]
    points = [mean_of_two(*pair) for pair in (flash, evening, night)]
    raw_zero = flash[0]["mjd"]
    expect(
        Answer(prepared(learner, data).value.rows),
        rows_of(points, points[1]["mjd"], 50.0),
        Mistake("nights-not-joined", rows_of(data, raw_zero, 60.0)),
        Mistake("detected-before-averaging", rows_of(points, raw_zero, 60.0)),
        Mistake("detected-before-averaging", rows_of(points, raw_zero, 50.0)),
        Mistake("detected-before-averaging", rows_of(points, points[1]["mjd"], 60.0)),
        what="what is returned",
        rtol=NEAR,
        atol=NEAR,
    )


FAINT: dict[str, Callable[[], LightCurve]] = {
    "a faint light curve": lambda: [observed(60000.5, 12.0, 4.0), observed(60002.5, -9.0, 4.0)],
    "a light curve of upper limits": lambda: [observed(60000.5, math.nan, 4.0, "g")],
    "an empty light curve": list,
}


@pytest.mark.parametrize("what", FAINT)
def test_no_detection(learner: Subject, what: str) -> None:
    """A light curve without detections is a ValueError with the object's name"""
    answer = prepared(learner, FAINT[what]())
    returned = answer.raised is None
    silent = Mistake("rows-without-detection", returned, what=what)
    expect_error(answer, "ValueError", what, silent, naming=NAME)


def test_left_alone(learner: Subject, rng: Rng) -> None:
    """The light curve itself stays as it was"""
    data = light_curve(rng, 3)
    found = rows(prepared(learner, data).value.after, "the light curve itself")
    with showing("{}\nlc.data"):
        require(approx_equal(found, in_time(data)), "light-curve-changed")
