"""Checks of 9.6, Light curves with predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Subject
from grader.course.ex09 import probes
from grader.course.ex09.checks.common import (
    CLASSES,
    Rng,
    check_row,
    check_without_run,
    logged_under,
)
from grader.course.gates import gate
from grader.expect import Mistake, expect, require, shown


def observations(rng: Rng, bands: str) -> list[dict[str, Any]]:
    """A light curve with clear detections in these bands, and two points that are none."""
    rows = []
    for band in bands:
        for day in np.sort(rng.choice(90, 4, replace=False)):
            flux = float(rng.uniform(80, 900))
            rows.append([59000.25 + day, flux, flux * float(rng.uniform(0.02, 0.2)), band])
        rows.append([59100.25, float(rng.uniform(5, 14)), 5.0, band])
        rows.append([59101.25, -3.0, 5.0, band])
    keys = ("mjd", "flux", "flux_err", "band")
    return [dict(zip(keys, row, strict=True)) for row in sorted(rows)]


def examples(rng: Rng, n: int = 3) -> tuple[list, np.ndarray, np.ndarray]:
    """Light curves, probabilities whose largest one is clear, and true labels."""
    data = [observations(rng, bands) for bands in ("gr", "r", "gri")[:n]]
    probabilities = rng.dirichlet(np.ones(5), n)
    guess = rng.permutation(5)[:n]
    probabilities = 0.3 * probabilities
    probabilities[np.arange(n), guess] += 0.7
    labels = np.where(np.arange(n) == 1, guess, (guess + 1 + rng.integers(4, size=n)) % 5)
    return data, probabilities, labels


def figures_of(answer: Answer) -> list[dict[str, Any]]:
    """The figures that were logged, in order."""
    images = logged_under(answer.value, "light_curve_predictions")
    images = images if isinstance(images, list) else [images]
    for image in images:
        is_image = isinstance(image, dict) and "image" in image
        require(
            is_image,
            "figure-itself" if isinstance(image, dict) and "figure" in image else "list-holds-item",
            image=shown(image),
        )
        require(image["image"] is not None, "made-figure-itself")
    return [image["image"] for image in images]


@pytest.fixture
def gallery(learner: Subject, rng: Rng, request: pytest.FixtureRequest) -> tuple[Any, Answer]:
    """Three light curves, and what was logged of them: asked for once in an examination."""
    stash = request.session.stash
    if GALLERY not in stash:
        shown_curves = examples(rng)
        stash[GALLERY] = shown_curves, learner.ask(probes.pictured, *shown_curves)
    return stash[GALLERY]


GALLERY = pytest.StashKey[tuple[Any, Answer]]()


@gate
def test_number_of_figures(learner: Subject, rng: Rng, gallery: tuple[Any, Answer]) -> None:
    """One figure for each light curve, up to `n_examples`, and all are closed"""
    (data, probabilities, labels), answer = gallery
    got, figures = answer.value, figures_of(answer)
    require(got["left"] == 0, "not-closed", left=got["left"])
    require(got["foreign"], "all-figures-closed")
    require(len(figures) == 3, "three-light-curves", n_figures=len(figures))
    one = figures_of(learner.ask(probes.pictured, data, probabilities, labels, 1))
    require(len(one) == 1, "limit-ignored", n_one=len(one))
    require(got["unchanged"], "light-curves-changed")


def test_error_bars(gallery: tuple[Any, Answer]) -> None:
    """Magnitudes with error bars, a colour for each band, the brightest at the top"""
    (data, _, _), answer = gallery
    for figure, rows in zip(figures_of(answer), data, strict=False):
        panels = [panel for panel in figure["panels"] if panel["bars"] or panel["other_points"]]
        require(bool(panels), "figure-shows-points")
        check_panel(panels[0], rows)


def check_panel(panel: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    bars = panel["bars"]
    require(bool(bars), "error-bars-missing")
    require(all(len(bar["error"]) == len(bar["y"]) for bar in bars), "error-bars-missing~2")
    clear = [row for row in rows if row["flux"] > 3 * row["flux_err"]]
    plotted = sum(len(bar["y"]) for bar in bars)
    require(plotted != len(rows), "non-detections-plotted", n_rows=len(rows))
    bands = sorted({row["band"] for row in clear})
    one_colour = len({tuple(bar["colour"]) for bar in bars}) == 1 and len(bands) > 1
    require(not one_colour, "one-colour", bands=", ".join(bands))
    by_label = {bar["label"]: bar for bar in bars}
    expect(Answer(sorted(by_label)), bands, what="the list of labels of the error bars")
    for band in bands:
        check_band(by_label[band], [row for row in clear if row["band"] == band], band)
    require(panel["inverted"], "not-inverted")
    require(all(panel["labels"]), "axis-label")


def check_band(bar: dict[str, Any], rows: list[dict[str, Any]], band: str) -> None:
    flux, error = (np.array([row[name] for row in rows]) for name in ("flux", "flux_err"))
    magnitude = (25 - 2.5 * np.log10(flux)).tolist()
    what = f"the magnitude of band {band}"
    order = np.argsort(bar["x"]) if len(bar["x"]) == len(rows) else range(len(bar["y"]))
    got = [bar["y"][i] for i in order]
    expect(
        Answer(got),
        magnitude,
        Mistake("flux-plotted", flux.tolist()),
        Mistake("sign-of-magnitude", (25 + 2.5 * np.log10(flux)).tolist()),
        what=what,
        unit="mag",
        rtol=1e-4,
    )
    errors = [bar["error"][i] for i in order]
    expect(
        Answer(errors),
        (1.0857 * error / flux).tolist(),
        Mistake("error-of-flux", error.tolist()),
        Mistake("error-of-flux~2", (error / flux).tolist()),
        what=f"the error of {what}",
        unit="mag",
        rtol=1e-3,
        atol=1e-4,
    )
    expect(
        Answer([bar["x"][i] for i in order]),
        [row["mjd"] for row in rows],
        what=f"the MJD of band {band}",
        unit="d",
        rtol=1e-9,
    )
    red, green, blue = bar["colour"]
    fits = {"g": green >= max(red, blue), "r": red >= max(green, blue)}.get(band, True)
    require(fits, "other-colours", band=band)


def test_titles(gallery: tuple[Any, Answer]) -> None:
    """The title has the true class, the predicted class and its probability"""
    (_, probabilities, labels), answer = gallery
    figures = figures_of(answer)
    unsorted = ["SNIa", "SNII", "CV", "AGN", "TDE"]
    for figure, row, label in zip(figures, probabilities, labels, strict=False):
        title, guess = figure["title"], int(row.argmax())
        names = [CLASSES[label], CLASSES[guess]]
        other = [unsorted[label], unsorted[guess]]
        require(bool(title.strip()), "figure-title")
        named = all(name in title for name in names)
        require(
            named or not all(name in title for name in other) or set(other) == set(names),
            "other-class-order",
            title=title,
            label=label,
            names=names[0],
            guess=guess,
            names2=names[1],
        )
        require(
            names[1] in title or names[0] not in title,
            "prediction-missing",
            title=title,
            names=names[0],
            names2=names[1],
        )
        require(named, "title-names-true", title=title, names=names[0], names2=names[1])
        shown_as = [f"{row[guess]:.2f}", f"{100 * row[guess]:.0f}%", f"{100 * row[guess]:.0f} %"]
        require(
            f"{row[label]:.2f}" not in title or f"{row[guess]:.2f}" in title,
            "probability-of-truth",
            title=title,
            row=row[guess],
        )
        require(
            any(text in title for text in shown_as),
            "probability-missing",
            title=title,
            names=names[1],
            row=row[guess],
        )


def test_row_of_figures(learner: Subject, gallery: tuple[Any, Answer]) -> None:
    """The figures join the current row; without an open run it is a RuntimeError"""
    (data, probabilities, labels), answer = gallery
    logged_under(answer.value, "light_curve_predictions")
    check_row(answer.value, "light_curve_predictions")
    one = [data[:1], probabilities[:1], labels[:1]]
    check_without_run(learner, "log_light_curve_predictions", *one)


def test_real_figures(learner: Subject, rng: Rng) -> None:
    """A real run has recorded a picture, and all rows of metrics"""
    got = learner.ask(probes.really_pictured, *examples(rng, 1)).value
    require(got["images"] == 1, "run-recorded-pictures", images=got["images"])
    losses = [row.get("loss") for row in got["rows"].values() if "loss" in row]
    require(losses == [1, 0.5], "losses-logged-around", losses=losses)
