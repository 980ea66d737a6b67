"""Other views of a light curve that nature and surveys could have made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solutions.final_project.encoding import (
    EncodingConfig,
    UnusableLightCurveError,
    View,
    alert_view,
)
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.sources import REACH_BACK, as_total

AGES = (1, 3, 7, 14, 30, 60, 120, 240)  # [days since the first detection] to judge by
FEWEST = 3  # points that thinning leaves at least
SHARE_CUT, SHARE_PACKETS = 0.45, 0.15  # of the views: cut off early, and one alert packet alone
YOUNGEST, OLDEST = 0.7, 150.0  # [days since the first detection] of views that are cut off


def age_name(age: float) -> str:
    """Return how an age is called in tables: `7 d`, or `all` for the whole light curve."""
    return "all" if np.isinf(age) else f"{age:g} d"


def augmented_view(lc: LightCurve, config: EncodingConfig, rng: np.random.Generator) -> View:
    """Return a random view: another source, cut off early, thinned out or farther away."""
    if lc.kind == "diff_alert" and rng.random() < 0.2 and (~lc.is_detection).sum() > 20:
        lc = as_total(lc, host=float(10 ** rng.uniform(1, 2.5)), rng=rng)
    elif lc.kind != "diff_alert" and rng.random() < 0.5:
        lc = brightened(lc, float(10 ** rng.uniform(0, 0.7)))
    chance = rng.random()
    age = float(np.exp(rng.uniform(np.log(YOUNGEST), np.log(OLDEST))))
    early = _early_view(lc, config, rng, age) if chance < SHARE_CUT / 2 else None
    view = early or alert_view(lc, config, rng)
    if rng.random() < 0.3:
        view = dimmed(view, config, rng)
    if early is None and chance < SHARE_CUT:
        view = until(view, age)
    elif early is None and chance < SHARE_CUT + SHARE_PACKETS:
        view = one_packet(view, rng)
    if rng.random() < 0.3:
        view = _kept(view, rng.random(len(view)) < rng.uniform(0.5, 1))
    return view


def _early_view(
    lc: LightCurve, config: EncodingConfig, rng: np.random.Generator, age: float
) -> View | None:
    """Return the view of what was known so many days after the first detection, if any."""
    try:
        return alert_view(lc.known_after(age), config, rng)
    except UnusableLightCurveError:
        return None


def brightened(lc: LightCurve, factor: float) -> LightCurve:
    """Return the same object with more light and the same noise, as if it were nearer.

    Deep sources hold many faint objects, of which an alert stream would see hardly anything.
    """
    return replace(lc, flux=lc.flux * factor)


def _kept(view: View, rows: np.ndarray) -> View:
    """Return the view of some rows, or the whole if they would be too few."""
    return view.select(rows) if rows.sum() >= FEWEST else view


def until(view: View, days: float) -> View:
    """Return what was known some days after the first point, with the reference level of later."""
    return view.select(view.day <= view.day[0] + days)


def one_packet(view: View, rng: np.random.Generator) -> View:
    """Return what a single alert packet holds: a random point and the 30 days before."""
    last = view.day[rng.integers(len(view))]
    return view.select((view.day <= last) & (view.day >= last - REACH_BACK))


def dimmed(view: View, config: EncodingConfig, rng: np.random.Generator) -> View:
    """Return the object up to 1.2 mag fainter, with the noise of the sky and time dilation.

    Farther away everything lasts longer; the factor is that of a step from z = 0.06.
    """
    factor = 10 ** (-0.4 * rng.uniform(0, 1.2))
    added = np.sqrt(1 - factor**2) * config.error_floor
    flux = factor * view.flux + rng.normal(0, added, len(view))
    seen = flux > config.min_snr * config.error_floor
    if seen.sum() < FEWEST:
        return view
    stretch = (1 + 0.06 / np.sqrt(factor)) / 1.06
    limits = (view.limit_day * stretch, view.limit_band, view.limit_flux)
    return View(view.day[seen] * stretch, view.band[seen], flux[seen], view.start, *limits)
