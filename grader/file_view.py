"""Which files a learner's code sees: Python, its packages and sample files, not the grader."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"


def data_folder() -> Path:
    """The folder with the project's sample files, in a notebook and where it is graded alike.

    Raises FileNotFoundError where the workbook was installed without it.
    """
    if not DATA.is_dir():
        raise FileNotFoundError(f"{DATA} is not here. Work in a clone of the workbook.")
    return DATA


def readable_paths() -> list[Path]:
    """All files that a learner's code may read."""
    return [*interpreter_paths(), *([DATA] if DATA.is_dir() else [])]


def interpreter_paths() -> list[Path]:
    """The files that the running interpreter and its packages need."""
    system = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")
    shared = ("/usr/share/zoneinfo", "/usr/share/fonts", "/etc/fonts")
    packages = [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    installed = (*_of_prefix(sys.prefix), *_of_prefix(sys.base_prefix), *packages)
    paths = (*installed, *system, *shared)
    return [Path(p) for p in paths if os.path.exists(p)]


def _of_prefix(prefix: str) -> list[str]:
    """An installation of Python; where it is the system's, not all else that lies beside it."""
    shared = prefix in ("/usr", "/usr/local")
    return [f"{prefix}/{name}" for name in ("bin", "lib", "lib64")] if shared else [prefix]


def grader_paths() -> list[Path]:
    """Where the checks and references are, which a learner must not read: here, or installed."""
    package = Path(__file__).resolve().parent
    if (package.parent / "pyproject.toml").exists():
        return [package.parent]  # a checkout, with its history and tests
    references = importlib.util.find_spec("solutions")
    found = references.submodule_search_locations if references else None
    return [package, *map(Path, found or ())]


def layout(readable: list[Path], hidden: Iterable[Path]) -> dict[Path, bool]:
    """Paths by their place in the new root, outer ones first, and whether each is to be shown.

    A path is there by its own name and where its symbolic links lead. Left out is what lies
    directly in another path of its kind, and what would not be there anyway.
    """
    shown = {form for path in readable for form in (Path(path).absolute(), Path(path).resolve())}
    if unfit := shown & {Path(p) for p in ("/", "/dev", "/proc", "/tmp")}:
        raise ValueError(f"{unfit.pop()} cannot be readable as a whole")
    covered = {form for path in hidden for form in _forms(Path(path).resolve(), readable)}
    if unfit := shown & covered:
        raise ValueError(f"{unfit.pop()} holds files that notebooks need, and cannot be hidden")
    found: dict[Path, bool] = {}
    for path in sorted(shown | covered):
        around = next((found[folder] for folder in path.parents if folder in found), False)
        if (path in shown) != around:
            found[path] = path in shown
    return found


def _forms(hidden: Path, readable: Iterable[Path]) -> Iterator[Path]:
    """All names that a hidden path has inside, where a readable one has several."""
    yield hidden
    for path in map(Path, readable):
        if hidden.is_relative_to(path.resolve()):
            yield path.absolute() / hidden.relative_to(path.resolve())
