"""`grader new` writes a part that works at once, in all places where a part lives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import exercise, new_part

PARTS_OF_A_CHECKOUT = ("grader", "solutions", "tests", "exercises", "pyproject.toml")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout, without what was built in it."""
    for name in PARTS_OF_A_CHECKOUT:
        source, copy = exercise.ROOT / name, tmp_path / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "weights", "final_project", "wandb")
            shutil.copytree(source, copy, ignore=ignore)
        else:
            shutil.copyfile(source, copy)
    return tmp_path


def run(checkout: Path, *command: str) -> str:
    variables = {name: os.environ[name] for name in os.environ if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=checkout,
        env=variables | {"PYTHONPATH": str(checkout), "WORKBOOK_LONG": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_new_parts_are_proven_right_and_wrong(checkout: Path) -> None:
    grader = ("-c", "from grader.cli import app; app()")
    for part in ("3.9", "2.E9"):
        assert "part_" in run(
            checkout, *grader, "new", part, "largest_flux", "--title", "The largest flux"
        )
    run(checkout, *grader, "build")
    quiet = ("-q", "-p", "no:xdist", "-p", "no:cacheprovider")
    said = run(checkout, "-m", "pytest", *quiet, "tests/test_matrix.py", "-k", "3.9 or 2.E9")
    assert set(said.split()[0]) == {"."}
    # on each of two seeds three wrong answers and two right ones, and three empty ones
    assert len(said.split()[0]) == 2 * (2 * (3 + 2) + 3)
    run(checkout, "-m", "pytest", *quiet, "tests/test_feedback.py")


@pytest.mark.parametrize(
    ("part", "name", "says"),
    [
        ("6", "largest", "is not the id of a part"),
        ("6.0", "largest", "is not the id of a part"),
        ("6.1", "largest", "Part 6.1 exists. Exercise 6 ends with 6.5 and 6.E2."),
        ("6.E9", "2fast", "is not a name that a function can have"),
        ("6.E9", "FocalLoss", "'FocalLoss' is taken"),
    ],
)
def test_what_cannot_be_a_part(tmp_path: Path, part: str, name: str, says: str) -> None:
    with pytest.raises(new_part.NewPartError, match=says):
        new_part.write(part, name, "T", 1, tmp_path)
    assert list(tmp_path.iterdir()) == []
