"""Notebooks and folders made after bug reports of other graders, and the command that grades them.

The cases are not part of the project. They are looked for beside the checkout, or in the folder
that the environment variable WORKBOOK_SHARED names; tests of them are skipped where they are not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader import exercise, isolation

SHARED = Path(os.environ.get("WORKBOOK_SHARED") or exercise.ROOT.parent / "shared")
CASES = SHARED / "cases"
SANDBOX = [] if isolation.why_unavailable() is None else ["--no-sandbox"]
needed = pytest.mark.skipif(
    not CASES.is_dir(), reason=f"the cases are not at {CASES}; set WORKBOOK_SHARED to their folder"
)


def case(number: str) -> Path:
    """The folder of a case."""
    return next(CASES.glob(f"{number}-*"))


def copied(number: str, folder: Path) -> Path:
    """A copy of a case that may be changed."""
    return shutil.copytree(case(number), folder / "case", symlinks=True)


@dataclass(frozen=True)
class Run:
    """What the command said, and what it left in its folder."""

    code: int
    said: str
    out: Path

    @property
    def results(self) -> dict[str, Any]:
        return json.loads((self.out / "results.json").read_text("utf-8"))

    @property
    def students(self) -> list[str]:
        return [submission["student"] for submission in self.results["submissions"]]

    def exercises(self, student: str) -> list[dict[str, Any]]:
        """A student's graded exercises."""
        found = self.results["submissions"]
        return next(one["exercises"] for one in found if one["student"] == student)

    def marks(self, student: str) -> tuple[float, float]:
        """Points and bonus of a student who handed in one exercise."""
        (one,) = self.exercises(student)
        return one["points"], one["bonus"]

    def parts(self, student: str) -> dict[str, dict[str, Any]]:
        (one,) = self.exercises(student)
        return {part["id"]: part for part in one["parts"]}

    def message(self, student: str) -> str:
        """All messages of a student's parts."""
        return "\n".join(part["message"] for part in self.parts(student).values())

    @property
    def is_orderly(self) -> bool:
        """Whether it ended by itself and without a traceback."""
        return self.code in (0, 1, 2) and "Traceback" not in self.said


def command() -> str:
    """The installed command `grader`."""
    path = Path(sys.executable).with_name("grader")
    if not path.exists():
        pytest.skip(f"the command is not installed at {path}")
    return str(path)


def grade(submissions: Path, out: Path, *options: object, before: tuple[str, ...] = ()) -> Run:
    """Grade a folder as an instructor does, with a command in front of it if there is one."""
    arguments = ["grade", submissions, "--out", out, "--seed", 7, "--jobs", 1, *SANDBOX, *options]
    done = subprocess.run(
        [*before, command(), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=500,
        text=True,
        cwd=out.parent,
    )
    return Run(done.returncode, done.stdout, out)
