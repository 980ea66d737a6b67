"""Feedback is complete: each key that a check names has a text, and each text is named and earned.

Keys are read off the source of the checks, so they are written out there, as are the fields.
"""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from answer_files import answers
from typer.testing import CliRunner

from grader import cli, exercise
from grader.course import COURSE, feedback, package_of

# exercises whose checks hold no sentences of their own
NUMBERS = [exercise.load(slug).number for slug in exercise.slugs()]
KEY_PLACE = {"require": 1, "Mistake": 0, "Finding": 0}
LONGEST_NOUN_PHRASE = 9  # words in a text that stays in a check, such as "the length of the list"


@dataclass(frozen=True)
class Named:
    """A place where a check names a key, and the fields that it fills in."""

    module: str
    line: int
    key: str
    fields: frozenset[str]


@dataclass(frozen=True)
class Text:
    """A text of the feedback, where it stands, and the fields in it."""

    table: str
    kind: str
    key: str
    fields: frozenset[str]


@cache
def named(number: str) -> list[Named]:
    return [one for path in checks(number) for one in _named(path)]


def checks(number: str) -> list[Path]:
    return sorted((COURSE / package_of(number) / "checks").glob("*.py"))


def _named(path: Path) -> Iterator[Named]:
    for call in _calls(path):
        place = KEY_PLACE[call.func.id]  # type: ignore[attr-defined]
        fields = frozenset(keyword.arg or "**" for keyword in call.keywords) - {"status"}
        for key in _keys(call.args[place]):
            yield Named(path.stem, call.lineno, key, fields)


def _calls(path: Path) -> list[ast.Call]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    calls = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    return [call for call in calls if call.func.id in KEY_PLACE]  # type: ignore[attr-defined]


def _keys(node: ast.expr) -> Iterator[str]:
    """The keys that an expression may be; one that cannot be read is an empty one."""
    if isinstance(node, ast.IfExp):
        yield from _keys(node.body)
        yield from _keys(node.orelse)
    else:
        yield node.value if isinstance(node, ast.Constant) and node.value else ""


@cache
def texts(number: str) -> list[Text]:
    path = COURSE / package_of(number) / "feedback.toml"
    return [
        Text(table, kind, key, frozenset(_fields(text)))
        for table, content in tomllib.loads(path.read_text("utf-8")).items()
        for kind in feedback.KINDS
        for key, text in content.get(kind, {}).items()
    ]


def _fields(text: str) -> set[str]:
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def spoken_for(number: str, one: Named) -> list[Text]:
    """The texts that a place may mean: those of its part and the shared ones."""
    return [t for t in texts(number) if t.key == one.key and t.table in _tables(number, one.module)]


def _tables(number: str, module: str) -> set[str]:
    """The tables for a module of checks: that of its part, or any where several parts use it."""
    part = re.fullmatch(r"part_(e?\d+)", module)
    parts = {p.id for p in exercise.find(number).parts}
    return {"shared", *([f"{number}.{part[1].upper()}"] if part else parts)}


@pytest.mark.parametrize("number", NUMBERS)
def test_every_key_is_written_out_and_has_a_text(number: str) -> None:
    lost = [one for one in named(number) if not spoken_for(number, one)]
    assert lost == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_field_of_a_text_is_filled_in(number: str) -> None:
    empty = [
        (one, text.fields - one.fields)
        for one in named(number)
        for text in spoken_for(number, one)
        if not text.fields <= one.fields and "**" not in one.fields
    ]
    assert empty == []


@pytest.mark.parametrize("number", NUMBERS)
def test_no_field_is_filled_in_that_no_text_has(number: str) -> None:
    unused = [
        one
        for one in named(number)
        if not one.fields <= {"**"}.union(*(t.fields for t in spoken_for(number, one)))
    ]
    assert unused == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_text_is_named_by_a_check(number: str) -> None:
    used = {(t.table, t.key) for one in named(number) for t in spoken_for(number, one)}
    assert [text for text in texts(number) if (text.table, text.key) not in used] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_misconception_is_told_to_a_wrong_answer(number: str) -> None:
    wrong = [answer for answer in answers("wrong") if answer.part.split(".")[0] == number]
    told = {(answer.part, answer.misconception) for answer in wrong}
    told |= {("shared", answer.misconception) for answer in wrong}
    held = {(t.table, t.key.split("~")[0]) for t in texts(number) if t.kind == "misconceptions"}
    assert sorted(held - told) == []


@pytest.mark.parametrize("number", NUMBERS)
def test_checks_hold_no_prose(number: str) -> None:
    """Sentences stand in the feedback; a check has noun phrases, titles, and code to show."""
    prose = [
        (path.name, text.lineno, text.value)
        for path in checks(number)
        for text in _texts_in_code(ast.parse(path.read_text("utf-8")))
        if len(text.value.split()) > LONGEST_NOUN_PHRASE  # type: ignore[union-attr]
    ]
    assert prose == []


def _texts_in_code(tree: ast.Module) -> list[ast.Constant]:
    documented = ast.Module | ast.FunctionDef | ast.ClassDef
    docs = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, documented) and n.body and isinstance(n.body[0], ast.Expr)
    }
    texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    bare = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    shown = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "showing"
        for inner in ast.walk(node)
    }
    return [text for text in texts if id(text) not in docs | bare | shown]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_catalogue_of_misconceptions(number: str) -> None:
    printed = CliRunner().invoke(cli.app, ["misconceptions", number]).output
    held = [text for text in texts(number) if text.kind == "misconceptions"]
    assert all(text.key.split("~")[0] in printed for text in held)
