"""What the sign of the difference says: supernovae add light, nuclei and stars also lose it.

Most labelled alerts lost their signs, so no model can learn this from them. It enters as evidence
by Bayes' theorem, where the sign is known, and counts for nothing where it is not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solutions.final_project.encoding import TOTAL, EncodingConfig, band_index
from solutions.final_project.light_curve import LightCurve

# Share of objects, among those that brightened or faded, whose differences are mostly negative.
# AGN and CV: training part, 10 of 21 and 5 of 7. The others by physics: a supernova is negative
# if the reference image holds it, which happens with those that were bright in 2018.
NEGATIVE_SHARE: Mapping[str, float] = {
    "SNIa": 0.02,
    "SNII": 0.02,
    "CV": 0.6,
    "AGN": 0.5,
    "TDE": 0.02,
}


def is_negative(lc: LightCurve, config: EncodingConfig) -> bool | None:
    """Tell whether significant differences are mostly negative; None if their sign is not known.

    The sign of total flux depends on the reference that is chosen, so it is not known.
    """
    error = np.fmax(lc.flux_err, config.error_floor)
    with np.errstate(invalid="ignore"):
        seen = (np.abs(lc.flux) >= config.min_snr * error) & (band_index(lc) >= 0)
    seen &= lc.row_kind != TOTAL
    if not seen.any():
        return None
    negative = float((lc.flux[seen] < 0).mean())
    if negative > 0.2:
        return True
    return False if lc.sign_known else None


def sign_evidence(
    lc: LightCurve,
    config: EncodingConfig,
    classes: tuple[str, ...],
    negative_share: Mapping[str, float] = NEGATIVE_SHARE,
) -> np.ndarray:
    """Return the log-likelihood of the sign for each class (classes,); zeros if it is not known."""
    negative = is_negative(lc, config)
    if negative is None:
        return np.zeros(len(classes))
    share = np.array([negative_share[name] for name in classes])
    return np.log(share if negative else 1 - share)
