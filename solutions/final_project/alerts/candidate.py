"""What rules judge and messages tell: an answer of the classifier, and facts of the light curve."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from solutions.final_project.light_curve import ZERO_POINT, LightCurve

UNIX_EPOCH = 40587.0  # as MJD


class Facts(msgspec.Struct, frozen=True):
    """What the light curve says, beside its class.

    Attributes:
        magnitude, band: of the latest detection (absolute difference flux) [AB mag].
        peak_magnitude: of the brightest detection, in any band.
        detections: how many there are.
        first_detection, last_detection: their times [MJD].
        ra, dec: position [deg, J2000], None if unknown.
    """

    magnitude: float
    band: str
    peak_magnitude: float
    detections: int
    first_detection: float
    last_detection: float
    ra: float | None = None
    dec: float | None = None


class Candidate(msgspec.Struct, frozen=True):
    """An object on one night.

    Attributes:
        object_id: name of the object.
        now: when it was classified [MJD].
        predicted: the class that was answered, which is not always the most probable one.
        probabilities: of each class.
        uncertainty, aleatoric, epistemic: total variance of the class, and its two parts.
        unknown: how unlike anything known it is, 0 to 1.
        facts: of its light curve; None if there was none to look at.
    """

    object_id: str
    now: float
    predicted: str
    probabilities: dict[str, float]
    uncertainty: float
    aleatoric: float
    epistemic: float
    unknown: float
    facts: Facts | None = None

    @property
    def days_since_first_detection(self) -> float:
        """Age of the object [days]."""
        return self.now - self._known().first_detection

    @property
    def days_since_last_detection(self) -> float:
        """How old the news are [days]."""
        return self.now - self._known().last_detection

    @property
    def magnitude(self) -> float:
        """Magnitude of the latest detection."""
        return self._known().magnitude

    @property
    def detections(self) -> int:
        """How many detections there are."""
        return self._known().detections

    def _known(self) -> Facts:
        if self.facts is None:
            raise ValueError(
                f"{self.object_id}: a rule asks for magnitude, detections or days, so it needs the "
                "light curves: process_classifications(results, light_curves=...)"
            )
        return self.facts


def now_as_mjd() -> float:
    """Return the time of the clock [MJD]."""
    return time.time() / 86400 + UNIX_EPOCH


def make_candidate(
    answer: Mapping[str, Any], light_curve: LightCurve | None, now: float
) -> Candidate:
    """Return a candidate.

    Args:
        answer: of `classify_with_uncertainty`, not refused.
        light_curve: what was classified, if the rules or the message need it.
        now: time of the classification [MJD].

    Raises:
        ValueError: the answer lacks something.
    """
    try:
        return Candidate(
            object_id=str(answer["object_id"]),
            now=now,
            predicted=str(answer["predicted"]),
            probabilities={name: float(p) for name, p in answer["probabilities"].items()},
            uncertainty=float(answer["total"]),
            aleatoric=float(answer["aleatoric"]),
            epistemic=float(answer["epistemic"]),
            unknown=float(answer["unknown"]),
            facts=None if light_curve is None else facts_of(light_curve),
        )
    except KeyError as error:
        raise ValueError(
            f"a result has no {error}: give the answers of classify_with_uncertainty as they are"
        ) from None


def facts_of(light_curve: LightCurve) -> Facts | None:
    """Return what a light curve says, None without a detection."""
    seen = light_curve.detections()
    if len(seen) == 0:
        return None
    magnitude = ZERO_POINT - 2.5 * np.log10(np.abs(seen.flux))
    position = (light_curve.ra, light_curve.dec)
    ra, dec = (float(x) if np.isfinite(x) else None for x in position)
    return Facts(
        float(magnitude[-1]),
        str(seen.band[-1]),
        float(magnitude.min()),
        len(seen),
        float(seen.mjd[0]),
        float(seen.mjd[-1]),
        ra,
        dec,
    )
