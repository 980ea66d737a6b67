"""Exercises and parts are found and ordered by their numbers, however many there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import build, exercise

IDS = ["10.E2", "10.10", "10.2", "10.E1", "10.1", "10.9"]


@pytest.fixture
def _many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two exercises, the tenth with more than nine parts, whose cells are in no order."""
    monkeypatch.setattr(exercise, "RELEASED", tmp_path)
    for slug, ids in (("ex10_many_parts", IDS), ("ex01_one_part", ["1.1"])):
        source = tmp_path / f"{slug}.py"
        cells = ["# %% [markdown]\n# # A title", *(_cell(part) for part in ids)]
        source.write_text("\n\n".join(cells), encoding="utf-8")
        source.with_suffix(".ipynb").write_text(build.build(source), encoding="utf-8")
    yield
    exercise.load.cache_clear()


def _cell(part: str) -> str:
    return (
        f'# %% [markdown]\n# ### {part} A part\n\n# %% part="{part}" points=1\n'
        f'def part_{part.replace(".", "_")}():\n    """Return one."""\n'
        "    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
    )


@pytest.mark.usefixtures("_many")
def test_parts_are_in_the_order_of_their_numbers_with_the_bonus_last() -> None:
    found = exercise.load("ex10_many_parts")
    assert [p.id for p in found.parts] == ["10.1", "10.2", "10.9", "10.10", "10.E1", "10.E2"]
    assert [p.bonus for p in found.parts] == [False] * 4 + [True] * 2
    assert found.part("10.10").names == ("part_10_10",)
    assert (found.number, found.max_points) == ("10", 4)


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(
            ("10", "10"),
            ("ex10", "10"),
            ("10.E1", "10"),
            ("10.10", "10"),
            ("ex10_many_parts", "10"),
        ),
        *(("1", "1"), ("01", "1"), ("1.1", "1"), ("EX01", "1")),
    ],
)
def test_exercises_are_found_by_number_slug_or_part(name: str, number: str) -> None:
    assert exercise.find(name).number == number


@pytest.mark.usefixtures("_many")
def test_an_exercise_that_is_not_there() -> None:
    with pytest.raises(exercise.UnknownExercise, match="ex01_one_part, ex10_many_parts"):
        exercise.find("100")
