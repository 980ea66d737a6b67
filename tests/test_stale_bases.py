"""A class keeps the base class that was there when its cell was run."""

from __future__ import annotations

from typing import Any

import pytest
from answer_files import namespace, reference
from notebooks import EX2

from grader import stale_bases
from grader.display import Card
from grader.learner import check

TABLE = "class Table:\n    pass\n"
CURVE = "class Curve(Table):\n    pass\n"
FOLDED = "class Folded(Curve):\n    pass\n"
LOCAL = """
Table = object
def make():
    class Curve:
        pass
    return Curve

Other = make()
"""
NAMES = ["Folded.fold", "Folded.phase"]


def note(*cells: str) -> str:
    """What is said after these cells were run, in this order."""
    code: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        exec(cell, code)
    return stale_bases.note(code, NAMES)


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["Folded = None"],
        [TABLE, CURVE, FOLDED],
        [TABLE, CURVE, FOLDED, TABLE, CURVE, FOLDED],
        [TABLE, CURVE, FOLDED, "class Folded(Folded):\n    pass\n"],
        [TABLE, CURVE, FOLDED, "class Curve(Curve):\n    pass\n"],
        [TABLE, CURVE, FOLDED, "Table = list"],
        [TABLE, CURVE, FOLDED, "del Table"],
        ["from collections import UserDict as Curve", FOLDED, "class UserDict:\n    pass\n"],
        [LOCAL, CURVE, "class Folded(Other):\n    pass\n"],
    ],
)
def test_nothing_is_said_where_all_is_current(cells: list[str]) -> None:
    assert note(*cells) == ""


def test_a_class_whose_base_was_run_again_is_named() -> None:
    assert note(TABLE, CURVE, FOLDED, TABLE, CURVE) == (
        "`Folded` inherits from a class whose cell was run again later, and still has its old "
        "methods. Run the cell of `Folded` again, too."
    )


def test_cells_are_named_in_the_order_in_which_they_must_run() -> None:
    assert note(TABLE, CURVE, FOLDED, TABLE) == (
        "`Curve` and `Folded` inherit from a class whose cell was run again later, and still have "
        "its old methods. Run their cells again, too, in this order."
    )


# In a notebook


def checked(part: str, *edits: tuple[str, str, str]) -> Card:
    """`check(part)` after the cells of some classes were run again, each with a line changed."""
    code = namespace(reference(EX2))
    for owner, old, new in edits:
        source = class_of(owner)
        assert source.count(old) == 1
        exec(source.replace(old, new), code)
    code["check"] = check
    return eval(f"check({part!r})", code)


def class_of(owner: str) -> str:
    source = reference(EX2)
    start = source.index(f"class {owner}")
    return source[start : source.index("\n# %%", start)]


WRONG = ("ObservationTable", "return len(self.data)\n", "return len(self.data) + 1\n")
RIGHT = ("ObservationTable", "return len(self.data)\n", "return (len(self.data))\n")
WRONG_CURVE = ("LightCurve", "return 0.0\n", "return 1.0\n")


def test_a_failure_says_first_that_it_is_about_old_code() -> None:
    shown = repr(checked("2.4", WRONG_CURVE, RIGHT))
    assert "`LightCurve` inherits from a class whose cell was run again later" in shown


def test_a_failure_of_current_code_does_not() -> None:
    shown = repr(checked("2.4", RIGHT, WRONG_CURVE))
    assert "✗ 2.4" in shown
    assert "run again" not in shown
