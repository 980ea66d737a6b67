"""Answers on disk: each belongs to a part, and an edit that does not fit the reference says so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from answer_files import ANSWERS, Answer, FaultyEdit, answers, part_of_reference

from grader import exercise


def an_answer(folder: Path, toml: str) -> Answer:
    """The answer to part 1.1 that an `edits.toml` of this text holds."""
    path = folder / "ex01" / "1.1" / "wrong" / "edits.toml"
    path.parent.mkdir(parents=True)
    path.write_text(toml, encoding="utf-8")
    (answer,) = answers("wrong", folder)
    return answer


def test_an_edit_changes_the_reference(tmp_path: Path) -> None:
    answer = an_answer(tmp_path, "[slip]\nold = '@wraps(func)'\nnew = '@wraps(wrapper)'\n")
    original = part_of_reference(answer.exercise, "1.1")
    assert "@wraps(func)" in original
    assert answer.code == original.replace("@wraps(func)", "@wraps(wrapper)")


def test_further_edits_are_made_as_well(tmp_path: Path) -> None:
    toml = """
        ["slip~two"]
        about = "Nothing is timed."
        old = '@wraps(func)'
        new = ''
        [["slip~two".also]]
        old = 'def wrapper('
        new = 'def inner('
    """
    answer = an_answer(tmp_path, toml)
    assert (str(answer), answer.misconception) == ("1.1-slip~two", "slip")
    assert "@wraps(func)" not in answer.code
    assert "def inner(" in answer.code


def test_an_edit_may_change_a_right_answer(tmp_path: Path) -> None:
    answer = an_answer(tmp_path, "[slip]\nbase = 'loop'\nold = '+= 1'\nnew = '+= 2'\n")
    with pytest.raises(FaultyEdit, match=r"edits\.toml, slip: there is no right answer 'loop'"):
        _ = answer.code
    right = answer.path.parents[1] / "right" / "loop.py"
    right.parent.mkdir()
    right.write_text("n += 1\n", encoding="utf-8")
    assert answer.code == "n += 2\n"


def test_the_marks_around_solutions_are_left_out() -> None:
    assert "SOLUTION" not in part_of_reference("ex01_advanced_functions", "1.1")


@pytest.mark.parametrize(("old", "times"), [("@wraps(function)", 0), ("wrapper", 2)])
def test_what_is_replaced_is_there_once(tmp_path: Path, old: str, times: int) -> None:
    answer = an_answer(tmp_path, f"[slip]\nold = '{old}'\nnew = 'x'\n")
    with pytest.raises(FaultyEdit, match=rf"edits\.toml, slip: .* {times} times: ") as caught:
        _ = answer.code
    assert old in str(caught.value)


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("[slip]\nold = 'wraps'\nnew = 'wraps'", "`new` is the same as `old`: wraps"),
        ("[slip]\nold = 'wraps'", "this one has: old"),
        ("[slip]\nabout = 'No edit.'", "this one has: "),
        ("[slip]\nold = 'wraps'\nnew = ''\nwhy = 'x'", "this one has: new, old, why"),
        ("[slip]\nold = 'wraps'\nnew = ''\n[[slip.also]]\nabout = 'x'\nold = 'a'\nnew = 'b'",
         "this one has: about, new, old"),
        ("slip = 'wraps'", "this stands in no answer's table"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused(tmp_path: Path, toml: str, fault: str) -> None:
    with pytest.raises(FaultyEdit, match=rf"edits\.toml, slip: .*{fault}"):
        an_answer(tmp_path, toml)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["wrong", "right"])
def test_every_edit_fits_its_reference(kind: str) -> None:
    for answer in answers(kind):
        compile(answer.code, str(answer), "exec")


def test_every_folder_is_of_a_part() -> None:
    found = {folder.relative_to(ANSWERS).parts for folder in ANSWERS.glob("*/*")}
    known = {(slug[:4], part.id) for slug in exercise.slugs() for part in exercise.load(slug).parts}
    assert found == known


def test_every_file_holds_answers() -> None:
    files = {path for path in ANSWERS.rglob("*") if path.is_file()}
    assert files == {answer.path for kind in ("wrong", "right") for answer in answers(kind)}


@pytest.mark.parametrize("kind", ["wrong", "right"])
def test_no_two_answers_have_one_name(kind: str) -> None:
    names = Counter(str(answer) for answer in answers(kind))
    assert [name for name, count in names.items() if count > 1] == []
