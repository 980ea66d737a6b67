"""`grader status`: what is done, what it is worth, and what comes next."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import notebooks
import pytest
from notebooks import EX1, EX2, Notebook
from rich.console import Console
from typer.testing import CliRunner

from grader import cli, exercise, grade, isolation, own_work, progress
from grader.progress import Row
from grader.results import Graded

ISOLATED = isolation.why_unavailable() is None
SANDBOX = [] if ISOLATED else ["--no-sandbox"]


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    """The fork server that this process keeps from one grading to the next."""
    yield
    grade._forget_servers()


@pytest.fixture(autouse=True)
def _memory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def row(folder: Path, content: Notebook | str, slug: str = EX1) -> Row:
    return progress.row(slug, notebooks.save(folder / f"{slug}.ipynb", content), ISOLATED)


def text(*rows: Row) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(progress.table(rows))
    return console.file.getvalue()


def line(table: str, beginning: str) -> str:
    return next(line for line in table.splitlines() if line.strip().startswith(beginning))


def without(*names: str) -> Notebook:
    """Exercise 1 with some functions left unwritten."""
    content = notebooks.without_checks(notebooks.filled(EX1))
    stubs = [notebooks.code(f"def {name}(*args): raise NotImplementedError") for name in names]
    content["cells"].extend(stubs)
    return content


def test_a_finished_exercise_is_all_done(tmp_path: Path) -> None:
    done = row(tmp_path, notebooks.filled(EX1))
    assert (done.passed, done.parts, done.next) == (4, 4, "all done")
    assert (done.graded.points, done.graded.bonus) == (10, 2)


def test_the_first_open_part_is_next(tmp_path: Path) -> None:
    found = row(tmp_path, without("filter_lightcurve", "flux_to_magnitude"))
    assert (found.passed, found.graded.points, found.graded.bonus) == (2, 5, 2)
    assert found.next == f"1.2 {exercise.load(EX1).part('1.2').title}"


def test_a_bonus_is_next_only_after_the_core(tmp_path: Path) -> None:
    found = row(tmp_path, without("cache_results"))
    assert found.passed == found.parts
    assert found.next.startswith("1.E1 ")
    assert found.next.endswith("(bonus)")


@pytest.fixture
def _nothing_is_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grade, "grade_one", lambda task: pytest.fail("nothing is to be graded"))


@pytest.mark.usefixtures("_nothing_is_graded")
def test_an_absent_or_untouched_notebook_is_not_started(tmp_path: Path) -> None:
    assert progress.row(EX1, tmp_path / "none.ipynb").next == "not started"
    untouched = row(tmp_path, notebooks.released(EX2), EX2)
    assert untouched.next == "not started"
    assert (untouched.passed, untouched.parts) == (0, 7)


@pytest.mark.usefixtures("_nothing_is_graded")
def test_text_and_outputs_do_not_start_an_exercise(tmp_path: Path) -> None:
    content = notebooks.released(EX1)
    content["cells"].insert(0, {"cell_type": "markdown", "source": "My notes", "metadata": {}})
    content["cells"][3]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "4"}]
    assert row(tmp_path, content).next == "not started"


@pytest.mark.usefixtures("_nothing_is_graded")
@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}'])
def test_a_broken_notebook_says_so_in_its_row(tmp_path: Path, content: str) -> None:
    assert "could not be read" in row(tmp_path, content).next


def test_a_verdict_is_remembered_until_the_notebook_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = row(tmp_path, without("filter_lightcurve"))
    with monkeypatch.context() as patched:
        patched.setattr(grade, "grade_one", lambda task: pytest.fail("it is known already"))
        again = row(tmp_path, without("filter_lightcurve"))
    assert (again.passed, again.next) == (first.passed, first.next)
    assert again.graded.points == first.graded.points == 7
    assert row(tmp_path, notebooks.filled(EX1)).next == "all done"


@pytest.mark.parametrize("memory", ["", "[]", "{"])
def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, memory: str) -> None:
    path = tmp_path / "cache" / "astronomy-ml-workbook" / "status.json"
    path.parent.mkdir(parents=True)
    path.write_text(memory, encoding="utf-8")
    assert row(tmp_path, notebooks.filled(EX1)).next == "all done"
    assert "passed" in path.read_text("utf-8")


def test_trouble_of_the_grader_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = exercise.load(EX1)
    monkeypatch.setattr(grade, "grade_one", lambda _: Graded("you", found, trouble="[no] walls"))
    assert "[no] walls" in text(row(tmp_path, without()))


def test_the_table_has_a_row_for_each_and_their_sum(tmp_path: Path) -> None:
    table = text(row(tmp_path, without("filter_lightcurve")), progress.row(EX2, tmp_path / "none"))
    assert "3 of 4   7 of 10       2" in line(table, "Exercise 1")
    assert "0 of 7   0 of 10       0   not started" in line(table, "Exercise 2")
    assert "3 of 11   7 of 20       2   2 to finish" in line(table, "together")


def test_the_bar_is_as_long_as_the_parts_passed(tmp_path: Path) -> None:
    table = text(row(tmp_path, without("filter_lightcurve")))
    assert line(table, "Exercise 1").count("━") == round(progress.BAR_WIDTH * 3 / 4)


def test_the_learners_folder_is_never_the_released_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert own_work.folder() == exercise.ROOT / "work"
    notebooks.save(tmp_path / f"{EX1}.ipynb", "{}")
    assert own_work.folder() == tmp_path
    notebooks.save(tmp_path / "work" / f"{EX1}.ipynb", "{}")
    assert own_work.folder() == tmp_path  # what is beside comes first
    monkeypatch.chdir(exercise.RELEASED)
    assert own_work.folder() == exercise.ROOT / "work"


def test_the_command_succeeds_whatever_it_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebooks.save(tmp_path / "work" / f"{EX1}.ipynb", without("filter_lightcurve"))
    notebooks.save(tmp_path / "work" / f"{EX2}.ipynb", "half a notebo")
    monkeypatch.chdir(tmp_path)
    found = CliRunner().invoke(cli.app, ["status", *SANDBOX])
    assert found.exit_code == 0, found.output
    assert "7 of 10" in line(found.output, "Exercise 1")
    assert "together" in found.output
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == [
        f"{EX1}.ipynb",
        f"{EX2}.ipynb",
    ]
