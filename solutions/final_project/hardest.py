"""The hardest cases: objects whose true class got the least probability, with light curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solutions.final_project.answers import PROBABILITIES, Classifier, classify, labels_of
from solutions.final_project.control import as_difference
from solutions.final_project.figures import BAND_COLOURS, COLOURS, STYLE, canvas, save
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES, numbers_of
from solutions.final_project.slices import peak_magnitude

PER_CLASS = 3
DISTANT = 400.0  # [days] from the brightest point, beyond which a plot shows nothing


def hardest(
    classifier: Classifier, lightcurves: Sequence[LightCurve], out: Path, per_class: int = PER_CLASS
) -> pd.DataFrame:
    """Write all wrong answers to errors.csv, what they have in common, and a figure of the worst.

    Returns:
        The table of errors, the worst first: an object, its label and type, the answer, the
        probabilities of both, and what is known of its light curve.
    """
    out.mkdir(parents=True, exist_ok=True)
    labels = labels_of(lightcurves)
    inside = labels["label"].isin(CLASSES).to_numpy()
    known = [lc for lc, use in zip(lightcurves, inside, strict=True) if use]
    labels = labels[inside].reset_index(drop=True)
    if not known:
        raise ValueError("no object of the table has a label of the five classes")
    cases = described(known, labels, classify(classifier, known))
    errors = cases[cases["predicted"] != cases["label"]].sort_values("p_true")
    errors.to_csv(out / "errors.csv", index=False)
    in_common(cases).to_csv(out / "errors_in_common.csv", index=False)
    worst = errors.groupby("label", sort=False).head(per_class)
    by_name = {lc.object_id: lc for lc in known}
    save(draw(worst, by_name, per_class), out / "hardest.png")
    return errors


def described(
    lightcurves: Sequence[LightCurve], labels: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    """Return the answers with what is known of each light curve."""
    given = answers[PROBABILITIES].to_numpy(dtype=float)
    at = np.arange(len(given))
    detected = [lc.mjd[lc.is_detection] for lc in lightcurves]
    return answers[["object_id", "predicted", "epistemic", "unknown", "refused"]].assign(
        label=labels["label"],
        raw_label=labels["raw_label"],
        label_strict=labels["label_strict"],
        p_true=given[at, numbers_of(labels["label"].to_numpy(dtype=str))],
        p_predicted=given.max(axis=1),
        kind=[lc.kind for lc in lightcurves],
        detections=[len(days) for days in detected],
        days=[float(np.ptp(days)) if len(days) else 0.0 for days in detected],
        bands=["".join(lc.detections().bands) for lc in lightcurves],
        peak=[peak_magnitude(lc) for lc in lightcurves],
    )


def in_common(cases: pd.DataFrame) -> pd.DataFrame:
    """Return what wrong answers have in common, beside the right ones of the same class."""
    groups = cases.assign(
        answer=np.where(cases["predicted"] == cases["label"], "right", cases["predicted"])
    ).groupby(["label", "answer"])
    return groups.agg(
        objects=("object_id", "size"),
        doubtful_labels=("label_strict", lambda strict: float((~strict).mean())),
        detections=("detections", "median"),
        days=("days", "median"),
        peak=("peak", "median"),
        one_band=("bands", lambda bands: float((bands.str.len() < 2).mean())),
        p_true=("p_true", "median"),
        unknown=("unknown", "median"),
    ).reset_index()


@rc_context(STYLE)
def draw(worst: pd.DataFrame, lightcurves: dict[str, LightCurve], per_class: int) -> Figure:
    """Draw light curves of the worst errors, a column for each class."""
    figure, axes = canvas(per_class, len(CLASSES), 16, 2.7 * per_class)
    for column, name in enumerate(CLASSES):
        mine = worst[worst["label"] == name]
        for row in range(per_class):
            ax = axes[row, column]
            if row >= len(mine):
                ax.set_axis_off()
                continue
            case = mine.iloc[row]
            plot(ax, lightcurves[case["object_id"]])
            answer = case["predicted"] or "refused"
            ax.set_title(f"{case['raw_label']}, not {answer}", fontsize=10, color=COLOURS[name])
            text = f"{case['object_id']}\np({name}) = {case['p_true']:.3f}\n"
            text += f"p({answer}) = {case['p_predicted']:.2f}"
            ax.text(0.97, 0.95, text, transform=ax.transAxes, ha="right", va="top", fontsize=7.5,
                    color="0.35")  # fmt: skip
    for ax in axes[:, 0]:
        ax.set_ylabel("flux [µJy]")
    for ax in axes[-1]:
        ax.set_xlabel("days from the brightest point")
    handles = [
        figure.axes[0].plot([], [], "o", color=colour, markersize=4, label=band)[0]
        for band, colour in BAND_COLOURS.items()
    ]
    figure.legend(handles=handles, ncols=3, loc="outside upper right", fontsize=9)
    figure.suptitle(
        "The hardest cases: what they are, and what they were called", fontweight="bold"
    )
    return figure


def plot(ax: Axes, lc: LightCurve) -> None:
    """Plot a light curve: points with errors, and upper limits as triangles; flux as difference."""
    if lc.kind == "total_psf":
        lc = as_difference(lc)
    use = np.isfinite(lc.flux)
    if not use.any():
        return
    day = lc.mjd - lc.mjd[use][np.argmax(np.abs(lc.flux[use]))]
    near = np.abs(day) < DISTANT
    for band, colour in BAND_COLOURS.items():
        mine = near & (lc.band == band)
        seen, unseen = mine & use, mine & ~use
        ax.errorbar(day[seen], lc.flux[seen], lc.flux_err[seen], fmt="o", color=colour,
                    markersize=2.5, elinewidth=0.7)  # fmt: skip
        ax.plot(day[unseen], 5 * lc.flux_err[unseen], "v", color=colour, alpha=0.3, markersize=3)
    strongest = np.abs(lc.flux[near & use]).max()
    ax.set_ylim(min(0.0, 1.2 * lc.flux[near & use].min()) - 0.05 * strongest, 1.75 * strongest)
    ax.axhline(0, color="0.85", linewidth=0.8, zorder=0)
