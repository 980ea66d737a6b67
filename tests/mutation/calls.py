"""Calls changed: other arguments, another function, or none; and other places in a series."""

from __future__ import annotations

from collections import defaultdict

import libcst as cst

from mutation.source import Source
from mutation.values import LOOKS, Found, closed

BOTH_WAYS = [  # functions, methods and classes that are taken for one another
    *("min max", "any all", "argmin argmax", "idxmin idxmax", "minimum maximum", "amin amax"),
    *("sum mean", "mean median", "std var", "log log10", "sin cos", "floor ceil", "zeros ones"),
    *("zeros_like ones_like", "lower upper", "startswith endswith", "removeprefix removesuffix"),
    *("lstrip rstrip", "first last", "head tail", "left right", "keys values", "eval train"),
    *("float32 float64", "softmax log_softmax", "logical_and logical_or", "ge gt", "le lt"),
    *("union intersection", "append extend", "info warning", "error warning"),
    *("ValueError TypeError", "RuntimeError ValueError"),
]
ONE_WAY = [
    *("int64 int32", "log1p log", "hypot maximum", "abs exp", "cumsum sum", "round floor"),
    *("KeyError ValueError", "FileNotFoundError ValueError", "ImportError ValueError"),
]
OTHERS: dict[str, list[str]] = defaultdict(list)
for one, other in [pair.split() for pair in BOTH_WAYS + ONE_WAY]:
    OTHERS[one].append(other)
for other, one in [pair.split() for pair in BOTH_WAYS]:
    OTHERS[one].append(other)


def names(source: Source, node: cst.CSTNode) -> Found:
    """A function's counterpart, such as `max` for `min`."""
    called = isinstance(node, cst.Name) and isinstance(source.parent(node), cst.Call)
    if isinstance(node, cst.Attribute) or called:
        name = node.attr if isinstance(node, cst.Attribute) else node
        for other in OTHERS.get(name.value, ()):
            yield "name", source.put(name, other)


def finite(source: Source, node: cst.CSTNode) -> Found:
    """`isfinite` that is always true, and one that lets infinity pass."""
    if isinstance(node, cst.Call) and source.code(node.func).endswith("isfinite") and node.args:
        value = closed(source, node.args[0].value)
        yield "finite", source.put(node, f"(({value} == {value}) | True)")
        yield "finite", source.put(node, f"({value} == {value})")


def arguments(source: Source, node: cst.CSTNode) -> Found:
    """A call without one of its arguments, and with two exchanged."""
    if not isinstance(node, cst.Call):
        return
    args = list(node.args)
    for i, arg in enumerate(args):
        if arg.keyword is None or arg.keyword.value not in LOOKS:
            yield "argument", source.put(node, _with(node, [*args[:i], *args[i + 1 :]]))
    for i in range(len(args) - 1):
        first, second = args[i], args[i + 1]
        if not (first.keyword or second.keyword or first.star or second.star):
            a, b = first.with_changes(value=second.value), second.with_changes(value=first.value)
            yield "swapped", source.put(node, _with(node, [*args[:i], a, b, *args[i + 2 :]]))


def _with(node: cst.Call, args: list[cst.Arg]) -> cst.Call:
    if args and not node.args[-1].comma:
        args[-1] = args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return node.with_changes(args=args)


def undone(source: Source, node: cst.CSTNode) -> Found:
    """`f(x)` as `x`, and `x.m(...)` as `x`: a copy left out, a conversion, a mode, a device."""
    if not isinstance(node, cst.Call):
        return
    plain = [arg for arg in node.args if not arg.star and not arg.keyword]
    for arg in plain if len(plain) < 3 else ():
        yield "undone", source.put(node, closed(source, arg.value))
    if isinstance(node.func, cst.Attribute):
        yield "undone", source.put(node, closed(source, node.func.value))


def order(source: Source, node: cst.CSTNode) -> Found:
    """What is sorted, backwards; a range that ends one earlier or begins one later."""
    if not isinstance(node, cst.Call):
        return
    function, code = source.code(node.func), source.code(node)
    if function in ("sorted", "list", "range"):
        yield "order", source.put(node, f"{code}[::-1]")
    if function == "range":
        yield "range", source.put(node, f"{code}[1:]")
        yield "range", source.put(node, f"{code}[:-1]")


def subscripts(source: Source, node: cst.CSTNode) -> Found:
    """A series for a piece of it; a slice without one of its bounds."""
    if not isinstance(node, cst.Subscript) or _is_annotation(source, node):
        return
    if not isinstance(source.parent(node), cst.AssignTarget):
        yield "subscript", source.put(node, closed(source, node.value))
    for i, element in enumerate(node.slice):
        if isinstance(element.slice, cst.Slice):
            for bound in ("lower", "upper", "step"):
                if getattr(element.slice, bound) is not None:
                    yield "slice", source.put(node, _unbound(node, i, bound))


def _unbound(node: cst.Subscript, i: int, bound: str) -> cst.Subscript:
    element = node.slice[i]
    colon = {"second_colon": cst.MaybeSentinel.DEFAULT} if bound == "step" else {}
    new = element.with_changes(slice=element.slice.with_changes(**{bound: None}, **colon))
    return node.with_changes(slice=[*node.slice[:i], new, *node.slice[i + 1 :]])


def _is_annotation(source: Source, node: cst.CSTNode) -> bool:
    return any(isinstance(one, cst.Annotation) for one in source.ancestors(node))


def comprehensions(source: Source, node: cst.CSTNode) -> Found:
    """A comprehension without its condition, and with the reverse of it."""
    if isinstance(node, cst.CompIf):
        yield "condition", source.put(node, "if True")
        yield "condition", source.put(node, f"if not ({source.code(node.test)})")
    if isinstance(node, cst.CompFor):
        yield "loop", source.put(node.iter, f"list({source.code(node.iter)})[::-1]")
