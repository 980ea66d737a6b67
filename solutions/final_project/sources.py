"""The same object as another kind of photometry would have recorded it.

Training sees objects in the clothes of other sources, and the control experiment compares what the
classifier says of one object in different clothes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solutions.final_project.light_curve import LightCurve

REACH_BACK = 30.0  # [days] that alert packets reach back
ALERT_SNR = 5.0


def as_alerts(lc: LightCurve) -> LightCurve:
    """Return difference photometry as alerts keep it: what stands out by 5 sigma, without sign.

    Total flux has to be made a difference first (`encoding.difference_flux`); its rows are dropped.
    """
    with np.errstate(invalid="ignore"):
        seen = lc.is_detection & (np.abs(lc.flux) >= ALERT_SNR * lc.flux_err)
    seen &= lc.row_kind != "total_psf"
    alerts = lc.select(seen)
    kinds = np.full(len(alerts), "diff_alert", dtype="<U11")
    return replace(
        alerts, flux=np.abs(alerts.flux), kind="diff_alert", row_kind=kinds, sign_known=False
    )


def as_total(lc: LightCurve, host: float, rng: np.random.Generator) -> LightCurve:
    """Return difference photometry as total flux: with a constant source, and noise where unseen.

    Args:
        lc: the light curve; its upper limits become measurements of the constant source.
        host: flux of the constant source [microjansky].
        rng: draws the noise.
    """
    unseen = ~np.isfinite(lc.flux)
    noise = rng.normal(0, np.where(unseen, lc.flux_err, 0))
    flux = host + np.where(unseen, noise, np.nan_to_num(lc.flux))
    kinds = np.full(len(lc), "total_psf", dtype="<U11")
    return replace(
        lc, flux=flux, is_detection=np.full(len(lc), True), kind="total_psf", row_kind=kinds
    )


def as_forced(lc: LightCurve, rng: np.random.Generator) -> LightCurve:
    """Return alert photometry as forced photometry: noise in place of upper limits."""
    unseen = ~np.isfinite(lc.flux)
    flux = np.where(unseen, rng.normal(0, np.where(unseen, lc.flux_err, 0)), lc.flux)
    kinds = np.full(len(lc), "diff_forced", dtype="<U11")
    return replace(lc, flux=flux, kind="diff_forced", row_kind=kinds)
