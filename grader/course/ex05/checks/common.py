"""Checks of Exercise 5: tensors from light curves, random changes, and a synthetic sky.

What is random is judged by what must hold whatever the order of the draws: exact relations between
input and output, seeds, and spreads of a few hundred numbers, with bounds of five sigma or more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer
from grader.course.counted import as_many
from grader.course.ex05.replies import Changed
from grader.course.oracles import Rng
from grader.difference import start
from grader.expect import approx_equal, kind_of, require

Observation = dict[str, Any]

BANDS = ["g", "r", "i"]

CODES = {band: [float(band == other) for other in BANDS] for band in BANDS}

TIME, FLUX, FLUX_ERR, FIRST_BAND = 0, 1, 2, 3


def check_named(answer: Answer[Any], name: str, when: str) -> None:
    """The message of an error says what is wrong by its name."""
    message = answer.message
    fields = {"when": start(when), "name": name, "message": message}
    require(name in message, "not-named", answer, **fields)


def a_seed(rng: Rng) -> int:
    return int(rng.integers(1_000_000_000))


def column(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=float)


def one_hot(bands: list[str], order: list[str]) -> np.ndarray:
    return np.array([[band == other for other in order] for band in bands], dtype=float)


def observations(rng: Rng, n: int = 14) -> list[Observation]:
    """Observations at odd times, in random order, the brightest neither first nor last."""
    mjd = 59000 + np.cumsum(rng.uniform(0.7, 4.0, n))
    flux = rng.uniform(-20.0, 60.0, n)
    flux[n // 3] = rng.uniform(90.0, 120.0)
    bands = ["r", "g", "i", *rng.choice(BANDS, n - 3).tolist()]
    columns = zip(mjd.tolist(), flux.tolist(), rng.uniform(2, 9, n).tolist(), bands, strict=True)
    data = [dict(zip(("mjd", "flux", "flux_err", "band"), each, strict=True)) for each in columns]
    return [data[i] for i in rng.permutation(n)]


def in_order(data: list[Observation]) -> list[Observation]:
    return sorted(data, key=lambda each: each["mjd"])


def array_of(data: list[Observation], name: str) -> np.ndarray:
    return column([each[name] for each in data])


def rows_of(data: list[Observation], **other: np.ndarray) -> np.ndarray:
    """The rows of observations, worked out in float64; `other` columns in place of the right ones.

    They are put in order of time, but not chosen.
    """
    data = in_order(data)
    largest = max(abs(each["flux"]) for each in data)
    columns = {
        "time": array_of(data, "mjd") - data[0]["mjd"],
        "flux": array_of(data, "flux") / largest,
        "flux_err": array_of(data, "flux_err") / largest,
    } | other
    codes = [CODES[each["band"]] for each in data]
    return np.column_stack([*columns.values(), codes])


RTOL, ATOL = 1e-5, 1e-4  # float32 can do that, and six minutes are 40 times as much

N_REAL, N_PADDING = 400, 40


def full_rows(rng: Rng, real: int = N_REAL, padding: int = N_PADDING) -> np.ndarray:
    """Rows with errors from 0.004 to 0.1, and padding."""
    rows = np.column_stack(
        [
            np.cumsum(rng.uniform(0.5, 2.0, real)),
            rng.uniform(0.2, 1.0, real),
            10 ** rng.uniform(-2.4, -1.0, real),
            one_hot(rng.choice(BANDS, real).tolist(), BANDS).reshape(real, 3),
        ]
    )
    return np.vstack([rows, np.zeros((padding, 6))]).astype(np.float32)


def changed_rows(answer: Answer[Changed], rows: np.ndarray, n: int = 1) -> list[np.ndarray]:
    """The n results, once they have the right shape and finite numbers, as float64."""
    results = as_many(answer.value.results, n)
    for got in results:
        require(got is not None, "returned-none")
        require(isinstance(got, np.ndarray), "not-an-array", got=kind_of(got))
        require(got.shape == rows.shape, "shape-changed", shape=got.shape, want=rows.shape)
        require(got.dtype == np.float32, "type-changed", dtype=got.dtype)
        require(bool(np.isfinite(got).all()), "nan-for-missing")
    require(approx_equal(answer.value.input_after, rows), "input-changed")
    return [got.astype(float) for got in results]


def check_padding(got: np.ndarray) -> None:
    """Padding must be all zeros, and stand at the end."""
    padding = ~np.any(got[:, FIRST_BAND:], axis=1)
    require(not got[padding][:, [FLUX, FLUX_ERR]].any(), "padding-noise")
    require(not got[padding, TIME].any(), "padding-shifted")
    first = int(padding.argmax()) if padding.any() else len(got)
    require(bool(padding[first:].all()), "holes-left")
