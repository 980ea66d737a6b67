"""What a person rightly expects of notebooks and folders that brought other graders down."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cases
import notebooks
import pytest
from cases import Run, case, copied
from filelock import FileLock
from notebooks import EX1

from grader import gradebook

pytestmark = [cases.needed, pytest.mark.slow]

TOGETHER = ("01", "02", "03", "05", "07", "08", "09", "10", "11", "12", "22", "24", "25", "27")
"""Cases that one command can grade at once, with the number in front of each student's name."""
AS_THEY_ARE = ("15", "21", "28")
"""More of them, about the names of folders and what lies in these."""
LARGE = "25 twenty-one-megabytes"
CHECKPOINTS = ".ipynb_checkpoints"
PARSERS_WORDS = ("Expecting", "char ", "codec", "Unterminated", "JSONDecodeError")
GRADES_WITH = f"{sys.version_info.major}.{sys.version_info.minor}"


def make_class(folder: Path) -> None:
    """All students of these cases, a notebook of 21 MB, and folders of checkpoints."""
    for number in TOGETHER:
        for student in (case(number) / "submissions").iterdir():
            shutil.copytree(student, folder / f"{number} {student.name}")
    for number in AS_THEY_ARE:
        shutil.copytree(case(number) / "submissions", folder, dirs_exist_ok=True)
    content = notebooks.filled(EX1)
    content["cells"][0]["source"] = "x" * 21 * 2**20
    notebooks.save(folder / LARGE / f"{EX1}.ipynb", content)
    for place in (CHECKPOINTS, f"alcor/{CHECKPOINTS}", f"03 rigel-in-the-imports/{CHECKPOINTS}"):
        notebooks.save(folder / place / f"{EX1}-checkpoint.ipynb", notebooks.released(EX1))


def names_of(number: str) -> list[str]:
    """The students of a case."""
    folders = (case(number) / "submissions").iterdir()
    return sorted(path.name for path in folders if path.name != "__MACOSX")


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A class of most cases, graded once; tests in other processes wait for it."""
    base = tmp_path_factory.getbasetemp()
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    folder = (base if alone else base.parent) / "cases"
    with FileLock(f"{folder}.lock"):
        said = folder / "said.txt"
        if not said.exists():
            make_class(folder / "class")
            run = cases.grade(folder / "class", folder / "out", "--jobs", 2)
            said.write_text(f"{run.code}\n{run.said}", encoding="utf-8")
        code, _, text = said.read_text(encoding="utf-8").partition("\n")
    return Run(int(code), text, folder / "out")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty gradebook to copy: nbgrader takes seconds to make a new one."""
    folder = tmp_path_factory.mktemp("books")
    gradebook.write({"submissions": []}, gradebook.database(folder))
    return folder / "gradebook.db"


@pytest.fixture
def out(tmp_path: Path, books: Path) -> Path:
    """Where a command writes; an empty gradebook is there."""
    (tmp_path / "out").mkdir()
    shutil.copy(books, tmp_path / "out")
    return tmp_path / "out"


# Notebooks that Jupyter runs


def test_every_student_is_there_and_nobody_else(together: Run) -> None:
    """`__MACOSX` and the folders of checkpoints are nobody."""
    assert together.code == 0, together.said
    expected = {f"{number} {name}" for number in TOGETHER for name in names_of(number)}
    expected |= {name for number in AS_THEY_ARE for name in names_of(number)} | {LARGE}
    assert set(together.students) == expected
    assert f"{len(expected)} learners" in together.said


FULL = {
    "01 altair": (10, 0),
    "01 vega-without-magic": (10, 0),
    "02 mizar": (10, 2),
    "03 deneb-in-the-function": (10, 0),
    "03 rigel-in-the-imports": (10, 0),
    "05 01-right-name": (10, 0),
    "05 02-browser": (10, 0),
    "05 03-canvas-resubmission": (10, 0),
    "05 04-jupyterlab-copy": (10, 0),
    "05 05-own-name-added": (10, 0),
    "05 06-moodle-folder": (10, 0),
    "05 07-extension-added": (10, 0),
    "08 kochab-colab": (10, 0),
    "08 polaris-seaborn": (10, 0),
    "09 regulus": (10, 0),
    "10 electra": (10, 0),
    "11 castor-writefile": (10, 0),
    "11 pollux-helper-file": (10, 0),
    "12 bellatrix": (10, 0),
    "alcor": (10, 0),
    "late": (10, 0),
    "in-time": (10, 0),
    "22 key-in-the-notebook": (10, 2),
    "22 login": (10, 2),
    "22 mode-online": (10, 2),
    "24 mixed-precision": (10, 2),
    "24 progress-bar-of-notebooks": (10, 2),
    "25 byte-order-mark": (10, 0),
    "25 notebook-format-3": (10, 0),
}


@pytest.mark.parametrize("student", FULL)
def test_what_works_in_jupyter_has_full_marks(together: Run, student: str) -> None:
    assert together.marks(student) == FULL[student], together.message(student)


@pytest.mark.parametrize(
    ("student", "part", "saved_by"),
    [("07 hadar-type-parameter", "1.2", "3.13"), ("07 izar-quotes", "1.1", "3.12")],
)
def test_syntax_of_a_newer_python_is_told_as_such(
    together: Run, student: str, part: str, saved_by: str
) -> None:
    """Only the part that uses it is lost, and not where the same Python grades."""
    if sys.version_info >= (3, 12):
        assert together.marks(student) == (10, 0)
        return
    found = together.parts(student)
    message = found[part]["message"]
    assert not found[part]["misconception"]
    assert f"Python {GRADES_WITH}" in message
    assert f"Python {saved_by}" in message
    assert [p for p in found if found[p]["status"] != "passed" and ".E" not in p] == [part]


def test_a_missing_gpu_is_named(together: Run) -> None:
    found = together.parts("24 cuda-always")
    wrong = [part for part in found if found[part]["status"] != "passed"]
    assert "6.4" in wrong
    assert set(wrong) <= {"6.4", "6.5", "6.E2"}, "what uses no device keeps its points"
    assert "resolve_device" in found["6.4"]["message"] or "GPU" in found["6.4"]["message"]


def test_a_default_type_of_float64_passes_or_is_named(together: Run) -> None:
    for part in together.parts("24 double-by-default").values():
        if part["status"] != "passed":
            assert "float64" in part["message"]
            assert "float32" in part["message"]


def test_the_missing_spellings_of_a_sign_are_named(together: Run) -> None:
    found = together.parts("27 algol")
    assert [part for part in found if found[part]["status"] != "passed"] == ["3.3"]
    assert "isdiffpos" in found["3.3"]["message"]
    assert found["3.3"]["misconception"]


# What is no notebook

REASONS = {
    "25 login-page": "web page",
    "25 zero-bytes": "empty",
    "25 cut-off": "ends in the middle",
    "25 merge-conflict": "merge conflict",
    "25 utf-16": "UTF-16",
}


@pytest.mark.parametrize("student", REASONS)
def test_what_is_no_notebook_has_a_reason_for_people(together: Run, student: str) -> None:
    assert together.marks(student) == (0, 0)
    (reason,) = {part["message"] for part in together.parts(student).values()}
    assert REASONS[student] in reason
    assert not any(word in reason for word in PARSERS_WORDS)
    assert reason.count(". ") >= 1, "a fact, and what to do"
    assert not any(part["misconception"] for part in together.parts(student).values())


def test_a_notebook_of_21_megabytes_is_told_to_be_cleared(together: Run) -> None:
    assert together.marks(LARGE) == (0, 0)
    assert "Clear its outputs" in together.message(LARGE)


# Folders and names


def test_students_may_have_any_name(together: Run) -> None:
    names = names_of("28")
    assert len(names) == 10
    assert {together.marks(name) for name in names} == {(10, 0)}
    pages = list((together.out / "report" / "learners").iterdir())
    assert len(pages) == len(together.students)
    assert set(names) <= set(students(together.out))


def students(out: Path) -> list[str]:
    """Ids in the gradebook."""
    with closing(sqlite3.connect(out / "gradebook.db")) as book:
        return [name for (name,) in book.execute("select id from student")]


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A class in which ben's folder and the file of a fourth student belong to somebody else."""
    if os.getuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can give files to another user, and setpriv must be there")
    folder = copied("18", tmp_path) / "submissions"
    shutil.copytree(folder / "ben", folder / "dee")
    for name in ("ben", "dee"):
        for path in (folder / name, folder / name / f"{EX1}.ipynb"):
            os.chown(path, 1001, 1001)
            path.chmod(0o700 if path.is_dir() else 0o600)
    (folder / "dee").chmod(0o755)
    yield folder
    (folder / "ben").chmod(0o755)


def test_what_belongs_to_another_user_is_not_graded_and_no_zero(closed: Path, out: Path) -> None:
    ordinary = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    run = cases.grade(closed, out, before=ordinary)
    assert run.is_orderly, run.said
    assert run.marks("ada") == run.marks("cy") == (10, 0)
    for name in ("ben", "dee"):
        assert name not in run.students or run.exercises(name) == []
        assert [line for line in run.said.splitlines() if "not graded" in line and name in line]
    assert "right" in run.said or "ermission" in run.said


# Gradebooks


def gradebook_is_named(run: Run, *words: str) -> bool:
    """Whether results and report are there and named, and the gradebook's trouble is told."""
    written = (run.out / "results.json").exists() and (run.out / "report" / "index.html").exists()
    named = all(name in run.said for name in ("results.json", "index.html", "gradebook.db"))
    return written and named and all(word in run.said for word in words)


def test_a_gradebook_in_use_costs_no_results(tmp_path: Path, out: Path) -> None:
    folder = copied("16", tmp_path)
    holder = subprocess.Popen(
        [sys.executable, folder / "hold.py", out / "gradebook.db"], stdout=subprocess.PIPE
    )
    assert holder.stdout
    try:
        assert holder.stdout.readline().strip() == b"held"
        run = cases.grade(folder / "submissions", out)
    finally:
        holder.kill()
        holder.wait()
    assert run.is_orderly, run.said
    assert gradebook_is_named(run)
    assert "in use" in run.said or "locked" in run.said
    assert run.marks("spica") == (10, 0)


@pytest.mark.parametrize("url", ["sqlite:////nonexistent/gradebook.db", "gradebook"])
def test_a_gradebook_that_cannot_be_is_refused_before_grading(tmp_path: Path, url: str) -> None:
    run = cases.grade(case("16") / "submissions", tmp_path / "out", "--db", url)
    assert run.code == 2
    assert run.is_orderly, run.said
    assert "gradebook" in run.said
    assert not (tmp_path / "out" / "results.json").exists()


def test_an_older_gradebook_is_told_to_be_upgraded(tmp_path: Path, out: Path) -> None:
    folder = copied("17", tmp_path)
    subprocess.run([sys.executable, folder / "make_old.py", out / "gradebook.db"], check=True)
    run = cases.grade(folder / "submissions", out)
    assert run.is_orderly, run.said
    assert gradebook_is_named(run, "nbgrader db upgrade")
    assert run.marks("spica") == (10, 0)


def test_one_student_graded_again_leaves_the_others(out: Path) -> None:
    first = cases.grade(case("20") / "class", out)
    before = {name: first.marks(name) for name in ("ada", "ben", "cy")}
    again = cases.grade(case("20") / "resubmitted", out)
    assert again.code == 0, again.said
    assert again.students == ["ada", "ben", "cy"]
    assert {name: again.marks(name) for name in ("ada", "cy")} == {
        name: before[name] for name in ("ada", "cy")
    }
    assert before["ben"] != again.marks("ben") == (10, 0)
    assert "ben" in again.said, "it says what it replaces"
    assert len(list((out / "report" / "learners").iterdir())) == 3
    assert scores(out) == {name: again.marks(name)[0] for name in again.students}


def scores(out: Path) -> dict[str, float]:
    """Points in the gradebook, without the bonus."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        return {one.student.id: one.score for one in book.assignment_submissions(EX1)}


def test_the_time_of_submission_reaches_the_gradebook(together: Run) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{together.out / 'gradebook.db'}") as book:
        times = {one.student.id: str(one.timestamp) for one in book.assignment_submissions(EX1)}
    for folder in (case("21") / "submissions").iterdir():
        (written,) = (path.read_text() for path in folder.glob("*/timestamp.txt"))
        assert times[folder.name] == written.removesuffix(" UTC")[:19]


# Watching


def test_a_watcher_lives_through_what_editors_do(tmp_path: Path) -> None:
    folder = copied("26", tmp_path)
    path = f"{Path(cases.command()).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", folder / "play.sh", folder],
        capture_output=True,
        text=True,
        timeout=180,
        env=os.environ | {"PATH": path},
    )
    assert "Traceback" not in done.stdout + done.stderr
    said = [line for line in done.stdout.splitlines() if "of 10 points" in line]
    assert "10 of 10 points" in said[-1]
    assert "could not be read" in done.stdout
