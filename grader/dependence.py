"""Which earlier parts of an exercise a part is built on, as far as source code tells.

A definition uses the functions and classes that it names, every method of the exercise that it
calls by its name, and the constructor of its own class; whoever names a class may use its magic
methods. All of that is followed from one definition to the next, given code included. So too much
is found rather than too little.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from grader import splice
from grader.exercise import Exercise

CALLED_BY_PYTHON = re.compile(r"__\w+__|forward")
MAGIC = re.compile(r"^([ \t]*)([%!].*)$", re.MULTILINE)
MASKED = re.compile(r"^([ \t]*)pass  # ipython: (.*)$", re.MULTILINE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def needs(exercise: Exercise, sources: Iterable[str]) -> dict[str, list[str]]:
    """For each part the earlier ones that it uses in one of the sources, in order."""
    graphs = [_graph(source) for source in sources]
    found: dict[str, list[str]] = {}
    for place, part in enumerate(exercise.parts):
        used = {name for graph in graphs for name in _reachable(graph, part.all_names)}
        earlier = exercise.parts[:place]
        found[part.id] = [one.id for one in earlier if not used.isdisjoint(one.all_names)]
    return found


def parsed(source: str) -> ast.Module | None:
    """The source as Python, its lines for IPython passed over; None if it is none."""
    try:
        return ast.parse(masked(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def masked(source: str) -> str:
    """The source with its lines for IPython turned into Python that does nothing."""
    return MAGIC.sub(r"\1pass  # ipython: \2", source)


def unmasked(source: str) -> str:
    return MASKED.sub(r"\1\2", source)


@lru_cache(maxsize=64)
def _graph(source: str) -> dict[str, frozenset[str]]:
    """Each definition of the source by its qualified name, and the names that it uses."""
    tree = parsed(source)
    definitions = dict(splice.definitions(tree)) if tree else {}
    return {name: frozenset(_uses(name, definitions)) for name in definitions}


def _uses(name: str, definitions: dict[str, splice.Definition]) -> Iterator[str]:
    """What a definition uses: of a class, what stands in it beside its methods."""
    owner = name.rpartition(".")[0]
    if owner:
        yield from (owner, f"{owner}.__init__")
    for node in _nodes(definitions[name]):
        if isinstance(node, ast.Name):
            yield node.id
            yield from (one for one in definitions if _is_magic_of(one, node.id))
        elif isinstance(node, ast.Attribute) and node.attr != "__init__":
            yield from (one for one in definitions if one.endswith(f".{node.attr}"))
        elif magic := _on_itself(node):
            yield f"{owner}.{magic}"


def _nodes(definition: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(definition, ast.ClassDef):
        yield from ast.walk(definition)
        return
    for base in definition.bases:
        yield from ast.walk(base)
    for statement in definition.body:
        if not isinstance(statement, Function):
            yield from ast.walk(statement)


def _on_itself(node: ast.AST) -> str:
    """The magic method of its own object that a node calls, as `len(self)` and `self[0]` do."""
    match node:
        case ast.Subscript(value=ast.Name("self")):
            return "__getitem__"
        case ast.For(iter=ast.Name("self")) | ast.comprehension(iter=ast.Name("self")):
            return "__iter__"
        case ast.Call(func=ast.Name(function), args=[ast.Name("self"), *_]):
            return f"__{function}__"
    return ""


def _is_magic_of(name: str, owner: str) -> bool:
    class_, _, member = name.rpartition(".")
    return class_ == owner and CALLED_BY_PYTHON.fullmatch(member) is not None


def _reachable(graph: dict[str, frozenset[str]], names: Iterable[str]) -> set[str]:
    found, left = set[str](), list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(graph.get(name, ()))
    return found
