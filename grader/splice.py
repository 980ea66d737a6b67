"""Put other definitions into a source in place of its own: a wrong answer into the reference, say.

A replacement is Python source with functions, or with classes that hold only the methods to be
replaced. What the target does not define is added: functions in front, methods and constants of a
class at its end.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from functools import lru_cache

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def splice(target: str, replacement: str) -> str:
    """`target` with the definitions of `replacement` in place of its own of the same names."""
    lines, places = target.splitlines(), _places(target)
    added: list[str] = []
    edits: dict[tuple[int, int], list[str]] = {}  # by the lines whose place they take
    for name, code in pieces(replacement, set(places)):
        owner = name.rpartition(".")[0]
        if name in places:
            first, last, indent = places[name]
            edits[first - 1, last] = textwrap.indent(code, " " * indent).splitlines()
        elif owner in places:
            _, last, indent = places[owner]
            new = ["", *textwrap.indent(code, " " * (indent + 4)).splitlines()]
            edits.setdefault((last, last), []).extend(new)
        else:
            added.append(code)
    for (start, end), new in sorted(edits.items(), reverse=True):  # the other places stay
        lines[start:end] = new
    return "\n".join([*added, *lines]) + "\n"


def defines(source: str, name: str) -> bool:
    """Whether `source` defines the function, class or method `name` (`LightCurve.__len__`)."""
    return name in _places(source)


@lru_cache(maxsize=1024)
def extract(source: str, name: str, target: str = "") -> str:
    """The definition of `name` alone, as a replacement for `splice`: of `target`, if given."""
    code = dict(pieces(source, {name.partition(".")[0]}, whole=False))[name]
    owner = (target or name).rpartition(".")[0]
    return f"class {owner}:\n{textwrap.indent(code, '    ')}\n" if owner else f"{code}\n"


def pieces(replacement: str, known: set[str], whole: bool = True) -> Iterator[tuple[str, str]]:
    """Qualified name and code, free of indentation, of every definition; other code has no name.

    A class of a `known` name stands for its methods, unless it has bases (and `whole` is true).
    """
    for node in _parsed(replacement).body:
        fragment = isinstance(node, ast.ClassDef) and node.name in known
        if isinstance(node, ast.ClassDef) and fragment and not (whole and _is_new(node)):
            for member in node.body:
                if isinstance(member, Definition):
                    yield f"{node.name}.{member.name}", _code(replacement, member)
                elif not _is_docstring(member):
                    yield f"{node.name}.", _code(replacement, member)  # a constant of the class
        elif isinstance(node, Definition):
            yield node.name, _code(replacement, node)
        elif not _is_docstring(node):
            yield "", _code(replacement, node)


def _is_new(node: ast.ClassDef) -> bool:
    """A class without bases stands for changes of the target's class, not for a whole new one."""
    return bool(node.bases or node.decorator_list)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _code(source: str, node: ast.stmt) -> str:
    lines = source.splitlines()[_first_line(node) - 1 : node.end_lineno]
    return "\n".join(line.removeprefix(" " * node.col_offset) for line in lines)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


@lru_cache(maxsize=8)
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


@lru_cache(maxsize=1024)
def _places(source: str) -> dict[str, tuple[int, int, int]]:
    """First line, last line and indentation of every function, class and method."""
    return {
        name: (_first_line(node), node.end_lineno or 0, node.col_offset)
        for name, node in definitions(_parsed(source))
    }


def definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Every function, class and what a class defines, by its qualified name."""
    for node in tree.body:
        if isinstance(node, Definition):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, Definition):
                    yield f"{node.name}.{member.name}", member
