"""Grading a class: every notebook has its row, and exit codes say how the command went."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import notebooks
import pytest
from notebooks import EX1, EX2
from typer.testing import CliRunner, Result

from grader import build, checking, cli, exercise, grade, gradebook, isolation, results
from grader.choice import HandedIn, Work
from grader.grade import Task
from grader.results import Graded

ISOLATED = isolation.why_unavailable() is None
SANDBOX = [] if ISOLATED else ["--no-sandbox"]
SEED = 5
WRONG = Path(__file__).parent / "answers/ex01/1.2/wrong/exclusive-bounds.py"
FOUND = exercise.load(EX1)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    """The fork server that this process keeps from one grading to the next."""
    yield
    grade._forget_servers()


def with_cell(slug: str, source: str) -> dict[str, Any]:
    """The reference, judged at its end, with one more cell."""
    content = notebooks.without_checks(notebooks.filled(slug))
    content["cells"].append(notebooks.code(source))
    return content


def a_class(folder: Path) -> Path:
    """Six students in both layouts, and things that are no students' work."""
    notebooks.save(folder / "Vega" / EX1 / f"{EX1}.ipynb", notebooks.filled(EX1))
    notebooks.save(folder / "Vega" / f"{EX2}.ipynb", notebooks.filled(EX2))
    notebooks.save(folder / "Algol" / f"{EX1}.ipynb", notebooks.released(EX1))
    notebooks.save(folder / "Mira" / f"{EX1}.ipynb", with_cell(EX1, WRONG.read_text("utf-8")))
    notebooks.save(folder / "Deneb" / f"{EX1}.ipynb", "Dear grader, see the other mail.")
    notebooks.save(folder / "Castor" / "notes.txt", "nothing handed in")
    notebooks.save(folder / "Élodie [b]" / f"{EX2}.ipynb", notebooks.released(EX2))
    notebooks.save(folder / "Vega" / "backup.ipynb", notebooks.released(EX1))
    notebooks.save(folder / ".hidden" / f"{EX1}.ipynb", notebooks.filled(EX1))
    notebooks.save(folder / "README.txt", "not a student")
    return folder


# One notebook


def graded(tmp_path: Path, content: Any, slug: str = EX1) -> Graded:
    path = notebooks.save(tmp_path / f"{slug}.ipynb", content)
    return grade.grade_one(Task("Vega", slug, path, SEED, ISOLATED))


@pytest.mark.slow
@pytest.mark.parametrize("slug", [EX1, EX2])
def test_filled_notebooks_have_full_marks_and_bonus(tmp_path: Path, slug: str) -> None:
    one = graded(tmp_path, notebooks.filled(slug), slug)
    assert (one.trouble, one.points, one.bonus) == ("", 10, 2)


@pytest.mark.parametrize("slug", [EX1, EX2])
def test_untouched_notebooks_have_nothing_on_any_part(tmp_path: Path, slug: str) -> None:
    one = graded(tmp_path, notebooks.released(slug), slug)
    assert [(r.part.id, r.points) for r in one.parts] == [
        (part.id, 0) for part in exercise.load(slug).parts
    ]
    assert {r.status for r in one.parts} == {"missing"}
    assert all(r.message and r.hint for r in one.parts)


@pytest.mark.parametrize("content", ["", "hello", "{}", b"\xff\x00", '{"cells": 5}'])
def test_an_unreadable_notebook_is_a_row_with_its_reason(tmp_path: Path, content: Any) -> None:
    one = graded(tmp_path, content)
    assert (one.trouble, one.points, one.bonus) == ("", 0, 0)
    assert [r.part for r in one.parts] == list(FOUND.parts)
    assert {r.status for r in one.parts} == {"error"}
    (message,) = {r.message for r in one.parts}
    assert message.startswith("The notebook could not be read: ")


def test_a_linked_notebook_is_a_row_with_its_reason(tmp_path: Path) -> None:
    """A link could lead to another student's work."""
    other = notebooks.save(tmp_path / "other.ipynb", notebooks.filled(EX1))
    (tmp_path / "link.ipynb").symlink_to(other)
    one = grade.grade_one(Task("Vega", EX1, tmp_path / "link.ipynb", SEED, ISOLATED))
    assert one.points == 0
    assert "not an ordinary file" in one.parts[0].message


def test_a_notebook_without_cells_misses_every_part(tmp_path: Path) -> None:
    one = graded(tmp_path, {"cells": []})
    assert {r.status for r in one.parts} == {"missing"}


STRANGE = ["!ls\n" * 700, "x?\n" * 700, "\0", "\ud800", "(" * 100_000, "%%", "\ufeff"]


def test_a_notebook_with_strange_cells_is_graded(tmp_path: Path) -> None:
    content = notebooks.filled(EX1)
    content["cells"] += [notebooks.code(source) for source in STRANGE]
    content["cells"] += [None, 5, "x", {"cell_type": "code"}]
    assert graded(tmp_path, content).points == 10


# Trouble of the grader's own

BROKEN_CHECKS = {
    "no Python": ("\n\ndef test_broken(:\n", "could not be collected"),
    "not there": (
        '\n\nfor name in [n for n in dir() if n.startswith("test_filter")]:\n'
        "    del globals()[name]\n",
        "part 1.2 has no check",
    ),
}


@pytest.fixture
def break_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Add code to the checks of 1.2, in a copy of the course."""

    def added(code: str) -> None:
        copy = tmp_path / f"course_{tmp_path.name}"  # its modules are new to Python
        shutil.copytree(checking.COURSE, copy)
        path = copy / "ex01" / "checks" / "part_2.py"
        path.write_text(path.read_text("utf-8") + code, "utf-8")
        monkeypatch.setattr(checking, "COURSE", copy)

    return added


@pytest.mark.parametrize("name", BROKEN_CHECKS)
def test_checks_that_are_not_there_are_trouble_and_no_zero(
    tmp_path: Path, break_checks: Callable[[str], None], name: str
) -> None:
    broken, says = BROKEN_CHECKS[name]
    break_checks(broken)
    one = graded(tmp_path, notebooks.filled(EX1))
    assert one.parts == []
    assert says in one.trouble
    handed_in = HandedIn({"Vega": {EX1: Work(tmp_path, "Vega/x.ipynb")}}, [])
    found = results.as_dict([one], handed_in, SEED, "on")
    assert found["submissions"] == [{"student": "Vega", "exercises": []}]
    assert [list(row.values()) for row in results.troubles(found)] == [
        ["Vega", "Vega/x.ipynb", EX1, one.trouble, True]
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "broke"),
    [
        ('{}["dear"]', "test_broken: KeyError: 'dear'"),
        ('require(False, "no-such-key")', "the feedback of 'no-such-key'"),
    ],
)
def test_a_check_that_breaks_costs_its_part_only(
    tmp_path: Path, break_checks: Callable[[str], None], code: str, broke: str
) -> None:
    break_checks(f'\n\ndef test_broken(learner):\n    """Oh"""\n    {code}\n')
    one = graded(tmp_path, notebooks.filled(EX1))
    (failed,) = [result for result in one.parts if not result.passed]
    assert (failed.part.id, failed.status) == ("1.2", "error")
    assert broke in failed.broke
    assert "this check cannot read" in failed.message


def test_trouble_with_one_notebook_is_forgotten_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(checking, "COURSE", tmp_path / "nowhere")
        assert graded(tmp_path, notebooks.filled(EX1)).trouble
    assert graded(tmp_path, notebooks.filled(EX1)).points == 10


@pytest.mark.slow
def test_what_brings_the_grader_down_costs_nobody_else(tmp_path: Path) -> None:
    """A worker that dies, and an error nobody thought of, beside a notebook that is fine."""
    good = Task(
        "Vega", EX1, notebooks.save(tmp_path / "x.ipynb", notebooks.filled(EX1)), SEED, ISOLATED
    )
    odd: Any = None
    deadly: Any = notebooks.Deadly()
    tasks = [Task("Mira", EX1, deadly, SEED), good, Task("Algol", EX1, odd, SEED)]
    heard: list[Graded] = []
    by_name = {one.student: one for one in grade.grade_all(tasks, 2, heard.append)}
    assert {one.student for one in heard} == set(by_name) == {"Vega", "Mira", "Algol"}
    assert (by_name["Vega"].points, by_name["Vega"].trouble) == (10, "")
    assert "died" in by_name["Mira"].trouble
    assert by_name["Algol"].trouble


# A whole class, by the command

PART_KEYS = {
    "id": str,
    "points": float,
    "max_points": float,
    "bonus": bool,
    "status": str,
    "message": str,
    "code": str,
    "misconception": (str, type(None)),
    "hint": str,
    "judged": str,
    "followed": list,
    "checks": list,
}
CHECK_KEYS = {"title": str, "outcome": str, "gate": bool}
EXERCISE_KEYS = {
    "exercise": str,
    "points": float,
    "max_points": float,
    "bonus": float,
    "seconds": float,
    "parts": list,
}
TOP_KEYS = {"schema": int, "seed": int, "sandbox": str, "submissions": list, "not_graded": list}
ROW_KEYS = {
    "student": (str, type(None)),
    "path": str,
    "exercise": (str, type(None)),
    "reason": str,
    "marks_missing": bool,
}
STATUSES = {"passed", "failed", "error", "timeout", "missing"}


def conforms(value: Any, keys: dict[str, Any]) -> None:
    """A dict with exactly these keys, and values of exactly these types."""
    assert list(value) == list(keys)
    for key, kind in keys.items():
        assert type(value[key]) in (kind if isinstance(kind, tuple) else (kind,)), key


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty gradebook to copy: nbgrader takes seconds to make a new one."""
    folder = tmp_path_factory.mktemp("books")
    gradebook.write({"submissions": []}, gradebook.database(folder))
    return folder / "gradebook.db"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory, books: Path) -> list[tuple[Result, Path]]:
    """The class graded twice with the same seed: one notebook at a time, and two."""
    folder = a_class(tmp_path_factory.mktemp("class"))
    outputs = []
    for jobs in (1, 2):
        out = tmp_path_factory.mktemp("out")
        shutil.copy(books, out)
        options = ["--out", out, "--seed", SEED, "--jobs", jobs, *SANDBOX]
        outputs.append((run("grade", folder, *options), out))
    return outputs


@pytest.fixture(scope="module")
def found(outputs: list[tuple[Result, Path]]) -> dict[str, Any]:
    return json.loads((outputs[0][1] / "results.json").read_text("utf-8"))


slow = pytest.mark.slow


@slow
def test_grading_succeeds_whatever_the_marks(outputs: list[tuple[Result, Path]]) -> None:
    for result, out in outputs:
        assert result.exit_code == 0, result.output
        assert "6 learners, seed 5" in result.output
        assert f"{EX1}: mean 4.9 of 10, 1 with full marks" in result.output
        assert "1.2 exclusive-bounds" in result.output
        assert (out / "report" / "index.html").is_file()
        assert (out / "gradebook.db").is_file()


@slow
def test_results_have_exactly_the_schema(found: dict[str, Any]) -> None:
    conforms(found, TOP_KEYS)
    assert found["schema"] == 1
    for submission in found["submissions"]:
        conforms(submission, {"student": str, "exercises": list})
        for one in submission["exercises"]:
            has_note = submission["student"] == "Vega" and one["exercise"] == EX1
            conforms(one, EXERCISE_KEYS | ({"note": str} if has_note else {}))
            assert one["seconds"] >= 0
            for part in one["parts"]:
                conforms(part, PART_KEYS)
                assert part["status"] in STATUSES
                for check in part["checks"]:
                    failed = check["outcome"] == "failed"
                    conforms(check, CHECK_KEYS | ({"message": str} if failed else {}))
                assert 0 <= part["points"] <= part["max_points"]
                assert (part["points"] == part["max_points"]) is (part["status"] == "passed")
                assert bool(part["message"]) is (part["status"] != "passed")
            for key, bonus in (("points", False), ("bonus", True)):
                points = sum(p["points"] for p in one["parts"] if p["bonus"] is bonus)
                assert one[key] == round(points, 2)


@slow
def test_what_is_not_graded_has_a_row(outputs: list[tuple[Result, Path]], found: Any) -> None:
    rows = {row["path"]: row for row in found["not_graded"]}
    assert {path: row["student"] for path, row in rows.items()} == {
        "Castor/notes.txt": "Castor",
        "README.txt": None,
        "Vega/backup.ipynb": "Vega",
    }
    for row in rows.values():
        conforms(row, ROW_KEYS)
        assert f"passed over: {row['student'] or ''}".strip() in outputs[0][0].output
    assert "another copy" in rows["Vega/backup.ipynb"]["reason"]


@slow
def test_every_student_has_a_row(found: dict[str, Any]) -> None:
    marks = {
        submission["student"]: {
            one["exercise"]: (one["points"], one["bonus"]) for one in submission["exercises"]
        }
        for submission in found["submissions"]
    }
    assert marks == {
        "Algol": {EX1: (0, 0)},
        "Castor": {},
        "Deneb": {EX1: (0, 0)},
        "Mira": {EX1: (9.5, 2)},
        "Vega": {EX1: (10, 2), EX2: (10, 2)},
        "Élodie [b]": {EX2: (0, 0)},
    }
    assert [submission["student"] for submission in found["submissions"]] == sorted(marks)


@slow
def test_a_misconception_is_recorded_with_its_part(found: dict[str, Any]) -> None:
    mira = next(s for s in found["submissions"] if s["student"] == "Mira")
    parts = {part["id"]: part for part in mira["exercises"][0]["parts"]}
    assert list(parts) == [part.id for part in FOUND.parts]
    assert parts["1.2"]["misconception"] == "exclusive-bounds"
    assert parts["1.2"]["status"] == "failed"
    assert parts["1.2"]["hint"]
    failed = [one["title"] for one in parts["1.2"]["checks"] if one["outcome"] == "failed"]
    assert failed == [
        "`X_min` and `X_max` are bounds on the field X, and include the bound itself",
        "A flux of NaN meets no bound",
    ]
    assert parts["1.1"].pop("checks")
    assert parts["1.1"] == {
        "id": "1.1",
        "points": 3.0,
        "max_points": 3.0,
        "bonus": False,
        "status": "passed",
        "message": "",
        "code": "",
        "misconception": None,
        "hint": "",
        "judged": "at the end of the notebook",
        "followed": [],
    }


@slow
def test_the_same_seed_gives_the_same_results(outputs: list[tuple[Result, Path]]) -> None:
    """One notebook at a time or two; only the seconds may differ."""
    texts = [json.loads((out / "results.json").read_text("utf-8")) for _, out in outputs]
    assert timeless(texts[0]) == timeless(texts[1])


def timeless(found: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(found)
    for submission in found["submissions"]:
        for one in submission["exercises"]:
            one["seconds"] = 0
    return found


@slow
def test_the_results_say_whether_there_were_walls(
    found: dict[str, Any], tmp_path: Path, books: Path
) -> None:
    assert found["sandbox"].startswith("off") is not ISOLATED
    notebooks.save(tmp_path / "class" / "Vega" / f"{EX1}.ipynb", notebooks.filled(EX1))
    shutil.copy(books, tmp_path)
    result = run("grade", tmp_path / "class", "--out", tmp_path, "--no-sandbox", "--jobs", 1)
    assert result.exit_code == 0, result.output
    open_ = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert open_["sandbox"].startswith("off")
    assert open_["submissions"][0]["exercises"][0]["points"] == 10
    assert open_["seed"] != SEED


# Exit codes and messages of the commands


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """`grader grade` without grading and gradebook: what comes out of them is set by `give`."""
    monkeypatch.setattr(gradebook, "write", lambda found, url: None)
    notebooks.save(tmp_path / "class" / "Vega" / f"{EX1}.ipynb", notebooks.filled(EX1))
    return tmp_path


def give(monkeypatch: pytest.MonkeyPatch, *ones: Graded) -> None:
    monkeypatch.setattr(grade, "grade_all", lambda *_: list(ones))


def test_trouble_makes_the_command_fail_and_is_no_zero(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, Graded("Vega", FOUND, trouble="check test_x [/broke]"))
    result = run("grade", quick / "class", "--out", quick, *SANDBOX)
    assert result.exit_code != 0
    assert f"not graded: Vega {EX1}: check test_x [/broke]" in result.output
    found = json.loads((quick / "results.json").read_text("utf-8"))
    assert found["submissions"] == [{"student": "Vega", "exercises": []}]


def test_zero_points_are_no_failure_of_the_command(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, results.unreadable("Vega", FOUND, "The notebook [red] could not be read."))
    result = run("grade", quick / "class", "--out", quick, *SANDBOX)
    assert result.exit_code == 0, result.output
    assert f"{EX1}: mean 0.0 of 10, 0 with full marks" in result.output


def test_folders_with_brackets_in_their_names(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, results.unreadable("Vega", FOUND, "x"))
    out = quick / "[out" / "]" / "[bold]"
    result = run("grade", quick / "class", "--out", out, *SANDBOX)
    assert result.exit_code == 0, result.output
    assert "[bold]" in result.output


def test_a_seed_that_cannot_be_used_is_refused(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch)
    result = run("grade", quick / "class", "--out", quick, "--seed", -5, *SANDBOX)
    assert result.exit_code != 0
    assert not (quick / "results.json").exists()


def test_no_folder_and_no_notebooks_are_refused(tmp_path: Path) -> None:
    for folder, says in ((tmp_path / "absent", "is not a folder"), (tmp_path, "holds no notebook")):
        result = run("grade", folder, "--out", tmp_path / "out", *SANDBOX)
        assert result.exit_code != 0
        assert f"error: {folder}" in result.output
        assert says in result.output
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_refused(quick: Path) -> None:
    result = run(
        "grade", quick / "class", "--out", quick / "class" / "Vega" / f"{EX1}.ipynb", *SANDBOX
    )
    assert result.exit_code != 0
    assert "error:" in result.output


@pytest.mark.parametrize("command", ["grade", "check", "status", "watch"])
def test_nothing_runs_without_a_sandbox_unless_told(
    quick: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(quick / "class" / "Vega")
    monkeypatch.setattr(isolation, "why_unavailable", lambda *_: "No namespaces here.")
    monkeypatch.setattr(grade, "grade_one", lambda _: pytest.fail("it was run"))
    arguments = {"grade": [quick / "class", "--out", quick / "out"], "check": ["1"]}
    result = run(command, *arguments.get(command, []))
    assert result.exit_code == 2
    assert "No namespaces here. `--no-sandbox` runs notebooks without it" in result.output
    assert not (quick / "out").exists()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a learner works, with nothing in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(exercise, "ROOT", tmp_path)
    return tmp_path / "work"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (notebooks.filled(EX1), 0, "10 of 10 points and 2 bonus"),
        (with_cell(EX1, "def cache_results(func): pass"), 0, "10 of 10 points and 1 bonus"),
        (with_cell(EX1, WRONG.read_text("utf-8")), 1, "9.5 of 10 points and 2 bonus"),
        (notebooks.released(EX1), 1, "0 of 10 points"),
        ("no notebook", 1, "The notebook could not be read"),
    ],
    ids=["filled", "no bonus", "wrong", "untouched", "unreadable"],
)
def test_check_succeeds_if_all_core_parts_pass(
    work: Path, content: Any, code: int, says: str
) -> None:
    notebooks.save(work / f"{EX1}.ipynb", content)
    result = run("check", "1", *SANDBOX)
    assert result.exit_code == code, result.output
    assert says in result.output
    assert result.output.count("1.E2 A different function for each band") == 1


def test_check_takes_a_file_as_well(tmp_path: Path) -> None:
    path = notebooks.save(tmp_path / f"{EX1}.ipynb", notebooks.filled(EX1))
    assert run("check", path, *SANDBOX).exit_code == 0


def test_check_says_what_is_missing(work: Path) -> None:
    result = run("check", "1")
    assert result.exit_code == 2
    assert f"There is no work/{EX1}.ipynb. `grader start` puts a copy there." in result.output
    result = run("check", "77")
    assert result.exit_code == 2
    assert "There is no exercise '77'" in result.output


def test_check_shows_a_learners_brackets_as_they_are(work: Path) -> None:
    cell = "def flux_to_magnitude(*args, **kwargs): raise ValueError('[/red] [bold] \\\\')"
    notebooks.save(work / f"{EX1}.ipynb", with_cell(EX1, cell))
    result = run("check", "1", *SANDBOX)
    assert result.exit_code == 1
    assert "ValueError: [/red] [bold]" in result.output


def test_build_check(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("build", "--check")
    assert result.exit_code == 0, result.output
    monkeypatch.setattr(build, "stale", lambda: ["exercises/ex01.ipynb [differs]"])
    result = run("build", "--check")
    assert result.exit_code != 0
    assert "exercises/ex01.ipynb [differs]" in result.output
    assert "Run `grader build` and commit" in result.output


def test_build_filled_writes_elsewhere(tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in exercise.RELEASED.iterdir()}
    result = run("build", "--filled", tmp_path)
    assert result.exit_code == 0, result.output
    assert list(exercise.in_folder(tmp_path)) == exercise.slugs()
    assert {path: path.read_bytes() for path in exercise.RELEASED.iterdir()} == before


def test_start_never_overwrites(work: Path) -> None:
    assert run("start", "--no-lab").exit_code == 0
    mine = work / f"{EX1}.ipynb"
    assert mine.read_bytes() == (exercise.RELEASED / mine.name).read_bytes()
    mine.write_text("mine")
    result = run("start", "--no-lab")
    assert "it is yours already" in result.output
    assert mine.read_text() == "mine"


def test_results_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    results.write({"schema": 1}, tmp_path)
    with pytest.raises(ValueError, match="JSON"):
        results.write({"points": float("nan")}, tmp_path)
    assert json.loads((tmp_path / "results.json").read_text()) == {"schema": 1}
    results.write({"student": "caf\udce9"}, tmp_path)
    assert json.loads((tmp_path / "results.json").read_text("utf-8"))


@pytest.mark.slow
def test_a_wrong_exercise_2_costs_nothing_in_exercise_4(tmp_path: Path) -> None:
    """Later exercises are graded with the reference of the earlier ones."""
    later = "ex04_pipeline_patterns"
    paths = {
        EX2: notebooks.save(tmp_path / "2.ipynb", notebooks.released(EX2)),
        later: notebooks.save(tmp_path / "4.ipynb", notebooks.filled(later)),
    }
    points = {slug: grade.grade_one(Task("Vega", slug, path, SEED, ISOLATED)).points
              for slug, path in paths.items()}  # fmt: skip
    assert points == {EX2: 0, later: 10}
