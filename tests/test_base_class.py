"""A class of several parts may inherit some of them from a base class, in a cell of its own.

Exercises 2 and 4 are written that way. What has all its parts in one class, as learners' notebooks
may, is judged just the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import notebooks
import pytest
from notebooks import EX2, Notebook
from test_build import BODY, HEADING, built, refusal

from grader import demo, exercise, follow, grade, isolation, notebook, references, watch
from grader.checking import PartResult
from grader.follow import FollowThrough
from grader.grade import Task
from grader.splice import splice

SLUG = "ex04_pipeline_patterns"
FOUND = exercise.load(SLUG)
INHERITED = ["4.1", "4.2", "4.E2"]
ISOLATED = isolation.why_unavailable() is None
CONSTRUCTOR = """
class AstronomyPipeline:
    def __init__(self, processor, classifier):
        self.processor = processor
        self.classifier = classifier
        self.logger = self._setup_logging()
        self.in_session = False
        self.observers = []
"""
NOTHING = """
class AstronomyPipeline:
    @staticmethod
    def _setup_logging():
        return None
"""


@pytest.fixture(autouse=True, scope="module")
def _server() -> Iterator[None]:
    yield
    grade._forget_servers()


def source_of(content: Notebook, owner: str) -> str:
    return "".join(notebooks.class_cell(content, owner)["source"])


def in_two_classes(content: Notebook) -> Notebook:
    return content


def in_one_class(content: Notebook) -> Notebook:
    """The notebook with all parts in `AstronomyPipeline`, which has no base."""
    return merged(content, "BatchJob", "AstronomyPipeline", CONSTRUCTOR)


def merged(content: Notebook, base: str, owner: str, more: str = "") -> Notebook:
    """The notebook with the members of `base` in the class that inherits them."""
    inherited = source_of(content, base).replace(base, owner)
    rest = source_of(content, f"{owner}({base})").replace(f"({base})", "")
    cells = [cell for cell in content["cells"] if not notebooks.defines(cell, f"{base}:")]
    place = cells.index(notebooks.class_cell(content, f"{owner}("))
    source = splice(inherited, rest)
    cells[place] = notebooks.code(splice(source, more) if more else source)
    return {**content, "cells": cells}


Shape = Callable[[Notebook], Notebook]
shapes = pytest.mark.parametrize("shape", [in_one_class, in_two_classes])


def edited(old: str, new: str) -> Notebook:
    """The filled notebook with a line of `BatchJob` changed."""
    content = notebooks.filled(SLUG)
    cell = notebooks.class_cell(content, "BatchJob")
    source = "".join(cell["source"])
    assert source.count(old) == 1
    cell["source"] = source.replace(old, new)
    return content


def graded(
    folder: Path, content: Notebook, slug: str = SLUG, *, follow: bool = True
) -> dict[str, PartResult]:
    path = notebooks.save(folder / f"{slug}.ipynb", content)
    one = grade.grade_one(Task("Vega", slug, path, 5, ISOLATED, follow=follow))
    assert not one.trouble
    return {result.part.id: result for result in one.parts}


def cells_of(content: Notebook, folder: Path) -> notebook.Notebook:
    return notebook.read(notebooks.save(folder / f"{SLUG}.ipynb", content), FOUND)


# What the notebook is made of


def test_the_parts_are_of_the_class_that_inherits_them() -> None:
    assert [part.id for part in FOUND.parts if part.base] == INHERITED
    assert FOUND.part("4.1").names == ("AstronomyPipeline._setup_logging",)
    assert FOUND.part("4.1").homes == {
        "AstronomyPipeline._setup_logging": "BatchJob._setup_logging"
    }
    assert "BatchJob" not in FOUND.names, "nobody must define it"


def test_checks_follow_the_class_in_the_order_of_the_parts() -> None:
    ids = [cell["id"] for cell in built(SLUG)["cells"] if cell["cell_type"] == "code"]
    first = ids.index("part-4-1")
    checks = [f"check-{id}" for id in ("4-1", "4-2", "4-3", "4-4", "4-E1", "4-E2")]
    assert ids[first : first + 8] == ["part-4-1", "part-4-3", *checks]


def test_a_base_class_that_no_part_follows_is_refused(tmp_path: Path) -> None:
    text = HEADING.replace("points=2", 'points=2 of="Star"')
    method = '    def one(self):\n        """Return one."""\n' + BODY.replace("    ", " " * 8)
    message = refusal(tmp_path, f"{text}class Base:\n{method}")
    assert "no part of Star follows 99.1" in message


# How it is judged


@pytest.mark.slow
@shapes
def test_all_is_judged_in_either_shape(shape: Shape, tmp_path: Path) -> None:
    found = graded(tmp_path, shape(notebooks.filled(SLUG)))
    assert {id: one.message for id, one in found.items() if not one.passed} == {}


@pytest.mark.slow
def test_a_light_curve_may_be_one_class(tmp_path: Path) -> None:
    content = merged(notebooks.filled(EX2), "ObservationTable", "LightCurve")
    assert not any(notebooks.defines(cell, "ObservationTable") for cell in content["cells"])
    found = graded(tmp_path, content, EX2)
    assert {id: one.message for id, one in found.items() if not one.passed} == {}


@pytest.mark.slow
def test_a_base_that_cannot_be_run_is_told_by_all_that_need_it(tmp_path: Path) -> None:
    """A mistake of syntax leaves no class, and none that inherits from it."""
    found = graded(tmp_path, edited("return logger\n", "return logger)\n"), follow=False)
    for part in ("4.1", "4.3", "4.4"):
        assert "SyntaxError" in found[part].message
        assert "`return logger)`" in found[part].message


@pytest.mark.slow
def test_a_base_that_cannot_be_run_costs_its_own_parts(tmp_path: Path) -> None:
    found = graded(tmp_path, edited("return logger\n", "return logger)\n"))
    assert [id for id, one in found.items() if not one.points] == INHERITED
    assert found["4.3"].followed == ("4.1", "4.2")


@pytest.mark.slow
@shapes
def test_what_is_not_written_is_missing_in_either_shape(shape: Shape, tmp_path: Path) -> None:
    found = graded(tmp_path, shape(notebooks.released(SLUG)))
    assert {one.status for one in found.values()} == {"missing"}


@pytest.mark.slow
@shapes
def test_follow_through_in_either_shape(shape: Shape, tmp_path: Path) -> None:
    """There is no class at all for a slip in 4.1, which costs 4.1 alone."""
    found = graded(tmp_path, shape(edited("@staticmethod", "@staticmethd")))
    assert [id for id, one in found.items() if not one.points] == ["4.1"]
    assert found["4.2"].followed == ("4.1",)
    assert found["4.E2"].followed == ("4.1",)


@shapes
def test_our_code_of_no_other_part_comes_along(shape: Shape, tmp_path: Path) -> None:
    reference = references.source(SLUG)
    assert reference is not None
    stubs = cells_of(shape(notebooks.released(SLUG)), tmp_path)
    for cells in (stubs.cells, []):
        through = FollowThrough(FOUND, notebook.Notebook(cells), reference)
        made = through.notebook(FOUND.part("4.2"), [FOUND.part("4.1")])
        text = "\n".join(cell.source for cell in made.cells)
        assert "session broken off" not in text
        assert "an observer failed" not in text
        assert "%(levelname)s %(message)s" in text


@shapes
def test_what_is_written_counts_in_either_shape(shape: Shape, tmp_path: Path) -> None:
    for content, written in ((notebooks.filled, True), (notebooks.released, False)):
        cells = cells_of(shape(content(SLUG)), tmp_path)
        assert [follow.is_written(part, cells) for part in FOUND.parts] == [written] * 8
        assert follow.needs(FOUND, follow.own_source(cells))["4.3"] == ["4.1", "4.2"]


@shapes
def test_an_edit_is_of_the_parts_of_its_cell(shape: Shape, tmp_path: Path) -> None:
    old = cells_of(shape(notebooks.filled(SLUG)), tmp_path)
    new = cells_of(shape(edited("return logger\n", "return  logger\n")), tmp_path)
    assert set(INHERITED) <= watch._edited(FOUND, old, new)


@pytest.mark.slow
def test_a_cell_that_became_text_is_run(tmp_path: Path) -> None:
    content = notebooks.filled(SLUG)
    cell = notebooks.class_cell(content, "BatchJob")
    cell["cell_type"] = "markdown"
    found = graded(tmp_path, content)
    assert all(one.passed for one in found.values())


@pytest.mark.slow
@pytest.mark.parametrize("answer", [NOTHING, None], ids=["a slip", "not written"])
def test_a_demonstration_puts_answers_where_they_count(answer: str | None, tmp_path: Path) -> None:
    found = graded(tmp_path, json.loads(demo._filled(FOUND, {"4.1": answer})))
    assert [id for id, one in found.items() if not one.passed] == ["4.1"]
    assert found["4.1"].status == ("failed" if answer else "missing")
