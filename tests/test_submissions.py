"""What a class hands in: every notebook is found, and everything else has a row with its reason."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import notebooks
import pytest
from notebooks import EX1, EX2

from grader import archives, choice, files, identify, submissions
from grader.choice import HandedIn, NotGraded
from grader.session import TimeLimits
from grader.submissions import NoSubmissions

FILLED = json.dumps(notebooks.filled(EX1))
FILLED_2 = json.dumps(notebooks.filled(EX2))
RELEASED = json.dumps(notebooks.released(EX1))
NAME = f"{EX1}.ipynb"
REMEMBERED = 1_700_000_000.0  # a time, in seconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def find(folder: Path, out: Path | None = None) -> HandedIn:
    return submissions.find(folder, folder.parent / "unpacked", out)


def save(folder: Path, place: str, content: Any = FILLED, age: float = 0.0) -> Path:
    """Write a file that is `age` seconds old."""
    path = notebooks.save(folder / place, content)
    os.utime(path, (REMEMBERED - age, REMEMBERED - age))
    return path


def graded(handed_in: HandedIn) -> dict[str, dict[str, str]]:
    """Where the notebooks that are graded were found, by student and slug."""
    return {
        student: {slug: work.shown for slug, work in works.items()}
        for student, works in handed_in.students.items()
    }


def rows(handed_in: HandedIn) -> dict[str, NotGraded]:
    return {row.path: row for row in handed_in.not_graded}


def zipped(entries: dict[str, str | bytes | zipfile.ZipInfo], **options: Any) -> bytes:
    """A zip archive with these files; names that end in a slash are folders."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)  # type: ignore[arg-type]
    return buffer.getvalue()


# Which folders are students


def test_both_layouts_are_found_and_every_folder_is_a_student(folder: Path) -> None:
    save(folder, f"Vega/{EX1}/{NAME}")
    save(folder, f"Vega/{EX2}.ipynb", FILLED_2)
    save(folder, "Castor/notes.txt", "nothing handed in")
    (folder / "Pollux").mkdir()
    found = find(folder)
    assert graded(found) == {
        "Castor": {},
        "Pollux": {},
        "Vega": {EX1: f"Vega/{EX1}/{NAME}", EX2: f"Vega/{EX2}.ipynb"},
    }
    assert {path: row.reason for path, row in rows(found).items()} == {
        "Castor/notes.txt": "It is not a notebook.",
        "Pollux": "It holds no notebook.",
    }
    assert not any(row.is_work for row in found.not_graded)


@pytest.mark.parametrize(
    "leftover",
    ["__MACOSX/Vega/._" + NAME, ".DS_Store", ".git/" + NAME, "Vega/.ipynb_checkpoints/" + NAME,
     "Vega/._" + NAME, "Vega/__pycache__/x.pyc", "Vega/.DS_Store", "Thumbs.db",
     "Vega/venv/pyvenv.cfg", "Vega/hw/__MACOSX/" + NAME],
)  # fmt: skip
def test_leftovers_of_systems_and_editors_are_nobody(folder: Path, leftover: str) -> None:
    save(folder, f"Vega/{NAME}")
    save(folder, leftover, RELEASED)
    found = find(folder)
    assert graded(found) == {"Vega": {EX1: f"Vega/{NAME}"}}
    assert found.not_graded == []


@pytest.mark.parametrize("student", ["..name", "...", "results", "report", "José", "DOM\\j [x]*"])
def test_students_of_odd_names_do_not_vanish(folder: Path, student: str) -> None:
    save(folder, f"{student}/{NAME}")
    assert graded(find(folder)) == {student: {EX1: f"{student}/{NAME}"}}


def test_results_in_a_students_folder_do_not_make_the_student_vanish(folder: Path) -> None:
    save(folder, f"Vega/{NAME}")
    save(folder, "Vega/results.json", '{"schema": 1, "submissions": []}')
    save(folder, "Vega/report/index.html", "<html>")
    found = find(folder)
    assert graded(found) == {"Vega": {EX1: f"Vega/{NAME}"}}
    assert set(rows(found)) == {"Vega/results.json", "Vega/report/index.html"}


def test_the_folder_of_results_is_nobodys(folder: Path) -> None:
    save(folder, f"Vega/{NAME}")
    save(folder, "out/results.json", "{}")
    save(folder, "old/results.json", "{}")
    save(folder, "old/report/index.html", "<html>")
    found = find(folder, folder / "out")
    assert list(found.students) == ["Vega"]
    assert rows(found)["old"].student is None
    assert "earlier grading" in rows(found)["old"].reason


def test_nothing_to_grade_is_said(folder: Path) -> None:
    with pytest.raises(NoSubmissions, match="is not a folder"):
        find(folder / "absent")
    (folder / "Vega").mkdir()
    with pytest.raises(NoSubmissions, match="holds no notebook of the workbook"):
        find(folder)


def test_a_notebook_in_no_students_folder_is_told(folder: Path) -> None:
    save(folder, NAME)
    save(folder, "syllabus.pdf", b"%PDF")
    save(folder, f"Vega/{NAME}")
    found = find(folder)
    assert list(found.students) == ["Vega"]
    assert "no student's folder. Move it" in rows(found)[NAME].reason
    assert rows(found)[NAME].is_work
    assert not rows(found)["syllabus.pdf"].is_work


@pytest.mark.parametrize("place", [NAME, f"{EX1} (1).ipynb", f"{EX1}/{NAME}", f"{EX2}/{NAME}"])
def test_the_folder_of_one_student_is_refused(folder: Path, place: str) -> None:
    """Else the exercises would be taken for students."""
    save(folder, place)
    with pytest.raises(
        NoSubmissions, match=f"one student.*Give the folder above it, {folder.parent}"
    ):
        find(folder)


def test_tasks_come_exercise_by_exercise(folder: Path) -> None:
    save(folder, f"Vega/{NAME}")
    save(folder, f"Vega/{EX2}.ipynb", FILLED_2)
    save(folder, f"Algol/{NAME}")
    tasks = submissions.tasks(find(folder), 3, True, TimeLimits(part=2))
    assert [(task.slug, task.student) for task in tasks] == [
        (EX1, "Algol"),
        (EX1, "Vega"),
        (EX2, "Vega"),
    ]
    assert {(task.seed, task.isolated, task.limits.part) for task in tasks} == {(3, True, 2)}


# Names that browsers, platforms and people give

NAMES = [
    *(f"{EX1} (1).ipynb", f"{EX1}(2).ipynb", f"{EX1}-1.ipynb", f"{EX1}-Copy1.ipynb"),
    *(f"{EX1}_mira.ipynb", f"mira-{EX1}.ipynb", f"{EX1} - Copy.ipynb", f"Copy of {EX1}.ipynb"),
    *(f"{EX1}.ipynb.txt", f"{EX1}.ipynb.json", f"{EX1}.ipynb.ipynb", f"{EX1}.ipynb (1)"),
    *(f"{EX1}.IPYNB", f"{EX1.upper()}.ipynb", "ex1.ipynb", "EX01.ipynb", "Exercise 1.ipynb"),
    *("exercise_01_final_v2.ipynb", "Advanced Functions.ipynb", "01-advanced-functions.ipynb"),
    *(f"hw1/{NAME}", f"hw1/part a/{NAME}", f"{EX1}/solution.ipynb", f"{EX1}/notebook (3).ipynb"),
    *("Untitled.ipynb", "mira.ipynb", "final FINAL.ipynb", "homework.json", "homework", "a.txt"),
    *(f"{EX1}-checkpoint.ipynb", f"{EX1}.ipynb~", f"{EX1}.ipynb.bak", "übung.ipynb"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_renamed_notebook_is_graded(folder: Path, name: str) -> None:
    save(folder, f"Vega/{name}")
    found = find(folder)
    assert graded(found) == {"Vega": {EX1: f"Vega/{name}"}}
    assert found.not_graded == []


@pytest.mark.parametrize("slug", [EX2, *notebooks.exercise.slugs()[2:]])
def test_every_exercise_is_known_by_what_it_holds(folder: Path, slug: str) -> None:
    save(folder, "Vega/a.ipynb", json.dumps(notebooks.released(slug)))
    bare = notebooks.filled(slug)
    keep = [cell for cell in bare["cells"] if cell["cell_type"] == "code"]
    bare["cells"] = [cell for cell in keep if "check(" not in "".join(cell["source"])]
    save(folder, "Mira/b.ipynb", bare)
    found = find(folder)
    assert graded(found) == {"Mira": {slug: "Mira/b.ipynb"}, "Vega": {slug: "Vega/a.ipynb"}}
    assert "not by its name" in found.students["Vega"][slug].note


def test_what_it_holds_counts_where_it_contradicts_the_name(folder: Path) -> None:
    save(folder, f"Vega/{EX2}.ipynb")
    found = find(folder)
    assert graded(found) == {"Vega": {EX1: f"Vega/{EX2}.ipynb"}}
    assert "by what `Vega/ex02_light_curve_classes.ipynb` holds" in found.students["Vega"][EX1].note


@pytest.mark.parametrize("content", ["", "{", "<html>", FILLED[:3000], '{"cells": []}'])
def test_a_damaged_notebook_is_known_by_its_name(folder: Path, content: str) -> None:
    """It is graded, so that its learner reads what is the matter with it."""
    save(folder, f"Vega/{EX1} (1).ipynb", content)
    assert graded(find(folder)) == {"Vega": {EX1: f"Vega/{EX1} (1).ipynb"}}


def test_a_damaged_notebook_without_a_name_is_told(folder: Path) -> None:
    save(folder, "Vega/final.ipynb", "<html>")
    found = find(folder)
    assert found.students == {"Vega": {}}
    assert "it is a web page" in rows(found)["Vega/final.ipynb"].reason
    assert rows(found)["Vega/final.ipynb"].is_work


def test_a_notebook_of_something_else_is_passed_over(folder: Path) -> None:
    save(folder, f"Vega/{NAME}")
    save(folder, "Vega/scratch.ipynb", notebooks.of("x = 1", "print(x)"))
    found = find(folder)
    assert graded(found) == {"Vega": {EX1: f"Vega/{NAME}"}}
    assert "none of the exercises" in rows(found)["Vega/scratch.ipynb"].reason
    assert not rows(found)["Vega/scratch.ipynb"].is_work


def test_a_notebook_of_something_else_is_work_if_it_is_all_there_is(folder: Path) -> None:
    save(folder, "Vega/scratch.ipynb", notebooks.of("x = 1", "print(x)"))
    save(folder, f"Mira/{NAME}")
    assert rows(find(folder))["Vega/scratch.ipynb"].is_work


def test_other_files_have_a_row_each_with_its_reason(folder: Path) -> None:
    save(folder, f"Vega/{NAME}")
    save(folder, "Vega/ex01.pdf", b"%PDF-1.7")
    save(folder, "Vega/ex02.py", "def f(): pass")
    save(folder, "Vega/helpers.py", "def f(): pass")
    save(folder, f"Vega/{NAME}.html", "<html>")
    save(folder, "Vega/data.json", "{}")
    found = find(folder)
    assert graded(found) == {"Vega": {EX1: f"Vega/{NAME}"}}
    assert {path: row.exercise for path, row in rows(found).items()} == {
        "Vega/ex01.pdf": EX1,
        "Vega/ex02.py": EX2,
        "Vega/helpers.py": None,
        f"Vega/{NAME}.html": EX1,
        "Vega/data.json": None,
    }
    assert "Python script" in rows(found)["Vega/ex02.py"].reason
    assert rows(found)["Vega/helpers.py"].reason == "It is not a notebook."
    assert not any(row.is_work for row in found.not_graded)


def test_many_other_files_are_counted_by_folder(folder: Path) -> None:
    save(folder, f"Vega/{NAME}")
    for number in range(30):
        save(folder, f"Vega/frames/{number % 3}/{number}.png", b"\x89PNG")
    save(folder, "Vega/a.pdf", b"%PDF")
    found = find(folder)
    assert {path: row.reason for path, row in rows(found).items()} == {
        "Vega/frames": "It holds 30 files that are not notebooks.",
        "Vega/a.pdf": "It is not a notebook.",
    }


# Two copies


@pytest.mark.parametrize("other", [f"{EX1} (1).ipynb", "hw/final.ipynb", f"{EX1}/{NAME}"])
@pytest.mark.parametrize("is_newer", [True, False])
def test_the_newest_of_two_is_graded_and_that_is_said(
    folder: Path, other: str, is_newer: bool
) -> None:
    save(folder, f"Vega/{NAME}", FILLED, age=100)
    save(folder, f"Vega/{other}", FILLED + " ", age=0 if is_newer else 200)
    found = find(folder)
    newest, older = (other, NAME) if is_newer else (NAME, other)
    assert graded(found) == {"Vega": {EX1: f"Vega/{newest}"}}
    note = f"2 copies were handed in; `Vega/{newest}` is graded, the newest."
    assert found.students["Vega"][EX1].note.startswith(note)
    row = rows(found)[f"Vega/{older}"]
    assert (
        row.reason == f"It is another copy of the exercise; `Vega/{newest}` is graded, the newest."
    )
    assert (row.exercise, row.is_work) == (EX1, False)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (NAME, f"{EX1} (1).ipynb"),
        (NAME, f"{EX1}-1.ipynb"),
        (NAME, f"{EX1}-Copy1.ipynb"),
        (f"{EX1} (2).ipynb", f"{EX1} (10).ipynb"),
        (NAME, f"{EX1}/{NAME}"),
        ("final.ipynb", NAME),
    ],
)
def test_of_two_of_the_same_time_the_name_tells(folder: Path, older: str, newer: str) -> None:
    save(folder, f"Vega/{older}")
    save(folder, f"Vega/{newer}", FILLED, age=1)
    assert graded(find(folder)) == {"Vega": {EX1: f"Vega/{newer}"}}


@pytest.mark.parametrize("worse", [RELEASED, "", FILLED[:5000]])
def test_a_copy_that_is_damaged_or_untouched_is_not_preferred(folder: Path, worse: str) -> None:
    save(folder, f"Vega/{NAME}", FILLED, age=100)
    save(folder, f"Vega/{EX1} (1).ipynb", worse)
    found = find(folder)
    assert graded(found) == {"Vega": {EX1: f"Vega/{NAME}"}}
    assert "the only one that was worked on" in found.students["Vega"][EX1].note


# Links and what cannot be opened


def test_a_linked_notebook_folder_and_student_are_refused(folder: Path) -> None:
    save(folder, f"Vega/{NAME}")
    save(folder, "Mira/notes.txt", "x")
    (folder / "Mira" / NAME).symlink_to(folder / "Vega" / NAME)
    (folder / "Algol").mkdir()
    (folder / "Algol" / EX1).symlink_to(folder / "Vega")
    (folder / "Deneb").symlink_to(folder / "Vega")
    (folder / "Castor").mkdir()
    (folder / "Castor" / NAME).symlink_to(folder / "nowhere")
    found = find(folder)
    assert graded(found) == {
        "Algol": {},
        "Castor": {},
        "Deneb": {},
        "Mira": {},
        "Vega": {EX1: f"Vega/{NAME}"},
    }
    for path in (f"Mira/{NAME}", f"Algol/{EX1}", "Deneb", f"Castor/{NAME}"):
        assert "It is a link, and links are not followed" in rows(found)[path].reason
        assert rows(found)[path].is_work
        assert rows(found)[path].student == path.split("/")[0]


def test_a_link_deep_inside_is_refused(folder: Path) -> None:
    save(folder, f"Vega/{NAME}")
    (folder / "Mira" / "a" / "b").mkdir(parents=True)
    (folder / "Mira" / "a" / "b" / "c").symlink_to(folder / "Vega", target_is_directory=True)
    assert find(folder).students["Mira"] == {}


def test_a_hard_link_to_anothers_notebook_gives_nobody_marks(folder: Path) -> None:
    """Which of the two wrote it cannot be told from the file."""
    save(folder, f"Vega/{NAME}")
    save(folder, f"Algol/{NAME}")
    (folder / "Mira").mkdir()
    os.link(folder / "Vega" / NAME, folder / "Mira" / "Untitled.ipynb")
    found = find(folder)
    assert graded(found) == {"Algol": {EX1: f"Algol/{NAME}"}, "Mira": {}, "Vega": {}}
    assert f"same file as `Vega/{NAME}`" in rows(found)["Mira/Untitled.ipynb"].reason
    assert "same file as `Mira/Untitled.ipynb`" in rows(found)[f"Vega/{NAME}"].reason
    assert all(row.is_work for row in found.not_graded)


def test_a_hard_link_out_of_the_class_gives_no_marks(folder: Path) -> None:
    other = save(folder.parent, f"private/{NAME}")
    (folder / "Mira").mkdir()
    os.link(other, folder / "Mira" / NAME)
    found = find(folder)
    assert found.students == {"Mira": {}}
    assert "another name outside this folder" in rows(found)[f"Mira/{NAME}"].reason


def test_two_names_in_ones_own_folder_are_no_harm(folder: Path) -> None:
    save(folder, f"Mira/{NAME}")
    os.link(folder / "Mira" / NAME, folder / "Mira" / "backup.ipynb")
    assert graded(find(folder)) == {"Mira": {EX1: f"Mira/{NAME}"}}


def closed(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """Let the system refuse to open these, as it does to anybody but root."""
    real_open, real_scan = os.open, os.scandir

    def open_(path: Any, *args: Any, **kwargs: Any) -> int:
        if Path(path) in paths:
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, *args, **kwargs)

    def scandir(path: Any) -> Any:
        if Path(path) in paths:
            raise PermissionError(13, "Permission denied", str(path))
        return real_scan(path)

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "scandir", scandir)


def test_a_closed_folder_is_its_students_row_and_nobody_elses(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ada", "ben", "cy"):
        save(folder, f"{name}/{NAME}")
    closed(monkeypatch, folder / "ben")
    found = find(folder)
    assert graded(found) == {
        "ada": {EX1: f"ada/{NAME}"},
        "ben": {},
        "cy": {EX1: f"cy/{NAME}"},
    }
    assert rows(found)["ben"] == NotGraded("ben", "ben", None, files.CLOSED, True)


def test_a_closed_file_is_its_students_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(folder, f"ada/{NAME}")
    save(folder, f"ben/{NAME}")
    closed(monkeypatch, folder / "ben" / NAME)
    found = find(folder)
    assert graded(found) == {"ada": {EX1: f"ada/{NAME}"}, "ben": {}}
    assert rows(found)[f"ben/{NAME}"] == NotGraded("ben", f"ben/{NAME}", EX1, files.CLOSED, True)


@pytest.mark.parametrize("mode", [0, stat.S_IRUSR, stat.S_IXUSR])
def test_a_folder_without_rights_is_its_students_row(folder: Path, mode: int) -> None:
    if notebooks.may_open_everything(folder.parent):
        pytest.skip("this account may open everything")
    save(folder, f"ada/{NAME}")
    save(folder, f"ben/{NAME}")
    (folder / "ben").chmod(mode)
    try:
        found = find(folder)
    finally:
        (folder / "ben").chmod(0o700)
    assert graded(found)["ben"] == {}
    assert any(row.is_work and row.student == "ben" for row in found.not_graded)


def test_a_pipe_does_not_hold_the_grader_up(folder: Path) -> None:
    save(folder, f"ada/{NAME}")
    (folder / "ben").mkdir()
    os.mkfifo(folder / "ben" / NAME)
    assert "not an ordinary file" in rows(find(folder))[f"ben/{NAME}"].reason


def test_a_student_with_endless_files_has_a_limit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 50)
    monkeypatch.setattr(choice, "MAX_NOTEBOOKS", 5)
    save(folder, f"ada/{NAME}")
    for number in range(100):
        save(folder, f"ben/{number}.ipynb")
    deep = "/".join(["a"] * 30)
    save(folder, f"cy/{deep}/{NAME}")
    found = find(folder)
    assert graded(found)["ada"] == {EX1: f"ada/{NAME}"}
    assert any("only these were looked at" in row.reason for row in found.not_graded)
    assert any("was not looked at" in row.reason for row in found.not_graded)
    assert any("folders deep" in row.reason for row in found.not_graded)


# When it was handed in


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-03-05 10:00:00.000000 UTC", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05 10:00:00.000000 +0100", datetime(2026, 3, 5, 9, tzinfo=UTC)),
        ("2026-03-05 10:00:00.000000 Europe/Berlin", datetime(2026, 3, 5, 9, tzinfo=UTC)),
        ("2026-03-05T10:00:00Z\n", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05 10:00:00", datetime(2026, 3, 5, 10, tzinfo=UTC)),
    ],
)
def test_nbgraders_timestamp_is_read(folder: Path, text: str, when: datetime) -> None:
    save(folder, f"Vega/{EX1}/{NAME}")
    save(folder, f"Vega/{EX1}/timestamp.txt", text)
    found = find(folder)
    assert found.students["Vega"][EX1].handed_in == when
    assert found.not_graded == []


@pytest.mark.parametrize("text", ["", "yesterday", b"\xff\xfe", "9" * 200, "2026-13-45"])
def test_a_timestamp_that_is_none_is_told(folder: Path, text: str | bytes) -> None:
    save(folder, f"Vega/{EX1}/{NAME}")
    save(folder, f"Vega/{EX1}/timestamp.txt", text)
    work = find(folder).students["Vega"][EX1]
    assert work.handed_in is None
    assert "`Vega/ex01_advanced_functions/timestamp.txt` does not hold a time." in work.note


# What learning platforms hand out

CANVAS = {
    f"meyermira_12345_67890_{EX1}-1.ipynb": FILLED,
    "oneilljr_LATE_12346_67891_homework.ipynb": FILLED,
    "yu_777_67892_hw.zip": zipped({"hw/final.ipynb": FILLED}),
    "emil_778_67893_essay.pdf": b"%PDF",
    "emil_778_67894_text.html": "<html>",
}
MOODLE = {
    f"Mira Meyer_123456_assignsubmission_file_/{NAME}": FILLED,
    "Mira Meyer_123456_assignsubmission_onlinetext_/onlinetext.html": "<p>Hello</p>",
    f"O'Neill, Jr._9_assignsubmission_file_/hw/{NAME}": FILLED,
    f"王小明_77_assignsubmission_file_{NAME}": FILLED,
    "Emil_78_assignsubmission_file_/": "",
}
METADATA = """---
submission_11:
  :submitters:
  - :name: Mira Meyer
    :sid: '0012'
    :email: mira@example.edu
  :created_at: 2026-03-05 10:00:00.325527000 Z
  :score: 0.0
submission_12:
  :submitters:
  - :name: Yu
    :sid:
    :email: yu@example.edu
  - :name: Emil
    :sid: '0013'
"""
GRADESCOPE = {
    "assignment_1_export/submission_metadata.yml": METADATA,
    f"assignment_1_export/submission_11/{NAME}": FILLED,
    "assignment_1_export/submission_12/final.ipynb": FILLED,
    f"assignment_1_export/submission_13/{NAME}": FILLED,
}
SPEAKING = {"canvas": CANVAS, "moodle": MOODLE, "gradescope": GRADESCOPE}


@pytest.fixture(params=["folder", "zip", "zip in a folder"])
def handed_out(request: pytest.FixtureRequest, folder: Path) -> Any:
    """Write what a platform hands out as a folder, as a zip, or as a zip among others."""

    def write(entries: dict[str, Any]) -> HandedIn:
        if request.param == "folder":
            for name, content in entries.items():
                if name.endswith("/"):
                    (folder / name).mkdir(parents=True)
                else:
                    save(folder, name, content)
            return find(folder)
        path = save(folder, "submissions (1).zip", zipped(entries))
        return find(path if request.param == "zip" else folder)

    return write


def shown(found: HandedIn) -> dict[str, dict[str, str]]:
    """As `graded`, without the name of the archive around all."""
    return {
        student: {slug: path.removeprefix("submissions (1).zip/") for slug, path in works.items()}
        for student, works in graded(found).items()
    }


def test_canvas(handed_out: Any) -> None:
    found = handed_out(CANVAS)
    assert shown(found) == {
        "emil_778": {},
        "meyermira_12345": {EX1: f"meyermira_12345_67890_{EX1}-1.ipynb"},
        "oneilljr_12346": {EX1: "oneilljr_LATE_12346_67891_homework.ipynb"},
        "yu_777": {EX1: "yu_777_67892_hw.zip/hw/final.ipynb"},
    }
    assert "Canvas marks it as late." in found.students["oneilljr_12346"][EX1].note
    assert [row.student for row in found.not_graded] == ["emil_778", "emil_778"]


def test_moodle(handed_out: Any) -> None:
    found = handed_out(MOODLE)
    mira, neill = (
        "Mira Meyer_123456_assignsubmission_file_",
        "O'Neill, Jr._9_assignsubmission_file_",
    )
    assert shown(found) == {
        "Emil_78_assignsubmission_file_": {},
        mira: {EX1: f"{mira}/{NAME}"},
        neill: {EX1: f"{neill}/hw/{NAME}"},
        "王小明_77_assignsubmission_file_": {EX1: f"王小明_77_assignsubmission_file_{NAME}"},
    }
    assert {row.student for row in found.not_graded} == {mira, "Emil_78_assignsubmission_file_"}


def test_gradescope(handed_out: Any) -> None:
    """A submission of two students is graded for both."""
    found = handed_out(GRADESCOPE)
    top = "assignment_1_export/submission_"
    assert shown(found) == {
        "Mira Meyer_0012": {EX1: f"{top}11/{NAME}"},
        "Yu_yu@example.edu": {EX1: f"{top}12/final.ipynb"},
        "Emil_0013": {EX1: f"{top}12/final.ipynb"},
        "submission_13": {EX1: f"{top}13/{NAME}"},
    }
    when = found.students["Mira Meyer_0012"][EX1].handed_in
    assert when is not None
    assert (when.hour, when.tzinfo) == (10, UTC)


@pytest.mark.parametrize("text", ["", "[]", ": :", "a: &a [*a, *a]", "- !ruby/object:X {}", "\xff"])
def test_a_list_of_gradescopes_that_cannot_be_read_is_no_obstacle(folder: Path, text: str) -> None:
    save(folder, "submission_metadata.yml", text.encode("latin-1"))
    save(folder, f"submission_11/{NAME}")
    assert graded(find(folder)) == {"submission_11": {EX1: f"submission_11/{NAME}"}}


def test_a_later_attempt_on_canvas_counts(folder: Path) -> None:
    save(folder, f"mira_1_200_{EX1}.ipynb")
    save(folder, f"mira_1_1100_{EX1}-1.ipynb")
    assert graded(find(folder)) == {"mira_1": {EX1: f"mira_1_1100_{EX1}-1.ipynb"}}


def test_a_students_own_list_or_archive_names_nobody_else(folder: Path) -> None:
    """A student could hand in files under the names of others."""
    save(folder, f"Vega/{NAME}")
    save(folder, "Mira/submission_metadata.yml", METADATA)
    save(folder, f"Mira/submission_11/{NAME}", RELEASED)
    own = {f"Vega/{NAME}": RELEASED, f"Algol/{NAME}": RELEASED}
    save(folder, "Deneb.zip", zipped(own))
    save(folder, "Castor.zip", zipped({NAME: FILLED}))
    found = find(folder)
    assert graded(found)["Vega"] == {EX1: f"Vega/{NAME}"}
    assert set(found.students) == {"Vega", "Mira", "Deneb", "Castor"}
    assert found.students["Deneb"][EX1].shown.startswith("Deneb.zip/")


# Archives

CLASS = {f"ada/{NAME}": FILLED, f"ben/{EX1}/{NAME}": FILLED, "cy/": ""}


@pytest.mark.parametrize("wrapper", ["", "submissions/", "class of 2026/"])
def test_a_class_zipped_by_hand(folder: Path, wrapper: str) -> None:
    entries: dict[str, Any] = {f"{wrapper}{name}": text for name, text in CLASS.items()}
    entries |= {"__MACOSX/ada/._x.ipynb": b"\0\5", f"{wrapper}.DS_Store": b"\0"}
    path = save(folder.parent, "class.zip", zipped(entries))
    found = find(path)
    assert graded(found) == {
        "ada": {EX1: f"class.zip/{wrapper}ada/{NAME}"},
        "ben": {EX1: f"class.zip/{wrapper}ben/{EX1}/{NAME}"},
        "cy": {},
    }
    assert found.students["ada"][EX1].path.read_text() == FILLED


def test_a_zip_of_each_student(folder: Path) -> None:
    both = {f"{EX1}/{NAME}": FILLED, f"{EX2}/{EX2}.ipynb": FILLED_2}
    save(folder, "ada.zip", zipped({NAME: FILLED}))
    save(folder, "ben.ZIP", zipped(both))
    save(folder, "cy/hw.zip", zipped({"hw/": "", "hw/inner.zip": zipped({"x.ipynb": FILLED})}))
    assert graded(find(folder)) == {
        "ada": {EX1: f"ada.zip/{NAME}"},
        "ben": {EX1: f"ben.ZIP/{EX1}/{NAME}", EX2: f"ben.ZIP/{EX2}/{EX2}.ipynb"},
        "cy": {EX1: "cy/hw.zip/hw/inner.zip/x.ipynb"},
    }


def test_names_in_other_encodings_and_of_windows(folder: Path) -> None:
    save(folder, "ada.zip", zipped({f"hw1\\{NAME}": FILLED}))
    info = zipfile.ZipInfo("lösung.ipynb")
    unflagged = zipped({"l@@sung.ipynb": FILLED}).replace(b"l@@sung", "lösung".encode())
    assert info.filename.encode() in unflagged
    save(folder, "ben.zip", unflagged)
    save(folder, "cy.zip", zipped({"n" * 300 + f"/{NAME}": FILLED, "学生.ipynb": FILLED_2}))
    found = graded(find(folder))
    assert found["ada"] == {EX1: f"ada.zip/hw1/{NAME}"}
    assert found["ben"] == {EX1: "ben.zip/lösung.ipynb"}
    assert set(found["cy"]) == {EX1, EX2}


@pytest.mark.parametrize(
    "name", ["../../evil.ipynb", "/etc/evil.ipynb", "a/../../evil.ipynb", "C:/evil.ipynb", ".."]
)
def test_nothing_leaves_the_folder_it_is_unpacked_to(folder: Path, name: str) -> None:
    save(folder, f"ada/{NAME}")
    save(folder, "ben/hw.zip", zipped({name: FILLED, NAME: FILLED}))
    before = {path for path in folder.parent.rglob("*") if "unpacked" not in path.parts}
    found = find(folder)
    assert graded(found)["ben"] == {EX1: f"ben/hw.zip/{NAME}"}
    after = {path for path in folder.parent.rglob("*") if "unpacked" not in path.parts}
    assert after == before
    assert "leads out of the archive" in found.not_graded[0].reason


def test_links_and_devices_in_an_archive_are_refused(folder: Path) -> None:
    link, device = zipfile.ZipInfo(NAME), zipfile.ZipInfo(f"{EX2}.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    device.external_attr = (stat.S_IFCHR | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, str(folder / "ada" / NAME))
        archive.writestr(device, b"")
    save(folder, f"ada/{NAME}")
    save(folder, "ben/hw.zip", buffer.getvalue())
    found = find(folder)
    assert found.students["ben"] == {}
    assert "is a link" in rows(found)[f"ben/hw.zip/{NAME}"].reason
    assert "not an ordinary file" in rows(found)[f"ben/hw.zip/{EX2}.ipynb"].reason
    assert all(row.is_work for row in found.not_graded)


def test_a_locked_archive_is_told(folder: Path) -> None:
    content = bytearray(zipped({NAME: FILLED}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1  # the flag "encrypted"
    save(folder, "ben/hw.zip", bytes(content))
    row = rows(find(folder))[f"ben/hw.zip/{NAME}"]
    assert "protected by a password" in row.reason
    assert (row.exercise, row.is_work) == (EX1, True)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"Rar!", zipped({NAME: FILLED})[:-30], b"PK\x05\x06" + b"\xff" * 18],
)
def test_a_damaged_archive_is_its_students_row(folder: Path, content: bytes) -> None:
    save(folder, f"ada/{NAME}")
    save(folder, "ben/hw.zip", content)
    save(folder, "cy.zip", content)
    found = find(folder)
    assert list(graded(found)) == ["ada", "ben", "cy"]
    for path, student in (("ben/hw.zip", "ben"), ("cy.zip", "cy")):
        assert "not a sound zip archive" in rows(found)[path].reason
        assert (rows(found)[path].student, rows(found)[path].is_work) == (student, True)


def test_a_file_that_is_damaged_inside_an_archive(folder: Path) -> None:
    content = bytearray(zipped({NAME: FILLED, f"{EX2}.ipynb": FILLED_2}))
    content[200:300] = b"\xff" * 100
    save(folder, "ben/hw.zip", bytes(content))
    save(folder, "cy/hw.zip", zipped({NAME: FILLED})[40:])
    found = find(folder)
    assert graded(found) == {"ben": {EX2: f"ben/hw.zip/{EX2}.ipynb"}, "cy": {}}
    for student in ("ben", "cy"):
        assert "the archive is damaged here" in rows(found)[f"{student}/hw.zip/{NAME}"].reason


def test_bombs_are_left_unexploded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file of 100 MB, files of 100 MB together, and archives in archives."""
    monkeypatch.setattr(archives, "MAX_OWN", 40 * 2**20)
    zeros = bytes(10 * 2**20)
    save(folder, f"ada/{NAME}")
    save(folder, "ben/hw.zip", zipped({NAME: bytes(100 * 2**20), f"{EX2}.ipynb": FILLED_2}))
    save(folder, "cy/hw.zip", zipped({f"{number}.ipynb": zeros for number in range(10)}))
    nested = zipped({NAME: FILLED})
    for _ in range(6):
        nested = zipped({"x.zip": nested})
    save(folder, "di/hw.zip", nested)
    found = find(folder)
    assert graded(found) == {
        "ada": {EX1: f"ada/{NAME}"},
        "ben": {EX2: f"ben/hw.zip/{EX2}.ipynb"},
        "cy": {},
        "di": {},
    }
    assert "larger than 20 MB" in rows(found)[f"ben/hw.zip/{NAME}"].reason
    assert "more than there is room for" in rows(found)["cy/hw.zip"].reason
    assert any("archive within archives" in row.reason for row in found.not_graded)
    assert all(row.is_work for row in found.not_graded)


def test_one_students_bomb_takes_no_room_from_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_OWN", 40 * 2**20)
    bomb = zipped({f"{number}.ipynb": bytes(10 * 2**20) for number in range(10)})
    save(folder, "a.zip", bomb)
    save(folder, "b/hw.zip", zipped({NAME: FILLED}))
    found = find(folder)
    assert graded(found) == {"a": {}, "b": {EX1: f"b/hw.zip/{NAME}"}}


def test_an_archive_that_lists_too_much_is_not_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_DIRECTORY", 10_000)
    save(folder, "ben/hw.zip", zipped({f"{number}.ipynb": "" for number in range(1000)}))
    assert "more than there is room for" in rows(find(folder))["ben/hw.zip"].reason


@pytest.mark.parametrize("name", ["hw.rar", "hw.7z", "hw.tar.gz", "hw.tgz"])
def test_other_archives_are_told(folder: Path, name: str) -> None:
    save(folder, f"ada/{NAME}")
    save(folder, f"ben/{name}", b"\x1f\x8b\x08")
    row = rows(find(folder))[f"ben/{name}"]
    assert "Unpack it" in row.reason
    assert row.is_work


def test_a_class_in_a_bad_archive_is_refused(folder: Path) -> None:
    with pytest.raises(NoSubmissions, match="not a sound zip archive"):
        find(save(folder, "class.zip", b"PK\x05\x06"))


# Which exercise


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        (["ex10_bayesian_uncertainty.ipynb"], "ex10_bayesian_uncertainty"),
        (["ex1.ipynb"], EX1),
        (["ex01", "final.ipynb"], EX1),
        (["ex01", "ex02.ipynb"], EX2),
        (["text01.ipynb"], None),
        (["complex2.ipynb"], None),
        (["index1.html"], None),
        (["ex010.ipynb"], "ex10_bayesian_uncertainty"),
        (["ex123.ipynb"], None),
        (["ex99.ipynb"], None),
        ([], None),
    ],
)
def test_by_name(names: list[str], slug: str | None) -> None:
    assert identify.by_name(names) == slug


def test_a_released_notebook_is_untouched_and_a_filled_one_is_not() -> None:
    for slug in notebooks.exercise.slugs():
        assert identify.is_untouched(json.dumps(notebooks.released(slug)).encode(), slug)
        assert not identify.is_untouched(json.dumps(notebooks.filled(slug)).encode(), slug)
