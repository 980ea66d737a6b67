"""Values changed: constants, and the operators between values."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from mutation.source import Edit, Source

Found = Iterator[tuple[str, list[Edit]]]

ARITHMETIC: dict[type, type[cst.BaseBinaryOp]] = {
    cst.Add: cst.Subtract,
    cst.Subtract: cst.Add,
    cst.Multiply: cst.Divide,
    cst.Divide: cst.Multiply,
    cst.FloorDivide: cst.Divide,
    cst.Modulo: cst.FloorDivide,
    cst.Power: cst.Multiply,
    cst.BitAnd: cst.BitOr,
    cst.BitOr: cst.BitAnd,
}
ONE_WAY = (cst.Subtract, cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power, cst.MatrixMultiply)
COMPARISON: dict[type, tuple[type[cst.BaseCompOp], ...]] = {
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThan),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThan),
    cst.Equal: (cst.NotEqual,),
    cst.NotEqual: (cst.Equal,),
    cst.Is: (cst.IsNot,),
    cst.IsNot: (cst.Is,),
    cst.In: (cst.NotIn,),
    cst.NotIn: (cst.In,),
}
AUGMENTED: dict[type, type[cst.BaseAugOp]] = {
    cst.AddAssign: cst.SubtractAssign,
    cst.SubtractAssign: cst.AddAssign,
    cst.MultiplyAssign: cst.DivideAssign,
    cst.DivideAssign: cst.MultiplyAssign,
}
LOOKS = {  # what a plot looks like is the learner's choice
    *("alpha", "cmap", "color", "edgecolor", "edgecolors", "figsize", "fontsize", "fmt", "label"),
    *("layout", "lw", "linestyle", "linewidth", "loc", "marker", "markersize", "ms", "s", "style"),
    *("title", "width", "height", "xlabel", "ylabel", "zorder", "elinewidth", "capsize", "ha"),
    *("va", "textcoords", "desc", "markeredgecolor"),
}
TEXTUAL = re.compile(r"name|band|label|key|kind|type|class|field|column|survey|status|lower|['\"]")


def integers(source: Source, node: cst.CSTNode) -> Found:
    if isinstance(node, cst.Integer) and not _is_looks(source, node):
        value = node.evaluated_value
        for other in (value + 1, value - 1):
            yield "constant", source.put(node, str(other))


def floats(source: Source, node: cst.CSTNode) -> Found:
    if isinstance(node, cst.Float) and not _is_looks(source, node):
        value = node.evaluated_value
        yield "constant", source.put(node, repr(value * 1.1 if value else 1.0))
        if value and not isinstance(source.parent(node), cst.UnaryOperation):
            yield "constant", source.put(node, repr(-value))


def texts(source: Source, node: cst.CSTNode) -> Found:
    """A text with one more letter, and with its capitals and small letters exchanged."""
    if not isinstance(node, cst.SimpleString) or node.raw_value == "" or _is_looks(source, node):
        return
    for other in (node.raw_value + "x", node.raw_value.swapcase()):
        if other != node.raw_value:
            yield "text", source.put(node, f"{node.prefix}{node.quote}{other}{node.quote}")


def text_around_fields(source: Source, node: cst.CSTNode) -> Found:
    """Another text around the fields of an f-string."""
    if isinstance(node, cst.FormattedStringText) and not _is_looks(source, node):
        yield "text", source.put(node, "x")


def fields(source: Source, node: cst.CSTNode) -> Found:
    """An f-string without one of its fields."""
    if isinstance(node, cst.FormattedStringExpression) and not _is_looks(source, node):
        yield "field", source.put(node, "x")


def formats(source: Source, node: cst.CSTNode) -> Found:
    """A field of an f-string that is not formatted."""
    formatted = getattr(node, "format_spec", None) or getattr(node, "conversion", None)
    if isinstance(node, cst.FormattedStringExpression) and formatted:
        yield "format", source.put(node, f"{{{source.code(node.expression)}}}")


def booleans(source: Source, node: cst.CSTNode) -> Found:
    if isinstance(node, cst.Name) and node.value in ("True", "False"):
        yield "constant", source.put(node, str(node.value == "False"))


def arithmetic(source: Source, node: cst.CSTNode) -> Found:
    """Another operator, operands exchanged, and each operand alone."""
    if not isinstance(node, cst.BinaryOperation) or _is_looks(source, node):
        return
    kind, left, right = type(node.operator), node.left, node.right
    if kind in ARITHMETIC:
        operator = source.code(ARITHMETIC[kind]())
        text = f"{closed(source, left)} {operator} {closed(source, right)}"
        yield "arithmetic", source.put(node, f"({text})" if kind in (cst.Power,) else text)
    if kind in ONE_WAY:
        text = f"({closed(source, right)} {source.code(node.operator)} {closed(source, left)})"
        yield "swapped", source.put(node, text)
    for operand in (left, right):
        yield "operand", source.put(node, closed(source, operand))


def augmented(source: Source, node: cst.CSTNode) -> Found:
    """`+=` as `-=` and as `=`; and `x = x + y`, which leaves others' x alone, as `x += y`."""
    if isinstance(node, cst.AugAssign):
        if other := AUGMENTED.get(type(node.operator)):
            yield "arithmetic", source.put(node, node.with_changes(operator=other()))
        target, value = source.code(node.target), source.code(node.value)
        yield "arithmetic", source.put(node, f"{target} = {value}")
    if isinstance(node, cst.Assign) and isinstance(node.value, cst.BinaryOperation):
        target, right = source.code(node.targets[0].target), source.code(node.value.right)
        if target == source.code(node.value.left):
            operator = source.code(node.value.operator)
            yield "in-place", source.put(node, f"{target} {operator}= {right}")


def unary(source: Source, node: cst.CSTNode) -> Found:
    if isinstance(node, cst.UnaryOperation):
        yield "unary", source.put(node, closed(source, node.expression))


def boolean(source: Source, node: cst.CSTNode) -> Found:
    if not isinstance(node, cst.BooleanOperation):
        return
    left, right = closed(source, node.left), closed(source, node.right)
    other = "or" if isinstance(node.operator, cst.And) else "and"
    yield "boolean", source.put(node, f"({left} {other} {right})")
    yield "operand", source.put(node, left)
    yield "operand", source.put(node, right)


def comparison(source: Source, node: cst.CSTNode) -> Found:
    """Another comparison, at the bound or beyond it; and a chain with a link less."""
    if not isinstance(node, cst.Comparison):
        return
    links = list(node.comparisons)
    for i, link in enumerate(links):
        for other in COMPARISON.get(type(link.operator), ()):
            new = [*links[:i], link.with_changes(operator=other()), *links[i + 1 :]]
            yield "comparison", source.put(node, node.with_changes(comparisons=new))
    if len(links) == 2:
        yield "chain", source.put(node, node.with_changes(comparisons=links[:1]))
        middle = links[0].comparator
        yield "chain", source.put(node, node.with_changes(left=middle, comparisons=links[1:]))


def equality(source: Source, node: cst.CSTNode) -> Found:
    """Texts that are the same but for their case, or of which one holds the other, as equal."""
    if not isinstance(node, cst.Comparison) or len(node.comparisons) > 1:
        return
    link = node.comparisons[0]
    left, right = closed(source, node.left), closed(source, link.comparator)
    if not isinstance(link.operator, cst.Equal | cst.NotEqual) or not TEXTUAL.search(left + right):
        return
    within = "in" if isinstance(link.operator, cst.Equal) else "not in"
    yield "substring", source.put(node, f"({left} {within} {right})")
    yield "substring", source.put(node, f"({right} {within} {left})")
    if "lower()" not in left + right:
        same = source.code(link.operator)
        for column in ("", ".str"):  # of pandas
            new = f"({left}{column}.lower() {same} {right}.lower())"
            yield "case", source.put(node, new)


def choices(source: Source, node: cst.CSTNode) -> Found:
    """`a if b else c` as `a`, and as `c`."""
    if isinstance(node, cst.IfExp):
        yield "branch", source.put(node, closed(source, node.body))
        yield "branch", source.put(node, closed(source, node.orelse))


def elements(source: Source, node: cst.CSTNode) -> Found:
    """A display with an element less; and a pair, exchanged."""
    if not isinstance(node, cst.List | cst.Tuple | cst.Dict | cst.Set) or _is_looks(source, node):
        return
    series = list(node.elements)
    if isinstance(source.parent(node), cst.AssignTarget | cst.For | cst.CompFor):
        return
    if len(series) > 2 or (len(series) == 2 and not isinstance(node, cst.Tuple)):
        for i in range(len(series)):
            yield "element", source.put(node, _without(node, i))
    if len(series) == 2 and not isinstance(node, cst.Dict | cst.Set):
        first, second = series
        exchanged = [first.with_changes(value=second.value), second.with_changes(value=first.value)]
        yield "swapped", source.put(node, node.with_changes(elements=exchanged))


def _without(node: cst.CSTNode, i: int) -> cst.CSTNode:
    series = list(node.elements)
    return node.with_changes(elements=[*series[:i], *series[i + 1 :]])


def closed(source: Source, node: cst.BaseExpression) -> str:
    """The code of an operand that stays together wherever it is put."""
    code = source.code(node)
    loose = (
        *(cst.BinaryOperation, cst.BooleanOperation, cst.UnaryOperation, cst.Comparison),
        *(cst.IfExp, cst.Lambda, cst.NamedExpr, cst.Await, cst.ConcatenatedString),
    )
    return f"({code})" if isinstance(node, loose) and not node.lpar else code


def _is_looks(source: Source, node: cst.CSTNode) -> bool:
    """Whether a value only says what a plot looks like."""
    return any(
        isinstance(one, cst.Arg) and one.keyword is not None and one.keyword.value in LOOKS
        for one in source.ancestors(node)
    )
