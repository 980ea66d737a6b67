"""Read a learner's notebook, which may be anything at all, into the cells that are to be run."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.exercise import Exercise

MAX_BYTES = 20 * 2**20
MAX_CELL = 200_000  # characters: to parse more would cost the grader itself time and memory
MAGIC_LINE = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
MAGIC_VALUE = re.compile(r"^([ \t]*\w[\w., \t]*=[ \t]*)[%!].*$", re.MULTILINE)
TIMING_MAGICS = ("time", "timeit", "capture", "prun")


class UnreadableNotebook(ValueError):
    """The file is no notebook; the message says why, in words for the learner."""


@dataclass(frozen=True)
class Cell:
    """A cell to run: its number among the notebook's cells, from 1, and its source."""

    number: int
    source: str

    def mentions(self, name: str) -> bool:
        """Whether the cell was to define `name`, even if its code does not parse."""
        owner = name.split(".")[0]
        return re.search(rf"^[ \t]*(?:async )?(?:def|class) +{owner}\b|^{owner} *=", self.source,
                         re.MULTILINE) is not None  # fmt: skip


def read(path: Path, exercise: Exercise) -> list[Cell]:
    """The cells of the notebook that are to be graded, in order.

    Raises `UnreadableNotebook`. Check cells and demonstrations are left out: those of the release
    are known by their source, a learner's own by the tag `demo`, unless they define a part's name.
    Definitions that were turned into Markdown by a slip of the keyboard are run all the same.
    """
    found = _cells(path)
    code = [
        cell for kind, tags, cell in found if kind == "code" and not _idle(cell, tags, exercise)
    ]
    written = {name for cell in code for name in _defines(cell.source)}
    lost = [
        cell
        for kind, _, cell in found
        if kind != "code" and (_defines(cell.source) & exercise.names) - written
    ]
    cells = sorted([*code, *lost], key=lambda cell: cell.number)
    return [Cell(cell.number, plain_python(cell.source)) for cell in cells]


def plain_python(source: str) -> str:
    """IPython's own syntax as Python: magics, shell commands and questions do nothing."""
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        if first[2:].split(" ")[0] not in TIMING_MAGICS:
            return ""
        source = rest
    if _definitions(source) is not None:
        return source
    return MAGIC_VALUE.sub(r"\1None", MAGIC_LINE.sub(r"\1pass", source))


@lru_cache(maxsize=256)
def _definitions(source: str) -> frozenset[str] | None:
    """Names of the functions and classes that Python code defines; None if it is no Python."""
    if len(source) > MAX_CELL:
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


def _cells(path: Path) -> list[tuple[str, tuple[str, ...], Cell]]:
    """Type, tags and source of every cell that can be made out."""
    notebook = _json(path)
    raw = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(raw, list):
        raise UnreadableNotebook("The notebook could not be read: it has no list of cells.")
    cells = []
    for number, cell in enumerate(raw, start=1):
        source = _source(cell)
        if source.strip():
            cells.append((str(cell.get("cell_type")), _tags(cell), Cell(number, source)))
    return cells


def _json(path: Path) -> Any:
    if path.is_symlink() or not path.is_file():
        raise UnreadableNotebook("The notebook could not be read: it is not an ordinary file.")
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableNotebook(
            f"The notebook could not be read: it is larger than {MAX_BYTES // 2**20} MB. "
            "Clear its outputs and hand it in again."
        )
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        kind = "it is empty" if path.stat().st_size == 0 else f"it is not a notebook ({error})"
        raise UnreadableNotebook(f"The notebook could not be read: {kind}.") from None


def _source(cell: Any) -> str:
    source = cell.get("source", "") if isinstance(cell, dict) else ""
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _tags(cell: dict[str, Any]) -> tuple[str, ...]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _idle(cell: Cell, tags: tuple[str, ...], exercise: Exercise) -> bool:
    if cell.source.strip() in exercise.given:
        return True
    return "demo" in tags and not _defines(cell.source) & exercise.names


def _defines(source: str) -> frozenset[str]:
    """Names of the functions and classes that a cell defines; none if it is not code."""
    return _definitions(plain_python(source)) or frozenset()
