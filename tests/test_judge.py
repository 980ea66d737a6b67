"""A judge's process may die of what it reads: that costs one part, or one notebook, and no more."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import notebooks
import pytest
from notebooks import EX1

from grader import exercise, grade, isolation, judge, results, texts, wire
from grader.checking import PartResult
from grader.grade import Task
from grader.results import Graded

ISOLATED = isolation.why_unavailable() is None
EVIL = "\x1b[2J\x1b]0;t\x07\u202e\r" * 1000 + "x" * 3_000_000
FLOOD = """
import gc, types
gc.unfreeze()
wires = [o for o in gc.get_objects() if isinstance(o, types.ModuleType)
         and o.__name__ == 'grader.wire']
for wire in wires:
    wire.pack = lambda value, packed=wire.pack: packed(
        {'notes': ['\\x1b[2J' + 'x' * 1900] * 1000, 'changed': [], 'value': None})
"""


@pytest.fixture(autouse=True, scope="module")
def _server() -> Iterator[None]:
    """The fork server that this process keeps from one grading to the next."""
    yield
    grade._forget_servers()


def graded(folder: Path, content: Any) -> Graded:
    path = notebooks.save(folder / f"{EX1}.ipynb", content)
    return grade.grade_one(Task("Vega", EX1, path, 5, ISOLATED))


def with_cell(source: str) -> Any:
    content = notebooks.without_checks(notebooks.filled(EX1))
    content["cells"].append(notebooks.code(source))
    return content


@pytest.mark.slow
def test_a_death_costs_the_part_that_was_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = wire.unpack

    def deadly(data: bytes) -> Any:
        return os._exit(1) if b"DEADLY" in data else read(data)

    assert graded(tmp_path, notebooks.filled(EX1)).points == 10
    server = grade._own
    monkeypatch.setattr(wire, "unpack", deadly)
    found = graded(tmp_path, with_cell("def flux_to_magnitude(*_, **__): return 'DEAD' 'LY'"))
    messages = {result.part.id: result.message for result in found.parts if not result.passed}
    assert messages == {"1.3": judge.TOO_MUCH}
    assert found.trouble == ""
    monkeypatch.undo()
    assert graded(tmp_path, notebooks.filled(EX1)).points == 10
    assert grade._own is server, "the packages need not be imported again"


def test_a_judge_that_dies_reading_a_notebook_makes_it_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge.notebook, "read", lambda *_: os._exit(1))
    monkeypatch.setattr(grade, "_usual_priors", lambda _: frozenset())
    found = graded(tmp_path, notebooks.filled(EX1))
    assert {result.message for result in found.parts} == {judge.TOO_LONG}


@pytest.mark.slow
@pytest.mark.skipif(not ISOLATED, reason="no isolation here")
def test_a_flood_of_notes_is_dammed(tmp_path: Path) -> None:
    content = with_cell(FLOOD)
    content["cells"] += [notebooks.code(f"x = {number}") for number in range(100)]
    found = graded(tmp_path, content)
    assert found.trouble == ""
    assert 0 < len(found.notes) <= results.MAX_NOTES
    assert "\x1b" not in "".join(found.notes)
    assert len(json.dumps(found.notes)) < 20_000


def test_whatever_is_said_of_a_notebook_is_short_and_harmless() -> None:
    found = exercise.load(EX1)
    part = PartResult(found.parts[0], "error", EVIL, broke=EVIL)
    one = Graded("Vega", found, [part], trouble=EVIL, notes=[EVIL] * 100)
    said = [part.message, part.broke, one.trouble, *one.notes]
    assert max(map(len, said)) <= texts.MAX_SHOWN
    assert not set("".join(said)) & set("\x1b\x07\r\u202e")
    assert len(one.notes) == results.MAX_NOTES
