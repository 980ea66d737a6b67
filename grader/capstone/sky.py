"""An invented sky, new for every seed: Exercise 5's, as a broker of ZTF would hand it out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from grader.capstone.exam import CLASSES, DETECTION, ZERO_POINT, BadExam, Exam

SHARES = {"SNIa": 0.60, "SNII": 0.18, "TDE": 0.08, "AGN": 0.08, "CV": 0.06}
PARTIAL = 0.15  # share of objects that are still being watched: cut off at some night
ODD = 0.02  # share of objects with a single point, nothing but limits, or one band
NO_SKY = (
    "The invented sky is that of Exercise 5, and no reference solutions are installed here. Give a "
    "table of labelled light curves with `--table`."
)
Rng = np.random.Generator


def invent(seed: int, count: int) -> Exam:
    """Return an exam of `count` invented objects, in the shares of SHARES.

    Which objects are partial, odd, or lack forced photometry is drawn without regard to the class.

    Raises
    ------
    BadExam
        If Exercise 5's solution is not installed, or so few objects are asked for that a class has
        none.
    """
    rng = np.random.default_rng([seed, count])
    numbers = {name: int(share * count) for name, share in SHARES.items()}
    numbers["SNIa"] += count - sum(numbers.values())
    labels = [name for name in CLASSES for _ in range(numbers[name])]
    curves = [_curve(label, rng) for label in labels]
    truth = np.array([CLASSES.index(label) for label in labels], dtype=int)
    return Exam(curves, truth, f"an invented sky of {count} objects")


def _curve(label: str, rng: Rng) -> pd.DataFrame:
    curve = _as_seen(_simulated(label, rng), rng)
    if rng.random() < ODD:
        return _odd(curve, rng)
    return _cut_off(curve, rng) if rng.random() < PARTIAL else curve


def _simulated(label: str, rng: Rng) -> pd.DataFrame:
    """An object of Exercise 5 in microjansky."""
    try:
        from solutions.ex05_light_curve_dataset import ZEROPOINT, simulate_transient
    except ImportError:
        raise BadExam(NO_SKY) from None
    data = simulate_transient(label, rng).data.sort_values("mjd", ignore_index=True)
    unit = 10 ** (0.4 * (ZERO_POINT - ZEROPOINT))
    flux, flux_err = data["flux"] * unit, data["flux_err"] * unit
    seen = flux.abs() >= DETECTION * flux_err
    columns = {"mjd": data["mjd"], "band": data["band"], "flux": flux, "flux_err": flux_err}
    return pd.DataFrame(columns | {"is_detection": seen})


def _as_seen(curve: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """With forced photometry, or, of every other object, as alerts have it: limits without flux."""
    if rng.random() < 0.5:
        return curve
    return curve.assign(flux=curve["flux"].where(curve["is_detection"]))


def _cut_off(curve: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """What was known some nights after the first detection."""
    seen = curve.loc[curve["is_detection"], "mjd"].to_numpy()
    known: pd.DataFrame = curve[curve["mjd"] <= rng.uniform(seen[1], seen[-1])]
    return known.reset_index(drop=True)


def _odd(curve: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """One point, only what is no detection, or one band: whatever of it there is."""
    seen = curve["is_detection"]
    kinds = [curve[seen].iloc[:1], curve[~seen], curve[curve["band"] == curve["band"].iloc[0]]]
    kinds = [each for each in kinds if len(each)]
    chosen: pd.DataFrame = kinds[rng.integers(len(kinds))]
    return chosen.reset_index(drop=True)
