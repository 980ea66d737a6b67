"""Wherever the grader is installed, a notebook cannot read its checks and references.

A Python is made that borrows its packages from this one, and holds a grader of its own: as a
checkout below its prefix, where `pip install -e git+...` puts it, or among its packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import notebooks
import pytest
from notebooks import EX1

from grader import exercise, isolation

pytestmark = pytest.mark.skipif(
    (reason := isolation.why_unavailable()) is not None, reason=f"no isolation here: {reason}"
)

SPY = """
import os
SECRETS = ("/checks/", "/solutions/", "/learner.py", "secret")
def flux_to_magnitude(*args, **kwargs):
    found = [os.path.join(path, name) for path, _, names in os.walk({top!r}) for name in names]
    secret = [name for name in found if any(word in name for word in SECRETS)]
    raise ValueError(f"saw {{len(found) > 0}} {{secret}}")
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The interpreter of a new environment."""
    made = tmp_path / "venv"
    venv.create(made, with_pip=False)
    packages = made / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return made / "bin" / "python"


def install(python: Path, place: str) -> Path:
    """Put a grader into the environment; return the folder that holds it."""
    packages = next((python.parents[1] / "lib").glob("*/site-packages"))
    folder = python.parents[1] / "src" / "workbook" if place == "checkout" else packages
    for name in ("grader", "solutions", "exercises"):
        shutil.copytree(exercise.ROOT / name, folder / name)
    if place == "checkout":
        shutil.copy(exercise.ROOT / "pyproject.toml", folder)
        (packages / "workbook.pth").write_text(f"{folder}\n")
    return folder


def run(python: Path, *arguments: object) -> str:
    command = [python, "-P", "-c", "from grader.cli import app; app()", *arguments]
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [str(word) for word in command],
        env=variables | {"PYTHONIOENCODING": "utf-8"},
        cwd=python.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("place", ["checkout", "package"])
def test_checks_and_references_cannot_be_read(python: Path, place: str) -> None:
    install(python, place)
    spy = SPY.format(top=str(python.parents[1]))
    path = notebooks.save(python.parents[2] / f"{EX1}.ipynb", notebooks.of(spy))
    said = run(python, "check", path)
    assert "ValueError: saw True []" in said, said


@pytest.mark.slow
def test_a_class_and_its_results_below_the_prefix_cannot_be_read(python: Path) -> None:
    install(python, "checkout")
    folder = python.parents[1] / "class"
    notebooks.save(folder / "Vega" / f"{EX1}.ipynb", notebooks.of(SPY.format(top=str(folder))))
    (folder / "secret.txt").write_text("42")
    (python.parents[1] / "out" / "secret").mkdir(parents=True)
    said = run(python, "grade", folder, "--out", python.parents[1] / "out", "--jobs", 1)
    assert "results.json" in said, said
    results = (python.parents[1] / "out" / "results.json").read_text("utf-8")
    assert "ValueError: saw False []" in results
