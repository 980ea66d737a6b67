"""Checks of Exercise 5: tensors from light curves, random changes, and a synthetic sky.

What is random is judged by what must hold whatever the order of the draws: exact relations between
input and output, seeds, and spreads of a few hundred numbers, with bounds of five sigma or more.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject
from grader.checks import part
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    expect,
    expect_error,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)
from grader.wire import Tensor

Rng = np.random.Generator
Observation = dict[str, Any]

BANDS = ["g", "r", "i"]
CODES = {band: [float(band == other) for other in BANDS] for band in BANDS}
TIME, FLUX, FLUX_ERR, FIRST_BAND = 0, 1, 2, 3

HINTS = {
    "5.1": [
        "Begin with zeros of shape `(len(bands), len(BANDS))`, then put a 1 into each row.",
        "`BANDS.index(band)` is the column of a band, and raises a ValueError for an unknown one.",
        "`codes = np.zeros((len(bands), len(BANDS)), dtype=np.float32)`, then `for row, band in "
        "enumerate(bands): codes[row, BANDS.index(band)] = 1`.",
    ],
    "5.2": [
        "Two cases: a sequence that is short enough gets zeros, a longer one loses rows.",
        "`np.pad(sequence, ((0, missing), (0, 0)))` adds rows of zeros at the end and no columns. "
        "The brightest row is `sequence[:, FLUX].argmax()`.",
        "`start = brightest - longest // 2`; then keep it between 0 and `len(sequence) - longest`, "
        "and return `sequence[start : start + longest]`.",
    ],
    "5.3": [
        "First choose the rows of `lightcurve.data` that are finite, then compute columns.",
        "`np.isfinite` works on a column of a table. Subtract the first mjd while the numbers are "
        "still float64.",
        "`np.column_stack([days, flux / largest, flux_err / largest])` and the codes, side by side "
        "with `np.hstack`, and `.astype(np.float32)` at the very end.",
    ],
    "5.4": [
        "In `__init__` compute the labels and either the rows of all light curves, or keep the "
        "light curves and compute their rows when they are asked for.",
        "`LabelEncoder().fit(names)` sorts; `.classes_.tolist()` are the classes, and "
        "`.transform(labels)` the numbers. `torch.as_tensor(..., dtype=torch.int64)`.",
        "In `__getitem__`: a copy of the rows, through the transform if there is one, then "
        "`return torch.as_tensor(rows, dtype=torch.float32), self.labels[idx]`.",
    ],
    "5.5": [
        "Take out the rows that are no padding, change those, and put them into new zeros.",
        "`kept = torch.rand(len(real)).numpy() >= self.drop_probability`. If none is kept, choose "
        "one. One `torch.rand(())` is enough for the shift.",
        "`noise = self.noise_level * real[:, FLUX_ERR]`, then add `noise * "
        "torch.randn(len(real)).numpy()` to the flux; `np.hypot(error, noise)` is the new error.",
    ],
    "5.6": [
        "The first magnitude is a draw of its own; each further one is made from the one before.",
        "`memory = np.exp(-np.diff(t) / tau)` are the factors of all steps.",
        "`walk = [rng.normal(0, sigma)]`, then for each factor `kept`: `walk.append(kept * "
        "walk[-1] + rng.normal(0, sigma * np.sqrt(1 - kept**2)))`.",
    ],
    "5.7": [
        "Three steps: how many of each class, the labels in random order, a light curve for each.",
        "`shares = n_samples * values / values.sum()`, rounded down with `np.floor`. Those that "
        "are missing go to the classes with the largest remainders.",
        "`labels = rng.permutation(np.repeat(names, counts)).tolist()`, then "
        '`[simulate_transient(label, rng, f"invented{i}") for i, label in enumerate(labels)]`.',
    ],
    "5.E1": [
        "Work on a copy; `real = rows[:, FIRST_BAND:].any(axis=1)` says which rows count.",
        "The added noise is `np.sqrt(1 - f**2) * rows[:, FLUX_ERR] * torch.randn(len(rows))"
        ".numpy()`. Errors stay as they are until the last step.",
        "At last `rows[:, [FLUX, FLUX_ERR]] /= np.abs(rows[:, FLUX]).max()`, unless that is 0.",
    ],
    "5.E2": [
        "Shuffle all numbers, sort them by class, deal them out to the batches like cards.",
        "`order = torch.randperm(n)`, then `order = order[torch.argsort(labels[order], "
        "stable=True)]`.",
        "Batch number i is `order[i :: self.n_batches].tolist()`; go through the batches in random "
        "order. The loader is `DataLoader(dataset, batch_sampler=...)`.",
    ],
}


def a_seed(rng: Rng) -> int:
    return int(rng.integers(1_000_000_000))


def column(values: Any) -> np.ndarray:
    return np.asarray(values, dtype=float)


# 5.1 LightCurveDataset._encode_bands


def one_hot(bands: list[str], order: list[str]) -> np.ndarray:
    return np.array([[band == other for other in order] for band in bands], dtype=float)


@part("5.1")
def test_codes(learner: Subject, rng: Rng) -> None:
    """Each row has a 1 in the column of its band"""
    bands = ["i", "g", "r", *rng.choice(BANDS, 6).tolist()]
    want = one_hot(bands, BANDS)
    answer = learner.encoded_bands(bands)
    got = answer.result
    numbers = isinstance(got, np.ndarray) and got.shape in ((9,), (9, 1))
    expect(
        answer,
        want,
        Mistake(
            "integer-codes",
            numbers,
            "Each band has become a single number. A network would take one band for twice "
            "another; give each band a column of its own.",
        ),
        Mistake(
            "order-of-appearance",
            one_hot(bands, ["i", "g", "r"]),
            "The bands have their columns in the order in which they appear. Then a column means "
            "another band in each light curve; use the order of `BANDS`.",
        ),
        Mistake(
            "alphabetical",
            one_hot(bands, sorted(BANDS)),
            "The columns are in the order of the alphabet, g, i, r. Use the order of `BANDS`.",
        ),
        Mistake(
            "transposed",
            want.T,
            "Rows and columns have changed places: there should be a row for each observation and "
            "a column for each band.",
        ),
        what="the array of codes",
    )


@part("5.1")
def test_single_band(learner: Subject) -> None:
    """A band that does not occur has its column, too"""
    answer = learner.encoded_bands(["r", "r"])
    got = answer.result
    narrow = isinstance(got, np.ndarray) and got.shape == (2, 1)
    expect(
        answer,
        one_hot(["r", "r"], BANDS),
        Mistake(
            "only-seen-bands",
            narrow,
            "For two observations in r there is just one column: only bands that occur have one. "
            "Every light curve needs a column for each of `BANDS`.",
        ),
        what="the array of codes of two observations in r",
    )


@part("5.1")
def test_no_bands(learner: Subject) -> None:
    """No observations give an array of 0 rows and 3 columns"""
    answer = learner.encoded_bands([])
    got = answer.result
    flat = answer.raised is not None or (isinstance(got, np.ndarray) and got.shape != (0, 3))
    fail_if_recognised(
        answer,
        Mistake(
            "empty-loses-columns",
            flat and not Raises("NotImplementedError").matches(answer),
            "For an empty list the result has no columns, or an error is raised. It should have "
            "shape (0, 3): begin with `np.zeros((len(bands), len(BANDS)))`.",
        ),
    )
    expect(answer, np.zeros((0, 3)), what="the array for no observations")


@part("5.1")
def test_type_of_codes(learner: Subject) -> None:
    """The codes are of type float32"""
    got = learner.encoded_bands(["g", "i"]).value
    require(isinstance(got, np.ndarray), f"The result is {kind_of(got)}; it should be an array.")
    require(
        got.dtype == np.float32,
        f"The array holds {got.dtype}; it should hold float32: `dtype=np.float32`.",
        "not-float32",
    )


@part("5.1")
def test_unknown_band(learner: Subject) -> None:
    """An unknown band is a ValueError"""
    answer = learner.encoded_bands(["g", "zeta", "r"])
    expect_error(
        answer,
        "ValueError",
        "a band that is not in `BANDS`",
        Mistake(
            "unknown-ignored",
            answer.raised is None and answer.result is not None,
            "The unknown band 'zeta' is not refused. Its row would look like padding, or like "
            "another band: raise a ValueError that names it.",
        ),
        Mistake(
            "key-error",
            Raises("KeyError"),
            "An unknown band raises a KeyError. Raise a ValueError that names the band.",
        ),
        naming="zeta",
    )


@part("5.1")
def test_part_of_a_name(learner: Subject) -> None:
    """Text that merely begins like a band is no band"""
    answer = learner.encoded_bands(["g", "gr", "r"])
    expect_error(
        answer,
        "ValueError",
        "the band 'gr', which is not in `BANDS`",
        Mistake(
            "text-searched",
            answer.raised is None and answer.result is not None,
            "The band 'gr' is accepted, though `BANDS` has 'g', 'r' and 'i' alone. In a text such "
            "as 'gri', `in` finds any part of it; ask the list: `band in BANDS`.",
        ),
        naming="gr",
    )


# 5.2 LightCurveDataset._pad_sequence


def sequence(rng: Rng, n: int, brightest: int = 0) -> np.ndarray:
    """Rows of six columns, all different; the deepest negative flux is larger than the peak."""
    rows = np.column_stack(
        [
            np.cumsum(rng.uniform(1, 3, n)),
            rng.uniform(0.1, 0.6, n),
            rng.uniform(0.01, 0.1, n),
            one_hot(rng.choice(BANDS, n).tolist(), BANDS).reshape(n, 3),
        ]
    )
    if n:
        rows[(brightest + n // 4) % n, FLUX] = -1.0
        rows[brightest, FLUX] = 0.9
    return rows.astype(np.float32)


@part("5.2")
def test_short_sequence(learner: Subject, rng: Rng) -> None:
    """A sequence that is too short is followed by rows of zeros"""
    rows = sequence(rng, 5)
    zeros = np.zeros((4, 6), dtype=np.float32)
    got = learner.padded(rows, 9).value[0]
    expect(
        Answer(got),
        np.vstack([rows, zeros]),
        Mistake(
            "padded-in-front",
            np.vstack([zeros, rows]),
            "The zeros come first. Padding belongs at the end, behind the observations.",
        ),
        Mistake(
            "not-padded",
            rows,
            "A sequence of 5 rows still has 5 rows, where 9 are wanted. Add rows of zeros.",
        ),
        Mistake(
            "rows-repeated",
            np.pad(rows, ((0, 4), (0, 0)), mode="edge"),
            "The last row is repeated. These look like observations; padding is rows of zeros.",
        ),
        Mistake(
            "rows-repeated",
            np.resize(rows, (9, 6)),
            "The rows are repeated. These look like observations; padding is rows of zeros.",
        ),
        Mistake(
            "nan-padding",
            np.vstack([rows, np.full((4, 6), np.nan)]),
            "The padding is NaN, and would make all that is computed with it NaN. Use zeros.",
        ),
        what="the padded sequence",
    )


@part("5.2")
@pytest.mark.parametrize("n", [0, 6])
def test_borderline_sequence(learner: Subject, rng: Rng, n: int) -> None:
    """A sequence of just the right length stays as it is, and no rows give zeros alone"""
    rows = sequence(rng, n)
    want = rows if n else np.zeros((6, 6))
    what = "a sequence of just the right length" if n else "the result for a sequence of 0 rows"
    expect(Answer(learner.padded(rows, 6).value[0]), want, what=what)


@part("5.2")
@pytest.mark.parametrize(("brightest", "longest"), [(11, 6), (9, 7), (1, 6), (0, 5), (19, 6)])
def test_long_sequence(learner: Subject, rng: Rng, brightest: int, longest: int) -> None:
    """Of a long sequence the rows around the brightest one are kept"""
    rows = sequence(rng, 20, brightest)
    first = min(max(brightest - longest // 2, 0), 20 - longest)
    dip = (brightest + 5) % 20
    around_dip = min(max(dip - longest // 2, 0), 20 - longest)
    got = learner.padded(rows, longest).value[0]
    fewer = isinstance(got, np.ndarray) and got.ndim == 2 and len(got) < longest
    blank = isinstance(got, np.ndarray) and got.shape == (longest, 6) and not got.any(axis=1).all()
    picked = np.sort(np.argsort(-rows[:, FLUX], kind="stable")[:longest])
    expect(
        Answer(got),
        rows[first : first + longest],
        Mistake(
            "first-rows-kept",
            rows[:longest],
            f"The first {longest} rows are kept, and the brightest, row {brightest} of 20, may be "
            "lost with the rest. Keep the rows around it.",
        ),
        Mistake(
            "last-rows-kept",
            rows[-longest:],
            f"The last {longest} rows are kept. Look for the brightest row in the column `FLUX`.",
        ),
        Mistake(
            "starts-at-brightest",
            brightest + longest <= 20 and approx_equal(got, rows[brightest : brightest + longest]),
            "The window begins with the brightest row, so the rise is lost. Half of the rows, "
            f"`{longest} // 2`, belong before it.",
        ),
        Mistake(
            "brightest-rows-picked",
            rows[picked],
            f"The {longest} brightest rows are picked from all over. Keep consecutive rows.",
        ),
        Mistake(
            "brightest-rows-picked",
            rows[np.argsort(-rows[:, FLUX], kind="stable")[:longest]],
            f"The {longest} brightest rows are picked from all over. Keep consecutive rows.",
        ),
        Mistake(
            "absolute-flux",
            rows[around_dip : around_dip + longest],
            "The window lies around the largest absolute flux, which is a negative one here. The "
            "brightest row has the largest flux.",
        ),
        Mistake(
            "window-beyond-the-end",
            fewer or blank,
            f"The brightest row is number {brightest} of 20, and the window around it sticks out "
            f"of the sequence. Move it so that it holds {longest} real rows.",
        ),
        *(
            Mistake(
                "one-row-off",
                0 <= start <= 20 - longest and approx_equal(got, rows[start : start + longest]),
                f"The window of {longest} rows begins with row {start}, one too {when}. Before the "
                f"brightest row, number {brightest}, there should be `{longest} // 2` rows, which "
                f"is {longest // 2}, unless the sequence begins or ends too soon.",
            )
            for start, when in ((first - 1, "early"), (first + 1, "late"))
        ),
        what=f"the window of {longest} rows around row {brightest} of 20",
    )


@part("5.2")
def test_type_and_input(learner: Subject, rng: Rng) -> None:
    """The type stays float32, and the sequence that came in is not changed"""
    for n in (4, 12):
        rows = sequence(rng, n, 2)
        got, after = learner.padded(rows, 8).value
        require(isinstance(got, np.ndarray), f"The result is {kind_of(got)}; it should be an array")
        require(
            got.dtype == np.float32,
            f"A sequence of float32 has become {got.dtype}. Keep the type: `np.zeros(shape, "
            "dtype=sequence.dtype)`.",
            "type-changed",
        )
        require(
            approx_equal(after, rows), "The sequence that came in was changed. Make a new array."
        )


# 5.3 LightCurveDataset._rows_of


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


def finite(data: list[Observation]) -> list[Observation]:
    return [x for x in data if math.isfinite(x["flux"]) and math.isfinite(x["flux_err"])]


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


@part("5.3")
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
    answer = learner.rows_of(data, CODES)
    got = answer.value[0]
    expect(
        Answer(got),
        want,
        Mistake(
            "absolute-mjd",
            isinstance(got, np.ndarray) and got.shape == want.shape and bool(got[0, 0] > 50000),
            "The times are MJDs near 59000, which a float32 rounds to six minutes. Subtract the "
            "first one.",
        ),
        Mistake(
            "subtracted-in-float32",
            rows_of(data, time=single - single[0]),
            "The times are off by some minutes: they were converted to float32 before the first "
            "one was subtracted. Subtract first, convert at the end.",
        ),
        Mistake(
            "time-from-peak",
            rows_of(data, time=mjd - mjd[np.abs(flux).argmax()]),
            "The times count from the brightest observation. Count from the first one.",
        ),
        Mistake(
            "steps-for-times",
            rows_of(data, time=np.diff(mjd, prepend=mjd[0])),
            "The column of time has the steps from one observation to the next. It should count "
            "the days from the first one.",
        ),
        Mistake(
            "errors-not-scaled",
            rows_of(data, flux_err=flux_err),
            "The fluxes are divided by the peak, but their errors are not. Divide both by the "
            "same number.",
        ),
        Mistake(
            "flux-not-scaled",
            rows_of(data, flux=flux, flux_err=flux_err),
            "Fluxes and errors are as they were. Divide both by the largest absolute flux.",
        ),
        Mistake(
            "errors-relative",
            rows_of(data, flux_err=flux_err / flux),
            "Each error is divided by its own flux. Divide all by the largest absolute flux.",
        ),
        Mistake(
            "scaled-by-band",
            rows_of(data, **own),
            "Each band is divided by a peak of its own, and the colour is lost. Divide all by the "
            "largest absolute flux of all bands.",
        ),
        Mistake(
            "sorted-by-band",
            any(
                approx_equal(got, want[order], rtol=RTOL, atol=ATOL) for order in (by_band, by_name)
            ),
            "The rows are sorted by band. Keep them in order of time, all bands mixed.",
        ),
        Mistake(
            "bands-left-out",
            want[:, :FIRST_BAND],
            "The rows have no columns for the bands. Add what `self._encode_bands` gives.",
        ),
        Mistake(
            "one-band-kept",
            any(approx_equal(got, want[rows], rtol=RTOL, atol=ATOL) for rows in alone),
            "The observations of one band alone are there. Keep all of them.",
        ),
        what="the array of rows",
        rtol=RTOL,
        atol=ATOL,
    )


@part("5.3")
def test_negative_flux(learner: Subject, rng: Rng) -> None:
    """Negative fluxes stay, and the largest absolute flux may be one of them"""
    data = observations(rng)
    brightest = max(data, key=lambda each: each["flux"])
    brightest["flux"] = -140.0
    flux, flux_err = (array_of(in_order(data), name) for name in ("flux", "flux_err"))
    want = rows_of(data)
    positive = flux > 0
    expect(
        Answer(learner.rows_of(data, CODES).value[0]),
        want,
        Mistake(
            "scaled-by-maximum",
            rows_of(data, flux=flux / flux.max(), flux_err=flux_err / flux.max()),
            "The fluxes are divided by the largest of them, but here a negative flux is larger in "
            "absolute value. Use `np.abs`.",
        ),
        Mistake(
            "negative-dropped",
            want[positive],
            "Negative fluxes are missing. They are differences to an older image, and belong "
            "to the light curve.",
        ),
        Mistake(
            "scaled-by-minus",
            rows_of(data, flux=flux / -140, flux_err=flux_err / -140),
            "All signs are reversed: the fluxes are divided by a negative number. Divide by its "
            "absolute value.",
        ),
        what="the array of rows",
        rtol=RTOL,
        atol=ATOL,
    )


@part("5.3")
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
    got = learner.rows_of(data, CODES).value[0]
    array = got if isinstance(got, np.ndarray) and got.ndim == 2 else np.zeros((0, 0))
    expect(
        Answer(got),
        want,
        Mistake(
            "nan-kept",
            not np.isfinite(array).all(),
            "There are NaN or infinite values in the rows, and each would make a network's output "
            "NaN. Leave out rows whose flux or flux_err is not finite (`np.isfinite`).",
        ),
        Mistake(
            "nan-as-zero",
            len(array) == len(data),
            "Observations without a value are there as numbers, though nobody has measured them. "
            "Leave out these rows.",
        ),
        Mistake(
            "errors-not-looked-at",
            len(array) == len(data) - 2,
            "Observations with a flux, but without a finite flux_err, are still there. Ask for "
            "both.",
        ),
        Mistake(
            "time-from-missing",
            rows_of(kept, time=array_of(kept, "mjd") - first),
            "The times count from an observation that is left out. Choose the rows first, then "
            "count from the first of them.",
        ),
        what="the array of rows",
        rtol=RTOL,
        atol=ATOL,
    )


@part("5.3")
@pytest.mark.parametrize("n", [0, 2])
def test_nothing_measured(learner: Subject, rng: Rng, n: int) -> None:
    """A light curve without valid observations gives 0 rows of 6 columns"""
    data = [each | {"flux": math.nan} for each in observations(rng)[:n]]
    answer = learner.rows_of(data, CODES)
    crash = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    fail_if_recognised(
        answer,
        Mistake(
            "empty-crashes",
            crash,
            "If there is no valid observation, there is no first one and no peak, and your code "
            f"raises {answer.raised}. It should return an array of shape (0, 6).",
        ),
    )
    expect(Answer(answer.value[0]), np.zeros((0, 6)), what="the array without observations")


@part("5.3")
def test_all_zero(learner: Subject, rng: Rng) -> None:
    """If all fluxes are 0, nothing is divided by 0"""
    data = [each | {"flux": 0.0} for each in observations(rng)]
    by_time = in_order(data)
    mjd, flux_err = array_of(by_time, "mjd"), array_of(by_time, "flux_err")
    want = np.column_stack(
        [mjd - mjd[0], 0 * mjd, flux_err, [CODES[each["band"]] for each in by_time]]
    )
    got = learner.rows_of(data, CODES).value[0]
    odd = isinstance(got, np.ndarray) and got.dtype.kind == "f" and not np.isfinite(got).all()
    expect(
        Answer(got),
        want,
        Mistake(
            "divided-by-zero",
            odd,
            "If all fluxes are 0, the result is NaN or infinite: it was divided by 0. Divide by 1 "
            "then.",
        ),
        what="the array of rows where all fluxes are 0",
        rtol=RTOL,
        atol=ATOL,
    )


@part("5.3")
def test_type_and_table(learner: Subject, rng: Rng) -> None:
    """The rows are of type float32, and the light curve is not changed"""
    data = observations(rng)
    data[2]["flux"], data[5]["flux_err"] = math.nan, math.inf
    got, unchanged = learner.rows_of(data, CODES).value
    require(isinstance(got, np.ndarray), f"The result is {kind_of(got)}; it should be an array.")
    require(
        got.dtype == np.float32,
        f"The rows hold {got.dtype}; they should hold float32. Convert at the end: "
        "`.astype(np.float32)`.",
        "not-float32",
    )
    require(
        unchanged,
        "The light curve's table was changed, and everybody else sees that. Compute new arrays, "
        "or work on a copy.",
        "table-changed",
    )


# 5.4 LightCurveDataset.__init__, __len__, n_features and __getitem__

LONGEST = 8


def light_curves(rng: Rng, n: int) -> dict[str, tuple[list[Observation], np.ndarray]]:
    """Observations and rows of n light curves by name, each with fewer than `LONGEST` rows."""
    curves = {}
    for number in range(n):
        data = observations(rng, int(rng.integers(4, LONGEST)))
        curves[f"ZTF24aa{number}"] = (data, rows_of(data).astype(np.float32))
    return curves


def attributes(answer: Answer) -> dict:
    """The attributes of a dataset, once all are there."""
    got = answer.value
    for name in ("classes", "labels", "max_sequence_length", "transform"):
        require(
            name in got,
            f"The dataset has no attribute `{name}`. Set `self.{name}` in `__init__`.",
            "attribute-missing",
        )
    return got


def features_of(rows: np.ndarray) -> np.ndarray:
    return np.pad(rows, ((0, LONGEST - len(rows)), (0, 0)))


@part("5.4")
def test_labels(learner: Subject, rng: Rng) -> None:
    """Labels are numbered in sorted order"""
    names = ["TDE", "SNIa", "SNII", "AGN"]
    labels = [*names, *rng.choice(names, 4).tolist()]
    got = attributes(learner.made_dataset(light_curves(rng, 8), labels, LONGEST))
    numbers = [sorted(names).index(label) for label in labels]
    appearance = [names.index(label) for label in labels]
    values = got["labels"].array.tolist() if isinstance(got["labels"], Tensor) else got["labels"]
    values = values.tolist() if isinstance(values, np.ndarray) else values
    in_turn = values == appearance
    require(
        not in_turn,
        "The classes are numbered in the order in which they appear in `labels`, so that other "
        "data would get other numbers. Number them in sorted order.",
        "order-of-appearance",
    )
    expect(Answer(got["classes"]), sorted(names), what="`classes`")
    right = values == numbers
    expect(
        Answer(got["labels"]),
        Tensor.of(numbers),
        Mistake(
            "labels-not-int64",
            right,
            f"The numbers are right, but `labels` is {kind_of(got['labels'])}"
            + (f" of {got['labels'].dtype}" if isinstance(got["labels"], Tensor) else "")
            + ". PyTorch's losses want a tensor of int64: "
            "`torch.as_tensor(..., dtype=torch.int64)`.",
        ),
        what="`labels`",
    )


@part("5.4")
def test_given_classes(learner: Subject, rng: Rng) -> None:
    """With `classes`, a class that is missing keeps its number"""
    classes = ["TDE", "SNIa", "CV", "SNII", "AGN"]
    labels = ["TDE", "SNIa", "TDE", "CV"]
    curves = light_curves(rng, 4)
    got = attributes(learner.made_dataset(curves, labels, LONGEST, classes=classes))
    expect(
        Answer(got["labels"]),
        Tensor.of([sorted(classes).index(label) for label in labels]),
        Mistake(
            "classes-ignored",
            Tensor.of([sorted(set(labels)).index(label) for label in labels]),
            "The classes that do not occur in `labels` are skipped, and the others move up. If "
            "`classes` is given, the numbers follow from it.",
        ),
        Mistake(
            "classes-not-sorted",
            Tensor.of([classes.index(label) for label in labels]),
            "The numbers follow the order in which `classes` was given. Sort it, so that any order "
            "gives the same numbers.",
        ),
        what="`labels`",
    )
    expect(Answer(got["classes"]), sorted(classes), what="`classes`")


@part("5.4")
def test_settings(learner: Subject, rng: Rng) -> None:
    """The dataset remembers its length of sequences and its transform"""
    curves = light_curves(rng, 2)
    got = attributes(learner.made_dataset(curves, ["AGN", "CV"], LONGEST, marking=True))
    expect(Answer(got["max_sequence_length"]), LONGEST, what="`max_sequence_length`")
    require(got["transform"] is not None, "`transform` is None, though one was given.")


@part("5.4")
def test_lengths_differ(learner: Subject, rng: Rng) -> None:
    """More light curves than labels, or the reverse, are a ValueError"""
    for labels in (["AGN", "CV"], ["AGN", "CV", "CV", "AGN"]):
        answer = learner.made_dataset(light_curves(rng, 3), labels, LONGEST)
        expect_error(
            answer,
            "ValueError",
            f"3 light curves with {len(labels)} labels",
            Mistake(
                "lengths-not-checked",
                answer.raised is None,
                f"3 light curves with {len(labels)} labels are accepted, and nobody will notice "
                "which belongs to which. Compare the lengths and raise a ValueError.",
            ),
        )


@part("5.4")
def test_unknown_label(learner: Subject, rng: Rng) -> None:
    """A label that is not among the classes is a ValueError"""
    curves = light_curves(rng, 2)
    answer = learner.made_dataset(curves, ["AGN", "TDE"], LONGEST, classes=["AGN", "CV"])
    expect_error(
        answer,
        "ValueError",
        "a label that is not in `classes`",
        Mistake(
            "unknown-label-accepted",
            answer.raised is None,
            "The label 'TDE' is accepted, though it is not in `classes`. Raise a ValueError that "
            "names it.",
        ),
        Mistake(
            "key-error",
            Raises("KeyError"),
            "A label that is not in `classes` raises a KeyError. Raise a ValueError that names it.",
        ),
        naming="TDE",
    )


@part("5.4")
def test_size(learner: Subject, rng: Rng) -> None:
    """`len` counts light curves, and `n_features` columns"""
    length, n_features = learner.size(light_curves(rng, 5), ["AGN"] * 5, LONGEST).value
    expect(Answer(length), 5, what="`len(dataset)`")
    expect(
        Answer(n_features),
        6,
        Mistake(
            "bands-not-counted",
            3,
            "`n_features` is 3, for time, flux and error. The columns of the bands count, too.",
        ),
        Mistake(
            "band-counted-once",
            4,
            "`n_features` is 4, as if the band were one column. It has one for each of `BANDS`.",
        ),
        what="`n_features`",
    )


@part("5.4")
def test_items(learner: Subject, rng: Rng) -> None:
    """`dataset[i]` gives features and label of light curve i"""
    curves = light_curves(rng, 4)
    labels = ["TDE", "AGN", "SNII", "AGN"]
    numbers = [2, 0, 1, 0]
    got = learner.items(curves, labels, LONGEST, [0, 1, 2, 3]).value
    for i, (item, (_, rows)) in enumerate(zip(got, curves.values(), strict=True)):
        pair = isinstance(item, tuple | list) and len(item) == 2
        require(pair, f"`dataset[{i}]` is {kind_of(item)}; it should be `features, label`.")
        check_features(item[0], features_of(rows), f"the features of `dataset[{i}]`")
        check_label(item[1], numbers[i], labels[i], f"the label of `dataset[{i}]`")


def check_features(got: Any, want: np.ndarray, what: str) -> None:
    double = isinstance(got, Tensor) and got.dtype == "float64"
    require(
        not double,
        "The features hold float64, but the numbers of a network are float32. Convert them: "
        "`torch.as_tensor(rows, dtype=torch.float32)`.",
        "features-not-float32",
    )
    require(
        not isinstance(got, np.ndarray),
        "The features are a NumPy array. Make a tensor of them: `torch.as_tensor(...)`.",
        "array-for-tensor",
    )
    expect(Answer(got), Tensor.of(want), what=what)


def check_label(got: Any, want: int, name: str, what: str) -> None:
    require(got != name, "The label is a name. A network needs its number.", "label-as-text")
    if isinstance(got, int) and not isinstance(got, bool) and got == want:
        raise Failure(
            "The label is a plain number. Return a tensor of int64, `self.labels[idx]`.",
            misconception="label-not-a-tensor",
        )
    other = isinstance(got, Tensor) and got.shape == () and got.dtype != "int64"
    if other and got.array == want:
        raise Failure(
            f"The label holds {got.dtype}; PyTorch's losses want int64.",
            misconception="labels-not-int64",
        )
    expect(Answer(got), Tensor.of(want), what=what)


@part("5.4")
def test_end(learner: Subject, rng: Rng) -> None:
    """Beyond the last one there is an IndexError, which ends a loop"""
    kinds = learner.item_beyond(light_curves(rng, 2), ["AGN", "CV"], LONGEST).value
    require(
        "IndexError" in kinds,
        "`dataset[len(dataset)]` " + (f"raises {kinds[0]}" if kinds else "gives an item") + "; it "
        "should raise an IndexError, which is how `for item in dataset` knows its end.",
        "no-index-error",
    )


@part("5.4")
def test_own_rows(learner: Subject, rng: Rng) -> None:
    """What is done to the features does not change the dataset"""
    before, after = learner.changed_items(light_curves(rng, 2), ["AGN", "CV"], LONGEST).value
    require(
        approx_equal(after, before) if isinstance(before, Tensor) else True,
        "1 was added to the features of `dataset[0]`, and when asked again, the dataset itself had "
        "changed: the tensor shares its memory with your rows. Hand out a copy.",
        "stored-rows-handed-out",
    )


@part("5.4")
def test_transform(learner: Subject, rng: Rng) -> None:
    """The transform is called anew each time, with rows that it may change"""
    curves = light_curves(rng, 2)
    got = learner.transformed(curves, ["AGN", "CV"], LONGEST).value
    given = got["given"]
    require(
        got["calls_at_first"] == 0,
        "The transform is called when the dataset is made. A random one would then give the same "
        "all the time; call it in `__getitem__`.",
        "transform-at-construction",
    )
    require(bool(given), "The transform is never called.", "transform-ignored")
    require(
        len(given) == 2,
        f"After the same item was asked for twice, the transform has been called {len(given)} "
        "times; it should be called each time.",
        "transform-once" if len(given) == 1 else None,
    )
    require(
        not isinstance(given[0], Tensor),
        "The transform is given a tensor. It works on NumPy arrays: call it first, then make a "
        "tensor of what it returns.",
        "transform-gets-tensor",
    )
    (_, rows), *_ = curves.values()
    want = features_of(rows)
    expect(
        Answer(given[0]),
        want,
        Mistake(
            "transform-before-padding",
            rows,
            f"The transform is given {len(rows)} rows, without padding. It may count on "
            f"max_sequence_length = {LONGEST} rows: pad or cut first, then call it.",
        ),
        what="what the transform is given",
        rtol=RTOL,
        atol=ATOL,
    )
    require(
        approx_equal(given[1], want, rtol=RTOL, atol=ATOL),
        "The transform changed the rows it was given, and at its second call it got them changed: "
        "they were the dataset's own. Give it a copy.",
        "stored-rows-changed",
    )
    first = want.copy()
    first[:, FLUX] += 1
    expect(
        Answer(got["features"][0]),
        Tensor.of(2 * first),
        Mistake(
            "result-dropped",
            Tensor.of(first),
            "What the transform returns is not used. Write `rows = self.transform(rows)`.",
        ),
        Mistake(
            "result-dropped",
            Tensor.of(want),
            "What the transform returns is not used. Write `rows = self.transform(rows)`.",
        ),
        what="the features",
    )


# 5.5 LightCurveAugmentation.__call__

N_REAL, N_PADDING = 400, 40
NOTHING = {"noise_level": 0.0, "time_shift_max": 0.0, "drop_probability": 0.0}


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


def changed_rows(answer: Answer, rows: np.ndarray) -> list[np.ndarray]:
    """The results, once they have the right shape and clean padding, as float64."""
    results, after = answer.value
    for got in results:
        require(got is not None, "The result is None. Did you forget a `return`?")
        require(isinstance(got, np.ndarray), f"The result is {kind_of(got)}, not an array.")
        require(
            got.shape == rows.shape,
            f"The result has shape {got.shape}; it should be {rows.shape}, as it came. Fill up "
            "with rows of zeros.",
            "shape-changed",
        )
        require(
            got.dtype == np.float32,
            f"The rows were float32 and are now {got.dtype}. "
            "`np.zeros_like(lightcurve_data)` has the right type.",
            "type-changed",
        )
        require(not np.isnan(got).any(), "There is NaN in the result.", "nan-for-missing")
    require(
        approx_equal(after, rows),
        "The array that came in was changed, and so the dataset's own rows may be. Work on a copy.",
        "input-changed",
    )
    return [got.astype(float) for got in results]


def check_padding(got: np.ndarray) -> None:
    padding = ~np.any(got[:, FIRST_BAND:], axis=1)
    for name, number in (("noise", FLUX), ("noise", FLUX_ERR), ("a time shift", TIME)):
        require(
            not got[padding, number].any(),
            f"Padding has got {name}. Padding must stay zero: change only rows that have a band.",
            "padding-shifted" if number == TIME else "padding-noise",
        )
    first = int(padding.argmax()) if padding.any() else len(got)
    require(
        bool(padding[first:].all()),
        "There is padding between observations. Let those that are kept move up, so that all "
        "padding is at the end.",
        "holes-left",
    )


@part("5.5")
def test_nothing_to_do(learner: Subject, rng: Rng) -> None:
    """With all three set to 0 nothing changes"""
    rows = full_rows(rng, 30, 10)
    (got,) = changed_rows(learner.augmented(rows, [1], **NOTHING), rows)
    check_padding(got)
    anew = rows.astype(float)
    anew[:30, TIME] -= anew[0, TIME]
    expect(
        Answer(got),
        rows.astype(float),
        Mistake(
            "time-counted-anew",
            anew,
            "The times count from the first observation that is kept. When it is left out by "
            "chance, the others were still made when they were: add the shift and nothing else.",
        ),
        what="the array",
        rtol=1e-5,
        atol=1e-6,
    )


@part("5.5")
def test_noise(learner: Subject, rng: Rng) -> None:
    """Noise goes with the error of each point, and makes the errors grow"""
    level = 1.5  # so that errors which have grown can be told from those that have not
    rows = full_rows(rng)
    options = NOTHING | {"noise_level": level}
    seed = a_seed(rng)
    (got,) = changed_rows(learner.augmented(rows, [seed], **options), rows)
    check_padding(got)
    require(
        approx_equal(got[:, FIRST_BAND:], rows[:, FIRST_BAND:].astype(float)),
        "The columns of the bands have changed.",
    )
    added = (got - rows)[:N_REAL, FLUX]
    flux, sigma = rows[:N_REAL, FLUX].astype(float), rows[:N_REAL, FLUX_ERR].astype(float)
    judge_noise(added, level, flux, sigma)
    errors = Answer(got[:N_REAL, FLUX_ERR])
    expect(
        errors,
        sigma * math.hypot(1, level),
        Mistake(
            "errors-stay",
            sigma,
            "Noise was added, but the errors are what they were, so that the points look more "
            "certain than they are. Add the noise to the errors, in squares: `np.hypot`.",
        ),
        Mistake(
            "errors-added-linearly",
            sigma * (1 + level),
            "The errors are flux_err + noise. Independent errors add up in squares: "
            "`np.hypot(flux_err, noise)`.",
        ),
        Mistake(
            "errors-replaced",
            sigma * level,
            "The errors are those of the added noise alone. They add up with those there were: "
            "`np.hypot(flux_err, noise)`.",
        ),
        what="the column of errors",
        rtol=1e-4,
    )


def judge_noise(added: np.ndarray, level: float, flux: np.ndarray, sigma: np.ndarray) -> None:
    """Say what is wrong with the noise that was added to the fluxes."""
    require(
        bool(np.abs(added).max() > 1e-6),
        f"With noise_level = {level} the fluxes stay as they are. Add noise to each.",
        "no-noise",
    )
    require(
        bool(np.ptp(added) > 1e-5),
        "The same number is added to all fluxes. Draw one for each: `torch.randn(n)`.",
        "one-number-for-all",
    )
    spread = float(np.std(added / (level * sigma)))
    precise, vague = sigma < np.median(sigma), sigma >= np.median(sigma)
    constant = 0.7 < np.std(added[precise]) / np.std(added[vague]) < 1.4
    of_flux = 0.8 < np.std(added / (level * np.abs(flux))) < 1.25
    require(
        not of_flux,
        "The noise goes with the flux. It should go with the error of each point: noise_level "
        "times its flux_err.",
        "noise-scaled-by-flux",
    )
    require(
        not constant,
        "Precise points get as much noise as vague ones. Its standard deviation should be "
        "noise_level times the flux_err of each point.",
        "noise-of-constant-size",
    )
    require(
        bool(added.min() < 0 < added.max()),
        "The noise has one sign. `torch.randn` is normally distributed around 0.",
        "noise-not-normal",
    )
    kurtosis = float(np.mean((added / sigma - np.mean(added / sigma)) ** 4))
    kurtosis /= float(np.var(added / sigma)) ** 2
    require(
        kurtosis > 2.3,
        "The noise is evenly distributed. It should be normally distributed: `torch.randn`.",
        "noise-not-normal",
    )
    require(
        abs(spread / math.hypot(1, level) - 1) > 0.12,
        f"The noise is {spread:.1f} times as large as noise_level * flux_err: the errors had grown "
        "already when it was drawn. Draw it with the flux_err that came in, then let that grow.",
        "noise-of-grown-errors",
    )
    require(
        0.8 < spread < 1.2 and abs(float(np.mean(added / (level * sigma)))) < 0.3,
        f"The noise has a standard deviation of {spread:.2f} noise_level * flux_err; that should "
        "be 1, and the mean 0.",
    )


@part("5.5")
def test_time_shift(learner: Subject, rng: Rng) -> None:
    """All observations of a light curve are shifted by one number, either way"""
    rows = full_rows(rng, 30, 10)
    options = NOTHING | {"time_shift_max": 8.0}
    seeds = [a_seed(rng) for _ in range(30)]
    results = changed_rows(learner.augmented(rows, seeds, **options), rows)
    shifts = []
    for got in results:
        check_padding(got)
        shift = (got - rows)[:30, TIME]
        require(
            bool(np.ptp(shift) < 1e-3),
            "Each observation is shifted by another time, which garbles the light curve. Draw one "
            "number for all of them.",
            "shift-for-each-row",
        )
        require(
            approx_equal(np.delete(got, TIME, axis=1), np.delete(rows, TIME, axis=1).astype(float)),
            "With a time shift alone, other columns have changed, too.",
        )
        shifts.append(float(shift[0]))
    largest = max(abs(shift) for shift in shifts)
    require(largest > 0, "With time_shift_max = 8 the times stay as they are.", "no-shift")
    require(
        largest < 8.001,
        f"A light curve was shifted by {largest:.1f} days, though time_shift_max is 8. Use "
        "`2 * torch.rand(()) - 1`, which lies between -1 and 1.",
        "shift-too-large",
    )
    require(
        max(shifts) - min(shifts) > 1e-3,
        "The shift is the same after 30 different seeds. Do not set a seed in `__call__`: whoever "
        "uses it does that, once.",
        "seeded-in-call",
    )
    require(
        min(shifts) < 0 < max(shifts),
        "All shifts go in one direction. They should lie between -time_shift_max and "
        "time_shift_max: `2 * torch.rand(()) - 1` lies between -1 and 1.",
        "shift-one-way",
    )
    require(
        largest > 4,
        f"Of 30 shifts the largest is {largest:.2f} days; with time_shift_max = 8 it should be "
        "close to 8.",
    )


@part("5.5")
def test_missing_data(learner: Subject, rng: Rng) -> None:
    """Observations are left out one by one, and the others move up in their order"""
    rows = full_rows(rng)
    options = NOTHING | {"drop_probability": 0.3}
    seed = a_seed(rng)
    (got,) = changed_rows(learner.augmented(rows, [seed], **options), rows)
    emptied = int((got[:, FIRST_BAND:].any(axis=1) & (got[:, FLUX] == 0)).sum())
    require(
        emptied == 0,
        f"{emptied} observations have a band and a flux of exactly 0. Nothing was measured there: "
        "take the whole row away.",
        "flux-zeroed",
    )
    check_padding(got)
    kept = got[got[:, FIRST_BAND:].any(axis=1)]
    require(
        len(kept) < N_REAL,
        "With drop_probability = 0.3 all observations are still there.",
        "nothing-dropped",
    )
    require(
        not 75 <= len(kept) <= 165,
        f"Of {N_REAL} observations {len(kept)} are kept: drop_probability is the probability to be "
        "left *out*. Keep those with `torch.rand(n) >= drop_probability`.",
        "kept-for-dropped",
    )
    require(
        225 <= len(kept) <= 335,
        f"Of {N_REAL} observations {len(kept)} are kept; with drop_probability = 0.3 it should be "
        "about 280.",
    )
    places = np.searchsorted(rows[:N_REAL, TIME].astype(float), kept[:, TIME] - 1e-6)
    known = approx_equal(kept, rows[np.minimum(places, N_REAL - 1)].astype(float))
    require(
        known and bool((np.diff(places) > 0).all()),
        "The observations that are kept are not in their order, or not what they were.",
    )
    lost = np.diff(np.concatenate([[-1], places, [N_REAL]])) - 1
    require(
        int((lost > 0).sum()) > 40,
        "The observations that are left out lie side by side. Decide for each by itself.",
        "dropped-together",
    )
    seeds = [a_seed(rng) for _ in range(6)]
    results = changed_rows(learner.augmented(rows, seeds, **options), rows)
    numbers = {int(each[:, FIRST_BAND:].any(axis=1).sum()) for each in results}
    require(
        len(numbers) > 1,
        f"After each of six seeds {N_REAL - len(kept)} of {N_REAL} observations are left out. By "
        "chance it is now more and now fewer: decide for each by itself, with "
        "`torch.rand(n) >= drop_probability`.",
        "fixed-number-dropped",
    )


@part("5.5")
@pytest.mark.parametrize("n", [0, 1, 5])
def test_at_least_one(learner: Subject, rng: Rng, n: int) -> None:
    """At least one observation is kept, if there are any"""
    rows = full_rows(rng, n, 3)
    options = NOTHING | {"drop_probability": 1.0}
    answer = learner.augmented(rows, [1, 2], **options)
    crash = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    fail_if_recognised(
        answer,
        Mistake(
            "empty-crashes",
            crash,
            f"With {n} observations and drop_probability = 1 your code raises {answer.raised}. "
            "Choose one to be kept only if there are observations.",
        ),
    )
    for got in changed_rows(answer, rows):
        check_padding(got)
        kept = int(got[:, FIRST_BAND:].any(axis=1).sum())
        require(
            kept >= min(n, 1),
            "All observations were left out, and an empty light curve can be anything. Keep at "
            "least one.",
            "all-dropped",
        )
        require(kept <= min(n, 1), f"With drop_probability = 1, {kept} observations are kept.")


@part("5.5")
def test_random_numbers(learner: Subject, rng: Rng) -> None:
    """The changes are other ones each time and in each worker, and repeat with the seed"""
    rows = full_rows(rng, 40, 4)
    options = {"noise_level": 1.0, "time_shift_max": 3.0, "drop_probability": 0.2}
    seed = a_seed(rng)
    first, second, third = changed_rows(
        learner.augmented(rows, [seed, None, seed], **options), rows
    )
    require(
        not approx_equal(first, second),
        "The same light curve is changed in the same way each time. Do not set a seed in "
        "`__call__`: whoever uses it does that, once.",
        "seeded-in-call",
    )
    one, other = learner.augmented_by_workers(rows, [seed, seed + 1], **options).value
    require(
        not approx_equal(one, other),
        "Two workers with different seeds of PyTorch make the same changes: each has a copy of one "
        "generator. Draw from PyTorch's global generator, `torch.rand(...)`.",
        "own-generator",
    )
    require(
        approx_equal(first, third),
        "After the same `torch.manual_seed` the changes are others: not all random numbers come "
        "from PyTorch. Draw with `torch.rand` and `torch.randn`, not with `np.random` or `random`.",
        "not-from-torch",
    )


# 5.6 damped_random_walk

TAU, SF = 200.0, 0.4
SIGMA = SF / math.sqrt(2)
STEPS = np.repeat([4.0, 60.0, 500.0], 5)  # short, middling and long ones, [days]


def walks(learner: Subject, times: np.ndarray, seeds: list[int]) -> np.ndarray:
    """Walks, one in each row, once they are arrays of the right shape."""
    made = learner.walks(times, TAU, SF, seeds).value
    for walk in made:
        require(
            isinstance(walk, np.ndarray),
            f"The result is {kind_of(walk)}; it should be an array, such as `np.array(walk)`.",
            "list-returned" if isinstance(walk, list) else None,
        )
        require(
            walk.shape == times.shape,
            f"For {len(times)} times the walk has the shape {walk.shape}. There should be a "
            "magnitude for each time, the first one included.",
            "first-time-left-out" if walk.shape == (len(times) - 1,) else None,
        )
        require(
            walk.dtype.kind == "f",
            f"For times of {times.dtype} the walk holds {walk.dtype}, and all magnitudes are cut "
            "to whole numbers. `np.zeros_like(t)` takes its type from `t`, too; say "
            "`np.zeros(len(t))`.",
            "whole-magnitudes",
        )
        require(bool(np.isfinite(walk).all()), "There is NaN or infinity in the walk.")
    return np.array(made, dtype=float)


@part("5.6")
def test_seeds(learner: Subject, rng: Rng) -> None:
    """The same generator gives the same walk, and another one another walk"""
    times = 58000 + np.cumsum(rng.permutation(STEPS))
    seed = a_seed(rng)
    one, again, other = walks(learner, times, [seed, seed, seed + 1])
    require(
        not approx_equal(one, other),
        "Two generators with different seeds give the same walk. Draw from `rng`, and do not make "
        "a generator of your own.",
        "own-generator",
    )
    require(
        approx_equal(one, again),
        "Two generators with the same seed give different walks. Draw all random numbers from "
        "`rng`, none from `np.random`.",
        "global-generator",
    )


@part("5.6")
def test_whole_days(learner: Subject, rng: Rng) -> None:
    """For times that are whole numbers the magnitudes are none"""
    times, seed = np.cumsum(rng.integers(1, 90, 6)), a_seed(rng)
    whole, exact = walks(learner, times, [seed]), walks(learner, times.astype(float), [seed])
    expect(Answer(whole), exact, what="the walk for times that are whole numbers")


@part("5.6")
def test_same_time(learner: Subject, rng: Rng) -> None:
    """At the same time the magnitude is the same"""
    times = np.repeat(np.cumsum(rng.uniform(1, 90, 4)), 2)
    made = walks(learner, times, [a_seed(rng) for _ in range(4)])
    require(
        approx_equal(made[:, ::2], made[:, 1::2]),
        "From one time to the very same time the magnitude changes. With a step of 0 days the "
        "factor is exp(0) = 1, and the kick has a spread of 0.",
        "step-ignored",
    )


def spreads(made: np.ndarray, memory: np.ndarray, kick: np.ndarray) -> list[float]:
    """Spread of what a step adds beyond `memory`, in units of `kick`: short to long steps."""
    steps = (made[:, 1:] - memory * made[:, :-1]) / kick
    return [float(np.std(steps[:, five])) for five in np.split(np.arange(15), 3)]


@part("5.6")
def test_statistics(learner: Subject, rng: Rng) -> None:
    """Memory and kicks are as the formula says, and normally distributed"""
    times = 58000 + np.concatenate([[0.0], np.cumsum(STEPS)])
    made = walks(learner, times, [a_seed(rng) for _ in range(250)])
    kept = np.exp(-STEPS / TAU)
    kick = SIGMA * np.sqrt(1 - kept**2)

    def fits(memory: np.ndarray | float, kick: np.ndarray | float) -> bool:
        each = spreads(made, memory * np.ones(15), kick * np.ones(15))
        return all(abs(spread - 1) < 0.1 for spread in each)

    require(bool(np.ptp(made) > 1e-9), "The walk does not walk: all magnitudes are the same.")
    require(
        bool(np.abs(made.mean(axis=1)).max() > 1e-6),
        "The mean of each walk is 0, as if it were subtracted. The mean of the process is that of "
        "an endless walk; a short one is above or below it. Return the walk as the formula has it.",
        "mean-subtracted",
    )
    require(
        bool(np.std(made[:, 0]) > 1e-9),
        "All walks begin at the same magnitude. The first one is random, too, with a spread of "
        "sf / sqrt(2).",
        "starts-at-zero",
    )
    steps = made[:, 1:] - kept * made[:, :-1]
    normed = steps / np.std(steps, axis=0)
    kurtosis = float(np.mean(normed**4))
    one_day = math.exp(-1 / TAU)
    slips: list[tuple[str, bool, str]] = [
        (
            "uniform-kicks",
            kurtosis < 2.3,
            "The kicks are evenly distributed. They should be normally distributed: `rng.normal`.",
        ),
        (
            "sf-for-sigma",
            fits(kept, math.sqrt(2) * kick),
            "The walk spreads by sf. That should be the spread of the *difference* of two "
            "magnitudes; each of them spreads by sf / sqrt(2).",
        ),
        (
            "kick-not-reduced",
            fits(kept, SIGMA),
            "Each kick has a spread of sigma, however short the step. Multiply by "
            "sqrt(1 - exp(-2 dt / tau)).",
        ),
        (
            "kick-without-square",
            fits(kept, SIGMA * np.sqrt(1 - kept)),
            "The kicks are too weak: under the root there should be 1 - exp(-2 dt / tau), the "
            "*square* of the factor of the memory.",
        ),
        (
            "variance-for-spread",
            fits(kept, kick**2) or fits(kept, SIGMA * (1 - kept**2)),
            "The kicks are too weak: `rng.normal` takes a standard deviation, which is the root of "
            "the variance.",
        ),
        (
            "undamped",
            fits(1.0, kick),
            "The walk forgets nothing and wanders off for good. Multiply the magnitude before by "
            "exp(-dt / tau).",
        ),
        (
            "no-memory",
            fits(0.0, SIGMA),
            "Each magnitude is drawn by itself, without the one before. Keep exp(-dt / tau) of it.",
        ),
        (
            "step-ignored",
            fits(one_day, SIGMA * math.sqrt(1 - one_day**2)),
            "Steps of 4 days and of 500 change as much. Use the time between the two observations, "
            "`np.diff(t)`.",
        ),
    ]
    if not fits(kept, kick) or kurtosis < 2.3:
        for slug, holds, says in slips:
            require(not holds, says, slug)
        short, middling, long = spreads(made, kept, kick)
        raise Failure(
            f"The kicks should have a spread of sigma * sqrt(1 - exp(-2 dt / tau)). For steps of "
            f"4, 60 and 500 days yours have {short:.2f}, {middling:.2f} and {long:.2f} times that."
        )
    start = float(np.std(made[:, 0])) / SIGMA
    require(
        0.75 < start < 1.25,
        f"The first magnitude has a spread of {start:.2f} times sf / sqrt(2), unlike the others.",
        "sf-for-sigma" if 1.25 <= start < 1.6 else None,
    )
    mean = float(np.mean(steps / kick))
    require(abs(mean) < 0.1, f"The kicks have a mean of {mean:.2f} times their spread, not 0.")


# 5.7 create_synthetic_transient_dataset

SKY = {"SNIa": 0.58, "SNII": 0.18, "CV": 0.10, "AGN": 0.11, "TDE": 0.03}


def made_of(answer: Answer) -> dict:
    """What was made, once it is two lists."""
    short = answer.raised is not None and "unpack" in answer.raised.message
    require(not short, "The result should be `lightcurves, labels`.")
    got = answer.value
    require(
        got["kinds"] == ["list", "list"],
        f"The result is a {got['kinds'][0]} and a {got['kinds'][1]}; it should be two lists.",
    )
    return got


@part("5.7")
def test_default_sky(learner: Subject, rng: Rng) -> None:
    """By default the classes are as common as on the sky"""
    labels = made_of(learner.created(200, seed=a_seed(rng)))["labels"]
    counts = Counter(labels)
    require(
        len(set(counts.values())) > 1,
        f"All classes are equally common: {shown(dict(counts))}. By default the proportions are "
        "those of `SKY`.",
        "proportions-ignored",
    )
    judge_counts(learner, labels, SKY, 200)


@part("5.7")
def test_proportions(learner: Subject, rng: Rng) -> None:
    """Each class gets its share, rounded, and the total is right"""
    proportions = {"TDE": 3, "AGN": 1, "CV": 1}
    for n in (7, 8, 33):
        seed = a_seed(rng)
        got = made_of(learner.created(n, proportions, seed=seed))
        labels = got["labels"]
        require(
            set(labels) <= set(proportions),
            "There are classes that were not asked for in `class_proportions`.",
            "proportions-ignored",
        )
        judge_counts(learner, labels, proportions, n)
        require(
            got["proportions"] == proportions,
            f"`class_proportions` was {shown(proportions)} before the call and is "
            f"{shown(got['proportions'])} now, which the caller does not expect. Put your own "
            "numbers into a new dictionary or array.",
            "proportions-changed",
        )


def judge_counts(learner: Subject, labels: list, proportions: dict, n: int) -> None:
    """Each class must have its share, rounded up or down."""
    counts = {name: labels.count(name) for name in proportions}
    total = sum(proportions.values())
    shares = {name: n * value / total for name, value in proportions.items()}
    rounded = {name: round(share) for name, share in shares.items()}
    down = {name: math.floor(share) for name, share in shares.items()}
    up = {name: math.ceil(share) for name, share in shares.items()}
    for other in (rounded, down, up):
        require(
            not (counts == other and len(labels) != n),
            f"{n} light curves were asked for, and {len(labels)} were made: each share was rounded "
            "by itself. Round all down, and give those that are missing to the classes that lost "
            "most.",
            "rounded-one-by-one",
        )
    require(
        len(labels) == n,
        f"{n} light curves were asked for, and {len(labels)} were made. Divide each proportion by "
        "the sum of all.",
        "not-normalised",
    )
    wide = [name for name in proportions if abs(counts[name] - shares[name]) >= 1 + 1e-9]
    if not wide:
        return
    equal = max(counts.values()) - min(counts.values()) <= 1
    require(
        not equal,
        f"All classes are equally common: {shown(counts)}, with the proportions "
        f"{shown(proportions)}.",
        "proportions-ignored",
    )
    again = [made_of(learner.created(n, proportions, seed=s))["labels"] for s in range(3)]
    drawn = len({tuple(each.count(name) for name in proportions) for each in again}) > 1
    name = wide[0]
    require(
        not drawn,
        f"Of {n} objects {counts[name]} are {name}, and with another seed it is another number: "
        f"the classes are drawn. The share is {shares[name]:.2f}; round it up or down.",
        "classes-drawn",
    )
    rest = {each: counts[each] - down[each] for each in proportions}
    require(
        rest[name] != sum(rest.values()) or any(rest[each] for each in rest if each != name),
        f"All shares are rounded down, and the {rest[name]} objects that are missing are all "
        f"{name}, of which there are {counts[name]} now; the share is {shares[name]:.2f}. Give "
        "each class one more at most.",
        "rest-to-one-class",
    )
    raise Failure(
        f"Of {n} objects {counts[name]} are {name}, but the share is {shares[name]:.2f}. Round "
        "each share up or down."
    )


@part("5.7")
def test_labels_belong(learner: Subject, rng: Rng) -> None:
    """Each label is that of its light curve, and the classes are mixed"""
    proportions = {"SNIa": 1, "TDE": 1, "CV": 2}
    got = made_of(learner.created(40, proportions, seed=a_seed(rng)))
    labels, own = got["labels"], [mark[0] for mark in got["marks"]]
    require(
        len(own) == len(labels),
        f"There are {len(own)} light curves, but {len(labels)} labels.",
    )
    require(bool(got["calls"]), "`simulate_transient` is never called.")
    require(
        labels == own,
        "Labels and light curves do not belong together: one list was shuffled without the other. "
        "Shuffle the labels first, then make a light curve for each.",
        "shuffled-apart",
    )
    changes = sum(one != other for one, other in pairwise(labels))
    require(
        changes > 8,
        "The classes come in blocks, one after the other. Mix them: `rng.permutation(labels)`.",
        "not-mixed",
    )
    names = [mark[1] for mark in got["marks"]]
    require(
        len(set(names)) == len(names),
        "Several light curves have the same object_id. Give each another one, such as "
        '`f"invented{i}"`.',
        "same-id",
    )


@part("5.7")
def test_one_generator(learner: Subject, rng: Rng) -> None:
    """One generator makes all objects, and the seed decides what comes"""
    proportions = {"SNIa": 1, "TDE": 2}
    seed = a_seed(rng)
    first = made_of(learner.created(30, proportions, seed=seed))
    marks = [mark[2] for mark in first["marks"]]
    require(
        len(set(marks)) == len(marks),
        "Several objects are the same: each gets a new generator with the same seed. Make one "
        "`np.random.default_rng(seed)`, before the loop.",
        "generator-for-each",
    )
    again = made_of(learner.created(30, proportions, seed=seed, global_seed=1))
    require(
        again["marks"] == first["marks"] and again["labels"] == first["labels"],
        "The same seed gives another dataset the second time. Take all random numbers from one "
        "`np.random.default_rng(seed)`.",
        "not-reproducible",
    )
    other = made_of(learner.created(30, proportions, seed=seed + 1))
    require(
        [mark[2] for mark in other["marks"]] != marks,
        "Another seed gives the same objects. Make the generator with `seed`.",
        "seed-ignored",
    )
    require(
        other["labels"] != first["labels"],
        "Another seed gives the labels in the same order.",
        "seed-ignored",
    )


@part("5.7")
def test_nothing_asked_for(learner: Subject) -> None:
    """0 light curves are two empty lists"""
    got = made_of(learner.created(0, seed=1))
    expect(Answer([got["labels"], got["marks"]]), [[], []], what="the result for n_samples = 0")


@part("5.7")
@pytest.mark.parametrize("proportion", [1, 0])
def test_unknown_class(learner: Subject, proportion: int) -> None:
    """A class without a model is a ValueError"""
    answer = learner.created(4, {"SNIa": 1, "Nova": proportion}, seed=1)
    expect_error(
        answer,
        "ValueError",
        "a class that is not in `MODELS`",
        Mistake(
            "unknown-class-accepted",
            answer.raised is None,
            "The class 'Nova' is accepted, though there is no model for it. Raise a ValueError "
            "that names it.",
        ),
        Mistake(
            "unknown-class-accepted",
            Raises("KeyError"),
            "A class without a model raises a KeyError. Raise a ValueError that names it.",
        ),
        naming="Nova",
    )


@part("5.7")
def test_real_light_curves(learner: Subject) -> None:
    """The light curves have observations"""
    got = learner.created_for_real(2, {"SNIa": 1, "CV": 1}, seed=3).value
    for own, n, label in got:
        require(own == label and n >= 5, f"A light curve of the class {label} has {n} observations")


# 5.E1 PhotometricRedshiftAugmentation.move


def distance_modulus(z: float) -> float:
    return 5 * math.log10(299792.458 / 70 * z * (1 + 0.775 * z)) + 25


@part("5.E1")
def test_stay(learner: Subject, rng: Rng) -> None:
    """At the same redshift nothing changes"""
    rows = full_rows(rng, 50, 10)
    rows[7, FLUX] = 1.0
    got = moved_rows(learner.moved(rows, [0.04, 0.2], 0.04, 1), rows)
    noisy = not approx_equal(got[:50, FLUX], rows[:50, FLUX].astype(float), atol=1e-4)
    require(
        not noisy,
        "An object that stays at its redshift gets noise. There f = 1, and sqrt(1 - f**2) = 0.",
        "noise-not-reduced",
    )
    expect(Answer(got), rows.astype(float), what="the array", rtol=1e-4, atol=1e-6)


def moved_rows(answer: Answer, rows: np.ndarray) -> np.ndarray:
    """The result as float64, once its shape, padding and bands are right."""
    got, after = answer.value
    (got,) = changed_rows(Answer([[got], after]), rows)
    check_padding(got)
    require(
        approx_equal(got[:, FIRST_BAND:], rows[:, FIRST_BAND:].astype(float)),
        "The columns of the bands have changed.",
    )
    return got


@part("5.E1")
def test_faded(learner: Subject, rng: Rng) -> None:
    """The largest absolute flux may be that of a negative one"""
    rows = full_rows(rng, 50, 10)
    rows[:, FLUX] /= 2
    rows[7, FLUX] = -1.0
    scaled = rows.astype(float)
    scaled[:, [FLUX, FLUX_ERR]] /= scaled[:, FLUX].max()
    expect(
        Answer(moved_rows(learner.moved(rows, [0.04, 0.2], 0.04, 1), rows)),
        rows.astype(float),
        Mistake(
            "scaled-by-maximum",
            scaled,
            "Flux and error are divided by the largest flux, but here a negative flux is larger in "
            "absolute value. Use `np.abs`.",
        ),
        what="the array of an object that has faded",
        rtol=1e-4,
        atol=1e-6,
    )


@part("5.E1")
def test_stretch(learner: Subject, rng: Rng) -> None:
    """Everything takes longer by (1 + new) / (1 + old)"""
    old, new = 0.05, 0.2
    rows = full_rows(rng, 50, 10)
    time = rows[:, TIME].astype(float)
    got = moved_rows(learner.moved(rows, [old, 0.3], new, 2), rows)
    expect(
        Answer(got[:, TIME]),
        time * (1 + new) / (1 + old),
        Mistake(
            "not-stretched",
            time,
            "The times are what they were. Multiply by (1 + new_redshift) / (1 + redshift).",
        ),
        Mistake(
            "squeezed",
            time * (1 + old) / (1 + new),
            "The light curve has become shorter. What is farther away seems to take longer.",
        ),
        Mistake(
            "stretched-from-zero",
            time * (1 + new),
            "The times are multiplied by 1 + new_redshift, but they are stretched by 1 + redshift "
            "already. Divide by that.",
        ),
        what="the column of times",
        rtol=1e-4,
    )


@part("5.E1")
def test_fainter(learner: Subject, rng: Rng) -> None:
    """The flux gets fainter, the sky does not: noise is added to the fluxes"""
    old, new = 0.05, 0.06
    rows = full_rows(rng, N_REAL, 10)
    rows[7, FLUX] = 1.0
    flux, sigma = rows[:N_REAL, FLUX].astype(float), rows[:N_REAL, FLUX_ERR].astype(float)
    got = moved_rows(learner.moved(rows, [old, 0.3], new, a_seed(rng)), rows)
    peak = float(np.abs(got[:, FLUX]).max())
    require(
        abs(peak - 1) < 1e-4,
        f"The largest absolute flux is {peak:.3f}. Divide FLUX and FLUX_ERR by it at the end, so "
        "that it is 1.",
        "not-normalised",
    )
    scale = sigma / got[:N_REAL, FLUX_ERR]
    require(
        bool(np.ptp(scale) < 1e-3 * scale.mean()),
        "The errors have not all been divided by the same number. They stay as they are, until "
        "flux and error are divided by the new peak.",
        "errors-not-alike",
    )
    judge_dimming(
        got[:N_REAL, FLUX] * scale, flux, sigma, distance_modulus(new) - distance_modulus(old)
    )


def judge_dimming(new: np.ndarray, flux: np.ndarray, sigma: np.ndarray, step: float) -> None:
    """`new` are fluxes in the unit in which the errors are `sigma`; step: of distance modulus."""
    f = 10 ** (-0.4 * step)
    weight = flux / sigma**2
    slope = float((weight * new).sum() / (weight * flux).sum())
    for value, slug, says in (
        (
            1.0,
            "as-clear-as-before",
            "Compared with the errors the flux is what it was: either it did not get fainter, or "
            "the errors shrank with it. The sky stays as bright; the errors keep their size.",
        ),
        (
            math.sqrt(f),
            "distance-not-squared",
            "The flux falls with the distance, but it should with its square: "
            "10**(-0.4 * (difference of the distance moduli)).",
        ),
        (1 / f, "brighter", "The object gets brighter, though it moves away. Turn the sign."),
    ):
        require(abs(slope / value - 1) > 0.02, says, slug)
    require(
        abs(slope / f - 1) < 0.02,
        f"Compared with the errors the flux is {slope:.3f} of what it was; it should be {f:.3f}.",
    )
    noise = (new - f * flux) / sigma
    spread, want = float(np.std(noise)), math.sqrt(1 - f**2)
    require(
        spread > 0.05,
        "The flux got fainter, but no noise was added: the points scatter less than their errors "
        "say. Add noise of sqrt(1 - f**2) * flux_err.",
        "no-noise",
    )
    require(
        abs(spread / want - 1) < 0.2,
        f"The noise that was added is {spread:.2f} flux_err; it should be sqrt(1 - f**2) = "
        f"{want:.2f}.",
        "noise-not-reduced" if abs(spread - 1) < 0.15 else None,
    )


@part("5.E1")
def test_moved_again(learner: Subject, rng: Rng) -> None:
    """The noise repeats with PyTorch's seed, and is another one with another"""
    rows = full_rows(rng, 40, 4)
    seed = a_seed(rng)
    first, again, other = (
        moved_rows(learner.moved(rows, [0.05, 0.3], 0.2, each), rows)
        for each in (seed, seed, seed + 1)
    )
    require(
        not approx_equal(first, other), "The noise is the same for every seed.", "own-generator"
    )
    require(
        approx_equal(first, again),
        "After the same `torch.manual_seed` the noise is another one. Draw with `torch.randn`.",
        "not-from-torch",
    )


@part("5.E1")
def test_nothing_to_move(learner: Subject, rng: Rng) -> None:
    """A light curve without observations stays empty"""
    rows = full_rows(rng, 0, 5)
    got = moved_rows(learner.moved(rows, [0.05, 0.3], 0.2, 1), rows)
    expect(Answer(got), rows.astype(float), what="the array")


# 5.E2 StratifiedBatches.__iter__ and stratified_loader

SIZES = [280, 150, 90, 62, 18]  # objects of each class
BATCH = 41  # 600 objects in 15 batches


def dealt(learner: Subject, rng: Rng, seeds: list[int | None]) -> tuple[np.ndarray, list]:
    """The labels, and the batches of each epoch, as lists of numbers."""
    labels = rng.permutation(np.repeat(np.arange(5), SIZES))
    got = learner.epochs(Tensor.of(labels), BATCH, seeds).value
    require(got["loader"], f"The result is a {got['is']}; it should be a DataLoader.")
    return labels, got["batches"]


@part("5.E2")
def test_each_once(learner: Subject, rng: Rng) -> None:
    """In an epoch every object comes exactly once"""
    _, (batches,) = dealt(learner, rng, [1])
    counts = Counter(number for batch in batches for number in batch)
    require(
        max(counts.values(), default=0) <= 1,
        "Some objects come several times in an epoch. Every one should come once: that the classes "
        "keep their proportions is the aim, not that they become equal.",
        "drawn-with-replacement",
    )
    require(
        len(counts) == 600,
        f"Of 600 objects {600 - len(counts)} do not come at all in an epoch. The last batch, or "
        "what could not be divided evenly, must not get lost.",
        "some-left-out",
    )


@part("5.E2")
def test_sizes(learner: Subject, rng: Rng) -> None:
    """There are ceil(n / batch_size) batches, none of them too large"""
    _, (batches,) = dealt(learner, rng, [1])
    largest = max((len(batch) for batch in batches), default=0)
    require(
        largest <= BATCH,
        f"A batch has {largest} objects; with batch_size = {BATCH} it should have {BATCH} at most.",
        "batch-too-large",
    )
    require(
        len(batches) == 15,
        f"600 objects come in {len(batches)} batches; with batch_size = {BATCH} there should be "
        "15.",
    )


@part("5.E2")
def test_shares(learner: Subject, rng: Rng) -> None:
    """In each batch every class has its share"""
    labels, (batches,) = dealt(learner, rng, [1])
    order = [number for batch in batches for number in batch]
    counts = np.array([np.bincount(labels[batch], minlength=5) for batch in batches])
    shares = np.array([[len(batch) * size / 600 for size in SIZES] for batch in batches])
    if (np.abs(counts - shares) < 2).all():
        return
    require(
        order != sorted(order),
        "The objects come in the order of the dataset.",
        "in-order",
    )
    require(
        not bool(((counts > 0).sum(axis=1) == 1).sum() > 5),
        "Most batches hold one class alone. Sort by class, then deal out: every k-th object, "
        "`order[i::k]`, goes to batch i.",
        "one-class-a-batch",
    )
    even = np.abs(counts - counts.mean(axis=1, keepdims=True)) < 3
    require(
        not bool(even[:10].all()),
        "All classes are equally common in the first batches. They should be as common as in the "
        "dataset.",
        "equal-classes",
    )
    batch, name = np.argwhere(np.abs(counts - shares) >= 2)[0]
    raise Failure(
        f"In a batch of {len(batches[batch])} objects there are {counts[batch, name]} of class "
        f"{name}, whose share is {shares[batch, name]:.1f}: the batches are drawn without regard "
        "to the class.",
        misconception="drawn-at-random",
    )


@part("5.E2")
def test_new_order(learner: Subject, rng: Rng) -> None:
    """Each epoch has other batches, which repeat with the seed"""
    _, (first, second, third) = dealt(learner, rng, [5, None, 5])
    require(
        first != second,
        "Both epochs have the same batches in the same order. Shuffle anew in `__iter__`, which is "
        "called once in each epoch.",
        "order-fixed",
    )
    sets = [{frozenset(batch) for batch in batches} for batches in (first, second)]
    require(
        sets[0] != sets[1],
        "Both epochs have the same batches, only in another order. Shuffle the objects anew in "
        "`__iter__`, too.",
        "same-batches",
    )
    require(
        first == third,
        "After the same `torch.manual_seed` an epoch has other batches. Shuffle with "
        "`torch.randperm`.",
        "not-from-torch",
    )
