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
    return json.loads((exercise.RELEASED / f"{slug}.ipynb").read_text("utf-8"))


def filled(slug: str) -> Notebook:
    """The notebook with the reference in place."""
    return copy.deepcopy(_filled(slug))


@functools.cache
def _filled(slug: str) -> Notebook:
    return json.loads(build.build(build.SOURCES / f"{slug}.py", filled=True))


def save(path: Path, notebook: Notebook | str | bytes) -> Path:
    """Write a notebook, or any text or bytes, to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, dict):
        notebook = json.dumps(notebook)
    path.write_bytes(notebook if isinstance(notebook, bytes) else notebook.encode())
    return path


class Deadly:
    """Stands for a notebook that brings the grader's own process down when it is read."""

    def is_symlink(self) -> bool:
        os._exit(1)
