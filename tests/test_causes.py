"""A failure that follows from an earlier cell names that cell, and is nobody's misconception."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import notebooks
import pytest
from notebooks import EX1
from odd_notebooks.draft import ALL_PARTS, Draft

from grader import grade, isolation
from grader.checking import PartResult
from grader.grade import Task
from grader.session import TimeLimits

pytestmark = pytest.mark.slow

ISOLATED = isolation.why_unavailable() is None
IMPORTS, PART = "ell 2", "ell 6"  # of the cells, with a small or a capital letter in front
QUICK = TimeLimits(cell=1.0, part=3.0)


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    """The fork server that this process keeps from one grading to the next."""
    yield
    grade._forget_servers()


def graded(draft: Draft, folder: Path) -> dict[str, PartResult]:
    path = notebooks.save(folder / f"{EX1}.ipynb", draft.done())
    one = grade.grade_one(Task("Vega", EX1, path, 3, ISOLATED, QUICK))
    assert not one.trouble
    return {result.part.id: result for result in one.parts}


STOPS = {
    "FileNotFoundError": "stars = open('/content/drive/stars.csv')",
    "ZeroDivisionError": "ratio = 1 / 0",
    "AttributeError": "import math\nmath.tau_and_more",
    "SystemExit": "raise SystemExit('not here')",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "MemoryError": "raise MemoryError",
    "SyntaxError": "x = = 3",
}


@pytest.mark.parametrize("kind", STOPS)
def test_an_imports_cell_that_stopped_is_named_with_every_part(tmp_path: Path, kind: str) -> None:
    """Or the part passes, as the imports below are done all the approx_equal."""
    draft = Draft()
    draft.head("imports", STOPS[kind])
    results = graded(draft, tmp_path)
    for part in ALL_PARTS:
        assert not results[part].misconception
        if not results[part].passed:
            assert IMPORTS in results[part].message
            assert kind in results[part].message


def test_an_install_that_was_not_run_is_told_beside_the_missing_module(tmp_path: Path) -> None:
    draft = Draft()
    draft.head("imports", "!pip install far_away\nimport far_away")
    draft.set("1.3", "def flux_to_magnitude(flux, zeropoint=25.0):\n    return far_away.mag(flux)")
    message = graded(draft, tmp_path)["1.3"].message
    assert "stopped at `import far_away`" in message
    assert "`!pip install far_away` was not run" in message


def test_an_imports_cell_that_never_ends_is_named_with_every_part(tmp_path: Path) -> None:
    draft = Draft()
    draft.head("imports", "while True:\n    pass")
    results = graded(draft, tmp_path)
    for part in ALL_PARTS:
        assert results[part].status in ("timeout", "error")
        assert IMPORTS in results[part].message
        assert "did not end" in results[part].message


def test_a_helper_that_failed_is_named_by_what_calls_it(tmp_path: Path) -> None:
    draft = Draft()
    draft.before("1.2", "limits = [1, 2, 3][5]\n\ndef listed(records):\n    return list(records)")
    draft.edit("1.2", "    return kept", "    return listed(kept)")
    results = graded(draft, tmp_path)
    assert results["1.2"].status == "error"
    assert PART in results["1.2"].message
    assert "IndexError" in results["1.2"].message
    assert not results["1.2"].misconception
    assert all(results[part].passed for part in ("1.1", "1.3", "1.4"))


def test_causes_are_followed_to_the_first(tmp_path: Path) -> None:
    """A constant fails, a helper that needs it fails, and the part needs the helper."""
    draft = Draft()
    draft.before("1.2", "first = int('x')", "second = first + 1", "third = second + 1")
    draft.edit("1.2", "    return kept", "    return kept[:third]")
    message = graded(draft, tmp_path)["1.2"].message
    assert PART in message
    assert "ValueError" in message


@pytest.mark.parametrize("names", ["filter_lightcurve", "*"])
def test_a_module_that_is_missing_is_named(tmp_path: Path, names: str) -> None:
    draft = Draft()
    draft.set("1.2", f"from lcfilter import {names}")
    result = graded(draft, tmp_path)["1.2"]
    assert PART in result.message
    assert "lcfilter" in result.message
    assert "rename" not in result.message


@pytest.mark.parametrize("line", ["%run helpers.py", "%run helpers.ipynb", "%run -i helpers"])
def test_a_file_that_is_missing_is_named(tmp_path: Path, line: str) -> None:
    draft = Draft()
    draft.set("1.2", line)
    result = graded(draft, tmp_path)["1.2"]
    assert PART in result.message
    assert "helpers" in result.message


ENVIRONMENT = {
    "NameError": "nan_of_mine",
    "ModuleNotFoundError": "__import__('numpyy')",
    "ImportError": "exec('from math import log11')",
    "AttributeError": "np.nan_of_mine",
    "MemoryError": "(_ for _ in ()).throw(MemoryError())",
}


@pytest.mark.parametrize("kind", ENVIRONMENT)
@pytest.mark.parametrize("when", ["np.any(flux <= 0)", "np.ndim(flux) > 0", "True"])
def test_what_the_environment_causes_is_no_misconception(
    tmp_path: Path, kind: str, when: str
) -> None:
    draft = Draft()
    draft.edit(
        "1.3", "    flux = np", f"    if {when}:\n        {ENVIRONMENT[kind]}\n    flux = np"
    )
    result = graded(draft, tmp_path)["1.3"]
    assert result.status == "error"
    assert kind in result.message
    assert result.misconception is None
