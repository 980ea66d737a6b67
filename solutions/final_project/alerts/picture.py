"""The picture of an alert: the light curve, and over it what the answer rests on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solutions.final_project.figures import BAND_COLOURS, COLOURS, STYLE
from solutions.final_project.light_curve import ZERO_POINT, LightCurve

if TYPE_CHECKING:
    from solutions.final_project.alerts.candidate import Candidate
    from solutions.final_project.classifier import ProductionTransientClassifier
    from solutions.final_project.explanation import Explanation

LATEST = 400.0  # [days] that are drawn


@rc_context(STYLE)
def draw(
    light_curve: LightCurve,
    candidate: Candidate,
    kind: str,
    classifier: ProductionTransientClassifier | None = None,
) -> bytes:
    """Return a PNG of 9 x 4.2 inches.

    Args:
        light_curve: with at least one row.
        candidate: the answer about it.
        kind: the class that is announced, and explained.
        classifier: for the explanation; without it the light curve is drawn alone.

    Raises:
        UnusableLightCurveError: the classifier refuses the light curve.
    """
    figure = Figure(figsize=(9, 4.2), dpi=130, layout="constrained")
    curve, bars = figure.subplots(1, 2, width_ratios=(4, 1))
    shown = light_curve.select(light_curve.mjd > light_curve.mjd[-1] - LATEST)
    _measured(curve, shown)
    if classifier is not None:
        _explained(curve, classifier.explain_prediction(light_curve, {"predicted": kind}))
    entries = sorted(zip(*curve.get_legend_handles_labels(), strict=True), key=_place)
    curve.legend(*zip(*entries, strict=True), loc="best", fontsize=8)
    _probabilities(bars, candidate, kind)
    figure.suptitle(f"{light_curve.object_id}: {kind}?", fontweight="bold")
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()


def _measured(ax: Axes, light_curve: LightCurve) -> None:
    """Draw detections with their errors, and upper limits as small triangles."""
    for band in light_curve.bands:
        colour = BAND_COLOURS.get(band, "#555555")
        rows = light_curve.select(light_curve.band == band)
        limits = rows.select(np.isnan(rows.flux))
        ax.plot(limits.mjd, _magnitude(5 * limits.flux_err), "v", color=colour, markersize=3,
                alpha=0.3, markeredgewidth=0,
                label=f"{band}, upper limit" if len(limits) else None)  # fmt: skip
        seen = rows.detections()
        error = 1.086 * seen.flux_err / np.abs(seen.flux)
        ax.errorbar(seen.mjd, _magnitude(np.abs(seen.flux)), error, fmt="o", color=colour,
                    markersize=3.5, linewidth=0.8, label=band, zorder=3)  # fmt: skip
    ax.invert_yaxis()
    ax.set(xlabel="MJD [days]", ylabel="difference magnitude")
    ax.ticklabel_format(useOffset=False)
    ax.grid(color="0.94")


def _place(entry: tuple[Artist, str]) -> tuple[bool, bool]:
    """Return the place of an entry in the legend: bands, limits, halos."""
    return "speaks" in entry[1], "limit" in entry[1]


def _explained(ax: Axes, found: Explanation) -> None:
    """Draw a halo around each point that was used: large if much rests on it."""
    shown = found.day > found.day[-1] - LATEST
    day, flux, effect = (each[shown] for each in (found.day, found.flux, found.effect))
    area = 600 * np.abs(effect) / max(float(np.abs(found.effect).max()), 1e-6)
    sides = {"for": (effect > 0, "#0072b2"), "against": (effect < 0, "#e69f00")}
    for side, (rows, colour) in sides.items():
        ax.scatter(found.start + day[rows], _magnitude(flux[rows]), area[rows], color=colour,
                   alpha=0.28, linewidth=0, zorder=2)  # fmt: skip
        ax.scatter([], [], 90, color=colour, alpha=0.4, linewidth=0,
                   label=f"speaks {side} {found.explained}")  # fmt: skip


def _probabilities(ax: Axes, candidate: Candidate, kind: str) -> None:
    """Draw the probability of each class as a bar."""
    names = list(candidate.probabilities)
    values = [candidate.probabilities[name] for name in names]
    ax.barh(names, values, color=[COLOURS[n] if n == kind else "#c9c9c9" for n in names])
    for place, value in enumerate(values):
        ax.text(value + 0.03, place, f"{value:.2f}", va="center", fontsize=9)
    ax.set(xlim=(0, 1.25), xticks=[0, 0.5, 1], xlabel="probability")
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)


def _magnitude(flux: np.ndarray) -> np.ndarray:
    return np.asarray(ZERO_POINT - 2.5 * np.log10(flux))
