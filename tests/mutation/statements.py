"""Statements changed: one dropped, a condition that always holds, a loop that ends early."""

from __future__ import annotations

import libcst as cst

from mutation.source import Edit, Source
from mutation.values import Found

KINDS = {cst.Raise: "raise", cst.Break: "break", cst.Continue: "continue", cst.Return: "return"}


def dropped(source: Source, node: cst.CSTNode) -> Found:
    """`pass` for a statement."""
    if isinstance(node, cst.BaseSmallStatement) and source.code(node) not in ("pass", "return"):
        yield KINDS.get(type(node), "statement"), source.put(node, "pass")
    if isinstance(node, cst.Break):
        yield "break", source.put(node, "continue")
    if isinstance(node, cst.Continue):
        yield "continue", source.put(node, "break")


def returns(source: Source, node: cst.CSTNode) -> Found:
    """A return without its value; one in the middle goes on instead, see `dropped`."""
    if isinstance(node, cst.Return) and node.value is not None:
        yield "return", source.put(node, "return None")


def conditions(source: Source, node: cst.CSTNode) -> Found:
    if isinstance(node, cst.If):
        yield "condition", source.put(node.test, "True")
        yield "condition", source.put(node.test, "False")


def loops(source: Source, node: cst.CSTNode) -> Found:
    """A loop that goes backwards, leaves out the first or the last, or does only the first."""
    if isinstance(node, cst.For):
        series = source.code(node.iter)
        for piece in ("[::-1]", "[1:]", "[:-1]", "[:1]"):
            yield "loop", source.put(node.iter, f"list({series}){piece}")
    if isinstance(node, cst.While):
        yield "loop", source.put(node.test, "False")


def contexts(source: Source, node: cst.CSTNode) -> Found:
    """`with torch.no_grad():` as if it were not there."""
    if isinstance(node, cst.With) and node.asynchronous is None:
        start, end = source.span(node)[0], source.span(node.items[-1])[1]
        if not any(item.asname for item in node.items):
            yield "context", [Edit(start, end, "if True")]


def failures(source: Source, node: cst.CSTNode) -> Found:
    """An exception that is not caught, any that is caught, and no cleaning up after one."""
    if isinstance(node, cst.ExceptHandler) and node.type is not None:
        yield "except", source.put(node.type, "()")
        for wider in ("Exception", "BaseException"):
            if source.code(node.type) != wider:
                yield "except", source.put(node.type, wider)
    if isinstance(node, cst.Finally):
        tried, start = source.parent(node), source.span(node)[0]
        if tried.handlers and not tried.orelse:
            yield "finally", [source.word(start, "finally", "else")]
        if not tried.handlers:
            first = source.span(tried)[0]
            words = (first, "try", "if True"), (start, "finally", "if True")
            yield "finally", [source.word(*one) for one in words]


def decorators(source: Source, node: cst.CSTNode) -> Found:
    if isinstance(node, cst.Decorator):
        yield "decorator", source.put(node, "")
