"""Records of two surveys, and the light curves they should become.

The expected fluxes are worked out here from the definition of the magnitude, for each entry of a
record by itself, independently of any solution.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from grader.course.oracles import Rng

Entry = dict[str, Any]

ZEROPOINTS = {"g": 26.325, "r": 26.275, "i": 25.660}
COLUMNS = ("mjd", "flux", "flux_err", "band")
ID_KEYS = {"ZTF": "objectId", "LSST": "diaObjectId"}
LIST_KEYS = {"ZTF": "candidates", "LSST": "diaSources"}


def detections(rng: Rng, n: int = 6, least: int | None = None) -> list[Entry]:
    """Valid detections of ZTF in no order, with times as `jd`; `least` of them to be shown."""
    n = rng.size(n, n if least is None else least)
    times = 2460000.5 + rng.permutation(7.0371284 * np.arange(n) + 3.1234567)
    if times[0] == times.min():
        times = times[::-1]
    return [
        {
            "candid": 2640000000015010000 + 17 * number,
            "jd": float(jd),
            "fid": 1 + number % 3,
            "magpsf": float(rng.uniform(17, 19.5)),
            "sigmapsf": float(rng.uniform(0.03, 0.2)),
            "isdiffpos": "t",
        }
        for number, jd in enumerate(times)
    ]


def sources(rng: Rng, n: int = 7, least: int | None = None) -> list[Entry]:
    """Valid measurements of LSST in no order, the second negative; `least` of them to be shown."""
    n = rng.size(n, n if least is None else least)
    times = 60000 + rng.permutation(7.0371284 * np.arange(n) + 3.1234567)
    if times[0] == times.min():
        times = times[::-1]
    return [
        {
            "midpointMjdTai": float(mjd),
            "band": "ugrizy"[number % 6],
            "psfFlux": float(rng.uniform(300, 900) * (-1 if number == 1 else 1)),
            "psfFluxErr": float(rng.uniform(20, 90)),
        }
        for number, mjd in enumerate(times)
    ]


ENTRIES = {"ZTF": detections, "LSST": sources}


TIMES = {"ZTF": "jd", "LSST": "midpointMjdTai"}
BANDS = {"ZTF": "fid", "LSST": "band"}


def record(survey: str, entries: list[Entry]) -> Entry:
    """A record of a survey: an object's id and its measurements."""
    identity: Any = "ZTF24aabcdef" if survey == "ZTF" else 5117830089179607748
    return {ID_KEYS[survey]: identity, LIST_KEYS[survey]: copy.deepcopy(entries)}


def columns_wanted(survey: str, entries: list[Entry]) -> dict[str, list[Any]]:
    """The columns of the light curve, in order of time."""
    if survey == "LSST":
        rows = [(e["midpointMjdTai"], e["psfFlux"], e["psfFluxErr"], e["band"]) for e in entries]
    else:
        rows = [(mjd_of(e), *_flux(e), " gri"[e["fid"]]) for e in entries]
    return {name: [row[i] for row in sorted(rows)] for i, name in enumerate(COLUMNS)}


def mjd_of(entry: Entry) -> float:
    return entry["mjd"] if "mjd" in entry else entry["jd"] - 2400000.5


def _flux(entry: Entry) -> tuple[float, float]:
    """Flux, and its error as half the difference between a bit brighter and a bit fainter."""
    zeropoint = ZEROPOINTS[" gri"[entry["fid"]]]
    bright, mean, faint = (
        100 ** ((zeropoint - entry["magpsf"] + step) / 5) for step in (1e-4, 0.0, -1e-4)
    )
    positive = entry["isdiffpos"] in ("t", "1", "+1", 1)
    error = (bright - faint) / 2e-4 * entry["sigmapsf"]
    return (mean if positive else -mean), error


def non_detections(rng: Rng, entries: list[Entry]) -> list[Entry]:
    """What four kinds of broker write when nothing was found, in the nights after detections."""
    limit = round(rng.uniform(19.5, 20.5), 2)
    times = [entry["jd"] + 1.0 for entry in entries[:4]]
    missing = dict.fromkeys(("candid", "magpsf", "sigmapsf", "isdiffpos"))
    return [
        {"jd": times[0], "fid": 1, "diffmaglim": limit, "magpsf": limit},
        {"jd": times[1], "fid": 2, "diffmaglim": limit},
        missing | {"jd": times[2], "fid": 2, "diffmaglim": limit, "magpsf": limit},
        {"jd": times[-1], "fid": 1, "diffmaglim": limit, "magpsf": limit, "candid": None}
        | {"sigmapsf": 0.2, "isdiffpos": "t"},
    ]
