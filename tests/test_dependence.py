"""Which earlier parts a part is built on, told from source code alone."""

from __future__ import annotations

import pytest
from notebooks import EX1, EX2

from grader import dependence, exercise, references
from grader.exercise import Exercise, Part

SOURCE = """
class Star:
    def __init__(self, flux): self.flux = flux
    def __len__(self): return 1
    def peak(self): return max(self.flux)
    def shown(self): return f"{len(self)} with {self.peak()}"

class Pulsating(Star):
    def period(self): return 1.0

def helper(star): return star.peak()
def faint(star): return helper(star) < 1
def catalogue(): return [Star([1.0])]
def alone(values): return sum(values)
"""
NAMES = [
    *("Star.__init__", "Star.__len__", "Star.peak", "Star.shown"),
    *("Pulsating.period", "faint", "catalogue", "alone"),
]


def made(*names: str) -> Exercise:
    parts = [Part(f"1.{n}", "", 1.0, False, (name,)) for n, name in enumerate(names, 1)]
    return Exercise("ex01_stars", "", tuple(parts), frozenset())


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("Star.__init__", []),
        ("Star.peak", ["Star.__init__"]),
        ("Star.shown", ["Star.__init__", "Star.__len__", "Star.peak"]),
        ("Pulsating.period", ["Star.__init__", "Star.__len__"]),
        ("faint", ["Star.__init__", "Star.peak"]),  # by way of code that is no part
        ("catalogue", ["Star.__init__", "Star.__len__"]),
        ("alone", []),
    ],
)
def test_a_part_needs_what_its_code_uses(name: str, needed: list[str]) -> None:
    ids = {one: f"1.{number}" for number, one in enumerate(NAMES, 1)}
    found = dependence.needs(made(*NAMES), [SOURCE])
    assert found[ids[name]] == [ids[one] for one in needed]


def test_only_earlier_parts_are_needed() -> None:
    found = dependence.needs(made("Star.shown", "Star.peak", "Star.__init__"), [SOURCE])
    assert found == {"1.1": [], "1.2": [], "1.3": []}


def test_what_the_learners_code_uses_counts_as_well() -> None:
    own = "def alone(values): return catalogue()\n"
    names = ("catalogue", "alone")
    assert dependence.needs(made(*names), [SOURCE])["1.2"] == []
    assert dependence.needs(made(*names), [SOURCE, own])["1.2"] == ["1.1"]


def test_code_that_is_none_needs_nothing() -> None:
    assert dependence.needs(made("alone"), ["def alone(:"]) == {"1.1": []}


def test_lines_for_ipython_are_passed_over_and_come_back() -> None:
    source = "%matplotlib inline\nif True:\n    !ls\nx = 5 % 2\n"
    assert dependence.parsed(source)
    assert dependence.unmasked(dependence.masked(source)) == source


def test_the_parts_of_exercise_2_are_built_on_the_first() -> None:
    source = references.source(EX2)
    assert source is not None
    found = dependence.needs(exercise.load(EX2), [source])
    assert all("2.1" in needed for part, needed in found.items() if part != "2.1")
    assert "2.5" in found["2.6"]


def test_the_parts_of_exercise_1_stand_alone() -> None:
    source = references.source(EX1)
    assert source is not None
    assert not any(dependence.needs(exercise.load(EX1), [source]).values())


@pytest.mark.parametrize(("number", "part"), [("9", "9.8"), ("10", "10.7")])
def test_nothing_is_built_on_a_part_whose_reference_calls_given_helpers(
    number: str, part: str
) -> None:
    """So that reference is never put into a notebook from before there were these helpers."""
    found = exercise.find(number)
    source = references.source(found.slug)
    assert source is not None
    assert not any(part in needed for needed in dependence.needs(found, [source]).values())
