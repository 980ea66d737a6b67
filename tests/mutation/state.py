"""State changed: shared by all objects, made once for all, or an argument that is ignored."""

from __future__ import annotations

import libcst as cst

from mutation.source import Edit, Region, Source
from mutation.values import Found

FRESH = cst.List | cst.Dict | cst.Set | cst.ListComp | cst.DictComp | cst.SetComp | cst.Call


def on_the_class(source: Source, node: cst.CSTNode) -> Found:
    """`self.x = ...` as `type(self).x = ...`, which all objects share."""
    if isinstance(node, cst.AssignTarget | cst.AnnAssign):
        owner = getattr(node.target, "value", None)  # of an attribute
        if isinstance(owner, cst.Name) and owner.value == "self":
            yield "class-state", source.put(owner, "type(self)")


def frozen(source: Source, node: cst.CSTNode) -> Found:
    """A value made at the first call and used by all others, as a mutable default is."""
    if isinstance(node, cst.Assign | cst.AnnAssign) and isinstance(node.value, FRESH):
        kept = f"globals().setdefault('_kept', {source.code(node.value)})"
        yield "frozen", source.put(node.value, kept)


def ignored(source: Source, region: Region) -> Found:
    """An argument that is not looked at: its default, or None, in its place."""
    used = {one.value for one in source.nodes(region) if isinstance(one, cst.Name)}
    line = source.bytes.rindex(b"\n", 0, region.start) + 1
    indent = " " * (region.start - line)
    for param in _params(region.function):
        name = param.name.value
        if name in used and name not in ("self", "cls"):
            values = ["None"]
            if param.default is not None and source.code(param.default) != "None":
                values = [source.code(param.default)]
            if param.star == "*":
                values = ["()"]
            if param.star == "**":
                values = ["{}"]
            for value in values:
                yield "ignored", [Edit(line, line, f"{indent}{name} = {value}\n")]


def _params(function: cst.FunctionDef) -> list[cst.Param]:
    all_of = function.params
    stars = [one for one in (all_of.star_arg, all_of.star_kwarg) if isinstance(one, cst.Param)]
    return [*all_of.posonly_params, *all_of.params, *all_of.kwonly_params, *stars]
