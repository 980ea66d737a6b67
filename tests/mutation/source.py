"""A reference solution as LibCST reads it: the nodes of its solution regions, and where they stand.

A change of it is a list of edits of its bytes, so that all else stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import libcst as cst
from answer_files import reference
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from grader import exercise

MARKS = re.compile(rb"### (BEGIN|END) SOLUTION")
Function = cst.FunctionDef


@dataclass(frozen=True)
class Edit:
    """The bytes from `start` to `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Region:
    """What a learner is to write of one function: a span of bytes."""

    part: str
    name: str
    function: Function
    start: int
    end: int


class Source:
    """The source of one exercise's reference."""

    def __init__(self, slug: str, text: str) -> None:
        self.slug, self.bytes = slug, text.encode()
        wrapper = MetadataWrapper(cst.parse_module(self.bytes), unsafe_skip_copy=True)
        self.module = wrapper.module
        self._spans = wrapper.resolve(ByteSpanPositionProvider)

    @cached_property
    def regions(self) -> list[Region]:
        """The solution regions, in order."""
        named = {
            home: (part.id, name)
            for part in exercise.load(self.slug).parts
            for name, home in part.homes.items()
        }
        marks = [mark.start() for mark in MARKS.finditer(self.bytes)]
        functions = list(_functions(self.module))
        found = []
        for start, end in zip(marks[::2], marks[1::2], strict=True):
            home, function = next(
                (name, one) for name, one in functions if start in range(*self.span(one))
            )
            found.append(Region(*named[home], function, start, end))
        return found

    def nodes(self, region: Region) -> Iterator[cst.CSTNode]:
        """The nodes of a region, outer ones first; annotations are none of them."""
        body = region.function.body.body
        inside = [node for node in body if region.start <= self.span(node)[0] < region.end]
        while inside:
            node = inside.pop(0)
            yield node
            inside[:0] = [one for one in node.children if not isinstance(one, cst.Annotation)]

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """First byte of a node, without its parentheses, and the one after its last."""
        span = self._spans[node]
        return span.start, span.start + span.length

    @cached_property
    def _parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        """Of each node within a function with a region, the node that holds it."""
        found: dict[cst.CSTNode, cst.CSTNode] = {}
        left: list[cst.CSTNode] = [region.function for region in self.regions]
        while left:
            node = left.pop()
            found.update(dict.fromkeys(node.children, node))
            left.extend(node.children)
        return found

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        return self._parents[node]

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        while (node := self._parents.get(node)) is not None:
            yield node

    def code(self, node: cst.CSTNode) -> str:
        """The code of a node, old or new, with its parentheses."""
        return self.module.code_for_node(node).strip()

    def put(self, node: cst.CSTNode, new: cst.CSTNode | str) -> list[Edit]:
        """Put a node or text in a node's place, within the parentheses that it may have."""
        if isinstance(new, cst.BaseExpression):
            new = new.with_changes(lpar=[], rpar=[])
        text = new if isinstance(new, str) else self.code(new)
        return [Edit(*self.span(node), text)]

    def word(self, start: int, old: str, new: str) -> Edit:
        """Put a keyword in place of the one that stands at `start`."""
        assert self.bytes[start:].startswith(old.encode())
        return Edit(start, start + len(old), new)

    def made(self, edits: Iterable[Edit]) -> bytes:
        """The source after some edits, which do not overlap."""
        text = self.bytes
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            text = text[: edit.start] + edit.text.encode() + text[edit.end :]
        return text


@cache
def load(slug: str) -> Source:
    return Source(slug, reference(slug))


def _functions(module: cst.Module) -> Iterator[tuple[str, Function]]:
    for node in module.body:
        if isinstance(node, Function):
            yield node.name.value, node
        if isinstance(node, cst.ClassDef):
            for member in node.body.body:
                if isinstance(member, Function):
                    yield f"{node.name.value}.{member.name.value}", member
