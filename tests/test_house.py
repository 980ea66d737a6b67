"""The house: two lists of packages that agree, and a command for every promise of the README."""

from __future__ import annotations

import re
import tomllib

import yaml

from grader.exercise import ROOT


def test_environment_installs_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert sorted(pip) == sorted([*wanted, "-e ."])
    assert f"python{project['requires-python']}" in environment["dependencies"]


def test_torch_is_pinned() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert '"torch==2.13.0"' in text


def test_readme_and_contributing_name_only_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        named = re.findall(r"`make ([a-z]+)", (ROOT / name).read_text("utf-8"))
        assert set(named) <= targets, name
