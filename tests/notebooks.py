"""Notebooks for the tests: the released ones, filled in, or made of a few cells."""

from __future__ import annotations

import copy
import functools
import json
import os
from pathlib import Path
from typing import Any

from grader import build, exercise

EX1, EX2 = "ex01_advanced_functions", "ex02_light_curve_classes"
Notebook = dict[str, Any]


def code(source: str | list[str], **metadata: Any) -> dict[str, Any]:
    """A code cell."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


def of(*cells: str | dict[str, Any]) -> Notebook:
    """A notebook with these cells; a text is the source of a code cell."""
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def released(slug: str) -> Notebook:
    """The committed notebook, as a learner gets it."""
    return json.loads(exercise.released(slug).read_text("utf-8"))


def filled(slug: str) -> Notebook:
    """The notebook with the reference in place."""
    return copy.deepcopy(_filled(slug))


@functools.cache
def _filled(slug: str) -> Notebook:
    return json.loads(build.build(build.SOURCES / f"{slug}.py", filled=True))


def class_cell(notebook: Notebook, head: str) -> dict[str, Any]:
    """The code cell with the class whose first line begins so: `LightCurve(`, `BatchJob`."""
    return next(cell for cell in notebook["cells"] if defines(cell, head))


def defines(cell: dict[str, Any], head: str) -> bool:
    """Whether a class whose first line begins so stands in a code cell."""
    source = "\n" + "".join(cell["source"])
    return cell["cell_type"] == "code" and f"\nclass {head}" in source


def without_checks(notebook: Notebook) -> Notebook:
    """The notebook without its check cells, so that all parts are judged at its end."""
    cells = [cell for cell in notebook["cells"] if 'check("' not in "".join(cell["source"])]
    return {**notebook, "cells": cells}


def save(path: Path, notebook: Notebook | str | bytes) -> Path:
    """Write a notebook, or any text or bytes, to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, dict):
        notebook = json.dumps(notebook)
    path.write_bytes(notebook if isinstance(notebook, bytes) else notebook.encode())
    return path


def may_open_everything(folder: Path) -> bool:
    """Whether this account is not stopped by the mode of a file, as root is not."""
    path = save(folder / "closed", "x")
    path.chmod(0)
    return os.access(path, os.R_OK)


class Deadly:
    """Brings down the process that receives it, as a worker of the grader's does."""

    def __reduce__(self) -> tuple[Any, tuple[int]]:
        return os._exit, (1,)
