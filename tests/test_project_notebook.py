"""The notebook of the final project has a name of its own, and is an exercise in all else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import notebooks
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader import (
    build,
    cli,
    data_folder,
    deliver,
    demo,
    exercise,
    file_view,
    gradebook,
    identify,
    new_part,
    own_work,
    progress,
    references,
    report,
    results,
    submissions,
)
from grader.checking import PartResult
from grader.choice import HandedIn, Work
from grader.exercise import PROJECT
from grader.results import Graded
from grader.watch import Watch

FILE = "final_project.ipynb"
PARTS = ("11.1", "11.2", "11.3")
CELL = '''# %% [markdown]
# ### {part} A step

# %% part="{part}" points=2
def step_{name}(value):
    """Return the value."""
    ### BEGIN SOLUTION
    return value
    ### END SOLUTION
'''


def clear() -> None:
    for known in (exercise.load, identify._owners, identify._names, identify._stubs, demo._built):
        known.cache_clear()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The sources and notebooks of the workbook, with a small final project among them."""
    ignore = shutil.ignore_patterns("__pycache__", "final_project")
    shutil.copytree(build.SOURCES, tmp_path / "solutions", ignore=ignore)
    shutil.copytree(exercise.RELEASED, tmp_path / "exercises")
    monkeypatch.setattr(exercise, "ROOT", tmp_path)
    monkeypatch.setattr(exercise, "RELEASED", tmp_path / "exercises")
    monkeypatch.setattr(build, "RELEASED", tmp_path / "exercises")
    monkeypatch.setattr(build, "SOURCES", tmp_path / "solutions")
    monkeypatch.setattr(references, "FOLDER", tmp_path / "solutions")
    cells = [CELL.format(part=part, name=part.replace(".", "_")) for part in PARTS]
    source = tmp_path / "solutions" / f"{PROJECT}.py"
    source.write_text("# %% [markdown]\n# # Alerts\n\n" + "\n".join(cells), "utf-8")
    (tmp_path / "exercises" / FILE).write_text(build.build(source), "utf-8")
    clear()
    yield tmp_path
    clear()


@pytest.fixture
def filled(root: Path) -> str:
    return build.build(root / "solutions" / f"{PROJECT}.py", filled=True)


def full_marks(student: str = "Vega") -> Graded:
    found = exercise.load(PROJECT)
    checks = {"It is a step": "passed"}
    return Graded(
        student, found, [PartResult(part, "passed", checks=checks) for part in found.parts]
    )


def results_of(graded: Graded) -> dict[str, Any]:
    work = {graded.exercise.slug: Work(Path("x"), f"{graded.student}/{FILE}")}
    return results.as_dict([graded], HandedIn({graded.student: work}, []), 1, "namespaces")


@pytest.mark.usefixtures("root")
def test_it_is_the_last_exercise() -> None:
    assert exercise.slugs()[-1] == PROJECT
    found = exercise.load(PROJECT)
    assert (found.number, found.label, found.title) == ("11", "Final project", "Alerts")
    assert [part.id for part in found.parts] == list(PARTS)
    assert exercise.load(exercise.slugs()[0]).label == "Exercise 1"


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    "name",
    ["11", "11.2", "ex11", PROJECT, "final", "Final", "project", "final_project", "final project",
     "Final-Project", "finalproject", "final_project (1)", "final_project_v2"],
)  # fmt: skip
def test_it_is_found_by_number_part_and_word(name: str) -> None:
    assert exercise.find(name).slug == PROJECT


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("name", ["finally", "final version", "projects", "12"])
def test_other_words_find_nothing(name: str) -> None:
    with pytest.raises(exercise.UnknownExercise, match=PROJECT):
        exercise.find(name)


@pytest.mark.slow
def test_it_is_built_to_its_file(root: Path) -> None:
    assert build.stale() == []
    assert build.write(root / "exercises")[-1] == root / "exercises" / FILE
    assert build.stale() == []
    path = root / "exercises" / FILE
    path.write_text(path.read_text("utf-8").replace("A step", "A stop", 1), "utf-8")
    assert build.stale() == [f"exercises/{FILE} differs from solutions/{PROJECT}.py"]
    path.unlink()
    assert build.stale() == [f"exercises/{FILE} is missing"]
    assert PROJECT not in exercise.slugs()
    assert build.write(root / "filled", filled=True)[-1].name == FILE


def test_a_notebook_without_a_source_is_noticed(root: Path) -> None:
    (root / "solutions" / f"{PROJECT}.py").unlink()
    assert build.stale() == [f"exercises/{FILE} has no source"]


def test_start_copies_it_once(root: Path) -> None:
    command = ["start", "--no-lab"]
    assert f"copied work/{FILE}" in CliRunner().invoke(cli.app, command).output
    mine = root / "work" / FILE
    assert mine.read_bytes() == (root / "exercises" / FILE).read_bytes()
    mine.write_text("mine")
    assert f"kept work/{FILE}" in CliRunner().invoke(cli.app, command).output
    assert mine.read_text() == "mine"
    assert not (root / "work" / f"{PROJECT}.ipynb").exists()


def test_ones_own_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert own_work.find(PROJECT) is None
    result = CliRunner().invoke(cli.app, ["check", "final"])
    assert f"There is no work/{FILE}." in result.output
    notebooks.save(root / "elsewhere" / FILE, "{}")
    monkeypatch.chdir(root / "elsewhere")
    assert own_work.folder() == root / "elsewhere"
    assert own_work.find(PROJECT) == root / "elsewhere" / FILE


def test_its_row_of_the_status(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
    released = root / "work" / FILE
    notebooks.save(released, (root / "exercises" / FILE).read_bytes())
    row = progress.row(PROJECT, released)
    assert row.next == "not started"
    assert list(progress.table([row]).columns[0].cells) == ["Final project", "together"]


def test_watching_looks_at_its_file(root: Path) -> None:
    (watched,) = Watch(root / "work", [PROJECT], cli.console)._notebooks
    assert watched.path == root / "work" / FILE


@pytest.mark.parametrize(
    "name",
    [FILE, f"{PROJECT}.ipynb", "final_project (1).ipynb", "Final project.ipynb", "Final-Project",
     "ex11.ipynb", "Exercise 11.ipynb", "homework.ipynb", f"{PROJECT}/{FILE}", f"final/{FILE}"],
)  # fmt: skip
def test_what_a_learner_hands_in_is_found(root: Path, filled: str, name: str) -> None:
    notebooks.save(root / "class" / "Vega" / name, filled)
    found = submissions.find(root / "class", root / "unpacked")
    assert found.students["Vega"][PROJECT].shown == f"Vega/{name}"
    assert found.not_graded == []
    is_named = name != "homework.ipynb"
    assert found.students["Vega"][PROJECT].note.startswith("Recognised") is not is_named


def test_the_text_says_which_exercise_it_is(root: Path) -> None:
    first = json.dumps(notebooks.filled(notebooks.EX1))
    notebooks.save(root / "class" / "Vega" / FILE, first)
    found = submissions.find(root / "class", root / "unpacked")
    assert list(found.students["Vega"]) == [notebooks.EX1]


@pytest.mark.parametrize("exact", [FILE, f"{PROJECT}.ipynb"])
def test_of_two_copies_of_a_time_the_exact_name_is_graded(
    root: Path, filled: str, exact: str
) -> None:
    for name in (exact, "My final project.ipynb", "Final project.ipynb"):
        notebooks.save(root / "class" / "Vega" / name, filled)
    found = submissions.find(root / "class", root / "unpacked")
    assert found.students["Vega"][PROJECT].shown == f"Vega/{exact}"
    assert len(found.not_graded) == 2


@pytest.mark.parametrize("folder", ["final_project", PROJECT])
def test_the_folder_of_one_student_is_recognised(root: Path, filled: str, folder: str) -> None:
    notebooks.save(root / "Vega" / folder / FILE, filled)
    with pytest.raises(submissions.NoSubmissions, match="folder of one student"):
        submissions.find(root / "Vega", root / "unpacked")


def test_the_demonstration_class_hands_it_in(root: Path) -> None:
    found = exercise.load(PROJECT)
    demo._hand_in(root / "class", "Vega", found, demo._filled(found, {"11.2": None}))
    text = (root / "class" / "Vega" / FILE).read_text("utf-8")
    assert "11.2 step_11_2: not written yet" in text
    assert "11.3 step_11_3: not written yet" not in text


@pytest.mark.usefixtures("root")
def test_titles_for_people() -> None:
    assert report.exercise_title(PROJECT) == "Final project"
    assert report.exercise_names([PROJECT]) == "Final project"
    with pytest.raises(exercise.UnknownExercise, match=r"Final project has: 11\.1"):
        exercise.load(PROJECT).part("11.9")
    with pytest.raises(new_part.NewPartError, match=r"Part 11\.1 exists\. Final project ends"):
        new_part.write("11.1", "step", "T", 1, exercise.ROOT)


def test_its_marks_arrive(root: Path) -> None:
    found = results_of(full_marks())
    page = report.write_report(found, deliver._titles(found), root / "report").read_text("utf-8")
    assert "Final project" in page
    assert "Exercise 11" not in page
    url = gradebook.database(root)
    gradebook.write(found, url)
    with Gradebook(url) as book:
        notebook = book.find_submission_notebook("final_project", PROJECT, "Vega")
        assert (notebook.score, notebook.max_score) == (6, 6)
    assert gradebook.marks_of({"Vega"}, url) == {("Vega", PROJECT): 6}


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("name", [FILE, f"{PROJECT}/{FILE}", f"{PROJECT}.ipynb"])
def test_a_place_that_tells_nothing_new_is_left_out(name: str) -> None:
    row = {"student": "Vega", "exercise": PROJECT, "path": f"Vega/{name}"}
    assert deliver._subject(row) == f"Vega {PROJECT}"
    assert deliver._subject(row | {"path": "Vega/x.ipynb"}) == f"Vega {PROJECT} (x.ipynb)"


@pytest.mark.usefixtures("root")
def test_its_reference_is_known() -> None:
    assert "def step_11_1" in (references.source(PROJECT) or "")


def test_sample_files_are_in_the_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (data_folder() / "README.md").is_file()
    assert data_folder() in file_view.readable_paths()
    monkeypatch.setattr(file_view, "DATA", tmp_path / "data")
    assert tmp_path / "data" not in file_view.readable_paths()
    with pytest.raises(FileNotFoundError, match="Work in a clone"):
        data_folder()
