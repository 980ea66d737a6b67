"""What a broker lists of an object, and what becomes of it."""

from __future__ import annotations

import math
from typing import Any

from grader.course.ex11.checks.light_curves import (
    JD_OF_MJD_0,
    Observation,
    observed,
    random_times,
)
from grader.course.oracles import Rng

Candidate = dict[str, Any]
BAND_OF = {1: "g", 2: "r", 3: "i"}


def microjansky(magnitude: float) -> float:
    """AB magnitude 23.9 is a microjansky, and five magnitudes are a factor of 100."""
    return math.pow(100, (23.9 - magnitude) / 5)


def candidate(rng: Rng, mjd: float, fid: int, positive: Any = "t") -> Candidate:
    """A detection as the broker lists it."""
    return {
        "candid": int(rng.integers(10**15, 10**16)),
        "jd": round(mjd + JD_OF_MJD_0, 3),
        "fid": fid,
        "magpsf": round(float(rng.uniform(16, 20)), 2),
        "sigmapsf": round(float(rng.uniform(0.03, 0.2)), 3),
        "isdiffpos": positive,
    }


def detections(rng: Rng, n: int) -> list[Candidate]:
    """Detections of brighter sources, the newest first."""
    times = sorted(random_times(rng, n), reverse=True)
    return [candidate(rng, mjd, i % 3 + 1) for i, mjd in enumerate(times)]


def limit(rng: Rng, mjd: float, fid: int, **further: Any) -> Candidate:
    depth = round(float(rng.uniform(19, 21)), 2)
    return {"jd": round(mjd + JD_OF_MJD_0, 3), "fid": fid, "diffmaglim": depth} | further


def read_detection(one: Candidate, sign: int = 1) -> Observation:
    flux = microjansky(one["magpsf"])
    error = flux * one["sigmapsf"] * math.log(10) / 2.5
    return observed(one["jd"] - JD_OF_MJD_0, sign * flux, error, BAND_OF[one["fid"]])


def read_limit(one: Candidate) -> Observation:
    error = microjansky(one["diffmaglim"]) / 5
    return observed(one["jd"] - JD_OF_MJD_0, math.nan, error, BAND_OF[one["fid"]])
