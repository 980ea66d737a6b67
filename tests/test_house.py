"""The house: two lists of packages that agree, and a command for every promise of the README."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from grader import demo, isolation
from grader.exercise import ROOT


def test_environment_installs_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    extras = project["optional-dependencies"]
    wanted = {*project["dependencies"], *extras["dev"], *extras["final"]}
    assert sorted(pip) == sorted([*wanted, "-e ."])
    assert f"python{project['requires-python']}" in environment["dependencies"]


@pytest.mark.skipif("CI" not in os.environ, reason="only CI must have a kernel with all walls")
def test_ci_can_build_the_sandbox() -> None:
    """Elsewhere the sandbox's tests skip where the kernel does not let them run."""
    assert isolation.why_unavailable() is None


def test_torch_is_pinned() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert '"torch==2.13.0"' in text


def test_readme_and_contributing_name_only_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        named = re.findall(r"`make ([a-z]+)", (ROOT / name).read_text("utf-8"))
        assert set(named) <= targets, name


def test_a_demonstration_outside_of_a_checkout_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "LOADER", tmp_path / "tests" / "answer_files.py")
    with pytest.raises(demo.NotADemonstration, match="Run this in a clone"):
        demo.write_class(tmp_path / "class")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", sorted((ROOT / "grader").rglob("*.py")), ids=str)
def test_what_judges_stays_small(path: Path) -> None:
    """A file has at most 400 lines, and a function 60."""
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= 400
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno > 60] == []
