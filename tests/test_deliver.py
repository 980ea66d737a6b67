"""`grader grade` to its end: results arrive whatever is in the way, and a line says what to do."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import notebooks
import pytest
from notebooks import EX1
from typer.testing import CliRunner, Result

from grader import cli, deliver, exercise, grade, gradebook, gradebook_access
from grader.checking import PartResult
from grader.grade import Task
from grader.results import Graded, unreadable

pytestmark = pytest.mark.slow

FILLED = json.dumps(notebooks.filled(EX1))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


@pytest.fixture
def class_(tmp_path: Path) -> Path:
    """Three students' folders."""
    for name in ("ada", "ben", "cy"):
        notebooks.save(tmp_path / "class" / name / f"{EX1}.ipynb", FILLED)
    return tmp_path / "class"


Judge = Callable[..., None]


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Set what grading finds out, by student; full marks if nothing is said.

    Grading itself is tested elsewhere, and takes a while.
    """

    def set_verdicts(**verdicts: str) -> None:
        def grade_all(tasks: Any, jobs: int, done: Any, hidden: Any = ()) -> list[Graded]:
            return [one(task, verdicts.get(task.student, "full")) for task in tasks]

        monkeypatch.setattr(grade, "grade_all", grade_all)

    def one(task: Task, verdict: str) -> Graded:
        found = exercise.load(task.slug)
        if verdict == "full":
            return Graded(task.student, found, [PartResult(part) for part in found.parts])
        if verdict == "zero":
            return unreadable(task.student, found, "It is empty.")
        return Graded(task.student, found, trouble=verdict)

    set_verdicts()
    return set_verdicts


def grade_class(folder: Path, out: Path, *options: object) -> Result:
    return run("grade", folder, "--out", out, "--no-sandbox", *options)  # nothing is run


def points(out: Path) -> dict[str, float | None]:
    """Points by student in results.json."""
    found = json.loads((out / "results.json").read_text("utf-8"))
    return {
        each["student"]: sum(one["points"] for one in each["exercises"])
        for each in found["submissions"]
        if each["exercises"]
    }


def marks(path: Path) -> dict[str, float]:
    """Points by student in the gradebook, without bonus."""
    with sqlite3.connect(path) as book:
        query = """
            SELECT submitted_assignment.student_id, SUM(grade.auto_score) FROM grade
            JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
            JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
            GROUP BY submitted_assignment.student_id"""
        return dict(book.execute(query).fetchall())


def named(out: Path, result: Result) -> set[str]:
    """Which of the results are named in the terminal."""
    paths = {
        "results": out / "results.json",
        "report": out / "report" / "index.html",
        "gradebook": out / "gradebook.db",
    }
    return {name for name, path in paths.items() if f"{name:9}  {path}" in result.output}


def is_calm(result: Result) -> bool:
    """Whether the command ended as it means to."""
    return result.exception is None or isinstance(result.exception, SystemExit)


# One student again


def test_one_student_again_joins_results_report_and_gradebook(
    class_: Path, tmp_path: Path, judge: Judge
) -> None:
    out = tmp_path / "out"
    judge(ben="zero")
    assert grade_class(class_, out, "--seed", 7).exit_code == 0
    assert points(out) == marks(out / "gradebook.db") == {"ada": 10, "ben": 0, "cy": 10}
    judge()
    again = notebooks.save(tmp_path / "again" / "ben" / f"{EX1}.ipynb", FILLED).parent.parent
    result = grade_class(again, out)
    assert result.exit_code == 0, result.output
    assert points(out) == marks(out / "gradebook.db") == {"ada": 10, "ben": 10, "cy": 10}
    assert "2 learners as before: ada, cy" in result.output
    assert "1 mark replaced, 1 of them changed" in result.output
    assert f"ben {EX1}: 0 -> 10" in result.output
    assert "1 learner, seed 7" in result.output  # the same inputs for all
    page = (out / "report" / "index.html").read_text("utf-8")
    assert all(f"learners/{name}.html" in page for name in ("ada", "ben", "cy"))


def test_an_earlier_mark_stands_and_that_is_said(
    class_: Path, tmp_path: Path, judge: Judge
) -> None:
    out = tmp_path / "out"
    grade_class(class_, out)
    judge(ben="the grading process died twice")
    result = grade_class(class_, out)
    assert result.exit_code == 2
    assert (
        f"not graded: ben {EX1}: the grading process died twice. The mark of an earlier grading "
        f"stands: 10 of 10 in {EX1}." in result.output
    )
    assert points(out)["ben"] == marks(out / "gradebook.db")["ben"] == 10


def test_an_earlier_mark_in_a_shared_gradebook_is_told(
    class_: Path, tmp_path: Path, judge: Judge
) -> None:
    """Its results are elsewhere, so that only the gradebook knows of it."""
    url = f"sqlite:///{tmp_path / 'course.db'}"
    grade_class(class_, tmp_path / "week 1", "--db", url)
    judge(ben="it died.")
    result = grade_class(class_, tmp_path / "week 2", "--db", url)
    assert f"the gradebook still has 12 points of an earlier grading for ben {EX1}" in result.output
    assert marks(tmp_path / "course.db")["ben"] == 10


# What is in the way of the gradebook


@pytest.fixture
def graded(class_: Path, tmp_path: Path, judge: Judge) -> Path:
    """The folder with the results of a class that has been graded."""
    assert grade_class(class_, tmp_path / "out").exit_code == 0
    return tmp_path / "out"


@pytest.fixture
def holder(graded: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who holds the gradebook."""
    held = sqlite3.connect(graded / "gradebook.db", isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    yield held
    held.close()


def test_a_gradebook_in_use_costs_nothing_else(
    graded: Path, class_: Path, judge: Judge, holder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook_access, "PATIENCE", 0.1)
    judge(ben="zero")
    result = grade_class(class_, graded)
    assert is_calm(result)
    assert result.exit_code == 2
    assert named(graded, result) == {"results", "report"}
    assert "warning: The gradebook" in result.output
    assert result.output.count("is in use by another program") == 2
    assert f"`grader gradebook {graded}` writes the marks, without grading" in result.output
    assert points(graded)["ben"] == 0
    holder.close()
    assert run("gradebook", graded).exit_code == 0
    assert marks(graded / "gradebook.db")["ben"] == 0


def test_a_gradebook_that_is_free_again_in_the_end_is_written(
    graded: Path, class_: Path, judge: Judge, holder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = deliver.prepare

    def prepare(*arguments: Any) -> deliver.Plan:
        plan = real(*arguments)
        holder.close()
        return plan

    monkeypatch.setattr(deliver, "prepare", prepare)
    judge(ben="zero")
    result = grade_class(class_, graded)
    assert result.exit_code == 0
    assert "Grading goes on." in result.output
    assert marks(graded / "gradebook.db")["ben"] == 0


def make_old(path: Path) -> None:
    """Take a gradebook back to the time before nbgrader knew of learning platforms."""
    with sqlite3.connect(path) as book:
        book.execute("ALTER TABLE student DROP COLUMN lms_user_id")
        book.execute("UPDATE alembic_version SET version_num = '167914646830'")


def test_an_older_gradebook_costs_nothing_else(graded: Path, class_: Path, judge: Judge) -> None:
    make_old(graded / "gradebook.db")
    judge(ben="zero")
    result = grade_class(class_, graded)
    assert is_calm(result)
    assert result.exit_code == 2
    assert named(graded, result) == {"results", "report"}
    assert "is of an older nbgrader" in result.output
    assert f"nbgrader db upgrade --db=sqlite:///{graded / 'gradebook.db'}" in result.output


def test_the_remedy_for_an_older_gradebook_works(graded: Path, judge: Judge) -> None:
    make_old(graded / "gradebook.db")
    refused = run("gradebook", graded)
    assert refused.exit_code == 2
    command = refused.output.split("`")[1].replace("\n", "")
    subprocess.run(command, shell=True, check=True, capture_output=True, timeout=120)
    result = run("gradebook", graded)
    assert result.exit_code == 0, result.output
    assert "wrote the marks of 3 learners" in result.output


def test_a_gradebook_of_a_newer_nbgrader_is_told(graded: Path, class_: Path) -> None:
    with sqlite3.connect(graded / "gradebook.db") as book:
        book.execute("UPDATE alembic_version SET version_num = 'fffffffffff1'")
    assert "is of a newer nbgrader" in grade_class(class_, graded).output


URLS = {
    "no URL": ("gradebook.db", "is not the URL of a database"),
    "no such kind": ("nosuch://x", "is not the URL of a database"),
    "in memory": ("sqlite:///:memory:", "in memory would be lost"),
    "in memory, short": ("sqlite://", "in memory would be lost"),
    "no folder": ("sqlite:////nonexistent/gradebook.db", "there is no folder /nonexistent"),
    "a folder": ("sqlite:///{tmp}", "is a folder"),
    "no database": ("sqlite:///{tmp}/notes.txt", "is not a gradebook, or is damaged"),
    "other tables": ("sqlite:///{tmp}/other.db", "holds other tables"),
    "no driver": ("mysql://me:secret@localhost/x", "needs the package"),
}


@pytest.mark.parametrize("name", URLS)
def test_an_unusable_gradebook_is_refused_before_grading(
    class_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("nothing is to be graded")

    monkeypatch.setattr(grade, "grade_all", never)
    (tmp_path / "notes.txt").write_text("Dear gradebook, " * 100)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE stars (name)")
    url, says = URLS[name]
    result = grade_class(class_, tmp_path / "out", "--db", url.format(tmp=tmp_path))
    assert is_calm(result)
    assert result.exit_code == 2
    assert says in result.output
    assert "secret" not in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_gradebook_that_breaks_off_is_as_before(
    graded: Path, class_: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, count = gradebook._comments, iter(range(100))

    def breaks(*arguments: Any) -> Any:
        if next(count) == 2:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(gradebook, "_comments", breaks)
    judge(ada="zero", ben="zero", cy="zero")
    result = grade_class(class_, graded)
    assert result.exit_code == 2
    assert "is full. Make room there." in result.output
    assert marks(graded / "gradebook.db") == {"ada": 10, "ben": 10, "cy": 10}
    assert named(graded, result) == {"results", "report"}


def test_a_new_gradebook_that_breaks_off_is_no_obstacle_later(
    class_: Path, tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(gradebook, "_comments", breaks)
        assert grade_class(class_, tmp_path / "out").exit_code == 2
    assert run("gradebook", tmp_path / "out").exit_code == 0
    assert marks(tmp_path / "out" / "gradebook.db") == {"ada": 10, "ben": 10, "cy": 10}


def test_the_marks_are_written_once_more_without_grading(graded: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    result = run("gradebook", graded, "--db", url)
    assert result.exit_code == 0, result.output
    assert marks(tmp_path / "other.db") == marks(graded / "gradebook.db")
    result = run("gradebook", tmp_path / "class")
    assert result.exit_code == 2
    assert "There is no results.json" in result.output


# Where results go


@pytest.mark.parametrize("place", [".", "ada", "ada/out", "out/deeper"])
def test_results_do_not_mix_with_what_was_handed_in(class_: Path, judge: Judge, place: str) -> None:
    before = set(class_.rglob("*"))
    result = grade_class(class_, class_ / place)
    assert result.exit_code == 2
    assert "would mix with what was handed in. Give another --out" in result.output
    assert set(class_.rglob("*")) == before


def test_a_folder_for_results_among_the_students_is_nobodys(class_: Path, judge: Judge) -> None:
    for _ in range(2):
        assert grade_class(class_, class_ / "out").exit_code == 0
    assert set(points(class_ / "out")) == {"ada", "ben", "cy"}


@pytest.mark.parametrize("content", ["", '{"schema": 99}', "[]"])
def test_results_that_cannot_be_added_to_are_refused_before_grading(
    class_: Path, tmp_path: Path, judge: Judge, content: str
) -> None:
    path = notebooks.save(tmp_path / "out" / "results.json", content)
    result = grade_class(class_, tmp_path / "out")
    assert result.exit_code == 2
    assert "Move it away, or give another --out." in result.output
    assert path.read_text() == content
    assert not (tmp_path / "out" / "report").exists()


def test_a_full_disk_is_found_out_before_grading(
    class_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    result = grade_class(class_, tmp_path / "out")
    assert result.exit_code == 2
    assert "cannot be written to" in result.output
    assert "No space left on device" in result.output


def test_a_disk_that_fills_up_meanwhile_loses_nothing(
    graded: Path, class_: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (graded / "results.json").read_bytes()
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if graded in self.parents:
            raise OSError(28, os.strerror(28))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    judge(ben="zero")
    result = grade_class(class_, graded)
    assert is_calm(result)
    assert result.exit_code == 2
    assert (graded / "results.json").read_bytes() == before
    assert "what was there before is unchanged" in result.output
    spare = Path(result.output.split("They are in ")[1].split(": move")[0])
    assert json.loads(spare.read_text())["submissions"]


# Whose marks they are


def test_students_of_any_name_have_marks_and_a_page_each(tmp_path: Path, judge: Judge) -> None:
    names = [
        *("0007", "7", "a+b@example.edu", "=SUM(A1)", "DOM\\x", "[b] *?", "a'; --", "<i>&amp;"),
        *("Zo\u00eb", "Zoe\u0308", "學生", "x" * 200, "..z", " leading"),
    ]
    for name in names:
        notebooks.save(tmp_path / "class" / name / f"{EX1}.ipynb", FILLED)
    result = grade_class(tmp_path / "class", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert points(tmp_path / "out") == marks(tmp_path / "out" / "gradebook.db")
    assert points(tmp_path / "out") == dict.fromkeys(sorted(names), 10)
    assert len(list((tmp_path / "out" / "report" / "learners").iterdir())) == len(names)


def test_archives_of_several_exercises_are_one_class(tmp_path: Path, judge: Judge) -> None:
    (tmp_path / "class").mkdir()
    for week, slug in enumerate(exercise.slugs()[:2]):
        with zipfile.ZipFile(tmp_path / "class" / f"submissions ({week}).zip", "w") as archive:
            for name in ("ada_1", "ben_2"):
                text = json.dumps(notebooks.filled(slug))
                archive.writestr(f"{name}_{week}00_homework.ipynb", text)
    result = grade_class(tmp_path / "class", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert points(tmp_path / "out") == {"ada_1": 20, "ben_2": 20}


# What the terminal shows


def test_every_file_has_its_line_and_foreign_ones_are_no_failure(
    class_: Path, tmp_path: Path, judge: Judge
) -> None:
    notebooks.save(class_ / "ada" / "essay.pdf", b"%PDF")
    notebooks.save(class_ / "ada" / f"{EX1} (1).ipynb", FILLED)
    result = grade_class(class_, tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "passed over: ada essay.pdf: It is not a notebook." in result.output
    assert f"passed over: ada {EX1}: It is another copy of the exercise" in result.output


def test_work_that_was_not_graded_is_a_failure(class_: Path, tmp_path: Path, judge: Judge) -> None:
    (class_ / "di").symlink_to(class_ / "ada")
    notebooks.save(class_ / "eve" / "hw.rar", b"Rar!")
    result = grade_class(class_, tmp_path / "out")
    assert result.exit_code == 2
    assert "not graded: di: It is a link" in result.output
    assert "not graded: eve hw.rar: It is an archive" in result.output
    found = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    assert {"student": "di", "exercises": []} in found["submissions"]
    assert [row["student"] for row in found["not_graded"]] == ["di", "eve"]


def test_nothing_but_work_that_cannot_be_graded_still_has_results(
    tmp_path: Path, judge: Judge
) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "di").symlink_to(tmp_path)
    result = grade_class(tmp_path / "class", tmp_path / "out")
    assert is_calm(result)
    assert result.exit_code == 2
    assert named(tmp_path / "out", result) == {"results", "report", "gradebook"}


def test_a_notebook_that_cannot_be_read_has_a_line(
    class_: Path, tmp_path: Path, judge: Judge
) -> None:
    judge(ben="zero")
    result = grade_class(class_, tmp_path / "out")
    assert result.exit_code == 0
    assert f"not read: ben {EX1}: It is empty." in result.output


def test_names_of_files_do_not_steer_the_terminal(
    class_: Path, tmp_path: Path, judge: Judge
) -> None:
    notebooks.save(class_ / "ada" / "\x1b[2J\u202e[red]x\n.pdf", b"%PDF")
    notebooks.save(class_ / "e\x1b]0;vil" / f"{EX1}.ipynb", FILLED)
    (class_ / b"caf\xe9".decode("utf-8", "surrogateescape")).symlink_to(class_)
    result = grade_class(class_, tmp_path / "out")
    assert is_calm(result)
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output
    assert "[red]x" in result.output


def test_a_class_in_an_archive_is_graded_and_nothing_is_left_behind(
    tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(f"ada/{EX1}.ipynb", FILLED)
        archive.writestr(f"ben/{EX1} (1).ipynb", FILLED)
    result = grade_class(tmp_path / "class.zip", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert points(tmp_path / "out") == {"ada": 10, "ben": 10}
    assert list((tmp_path / "tmp").iterdir()) == []
