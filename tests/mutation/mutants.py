"""The mutants of a reference: each is one change of one part, with an id that stays."""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import libcst as cst

from mutation import calls, state, statements, values
from mutation.source import Edit, Region, Source, load

OPERATORS = (
    *(values.integers, values.floats, values.texts, values.text_around_fields, values.fields),
    *(values.formats, values.booleans, values.arithmetic, values.augmented, values.unary),
    *(values.boolean, values.comparison, values.equality, values.choices, values.elements),
    *(calls.names, calls.finite, calls.arguments, calls.undone, calls.order, calls.subscripts),
    *(calls.comprehensions, state.on_the_class, state.frozen),
    *(statements.dropped, statements.returns, statements.conditions, statements.loops),
    *(statements.contexts, statements.failures, statements.decorators),
)


@dataclass(frozen=True)
class Mutant:
    """A reference with one change, in one function of one part.

    The id is made of what is changed, not of where it stands: an edit elsewhere leaves it as it is.
    """

    slug: str
    id: str
    part: str
    kind: str
    name: str
    line: int
    old: str
    new: str
    edits: tuple[Edit, ...]

    @property
    def code(self) -> str:
        """The whole reference with the change."""
        return load(self.slug).made(self.edits).decode()

    @property
    def diff(self) -> str:
        """The lines that change, as a diff shows them."""
        sides = (("-", self.old), ("+", self.new))
        return "\n".join(f"{mark} {line}" for mark, text in sides for line in text.splitlines())


@cache
def of(slug: str) -> list[Mutant]:
    """All mutants of an exercise's reference, in the order of the source."""
    return found_in(load(slug))


def sample(mutants: Iterable[Mutant], size: int) -> list[Mutant]:
    """Some of the mutants: always the same ones, as long as they are there."""
    return sorted(mutants, key=lambda mutant: _digest(f"sample {mutant.id}"))[:size]


def found_in(source: Source) -> list[Mutant]:
    """The mutants of a source."""
    ids = Counter[str]()
    seen = {_function(source, region, []) for region in source.regions}
    found = []
    for region, kind, edits in _changes(source):
        code = _function(source, region, edits)
        if code not in seen and _is_python(code):
            seen.add(code)
            mutant = _mutant(source, region, kind, edits)
            ids[mutant.id] += 1
            count = ids[mutant.id]
            found.append(replace(mutant, id=f"{mutant.id}-{count}") if count > 1 else mutant)
    return found


def _mutant(source: Source, region: Region, kind: str, edits: list[Edit]) -> Mutant:
    old, new = _lines(source, edits)
    digest = _digest(f"{region.name}\n{old}\n{new}")
    line = source.bytes.count(b"\n", 0, min(edit.start for edit in edits)) + 1
    id = f"{region.part}-{kind}-{digest}"
    return Mutant(source.slug, id, region.part, kind, region.name, line, old, new, tuple(edits))


def _changes(source: Source) -> Iterator[tuple[Region, str, list[Edit]]]:
    for region in source.regions:
        for kind, edits in state.ignored(source, region):
            yield region, kind, edits
        for node in source.nodes(region):
            worded = _is_wording(source, node)
            for operator in (values.fields,) if worded else OPERATORS:
                for kind, edits in operator(source, node):
                    yield region, kind, edits


def _is_wording(source: Source, node: cst.CSTNode) -> bool:
    """Whether a node only words an error: what it says beside its fields is the learner's own."""
    above = [node, *source.ancestors(node)]
    kinds = [type(one) for one in above]
    raised = [cst.Arg, cst.Call, cst.Raise]
    return any(kinds[i : i + 3] == raised for i in range(len(kinds)))


def _function(source: Source, region: Region, edits: Sequence[Edit]) -> bytes:
    """The code of the region's function after some edits."""
    start, end = source.span(region.function)
    longer = sum(len(edit.text.encode()) - (edit.end - edit.start) for edit in edits)
    return source.made(edits)[start : end + longer]


def _is_python(function: bytes) -> bool:
    """Whether a function, whose lines but the first may be indented, can be compiled."""
    indent = b"" if b"\n    ### BEGIN" in function else b"    "
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            compile((b"if True:\n" if indent else b"") + indent + function, "<mutant>", "exec")
        except SyntaxError:
            return False
    return True


def _lines(source: Source, edits: list[Edit]) -> tuple[str, str]:
    """The lines that edits touch, before and after, free of their indentation."""
    start = min(edit.start for edit in edits)
    start = source.bytes.rfind(b"\n", 0, start) + 1
    last = max(edit.end for edit in edits)
    end = last if source.bytes[last - 1 : last] == b"\n" else source.bytes.find(b"\n", last)
    new = source.made(edits)
    end_of_new = end + len(new) - len(source.bytes)
    return _dedented(source.bytes[start:end]), _dedented(new[start:end_of_new])


def _dedented(text: bytes) -> str:
    return "\n".join(line.strip() for line in text.decode().splitlines())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
