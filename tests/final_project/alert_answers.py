"""Answers and light curves that need no classifier, and channels on this machine."""

from __future__ import annotations

from typing import Any

import numpy as np

from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES

NOW = 61000.0


def answer(object_id: str = "ZTF26zzaa", kind: str = "TDE", p: float = 0.9, **more: Any) -> dict:
    """Return an answer as `classify_with_uncertainty` gives it."""
    probabilities = dict.fromkeys(CLASSES, (1 - p) / (len(CLASSES) - 1)) | {kind: p}
    parts = {"aleatoric": 0.1, "epistemic": 0.01, "total": 0.11, "unknown": 0.2}
    about = {"object_id": object_id, "predicted": kind, "confidence": p, "refused": ""}
    return about | {"probabilities": probabilities, "seconds": 0.01} | parts | more


def refusal(object_id: str) -> dict:
    return {"object_id": object_id, "refused": "there is no observation", "seconds": 0.0}


def curve(object_id: str = "ZTF26zzaa", peak: float = 18.0, last: float = NOW - 1) -> LightCurve:
    """Return twenty detections in g and r within 40 days, fading by 1 mag, and an upper limit."""
    mjd = np.linspace(last - 40, last, 20)
    flux = 10 ** (0.4 * (23.9 - np.linspace(peak, peak + 1, 20)))
    return LightCurve.from_arrays(
        object_id,
        [mjd[0] - 2, *mjd],
        ["g", *np.resize(["g", "r"], 20)],
        [np.nan, *flux],
        [5.0, *flux / 30],
        ra=150.25,
        dec=-2.5,
    )
