"""Numbers that an astronomer would read off a light curve, for trees beside the network.

All are computed from the common representation (`encoding.View`), except those that begin with
`limit_`: they use upper limits, which not every source has.
"""

from __future__ import annotations

import numpy as np

from solutions.final_project.encoding import (
    BANDS,
    EncodingConfig,
    View,
    alert_view,
    magnitude,
    model_error,
)
from solutions.final_project.light_curve import LightCurve

NAN = float("nan")
Features = dict[str, float]

# Grid of the fits: rise and fall times of Bazin's function [days], evenly in the logarithm
RISES = np.geomspace(0.7, 20, 6)
FALLS = np.geomspace(3, 150, 10)
OFFSETS = np.linspace(-25, 15, 11)  # of its time scale's origin from the brightest point [days]


def features(lc: LightCurve, config: EncodingConfig | None = None) -> Features:
    """Return the features of a light curve; what cannot be measured is NaN.

    Raises:
        UnusableLightCurveError: there is nothing to measure.
    """
    config = config or EncodingConfig()
    return view_features(alert_view(lc, config), config)


def view_features(view: View, config: EncodingConfig | None = None) -> Features:
    """Return the features of a light curve in the common representation."""
    config = config or EncodingConfig()
    mag = magnitude(view.flux)
    sigma = 1.086 * model_error(view.flux, config) / view.flux
    result = _overall(view, mag, config)
    for number, name in enumerate(BANDS):
        rows = view.band == number
        result |= _of_band(name, view.day[rows], mag[rows], view.flux[rows], sigma[rows])
        result |= _fit_bazin(name, view.day[rows], view.flux[rows], config)
    result |= _colours(view, mag)
    result |= _of_limits(view)
    return {name: float(value) for name, value in result.items()}


def is_source_blind(name: str) -> bool:
    """Tell whether a feature can be had from every source alike."""
    return not name.startswith("limit_")


def _overall(view: View, mag: np.ndarray, config: EncodingConfig) -> Features:
    day, flux = view.day - view.day[0], view.flux
    nights = np.unique(np.floor(day))
    gaps = np.diff(np.unique(day), append=day[-1])  # a gap of 0 if all is of one time
    peak = int(np.argmax(flux))
    weight = flux / flux.sum()
    centre = float((weight * day).sum())
    late = day > day[peak]
    return {
        "span": day[-1],
        "nights": len(nights),
        "points_per_day": len(day) / (day[-1] + 1),
        "longest_gap": gaps.max(),
        "longest_gap_share": gaps.max() / (day[-1] + 1),
        "peak_brightness": max(config.faintest - float(mag.min()), 0.0),
        "amplitude": np.ptp(mag),
        "robust_amplitude": np.ptp(np.quantile(mag, [0.1, 0.9])),
        "days_to_peak": day[peak],
        "days_after_peak": day[-1] - day[peak],
        "peak_position": day[peak] / max(day[-1], 1e-3),
        "nights_before_peak": float((nights < np.floor(day[peak])).sum()),
        "flux_centre": centre,
        "flux_spread": np.sqrt((weight * (day - centre) ** 2).sum()),
        "above_half": float((flux > flux.max() / 2).mean()),
        "days_above_half": np.ptp(day[flux > flux.max() / 2]),
        "brighter_after": float((flux[late] > 0.7 * flux.max()).mean()) if late.any() else NAN,
    }


def _slope(day: np.ndarray, value: np.ndarray, least: int = 2, span: float = 2.0) -> float:
    """Return the slope of a straight line, or NaN with too few points or too short a time."""
    if len(day) < least or np.ptp(day) < span:
        return NAN
    centred = day - day.mean()
    return float((centred * (value - value.mean())).sum() / (centred**2).sum())


def _crossing(day: np.ndarray, mag: np.ndarray, limit: float) -> float:
    """Return the first time at which a decline has reached a magnitude, interpolated."""
    below = np.flatnonzero(mag >= limit)
    if len(below) == 0:
        return NAN
    i = int(below[0])
    if i == 0:
        return float(day[0])
    share = (limit - mag[i - 1]) / (mag[i] - mag[i - 1])
    return float(day[i - 1] + share * (day[i] - day[i - 1]))


def _of_band(
    band: str, day: np.ndarray, mag: np.ndarray, flux: np.ndarray, sigma: np.ndarray
) -> Features:
    """Return the features of one band; all NaN without points."""
    names = (
        "rise", "decline_half", "decline_one", "rise_half", "slope_before", "slope_15", "slope_40",
        "slope_80", "slope_late", "std", "skew", "neumann", "excess", "peaks", "jump",
        "curvature", "line_residual", "sf_10", "sf_40", "sf_120", "share",
    )  # fmt: skip
    if len(day) < 2:
        return {f"{band}_{name}": NAN for name in names} | {f"{band}_n": float(len(day))}
    peak = int(np.argmax(flux))
    t = day - day[peak]
    after, before = t >= 0, t <= 0
    steps, hops = np.diff(day), np.diff(mag)
    spread = mag.std()
    centred = (mag - mag.mean()) / max(spread, 1e-3)
    near = (t > -12) & (t < 25)
    values = {
        "rise": -t[0],
        "decline_half": _crossing(t[after], mag[after] - mag[peak], 0.5),
        "decline_one": _crossing(t[after], mag[after] - mag[peak], 1.0),
        "rise_half": _crossing(-t[before][::-1], mag[before][::-1] - mag[peak], 0.5),
        "slope_before": _slope(t[before], mag[before]),
        "slope_15": _slope(t[after & (t <= 15)], mag[after & (t <= 15)]),
        "slope_40": _slope(t[(t > 10) & (t <= 40)], mag[(t > 10) & (t <= 40)]),
        "slope_80": _slope(t[(t > 35) & (t <= 90)], mag[(t > 35) & (t <= 90)]),
        "slope_late": _slope(t[t > 60], mag[t > 60]),
        "std": spread,
        "skew": (centred**3).mean(),
        "neumann": (hops**2).mean() / max(spread**2, 1e-4),
        "excess": np.median(np.abs(mag - np.median(mag))) / np.median(sigma),
        "peaks": _count_peaks(flux),
        "jump": np.max(np.abs(hops) / np.maximum(steps, 0.9)),
        "curvature": np.polyfit(t[near] / 10, mag[near], 2)[0] if _spread_out(t[near]) else NAN,
        "line_residual": _line_residual(t[after], mag[after]),
        "share": len(day) / (np.ptp(day) + 1),
    }
    values |= {f"sf_{lag}": _structure(day, mag, lag) for lag in (10, 40, 120)}
    return {f"{band}_{k}": values[k] for k in names} | {f"{band}_n": float(len(day))}


def _spread_out(day: np.ndarray) -> bool:
    return len(day) >= 4 and np.ptp(day) > 4


def _line_residual(day: np.ndarray, mag: np.ndarray) -> float:
    """Return the scatter about a steady decline [mag]."""
    if len(day) < 4:
        return NAN
    slope = _slope(day, mag, span=0.1)
    return float(np.std(mag - mag.mean() - slope * (day - day.mean())))


def _count_peaks(flux: np.ndarray) -> float:
    """Return how often the light rises to twice of what it was, having lost half."""
    count, low, high, rising = 0, flux[0], flux[0], True
    for value in flux.tolist():
        low, high = min(low, value), max(high, value)
        if rising and value < high / 2:
            count, low, rising = count + 1, value, False
        elif not rising and value > 2 * low:
            high, rising = value, True
    return float(count + rising)


def _structure(day: np.ndarray, mag: np.ndarray, lag: float) -> float:
    """Return the rms change of magnitude over a time from half to 1.5 times `lag` [days]."""
    apart = day[None, :] - day[:, None]
    pairs = (apart > 0.5 * lag) & (apart < 1.5 * lag)
    if not pairs.any():
        return NAN
    change = mag[None, :] - mag[:, None]
    return float(np.sqrt((change[pairs] ** 2).mean()))


def _bazin(t: np.ndarray) -> np.ndarray:
    """Return Bazin's function at times t (..., n) on the grid: (rise, fall, ..., n)."""
    fall = np.exp(-np.clip(t / FALLS.reshape(-1, *[1] * t.ndim), -10, 50))
    rise = 1 / (1 + np.exp(-np.clip(t / RISES.reshape(-1, 1, *[1] * t.ndim), -50, 50)))
    return rise * fall


def _fit_bazin(band: str, day: np.ndarray, flux: np.ndarray, config: EncodingConfig) -> Features:
    """Return the best of a grid of Bazin functions, with its amplitude fitted linearly.

    f(t) = A exp(-t / fall) / (1 + exp(-t / rise)) (Bazin et al. 2009, A&A 499, 653)
    """
    names = ("fit_rise", "fit_fall", "fit_chi2", "fit_delay")
    if len(day) < 3:
        return {f"{band}_{name}": NAN for name in names}
    peak = day[np.argmax(flux)]
    weight = 1 / np.hypot(model_error(flux, config), 0.05 * flux.max()) ** 2
    shapes = _bazin(day[None, :] - peak - OFFSETS[:, None])  # (rise, fall, offset, n)
    norm = (weight * shapes**2).sum(-1)
    match = (weight * flux * shapes).sum(-1)
    gain = np.where(norm > 0, match**2 / np.maximum(norm, 1e-12), 0)
    best = np.unravel_index(np.argmax(gain), gain.shape)
    chi2 = (weight * flux**2).sum() - gain[best]
    values = (
        np.log10(RISES[best[0]]),
        np.log10(FALLS[best[1]]),
        np.log10(max(chi2, 0) / len(day) + 0.01),
        OFFSETS[best[2]],
    )
    return {f"{band}_{name}": value for name, value in zip(names, values, strict=True)}


def _colours(view: View, mag: np.ndarray) -> Features:
    """Return g - r and its evolution, from g and r taken within 1.5 days."""
    names = ("mean", "std", "peak", "early", "late", "slope", "slope_30", "latest")
    green, red = view.band == 0, view.band == 1
    empty = {f"colour_{name}": NAN for name in names}
    delays = {"peak_delay": NAN, "peak_ratio": NAN}
    if not green.any() or not red.any():
        return empty | delays
    peak_green = view.day[green][np.argmin(mag[green])]
    delays = {
        "peak_delay": view.day[red][np.argmin(mag[red])] - peak_green,
        "peak_ratio": mag[green].min() - mag[red].min(),
    }
    apart = np.abs(view.day[green][:, None] - view.day[red][None, :])
    nearest = apart.argmin(axis=1)
    paired = apart.min(axis=1) < 1.5
    if not paired.any():
        return empty | delays
    day = view.day[green][paired]
    colour = mag[green][paired] - mag[red][nearest[paired]]
    t = day - view.day[np.argmax(view.flux)]
    first = day - view.day[0]
    values = {
        "mean": colour.mean(),
        "std": colour.std() if len(colour) > 1 else NAN,
        "peak": _mean(colour[np.abs(t) < 6]),
        "early": _mean(colour[first < 8]),
        "late": _mean(colour[t > 25]),
        "slope": _slope(day, colour, least=3, span=5.0),
        "slope_30": _slope(t[(t > -5) & (t < 30)], colour[(t > -5) & (t < 30)], 3, 5.0),
        "latest": colour[-1],
    }
    return {f"colour_{name}": values[name] for name in names} | delays


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else NAN


def _of_limits(view: View) -> Features:
    """Return what upper limits say of the rise and of the end."""
    first, last = view.day[0], view.day[-1]
    before, after = view.limit_day < first, view.limit_day > last
    inside = ~before & ~after
    start, end = view.flux[0], view.flux[-1]
    result = {
        "limit_before": NAN, "limit_gap": NAN, "limit_rise": NAN, "limit_between": NAN,
        "limit_after": NAN, "limit_end": NAN, "limit_fade": NAN,
    }  # fmt: skip
    if len(view.limit_day) == 0:
        return result
    result["limit_before"] = float(before.sum())
    result["limit_between"] = float(inside.sum())
    result["limit_after"] = float(after.sum())
    if before.any():
        result["limit_gap"] = first - view.limit_day[before].max()
        deep = before & (view.limit_flux < start)
        if deep.any():
            i = np.flatnonzero(deep)[np.argmax(view.limit_day[deep])]
            ratio = np.log10(start / view.limit_flux[i]) * 2.5
            result["limit_rise"] = ratio / max(first - view.limit_day[i], 0.5)
    if after.any():
        result["limit_end"] = view.limit_day[after].min() - last
        result["limit_fade"] = 2.5 * np.log10(end / view.limit_flux[after].min())
    return result
