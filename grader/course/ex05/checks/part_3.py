"""Checks of 5.3, From a table to rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex05 import probes
from grader.course.ex05.checks.common import (
    ATOL,
    BANDS,
    CODES,
    FIRST_BAND,
    RTOL,
    TIME,
    Observation,
    array_of,
    check_named,
    column,
    in_order,
    observations,
    rows_of,
)
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.course.quoted import quoted
from grader.expect import (
    Mistake,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
)


def columns(data: list[Observation]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, fluxes and errors, in order of time."""
    mjd, flux, flux_err = (array_of(in_order(data), name) for name in ("mjd", "flux", "flux_err"))
    return mjd, flux, flux_err


def bands_of(data: list[Observation]) -> np.ndarray:
    """The bands, in order of time."""
    return np.array([each["band"] for each in in_order(data)])


def finite(data: list[Observation]) -> list[Observation]:
    return [x for x in data if math.isfinite(x["flux"]) and math.isfinite(x["flux_err"])]


@gate
@twice
def test_rows(learner: Subject, rng: Rng) -> None:
    """Time from the first observation, flux and error divided by the peak, and the band"""
    data = observations(rng)
    want = rows_of(data)
    got = learner.ask(probes.rows_of, data, CODES).value.result
    dates = isinstance(got, np.ndarray) and got.shape == want.shape and got.dtype.kind == "f"
    expect(
        Answer(got),
        want,
        Mistake("absolute-mjd", dates and bool(got[0, TIME] > 50000)),
        *other_times(data),
        *other_scales(data),
        *other_selections(got, data),
        what="the array of rows",
        rtol=RTOL,
        atol=ATOL,
    )


def other_times(data: list[Observation]) -> list[Mistake]:
    """Rows whose times count from something else."""
    mjd, flux, _ = columns(data)
    single = mjd.astype(np.float32).astype(float)
    return [
        Mistake("subtracted-in-float32", rows_of(data, time=single - single[0])),
        Mistake("time-from-peak", rows_of(data, time=mjd - mjd[np.abs(flux).argmax()])),
        Mistake("steps-for-times", rows_of(data, time=np.diff(mjd, prepend=mjd[0]))),
    ]


def other_scales(data: list[Observation]) -> list[Mistake]:
    """Rows whose fluxes or errors are divided by something else."""
    _, flux, flux_err = columns(data)
    bands = bands_of(data)
    peak = column([np.abs(flux[bands == band]).max() for band in bands])
    return [
        Mistake("errors-not-scaled", rows_of(data, flux_err=flux_err)),
        Mistake("flux-not-scaled", rows_of(data, flux=flux, flux_err=flux_err)),
        Mistake("errors-relative", rows_of(data, flux_err=flux_err / flux)),
        Mistake("scaled-by-band", rows_of(data, flux=flux / peak, flux_err=flux_err / peak)),
    ]


def other_selections(got: Any, data: list[Observation]) -> list[Mistake]:
    """The right rows in another order, or not all of them."""
    want, bands = rows_of(data), bands_of(data)

    def is_among(selections: list[np.ndarray]) -> bool:
        return any(approx_equal(got, want[rows], rtol=RTOL, atol=ATOL) for rows in selections)

    alone = [np.flatnonzero(bands == band) for band in BANDS]
    by_band = [np.concatenate(alone), np.argsort(bands, kind="stable")]
    return [
        Mistake("sorted-by-band", is_among(by_band)),
        Mistake("bands-left-out", want[:, :FIRST_BAND]),
        Mistake("one-band-kept", is_among(alone)),
    ]


def test_negative_flux(learner: Subject, rng: Rng) -> None:
    """Negative fluxes stay, and the largest absolute flux may be one of them"""
    data = observations(rng)
    brightest = max(data, key=lambda each: each["flux"])
    brightest["flux"] = -140.0
    _, flux, flux_err = columns(data)
    want = rows_of(data)
    expect(
        Answer(learner.ask(probes.rows_of, data, CODES).value.result),
        want,
        Mistake(
            "scaled-by-maximum",
            rows_of(data, flux=flux / flux.max(), flux_err=flux_err / flux.max()),
        ),
        Mistake("negative-dropped", want[flux > 0]),
        Mistake("negative-dropped", rows_of([each for each in data if each["flux"] > 0])),
        Mistake("scaled-by-minus", rows_of(data, flux=flux / -140, flux_err=flux_err / -140)),
        what="the array of rows",
        rtol=RTOL,
        atol=ATOL,
    )


def test_missing_values(learner: Subject, rng: Rng) -> None:
    """Observations with NaN or infinite values are left out"""
    data = observations(rng)
    by_time = in_order(data)
    by_time[0]["flux"] = math.nan
    by_time[3] |= {"flux": 700.0, "flux_err": math.nan}
    by_time[11]["flux"] = 0.0
    by_time[8]["flux_err"] = math.inf
    by_time[9]["flux"] = math.nan
    by_time[6]["flux"] = -math.inf
    kept = finite(by_time)
    want = rows_of(kept)
    first = by_time[0]["mjd"]
    got = learner.ask(probes.rows_of, data, CODES).value.result
    array = got if isinstance(got, np.ndarray) and got.ndim == 2 else np.zeros((0, 0))
    with_flux = [each for each in by_time if math.isfinite(each["flux"])]
    with_error = [each for each in by_time if math.isfinite(each["flux_err"])]
    with_error_and_some_flux = [each for each in with_error if not math.isnan(each["flux"])]
    not_nan = [each for each in by_time if not math.isnan(each["flux"] + each["flux_err"])]
    expect(
        Answer(got),
        want,
        Mistake("errors-not-looked-at", same_rows(got, with_flux)),
        Mistake("fluxes-not-looked-at", same_rows(got, with_error)),
        Mistake("infinity-kept", same_rows(got, not_nan)),
        Mistake("infinity-kept~flux", same_rows(got, with_error_and_some_flux)),
        Mistake("nan-kept", array.dtype.kind == "f" and not np.isfinite(array).all()),
        Mistake("nan-as-zero", len(array) == len(data), n=len(data), odd=len(data) - len(kept)),
        Mistake("time-from-missing", rows_of(kept, time=array_of(kept, "mjd") - first)),
        Mistake(
            "scaled-by-missing",
            rows_of(
                kept,
                flux=array_of(kept, "flux") / 700,
                flux_err=array_of(kept, "flux_err") / 700,
            ),
        ),
        Mistake("zero-left-out", rows_of([each for each in kept if each["flux"]])),
        what="the array of rows",
        rtol=RTOL,
        atol=ATOL,
    )


def same_rows(got: Any, data: list[Observation]) -> bool:
    """Whether the errors of these observations, finite or not, stand in the rows, in order."""
    if not isinstance(got, np.ndarray) or got.shape != (len(data), 6) or got.dtype.kind != "f":
        return False
    mjd, _, flux_err = columns(data)
    pairs = ((got[:, TIME], mjd - mjd[0]), (np.isfinite(got[:, 2]), np.isfinite(flux_err)))
    return all(
        approx_equal(np.asarray(one, float), column(other), atol=ATOL) for one, other in pairs
    )


def test_faint(learner: Subject, rng: Rng) -> None:
    """Fluxes below 1 are divided by the largest, too"""
    data = [each | {"flux": each["flux"] / 500, "flux_err": 0.01} for each in observations(rng)]
    _, flux, flux_err = columns(data)
    expect(
        Answer(learner.ask(probes.rows_of, data, CODES).value.result),
        rows_of(data),
        Mistake("faint-not-scaled", rows_of(data, flux=flux, flux_err=flux_err)),
        what="the rows of a faint light curve",
        rtol=RTOL,
        atol=ATOL,
    )


@pytest.mark.parametrize("n", [0, 2])
def test_nothing_measured(learner: Subject, rng: Rng, n: int) -> None:
    """A light curve without valid observations gives 0 rows of 6 columns"""
    data = [each | {"flux": math.nan} for each in observations(rng)[:n]]
    answer = learner.ask(probes.rows_of, data, CODES)
    crash = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    fail_if_recognised(answer, Mistake("empty-crashes", crash, error=quoted(answer.raised)))
    got = answer.value.result
    expect(Answer(got), np.zeros((0, 6)), what="the array without observations")
    require(got.dtype == np.float32, "not-float32", dtype=got.dtype)


def test_unknown_band(learner: Subject, rng: Rng) -> None:
    """A band that is not in BANDS is a ValueError here, too"""
    data = observations(rng, 6)
    data[3]["band"] = "zeta"
    answer = learner.ask(probes.rows_of, data, CODES)
    got = answer.result.result if answer.raised is None else None
    fewer = isinstance(got, np.ndarray) and len(got) == 5
    when = "the band 'zeta', which is not in `BANDS`,"
    expect_error(answer, "ValueError", when, Mistake("unknown-band-left-out", fewer))
    check_named(answer, "zeta", when)


def test_all_zero(learner: Subject, rng: Rng) -> None:
    """If all fluxes are 0, nothing is divided by 0"""
    data = [each | {"flux": 0.0} for each in observations(rng)]
    mjd, _, flux_err = columns(data)
    codes = [CODES[band] for band in bands_of(data)]
    want = np.column_stack([mjd - mjd[0], 0 * mjd, flux_err, codes])
    got = learner.ask(probes.rows_of, data, CODES).value.result
    floats = isinstance(got, np.ndarray) and got.dtype.kind == "f"
    odd = floats and not np.isfinite(got).all()
    factor = float(got[0, 2] / want[0, 2]) if floats and got.shape == want.shape else 1.0
    scaled = np.where(np.arange(want.shape[1]) == 2, factor, 1.0) * want
    small = factor > 1000 and approx_equal(got, scaled, RTOL, ATOL)
    expect(
        Answer(got),
        want,
        Mistake("divided-by-zero", odd),
        Mistake("divided-by-epsilon", small, factor=factor),
        what="the array of rows where all fluxes are 0",
        rtol=RTOL,
        atol=ATOL,
    )


def test_type_and_table(learner: Subject, rng: Rng) -> None:
    """The rows are of type float32, and the light curve is not changed"""
    data = observations(rng)
    data[2]["flux"], data[5]["flux_err"] = math.nan, math.inf
    reply = learner.ask(probes.rows_of, data, CODES).value
    got = reply.result
    require(isinstance(got, np.ndarray), "not-an-array", got=kind_of(got))
    require(got.dtype == np.float32, "not-float32", dtype=got.dtype)
    require(reply.table_unchanged, "table-changed")
