"""Checks of 5.3, From a table to rows."""

from __future__ import annotations

import math

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
    Observation,
    Rng,
    array_of,
    column,
    in_order,
    observations,
    rows_of,
)
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, kind_of, require


def finite(data: list[Observation]) -> list[Observation]:
    return [x for x in data if math.isfinite(x["flux"]) and math.isfinite(x["flux_err"])]


def test_rows(learner: Subject, rng: Rng) -> None:
    """Time from the first observation, flux and error divided by the peak, and the band"""
    data = observations(rng)
    by_time = in_order(data)
    mjd, flux, flux_err = (array_of(by_time, name) for name in ("mjd", "flux", "flux_err"))
    want = rows_of(data)
    single = mjd.astype(np.float32).astype(float)
    bands = np.array([each["band"] for each in by_time])
    of_band = column([np.abs(flux[bands == band]).max() for band in bands])
    own = {"flux": flux / of_band, "flux_err": flux_err / of_band}
    by_band = np.concatenate([np.flatnonzero(bands == band) for band in BANDS])
    by_name = np.argsort(bands, kind="stable")
    alone = [np.flatnonzero(bands == band) for band in BANDS]
    answer = learner.ask(probes.rows_of, data, CODES)
    got = answer.value[0]
    expect(
        Answer(got),
        want,
        Mistake(
            "absolute-mjd",
            isinstance(got, np.ndarray) and got.shape == want.shape and bool(got[0, 0] > 50000),
        ),
        Mistake("subtracted-in-float32", rows_of(data, time=single - single[0])),
        Mistake("time-from-peak", rows_of(data, time=mjd - mjd[np.abs(flux).argmax()])),
        Mistake("steps-for-times", rows_of(data, time=np.diff(mjd, prepend=mjd[0]))),
        Mistake("errors-not-scaled", rows_of(data, flux_err=flux_err)),
        Mistake("flux-not-scaled", rows_of(data, flux=flux, flux_err=flux_err)),
        Mistake("errors-relative", rows_of(data, flux_err=flux_err / flux)),
        Mistake("scaled-by-band", rows_of(data, **own)),
        Mistake(
            "sorted-by-band",
            any(
                approx_equal(got, want[order], rtol=RTOL, atol=ATOL) for order in (by_band, by_name)
            ),
        ),
        Mistake("bands-left-out", want[:, :FIRST_BAND]),
        Mistake(
            "one-band-kept",
            any(approx_equal(got, want[rows], rtol=RTOL, atol=ATOL) for rows in alone),
        ),
        what="the array of rows",
        rtol=RTOL,
        atol=ATOL,
    )


def test_negative_flux(learner: Subject, rng: Rng) -> None:
    """Negative fluxes stay, and the largest absolute flux may be one of them"""
    data = observations(rng)
    brightest = max(data, key=lambda each: each["flux"])
    brightest["flux"] = -140.0
    flux, flux_err = (array_of(in_order(data), name) for name in ("flux", "flux_err"))
    want = rows_of(data)
    positive = flux > 0
    expect(
        Answer(learner.ask(probes.rows_of, data, CODES).value[0]),
        want,
        Mistake(
            "scaled-by-maximum",
            rows_of(data, flux=flux / flux.max(), flux_err=flux_err / flux.max()),
        ),
        Mistake("negative-dropped", want[positive]),
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
    by_time[3]["flux_err"] = math.nan
    by_time[8]["flux_err"] = math.inf
    by_time[9]["flux"] = math.nan
    kept = finite(by_time)
    want = rows_of(kept)
    first = by_time[0]["mjd"]
    got = learner.ask(probes.rows_of, data, CODES).value[0]
    array = got if isinstance(got, np.ndarray) and got.ndim == 2 else np.zeros((0, 0))
    expect(
        Answer(got),
        want,
        Mistake("nan-kept", not np.isfinite(array).all()),
        Mistake("nan-as-zero", len(array) == len(data)),
        Mistake("errors-not-looked-at", len(array) == len(data) - 2),
        Mistake("time-from-missing", rows_of(kept, time=array_of(kept, "mjd") - first)),
        what="the array of rows",
        rtol=RTOL,
        atol=ATOL,
    )


@pytest.mark.parametrize("n", [0, 2])
def test_nothing_measured(learner: Subject, rng: Rng, n: int) -> None:
    """A light curve without valid observations gives 0 rows of 6 columns"""
    data = [each | {"flux": math.nan} for each in observations(rng)[:n]]
    answer = learner.ask(probes.rows_of, data, CODES)
    crash = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    fail_if_recognised(answer, Mistake("empty-crashes", crash, raised_=answer.raised))
    expect(Answer(answer.value[0]), np.zeros((0, 6)), what="the array without observations")


def test_all_zero(learner: Subject, rng: Rng) -> None:
    """If all fluxes are 0, nothing is divided by 0"""
    data = [each | {"flux": 0.0} for each in observations(rng)]
    by_time = in_order(data)
    mjd, flux_err = array_of(by_time, "mjd"), array_of(by_time, "flux_err")
    want = np.column_stack(
        [mjd - mjd[0], 0 * mjd, flux_err, [CODES[each["band"]] for each in by_time]]
    )
    got = learner.ask(probes.rows_of, data, CODES).value[0]
    odd = isinstance(got, np.ndarray) and got.dtype.kind == "f" and not np.isfinite(got).all()
    expect(
        Answer(got),
        want,
        Mistake("divided-by-zero", odd),
        what="the array of rows where all fluxes are 0",
        rtol=RTOL,
        atol=ATOL,
    )


def test_type_and_table(learner: Subject, rng: Rng) -> None:
    """The rows are of type float32, and the light curve is not changed"""
    data = observations(rng)
    data[2]["flux"], data[5]["flux_err"] = math.nan, math.inf
    got, unchanged = learner.ask(probes.rows_of, data, CODES).value
    require(isinstance(got, np.ndarray), "result-array-2", got=kind_of(got))
    require(got.dtype == np.float32, "not-float32", dtype=got.dtype)
    require(unchanged, "table-changed")
