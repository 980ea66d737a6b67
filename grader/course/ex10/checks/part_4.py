"""Checks of 10.4, The reliability diagram."""

from __future__ import annotations

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex10 import probes
from grader.course.ex10.checks.common import Array, Rng, answers, bin_of, binned, table_of
from grader.course.gates import gate, twice
from grader.expect import approx_equal, require


def lines_in(panel: dict) -> list[Array]:
    """What is drawn as a line or as single points, without NaN."""
    drawn = [*panel["lines"], *panel["points"]]
    return [line[~np.isnan(line).any(axis=1)] for line in drawn]


def has_line(panel: dict, want: Array) -> bool:
    return any(len(line) == len(want) and np.allclose(line, want) for line in lines_in(panel))


def panels_of(answer: Answer) -> list[dict]:
    got = answer.value
    require(got["is"] is not None, "figure-not-returned")
    require(got["is"] == "figure", "result-type-figure", is_=got["is"])
    require(not got["touched"], "drawn-into-other-figure")
    panels = got["axes"]
    require(len(panels) >= 3, "figure-pairs-axes", n_panels=len(panels))
    return panels


def diagram_data(rng: Rng, n: int = 60) -> tuple[Array, Array, Array, int]:
    y_true, y_prob = answers(rng, n, 3)
    return y_true, y_prob, rng.permutation(np.linspace(0.05, 0.9, n)), 8


@gate
@twice
def test_diagram(learner: Subject, rng: Rng) -> None:
    """Accuracy against confidence, the diagonal, and the counts"""
    y_true, y_prob, uncertainty, n_bins = diagram_data(rng)
    panels = panels_of(learner.ask(probes.diagram, y_true, y_prob, uncertainty, n_bins))
    bins = binned(y_true, y_prob, n_bins)
    columns = table_of(bins)
    every = np.column_stack([columns["confidence"], columns["accuracy"]])
    want = every[~np.isnan(every).any(axis=1)]
    first = panels[0]
    require(not has_line(first, want[:, ::-1]), "axes-swapped")
    require(not has_line(first, np.nan_to_num(every)) or len(want) == n_bins, "empty-bins-drawn")
    centres = np.column_stack([(np.arange(n_bins) + 0.5) / n_bins, every[:, 1]])
    require(not has_line(first, centres[~np.isnan(centres).any(axis=1)]), "middle-of-bins")
    require(has_line(first, want), "first-panel-line")
    ends = np.array([[0.0, 0.0], [1.0, 1.0]])
    require(
        any(len(line) >= 2 and np.allclose(line[[0, -1]], ends) for line in lines_in(first)),
        "no-diagonal",
    )
    texts = " ".join(first["texts"]).replace("=", " ").split()
    counts = [str(len(b)) for b in bins if b]
    require(
        all(texts.count(each) >= counts.count(each) for each in counts),
        "no-counts",
        counts=", ".join(counts),
    )
    require(all(label.strip() for panel in panels[:3] for label in panel["labels"]), "no-labels")


def test_histogram(learner: Subject, rng: Rng) -> None:
    """A histogram of the confidences"""
    y_true, y_prob, uncertainty, n_bins = diagram_data(rng)
    second = panels_of(learner.ask(probes.diagram, y_true, y_prob, uncertainty, n_bins))[1]
    counts = [float(len(b)) for b in binned(y_true, y_prob, n_bins)]
    bars = [height for _, height in sorted(second["bars"])]
    pairs = [bin_of(c, n_bins) for c in y_prob.ravel().tolist()]
    every = np.bincount(pairs, minlength=n_bins).tolist()
    require(
        [b for b in bars if b] != [c for c in every if c] or bars == counts, "all-classes-counted"
    )
    total = sum(counts)
    scaled = [c / total for c in counts]
    require(
        not approx_equal([b for b in bars if b], [c for c in scaled if c]), "fractions-for-counts"
    )
    require(
        [b for b in bars if b] == [c for c in counts if c],
        "bars-second-panel",
        bars=bars,
        counts=counts,
    )


def test_errors_by_uncertainty(learner: Subject, rng: Rng) -> None:
    """The fraction of errors against the uncertainty"""
    for n in (60, 5):
        y_true, y_prob, uncertainty, n_bins = diagram_data(rng, n)
        third = panels_of(learner.ask(probes.diagram, y_true, y_prob, uncertainty, n_bins))[2]
        wrong = (y_prob.argmax(axis=1) != y_true).astype(float)
        order = np.argsort(uncertainty)
        groups = np.array_split(order, min(n_bins, n))
        want = np.array([[uncertainty[g].mean(), wrong[g].mean()] for g in groups])
        unsorted = np.array_split(np.arange(n), min(n_bins, n))
        mixed = np.array([[uncertainty[g].mean(), wrong[g].mean()] for g in unsorted])
        upside_down = np.column_stack([want[:, 0], 1 - want[:, 1]])
        require(
            not has_line(third, upside_down) or np.allclose(upside_down, want),
            "accuracy-for-errors",
        )
        require(not has_line(third, mixed) or np.allclose(mixed, want), "not-sorted")
        require(has_line(third, want), "answers-bins-third", n=n, n_bins=n_bins)
