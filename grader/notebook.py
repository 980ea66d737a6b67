"""Choose the cells of a learner's notebook that are to be run, and find the checks among them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader import notebook_file
from grader.exercise import Exercise
from grader.notebook_file import ClosedNotebook, UnreadableNotebook

__all__ = ["Cell", "ClosedNotebook", "Notebook", "UnreadableNotebook", "read"]

CHECK = re.compile(r"\bcheck\s*\(\s*[\"']?(\d+(?:\.E?\d+)?)[\"']?\s*\)")
DEFINITION = re.compile(
    r"^(?:[ \t]*(?:async\s+def|def|class)\s+(\w+)|(\w+)\s*(?::[^=\n]+)?=)", re.MULTILINE
)

BLOCK = re.compile(r"(?:async\s+def|def|class)\b")
ATTRIBUTE = re.compile(r"\s*(?:([^\W\d]\w*)\.[\w.]+\s*(?::[^=]+)?=(?!=)|setattr\()")


@dataclass(frozen=True)
class Cell:
    """A code cell: its number among the notebook's cells, from 1, and its source.

    `given` says that it is one of the released check and demonstration cells, unchanged.
    """

    number: int
    source: str
    given: bool = False

    def mentions(self, name: str) -> bool:
        """Whether the cell was to define `name`, even if its code does not parse."""
        return name.split(".")[0] in self.defined

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names that the cell was to define, even if its code does not parse."""
        return frozenset(one or other for one, other in DEFINITION.findall(self.source))

    @property
    def checks(self) -> tuple[str, ...]:
        """What the cell checks, as far as its source tells: ids of parts or of exercises."""
        return tuple(dict.fromkeys(CHECK.findall(self.source)))

    @property
    def brings_names(self) -> bool:
        """Whether it may define names that its source does not say."""
        return re.search(r"\bimport \*|^[ \t]*%run\b", self.source, re.MULTILINE) is not None

    @cached_property
    def patched(self) -> frozenset[str]:
        """Names whose attributes the cell sets; an empty one stands for those it does not name."""
        found, inside = set(), False
        for line in self.source.splitlines():
            if line[:1].strip(" \t)]}#\"'"):  # none of these ends a block
                inside = BLOCK.match(line) is not None
            if not inside and (match := ATTRIBUTE.match(line)):
                found.add(match[1] or "")
        return frozenset(found)

    @cached_property
    def words(self) -> frozenset[str]:
        """Everything in the source that could be a name."""
        return frozenset(re.findall(r"[^\W\d]\w*", self.source))


@dataclass(frozen=True)
class Notebook:
    """The code cells of a notebook, in order, and the Python that saved it, if that is known."""

    cells: list[Cell] = field(default_factory=list)
    python: str = ""


def read(path: Path, exercise: Exercise) -> Notebook:
    """The cells of the notebook that are to be graded, in order.

    Definitions that were turned into Markdown by a slip of the keyboard count as code if the parts
    that they define are nowhere else. Raises `UnreadableNotebook`.
    """
    file = notebook_file.read(path)
    names = exercise.names | {part.base for part in exercise.parts}
    found = [(cell.kind, _cell(cell, exercise)) for cell in file.cells]
    code = [cell for kind, cell in found if kind == "code"]
    lost = [
        cell
        for kind, cell in found
        if kind != "code" and any(_is_lost(cell, name, code) for name in names)
    ]
    return Notebook(sorted([*code, *lost], key=lambda cell: cell.number), file.python)


def _cell(cell: notebook_file.FileCell, exercise: Exercise) -> Cell:
    source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
    return Cell(cell.number, source, source.strip() in exercise.given)


def _is_lost(cell: Cell, name: str, code: list[Cell]) -> bool:
    """Whether a cell that is not code defines `name`, which no code cell does."""
    if not cell.mentions(name) or any(other.mentions(name) for other in code):
        return False
    try:
        ast.parse(cell.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
