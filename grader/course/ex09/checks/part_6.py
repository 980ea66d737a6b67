"""Checks of 9.6, Light curves with predictions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from grader.answer import Answer, Failure, Finding, Subject
from grader.course.counted import often
from grader.course.ex09 import probes, sides
from grader.course.ex09.checks.common import (
    CLASSES,
    check_losses,
    check_row,
    check_without_run,
    item_text,
    items_under,
)
from grader.course.ex09.replies import Bars, Logged, Panel, Picture, Pictured
from grader.course.gates import gate
from grader.course.oracles import Rng
from grader.expect import Mistake, approx_equal, expect, require, showing

Observations = list[dict[str, Any]]


def observations(rng: Rng, bands: str) -> Observations:
    """A light curve with clear detections in these bands, and three points that are none."""
    rows, faint = [], 15.5  # clear, though faint
    for band in bands:
        for day in np.sort(rng.choice(90, 3, replace=False)):
            flux = round(float(rng.uniform(80, 900)), 1)
            error = round(flux * float(rng.uniform(0.02, 0.2)), 2)
            rows.append([59000.25 + float(day), flux, error, band])
        rows.append([59099.25, faint, 5.0, band])
        faint = round(float(rng.uniform(17, 23)), 1)
        rows.append([59100.25, round(float(rng.uniform(5, 14)), 1), 5.0, band])
        rows.append([59101.25, -3.0, 5.0, band])
        rows.append([59102.25, 15.0, 5.0, band])  # not larger than 3 times its error
    keys = ("mjd", "flux", "flux_err", "band")
    return [dict(zip(keys, row, strict=True)) for row in sorted(rows)]


def examples(rng: Rng, n: int = 4) -> tuple[list[Observations], np.ndarray, np.ndarray]:
    """Light curves, probabilities with a largest one, and true labels.

    The fourth light curve has no clear detections. The largest probability of the third is 0.36;
    that of the first has 7 as its third decimal.
    """
    data = [observations(rng, bands) for bands in ("gr", "r", "gri")[:n]]
    if n == 4:
        data.append([row for row in data[1] if row["flux"] <= 3 * row["flux_err"]])
    probabilities = rng.dirichlet(np.ones(5), n)
    guess = rng.permutation(5)[:n]
    probabilities = 0.3 * probabilities
    probabilities[np.arange(n), guess] += 0.7
    top = probabilities[0, guess[0]]
    probabilities[0] *= (0.993 - round(top, 2)) / (1 - top)
    probabilities[0, guess[0]] = round(top, 2) + 0.007
    if n > 2:
        probabilities[2] = np.where(np.arange(5) == guess[2], 0.36, 0.16)
    labels = np.where(np.arange(n) == 1, guess, (guess + 1 + rng.integers(4, size=n)) % 5)
    return data, np.round(probabilities, 4), labels


def figures_of(got: Logged) -> list[Picture]:
    """The figures that were logged, in order."""
    pictures = []
    for item in items_under(got, "light_curve_predictions"):
        with showing(sides.KIND_OF_IMAGE):
            require(item.kind != "figure", "figure-itself")
            require(item.kind == "image", "not-an-image", got=item_text(item))
        if item.picture is None:
            with showing("{}.items"):
                raise Finding("not-made-of-figure")
        pictures.append(item.picture)
    return pictures


COLOURS = {"g": "#1b9e77", "r": "#d1352b", "i": "#7a4a12"}


class Gallery(NamedTuple):
    """Four light curves, and what was logged of them."""

    data: list[Observations]
    probabilities: np.ndarray
    labels: np.ndarray
    answer: Answer[Pictured]


@pytest.fixture
def gallery(learner: Subject, rng: Rng, memory: dict[str, Any]) -> Gallery:
    """Four light curves, and what was logged of them: asked for once by all checks."""
    if "gallery" not in memory:
        data, probabilities, labels = examples(rng)
        answer = learner.ask(probes.pictured, data, probabilities, labels)
        memory["gallery"] = Gallery(data, probabilities, labels, answer)
    found: Gallery = memory["gallery"]
    learner.question = found.answer.question  # what a failure is about
    return found


FEWER = ([3], [1], [0], [2], [1, 3])


def judged(learner: Subject, gallery: Gallery, judge: Callable[[Subject, Gallery], None]) -> None:
    """Judge what was logged. A failure is about as few light curves as fail in the same way."""
    try:
        judge(learner, gallery)
    except Failure as failure:
        for numbers in FEWER:
            try:
                judge(learner, some_of(learner, gallery, numbers))
            except Failure as same:
                if same.key == failure.key and same.key:
                    same.question = same.question or learner.question
                    raise same from None
        failure.question = failure.question or gallery.answer.question
        raise failure from None


def some_of(learner: Subject, gallery: Gallery, numbers: list[int]) -> Gallery:
    """Some of the light curves, and what is logged of these alone."""
    data = [gallery.data[number] for number in numbers]
    given = gallery.probabilities[numbers], gallery.labels[numbers]
    return Gallery(data, *given, learner.ask(probes.pictured, data, *given))


@gate
def test_number_of_figures(learner: Subject, gallery: Gallery) -> None:
    """One figure for each light curve, up to `n_examples`, and all are closed"""
    judged(learner, gallery, check_number)


def check_number(learner: Subject, gallery: Gallery) -> None:
    """There are as many figures as light curves, and they are closed."""
    data, probabilities, labels, answer = gallery
    got, figures = answer.value, figures_of(answer.value.logged)
    with showing(sides.OPEN):
        require(got.left_open == 0, "not-closed", n_open=got.left_open)
        require(got.others_open, "all-figures-closed")
        require(got.others_same, "figure-of-others-used")
    with showing(sides.TITLES):
        require(len(figures) != len(data) - 1, "faint-one-left-out")
        require(len(figures) == len(data), "other-number-of-figures", got=len(figures))
    first = learner.ask(probes.pictured, data, probabilities, labels, 1)
    one = figures_of(first.value.logged)
    with showing(sides.TITLES):
        require(len(one) == 1, "limit-ignored", got=len(one))
        same = one[0].title == figures[0].title
        require(same, "not-the-first", got=one[0].title, want=figures[0].title)
    with showing("[curve.data for curve in lightcurves]"):
        require(got.unchanged, "light-curves-changed", answer)


def test_error_bars(learner: Subject, gallery: Gallery) -> None:
    """Magnitudes with error bars, a colour for each band, the brightest at the top"""
    judged(learner, gallery, check_figures)


def check_figures(learner: Subject, gallery: Gallery) -> None:
    """Each figure shows its light curve."""
    figures = figures_of(gallery.answer.value.logged)
    for figure, rows in zip(figures, gallery.data, strict=False):
        check_figure(figure, rows)


def check_figure(figure: Picture, rows: Observations) -> None:
    """A figure has a panel with the clear detections, if there are any."""
    panels = [panel for panel in figure.panels if panel.bars or panel.other_points]
    if not any(row["flux"] > 3 * row["flux_err"] for row in rows):
        check_empty(figure)
        return
    with showing(sides.TIMES_OF_BARS):
        require(bool(panels), "no-points")
    with showing(sides.AXIS_LABELS):
        require(len(figure.panels) == 1, "more-panels", got=len(figure.panels))
    check_panel(panels[0], rows)


def check_empty(figure: Picture) -> None:
    """A light curve without clear detections has a panel without points."""
    require(len(figure.panels) == 1, "empty-without-panel")
    (panel,) = figure.panels
    shown_bars = [bar for bar in panel.bars if bar.x]
    with showing(sides.TIMES_OF_BARS):
        require(not shown_bars, "points-in-empty-panel")
    check_axes(panel, others=True)  # they were looked at before


def check_axes(panel: Panel, others: bool = False) -> None:
    """Both axes have a label, that of magnitudes is inverted, perhaps as in the `others`."""
    n_bands = len(panel.bars)
    with showing(sides.INVERTED):
        if not panel.inverted:
            require(panel.turned < 2, "not-inverted~again", n=often(panel.turned), n_bands=n_bands)
            require(panel.turned == 0, "not-inverted~undone")
            raise Finding("not-inverted~empty" if others else "not-inverted")
    with showing(sides.AXIS_LABELS):
        require(all(panel.labels), "no-axis-label")
        x, y = (label.lower() for label in panel.labels)
        swapped = "mag" in x and "mag" not in y and ("mjd" in y or "day" in y or "time" in y)
        require(not swapped, "axis-labels-swapped")


def check_panel(panel: Panel, rows: Observations) -> None:
    """A panel shows the clear detections of a light curve."""
    bars = panel.bars
    with showing(sides.ERRORS):
        require(bool(bars), "error-bars-missing")
        complete = all(len(bar.error) == len(bar.y) for bar in bars)
        require(complete, "error-bars-missing~in-magnitude")
    clear = [row for row in rows if row["flux"] > 3 * row["flux_err"]]
    with showing(sides.TIMES_OF_BARS):
        check_detections(bars, rows)
    bands = sorted({row["band"] for row in clear})
    one_colour = len({bar.colour for bar in bars}) == 1 and len(bands) > 1
    with showing(sides.RGB):
        require(not one_colour, "one-colour", bands=", ".join(bands))
    by_label = {bar.label: bar for bar in bars}
    with showing(sides.LABELS_OF_BARS):
        expect(Answer(sorted(by_label)), bands, what="the list of labels of the error bars")
    for band in bands:
        check_band(by_label[band], [row for row in clear if row["band"] == band], band)
    check_axes(panel)


def check_detections(bars: list[Bars], rows: Observations) -> None:
    """The points that are plotted are the clear detections, not those of another rule."""

    def plotted(rule: Callable[[float], bool]) -> bool:
        days = sorted(row["mjd"] for row in rows if rule(row["flux"] / row["flux_err"]))
        return approx_equal(sorted(x for bar in bars for x in bar.x), days)

    every, positive = plotted(lambda ratio: True), plotted(lambda ratio: ratio > 0)
    require(not every, "non-detections-plotted", n_rows=len(rows))
    require(not positive, "non-detections-plotted~positive")
    require(not plotted(lambda ratio: ratio >= 3), "non-detections-plotted~equal")
    require(not plotted(lambda ratio: ratio > 5), "detections-left-out")


def check_band(bar: Bars, rows: Observations, band: str) -> None:
    """Magnitudes, errors and times of one band, in the order of the times."""
    flux, error = (np.array([row[name] for row in rows]) for name in ("flux", "flux_err"))
    what = f"the magnitude of band {band}"
    places = np.argsort(bar.x).tolist() if len(bar.x) == len(bar.y) == len(bar.error) else []
    x, y, errors = ([values[i] for i in places] for values in (bar.x, bar.y, bar.error))
    with showing(sides.MAGNITUDES):
        expect(
            Answer(y),
            (25 - 2.5 * np.log10(flux)).tolist(),
            Mistake("flux-plotted", flux.tolist()),
            Mistake("sign-of-magnitude", (25 + 2.5 * np.log10(flux)).tolist()),
            what=what,
            unit="mag",
            rtol=1e-4,
        )
    with showing(sides.ERRORS):
        expect(
            Answer(errors),
            (1.0857 * error / flux).tolist(),
            Mistake("error-of-flux", error.tolist()),
            Mistake("error-of-flux~factor", (error / flux).tolist()),
            what=f"the error of {what}",
            unit="mag",
            rtol=1e-3,
            atol=1e-4,
        )
    days = [row["mjd"] for row in rows]
    with showing(sides.TIMES_OF_BARS):
        expect(Answer(x), days, what=f"the MJD of band {band}", unit="d", rtol=1e-9)
    with showing(sides.RGB):
        check_colour(list(bar.colour), band)


def check_colour(colour: list[float], band: str) -> None:
    """A green, a red and a brown will do, but not the colour of another band."""
    red, green, blue = colour
    fits = green >= max(red, blue) if band == "g" else red >= max(green, blue)
    others = [hexes for name, hexes in COLOURS.items() if name != band]
    swapped = any(approx_equal(colour, numbers_of(hexes), 0.0, 0.01) for hexes in others)
    require(fits and not swapped, "other-colours", band=band)


def numbers_of(hexes: str) -> list[float]:
    """Red, green and blue of a colour such as "#1b9e77", from 0 to 1."""
    return [int(hexes[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def test_titles(learner: Subject, gallery: Gallery) -> None:
    """The title has the true class, the predicted class and its probability"""
    judged(learner, gallery, check_titles)


def check_titles(learner: Subject, gallery: Gallery) -> None:
    """Each figure has the title of its light curve."""
    figures = figures_of(gallery.answer.value.logged)
    examples = zip(figures, gallery.probabilities, gallery.labels.tolist(), strict=False)
    for figure, row, label in examples:
        with showing(sides.TITLES):
            require(bool(figure.title.strip()), "no-title")
            check_names(figure.title, label, int(row.argmax()))
            check_probability(figure.title, row, label)


UNSORTED = ["SNIa", "SNII", "CV", "AGN", "TDE"]


def check_names(title: str, label: int, guess: int) -> None:
    """The title names the true class, then the predicted one."""
    truth, predicted = CLASSES[label], CLASSES[guess]
    named = truth in title and predicted in title
    other = [UNSORTED[label], UNSORTED[guess]]
    in_other_order = all(name in title for name in other) and set(other) != {truth, predicted}
    fields = {"title": title, "truth": truth, "predicted": predicted}
    numbers = {"label": label, "guess": guess}
    require(named or not in_other_order, "other-class-order", **fields, **numbers)
    require(predicted in title or truth not in title, "prediction-missing", **fields)
    require(named, "names-missing", **fields)
    said = re.search(r"\btrue\W+(\w+).*\bpredicted\W+(\w+)", title, re.IGNORECASE)
    swapped = truth != predicted and said is not None and said.groups() == (predicted, truth)
    require(not swapped, "names-swapped", **fields)
    others = [name for name in CLASSES if name in title and name not in (truth, predicted)]
    require(not others, "all-classes-named", title=title, names=", ".join(others))


def check_probability(title: str, probabilities: np.ndarray, label: int) -> None:
    """The title has the probability of the predicted class."""
    guess = int(probabilities.argmax())
    p, of_truth = float(probabilities[guess]), f"{probabilities[label]:.2f}"
    fits = f"{p:.2f}" in title
    require(fits or of_truth not in title, "probability-of-truth", title=title, want=p)
    numbers = re.findall(r"\d?\.\d{3,}", title)
    longer = any(abs(float(number) - p) < 0.005 for number in numbers)
    require(not longer, "more-decimals", title=title, want=p)
    fits = fits or any(f"{100 * p:.0f}{sign}" in title for sign in ("%", " %"))
    require(fits, "probability-missing", title=title, name=CLASSES[guess], want=p)


def test_row_of_figures(learner: Subject, gallery: Gallery) -> None:
    """The figures join the current row; without an open run it raises a RuntimeError"""
    judged(learner, gallery, check_place)
    one = (gallery.data[:1], gallery.probabilities[:1], gallery.labels[:1])
    check_without_run(learner, "log_light_curve_predictions", *one)


def check_place(learner: Subject, gallery: Gallery) -> None:
    """The figures are in the current row."""
    logged = gallery.answer.value.logged
    items_under(logged, "light_curve_predictions")
    check_row(logged, "light_curve_predictions")


def test_real_figures(learner: Subject, rng: Rng) -> None:
    """A real run has recorded a picture, and all rows of metrics"""
    got = learner.ask(probes.really_pictured, *examples(rng, 1)).value
    require(got.n_images == 1, "other-number-of-pictures", got=got.n_images)
    check_losses(got)
