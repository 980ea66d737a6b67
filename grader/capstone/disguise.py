"""Nobody recognises an object: no names, other dates, and numbers that differ within their errors.

Without it, whoever has met the light curves, or the files they come from, could look them up. The
noise also hides what tells the file that an object comes from, such as the number of decimals,
which may go with the class.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from grader.capstone.exam import Exam

FIRST_NIGHTS = (58200, 60200)  # [MJD] within which every object begins
TIME = 0.01  # [days] by which each time is moved at most: nights stay nights
FLUX = 0.1  # errors by which each flux is moved, typically
FLUX_ERR = 0.03  # relative change of each error, typically
LOST = 0.05  # share of rows left out, of light curves with more than FEW
FEW = 10
Rng = np.random.Generator


def disguised(exam: Exam, seed: int) -> Exam:
    """Return the same exam in another order, with each light curve disguised."""
    rng = np.random.default_rng([seed, 1])
    order = rng.permutation(len(exam.curves))
    curves = [_disguised(exam.curves[place], rng) for place in order]
    return Exam(curves, exam.truth[order], exam.source, exam.notes)


def _disguised(curve: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The time of night is kept, as it tells nothing of an object; the date is not."""
    if len(curve) > FEW:
        curve = curve[rng.random(len(curve)) >= LOST]
    days = rng.integers(*FIRST_NIGHTS) - np.floor(curve["mjd"].min())
    moved = curve.assign(
        mjd=curve["mjd"] + days + rng.uniform(-TIME, TIME, len(curve)),
        flux=curve["flux"] + curve["flux_err"] * rng.normal(0, FLUX, len(curve)),
        flux_err=curve["flux_err"] * np.exp(rng.normal(0, FLUX_ERR, len(curve))),
    )
    return moved.sort_values("mjd", kind="stable", ignore_index=True)
