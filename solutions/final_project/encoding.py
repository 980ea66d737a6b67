"""One representation of all photometry: what an alert stream would have seen of it.

Labelled light curves come from alerts, from forced photometry and from total flux, and rare classes
mostly from the latter two. A model that sees such differences learns the source and not the sky. So
everything is reduced to what all sources have in common:

- bands g and r only (i is missing from most alerts);
- total flux becomes a difference: a reference level per band is subtracted;
- only points that an alert stream would have reported: |flux| at least `min_snr` times an error
  that is never below `error_floor`;
- |flux|, because bulk sources lost the sign of the difference;
- no errors, which tell the kind of photometry: a noise model takes their place;
- one point per band and night, as observing programmes differ in cadence;
- no detection that stands alone, and the brightest `window` days only.

Upper limits are kept apart (`View.limit_day`): not every source has them, so only a comparison of
classes from one and the same source may use them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from solutions.final_project.light_curve import ZERO_POINT, LightCurve

BANDS = ("g", "r")
COLUMNS = ("day", "since_peak", "flux", "log_flux", "brightness", "g", "r")
TOTAL = "total_psf"
SOON = 3.5  # [days] within which hardly anything changes
QUIET_POINTS = 60  # of a band, from which on its scatter is measured


class UnusableLightCurveError(ValueError):
    """A light curve in which there is nothing to classify; the message says why."""


@dataclass(frozen=True)
class EncodingConfig:
    """How light curves are reduced.

    Attributes:
        min_snr: least |flux| / error of a point that counts.
        error_floor: the error is at least this [microjansky], as on a middling night.
        scatter: relative part of the noise model.
        reference: quantile of a band's total flux that stands for the constant source.
        window: longest time span [days].
        alone: a detection without another one within this time is left out [days].
        max_points: longest sequence; of more, points are taken evenly.
        faintest: peak magnitude beyond which brightness does not count. Fainter objects come from
            deep sources alone.
    """

    min_snr: float = 4.5
    error_floor: float = 5.0
    scatter: float = 0.03
    reference: float = 0.3
    window: float = 400.0
    alone: float = 30.0
    max_points: int = 100
    faintest: float = 19.3

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as they are written to a bundle."""
        return asdict(self)


@dataclass(frozen=True)
class View:
    """A light curve in the common representation, in order of time.

    Attributes:
        day: float64 (n,), days since the first point.
        band: int64 (n,), index into BANDS.
        flux: float64 (n,), |difference flux| [microjansky], positive.
        start: MJD of day 0.
        limit_day, limit_band, limit_flux: the same for upper limits (5 sigma) from 30 days before
            the first point to 60 days after the last one.
    """

    day: np.ndarray
    band: np.ndarray
    flux: np.ndarray
    start: float
    limit_day: np.ndarray
    limit_band: np.ndarray
    limit_flux: np.ndarray

    def __len__(self) -> int:
        return len(self.day)

    def select(self, rows: np.ndarray) -> View:
        """Return the view of some points, given by a mask or indices; day 0 stays."""
        limits = (self.limit_day, self.limit_band, self.limit_flux)
        return View(self.day[rows], self.band[rows], self.flux[rows], self.start, *limits)


def band_index(lc: LightCurve) -> np.ndarray:
    """Return the index of each row's band in BANDS, and -1 for all others."""
    index = np.full(len(lc), -1)
    for number, band in enumerate(BANDS):
        index[lc.band == band] = number
    return index


def difference_flux(
    lc: LightCurve, band: np.ndarray, config: EncodingConfig, rng: np.random.Generator | None = None
) -> np.ndarray:
    """Return the flux of each row [microjansky], with a reference subtracted from total flux.

    With `rng` the reference is drawn: any quantile up to 0.6, or the level of an early season, as
    in surveys, whose reference images are made of their first epochs.
    """
    flux = lc.flux.astype(np.float64, copy=True)
    total = (lc.row_kind == TOTAL) & np.isfinite(flux)
    if not total.any():
        return flux
    quantile, early = config.reference, False
    if rng is not None:
        quantile, early = rng.uniform(0.05, 0.6), rng.random() < 0.5
    for number in range(len(BANDS)):
        rows = np.flatnonzero(total & (band == number))
        if len(rows):
            epochs = rows[: max(10, len(rows) // 6)] if early else rows
            flux[rows] -= np.quantile(flux[epochs], 0.5 if early else quantile)
    return flux


def alert_view(
    lc: LightCurve,
    config: EncodingConfig | None = None,
    rng: np.random.Generator | None = None,
) -> View:
    """Return what an alert stream would have seen of a light curve.

    Args:
        lc: the light curve, of any kind of photometry.
        config: the settings.
        rng: draws the reference level of total flux, in training.

    Raises:
        UnusableLightCurveError: no finite flux in g or r that stands out.
    """
    config = config or EncodingConfig()
    band = band_index(lc)
    flux = difference_flux(lc, band, config, rng)
    error = np.fmax(lc.flux_err * _error_scale(lc, band), config.error_floor)
    usable = np.isfinite(flux) & (band >= 0) & (flux != 0) & np.isfinite(lc.mjd)
    if not usable.any():
        raise UnusableLightCurveError(f"{lc.object_id}: no measured flux in the bands g and r")
    rows = _significant(np.where(usable, np.abs(flux) / error, 0), config.min_snr)
    mjd, band_, flux_ = _nightly(lc.mjd[rows], band[rows], np.abs(flux[rows]), error[rows])
    keep = _in_company(mjd, config.alone)
    mjd, band_, flux_ = mjd[keep], band_[keep], flux_[keep]
    keep = _brightest(mjd, flux_, config.window)
    if keep.sum() > config.max_points:
        numbers = np.flatnonzero(keep)
        keep = numbers[np.linspace(0, len(numbers) - 1, config.max_points).astype(int)]
    mjd, band_, flux_ = mjd[keep], band_[keep], flux_[keep]
    limits = _limits(lc, band, flux, mjd[0] - 30, mjd[-1] + 60)
    return View(mjd - mjd[0], band_, flux_, float(mjd[0]), limits[0] - mjd[0], *limits[1:])


def _significant(snr: np.ndarray, least: float) -> np.ndarray:
    """Return the rows that stand out. If hardly any do, the threshold is lowered."""
    for threshold in (least, 0.6 * least):
        rows = np.flatnonzero(snr >= threshold)
        if len(rows) >= 5:
            return rows
    rows = np.argsort(-snr, kind="stable")[:5]  # the best there are
    return np.sort(rows[snr[rows] > 0])


def _nightly(
    mjd: np.ndarray, band: np.ndarray, flux: np.ndarray, error: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the weighted mean of each band and night: times, bands, fluxes, in order of time."""
    key = np.floor(mjd).astype(np.int64) * len(BANDS) + band
    keys, group = np.unique(key, return_inverse=True)
    weight = 1 / error**2
    total = np.bincount(group, weight)
    time = np.bincount(group, weight * mjd) / total
    mean = np.bincount(group, weight * flux) / total
    order = np.argsort(time, kind="stable")
    return time[order], (keys % len(BANDS))[order], mean[order]


def _in_company(mjd: np.ndarray, reach: float) -> np.ndarray:
    """Return which points have another one within `reach` days, or all if fewer than 3 have."""
    gaps = np.diff(mjd, prepend=-np.inf, append=np.inf)
    good = np.minimum(gaps[:-1], gaps[1:]) <= reach
    return good if good.sum() >= 3 else np.ones(len(mjd), dtype=bool)


def _brightest(mjd: np.ndarray, flux: np.ndarray, window: float) -> np.ndarray:
    """Return the mask of the window with the most light, the first of several."""
    light = np.concatenate([[0.0], np.cumsum(flux)])
    ends = np.searchsorted(mjd, mjd + window, side="right")
    first = int(np.argmax(light[ends] - light[:-1]))
    rows = np.arange(len(mjd))
    return (rows >= first) & (rows < ends[first])


def _error_scale(lc: LightCurve, band: np.ndarray) -> np.ndarray:
    """Return by how much the scatter from night to night exceeds the errors, at least 1.

    Alerts have passed a filter of their own; forced and total flux have outliers, and errors that
    leave out the host galaxy. The fainter half of each band tells, where little happens.
    """
    scale = np.ones(len(lc))
    for number in range(len(BANDS)):
        rows = np.flatnonzero(
            (band == number) & (lc.row_kind != "diff_alert") & np.isfinite(lc.flux)
        )
        if len(rows) < QUIET_POINTS:
            continue
        quiet = rows[lc.flux[rows] <= np.median(lc.flux[rows])]
        change = np.abs(np.diff(lc.flux[quiet]))[np.diff(lc.mjd[quiet]) < SOON]
        if len(change) >= QUIET_POINTS // 4:
            scatter = 1.4826 * np.median(change) / np.sqrt(2)
            scale[rows] = np.clip(scatter / np.median(lc.flux_err[quiet]), 1, 10)
    return scale


def _limits(
    lc: LightCurve, band: np.ndarray, flux: np.ndarray, first: float, last: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times, bands and 5-sigma limits of what was looked at and not seen."""
    unseen = ~lc.is_detection & (band >= 0) & (lc.mjd >= first) & (lc.mjd <= last)
    unseen &= (lc.row_kind != TOTAL) & np.isfinite(lc.flux_err)
    return lc.mjd[unseen], band[unseen], 5 * lc.flux_err[unseen]


def magnitude(flux: np.ndarray) -> np.ndarray:
    """Return the AB magnitude of a flux [microjansky]."""
    return ZERO_POINT - 2.5 * np.log10(flux)


def model_error(flux: np.ndarray, config: EncodingConfig) -> np.ndarray:
    """Return the error that the noise model gives a flux [microjansky]."""
    return np.hypot(config.error_floor, config.scatter * flux)


def view_rows(view: View, config: EncodingConfig | None = None) -> np.ndarray:
    """Return the rows of a view that the network sees, float32 (n, len(COLUMNS))."""
    config = config or EncodingConfig()
    peak = view.flux.max()
    relative = view.flux / peak
    brightest = view.day[np.argmax(view.flux)]
    brightness = np.clip(config.faintest - magnitude(peak), 0, 5) / 5
    rows = [
        view.day - view.day[0],
        (view.day - brightest) / 100,
        relative,
        np.log10(relative) + 1,
        np.full(len(view), brightness),
        view.band == 0,
        view.band == 1,
    ]
    return np.column_stack(rows).astype(np.float32)


def encode(lc: LightCurve, config: EncodingConfig | None = None) -> np.ndarray:
    """Return a light curve as the network sees it, float32 (n, len(COLUMNS)).

    The columns: days since the first point, hundreds of days since the brightest one, flux /
    largest flux, its logarithm, how much the peak
    is brighter than `config.faintest`, and whether the band is g or r.

    Raises:
        UnusableLightCurveError: there is nothing to classify.
    """
    config = config or EncodingConfig()
    return view_rows(alert_view(lc, config), config)
