"""Checks of 11.E1, Has the sky changed, or the camera?."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from grader.answer import Answer, Subject
from grader.course import common_probes
from grader.course.ex11 import probes
from grader.course.ex11.checks.stability import (
    Array,
    below,
    edges_of,
    index_of,
    plain_samples,
    psi,
    samples,
    shares,
    steps,
)
from grader.course.gates import gate, twice
from grader.course.oracles import Rng
from grader.expect import Mistake, Raises, approx_equal, expect, expect_error, require, showing

NAME = "population_stability_index"
WHAT = "the index"


def mistakes(reference: Array, current: Array, n_bins: int) -> Iterator[Mistake]:
    """What other bins and other sums would give."""
    edges, swapped = edges_of(reference, n_bins), edges_of(current, n_bins)
    p, q = shares(reference, edges), shares(current, edges)
    pairs = [(max(a, 1e-4), max(b, 1e-4)) for a, b in zip(p, q, strict=True)]
    both = np.concatenate([reference, current])
    joint = edges_of(both, n_bins)
    inside = [value for value in current.tolist() if reference.min() <= value <= reference.max()]
    equal = [
        steps(float(reference.min()), float(reference.max()), n_bins),
        steps(float(both.min()), float(both.max()), n_bins),
    ]
    for other in equal:
        yield Mistake("equal-widths", index_of(shares(reference, other), shares(current, other)))
    if inside:
        part = [value * len(inside) / len(current) for value in shares(np.array(inside), edges)]
        yield Mistake("outside-dropped", index_of(p, part))
        yield Mistake("outside-dropped", index_of(p, shares(np.array(inside), edges)))
    yield Mistake("bins-of-current", index_of(shares(reference, swapped), shares(current, swapped)))
    yield Mistake("bins-of-both", index_of(shares(reference, joint), shares(current, joint)))
    want = index_of(p, q)
    yield Mistake("other-logarithm", want / math.log(10))
    yield Mistake("other-logarithm", want / math.log(2))
    yield Mistake("one-sided", sum(b * math.log(b / a) for a, b in pairs))
    yield Mistake("one-sided", sum(a * math.log(a / b) for a, b in pairs))
    yield Mistake("wrong-sign", -want)
    yield Mistake("mean-for-sum", want / n_bins)
    yield Mistake("absolute-differences", sum(abs(b - a) for a, b in pairs))
    yield Mistake("bins-ignored", psi(reference, current, 10) if n_bins != 10 else False)


@gate
@twice
def test_index(learner: Subject, rng: Rng) -> None:
    """The sum over quantiles of the reference"""
    for n_bins in (4, 6):
        reference, current = plain_samples(rng, n_bins)
        answer = learner.ask(common_probes.call, NAME, reference, current, n_bins)
        known = mistakes(reference, current, n_bins)
        expect(answer, psi(reference, current, n_bins), *known, what=WHAT)


def test_usual_number(learner: Subject, rng: Rng) -> None:
    """There are ten bins, if nothing is said"""
    reference, current = samples(rng, rng.size(40), rng.size(30))
    answer = learner.ask(common_probes.call, NAME, reference, current)
    expect(answer, psi(reference, current, 10), what="the index with the usual bins")


def test_empty_bins(learner: Subject, rng: Rng) -> None:
    """A share is taken to be at least 0.0001, and that is all"""
    reference = np.arange(20.0)
    for current in (np.full(8, 1000.0), np.array([-5.0, -7.0, 2.0, 40.0]), np.full(6, 0.5)):
        edges = edges_of(reference, 5)
        p, q = shares(reference, edges), shares(current, edges)
        clipped = [max(each, 1e-4) for each in q]
        again = [each / sum(clipped) for each in clipped]
        kept = [(a, b) for a, b in zip(p, q, strict=True) if b]
        added = [each + 1e-4 for each in q]
        only_first = index_of(p, [1.0] * 5) if q[0] == 1 else False
        answer = learner.ask(common_probes.call, NAME, reference, current, 5)
        expect(
            answer,
            index_of(p, q),
            Mistake("infinite", math.inf),
            Mistake("infinite", math.nan),
            Mistake("normalised-again", index_of(p, again, 0.0)),
            Mistake("last-bins-lost", only_first),
            Mistake("empty-left-out", sum((b - a) * math.log(b / a) for a, b in kept)),
            Mistake("added-for-at-least", index_of([each + 1e-4 for each in p], added)),
            Mistake("outside-dropped", Raises("ZeroDivisionError")),
            Mistake("outside-dropped", outside_dropped(p, current, edges)),
            *(Mistake("other-least-share", index_of(p, q, 10.0**-k)) for k in (1, 2, 3, 5, 6, 8)),
            what=WHAT,
        )


def outside_dropped(p: list[float], current: Array, edges: list[float]) -> float:
    """The index if values outside of the reference, from 0 to 19, are in no bin."""
    inside = current[(current >= 0) & (current <= 19)]
    part = shares(inside, edges, whole=len(current)) if len(inside) else [0.0] * len(p)
    return index_of(p, part)


def test_edges(learner: Subject, rng: Rng) -> None:
    """A value that equals an edge belongs to the bin above it, also above several"""
    reference = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    constant = np.array([7.0, 7.0, 7.0, 7.0])
    cases = {
        "values on the edges": (reference, np.array([2.0, 3.0, 3.0, 4.0, 1.0, 4.0])),
        "a reference that is constant": (constant, np.array([6.0, 7.0, 7.0, 8.0, 6.5])),
        "two values": (np.array([0.0, 1.0]), np.array([0.25, 0.5, 0.75, 0.5])),
    }
    for case, (old, new) in cases.items():
        edges = edges_of(old, 4)
        other = index_of(shares(old, edges, below), shares(new, edges, below))
        answer = learner.ask(common_probes.call, NAME, old, new, 4)
        expect(
            answer,
            psi(old, new, 4),
            Mistake("edge-below", other),
            Mistake("equal-edges-refused", Raises("ValueError"), error=answer.raised),
            what=f"the index for {case}",
        )


def test_nan(learner: Subject, rng: Rng) -> None:
    """NaN are left out, also from the number that the shares are of"""
    reference, current = samples(rng, 12, 9)
    some_old, some_new = reference.copy(), current.copy()
    some_old[5:8], some_new[3:5] = math.nan, math.nan
    for old, new in ((some_old, some_new), (reference, some_new), (some_old, current)):
        edges = edges_of(old, 3)
        p, q = shares(old, edges), shares(new, edges)
        of_all = index_of(shares(old, edges, whole=len(old)), shares(new, edges, whole=len(new)))
        last = index_of(with_nan(old, edges), with_nan(new, edges))
        first = index_of(with_nan(old, edges, 0), with_nan(new, edges, 0))
        unknown = [math.inf] * len(edges)  # as quantiles that are NaN
        all_in_first = index_of(with_nan(old, unknown), with_nan(new, unknown))
        answer = learner.ask(common_probes.call, NAME, old, new, 3)
        expect(
            answer,
            index_of(p, q),
            Mistake("nan-in-the-total", of_all),
            Mistake("nan-in-a-bin", last),
            Mistake("nan-in-a-bin", first),
            Mistake("nan-in-a-bin", all_in_first if old is some_old else False),
            what="the index where some values are NaN",
        )


def with_nan(values: Array, edges: list[float], place: int = -1) -> list[float]:
    """The shares if NaN are in one of the bins."""
    n_nan = int(np.isnan(values).sum())
    found = [share * (len(values) - n_nan) / len(values) for share in shares(values, edges)]
    found[place] += n_nan / len(values)
    return found


def test_nothing(learner: Subject, rng: Rng) -> None:
    """If one of the two holds no number, it is a ValueError"""
    values, nothing, unknown = np.array([1.0, 2.0]), np.zeros(0), np.array([math.nan, math.nan])
    for old, new, when in (
        (values, nothing, "no current value"),
        (nothing, values, "an empty reference"),
        (values, unknown, "current values that are all NaN"),
        (unknown, values, "a reference of NaN"),
    ):
        answer = learner.ask(common_probes.call, NAME, old, new, 2)
        others = ("IndexError", "ZeroDivisionError")
        expect_error(
            answer,
            "ValueError",
            when,
            Mistake("nothing-accepted", answer.raised is None, when=when),
            *(
                Mistake("nothing-crashes", Raises(k), when=when, error=answer.raised)
                for k in others
            ),
        )


def test_arguments_kept(learner: Subject, rng: Rng) -> None:
    """Neither array is changed, in whatever order its values are"""
    reference, current = samples(rng, 8, 6)
    got = learner.ask(probes.kept, NAME, reference, current, 2).value
    expect(Answer(got.value), psi(reference, current, 2), what=WHAT)
    with showing("{}\n[a, b, c]"):
        require(approx_equal(got.arguments[:2], [reference, current]), "arguments-changed")
