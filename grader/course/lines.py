"""What a learner would type to see what a check has seen: a few lines of Python for a new cell.

Beside its `probes.py` an exercise may have a `lines.py`, with a function for each probe that has
such lines. It has the probe's name, takes what the probe takes after the learner, and returns
source whose last statement is an expression with the value that is judged:

    def length(kind: str, data: Observations) -> str:
        return f"len({called(kind, data)})"

A probe without such a function has no lines. If there cannot be any, it stands in the module's
`WITHOUT`, a dictionary from names to reasons. Lines are true: run in the notebook, they show just
what the check has judged, a value or an exception. `tests/test_lines.py` runs them.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from grader.answer import Question
from grader.course import COURSE, package_of
from grader.texts import clean
from grader.wire import Set, Tensor

MOST = 1_500  # characters; what is longer nobody reads
SIMPLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)  # need no brackets to go on
COMMON = "common_probes"


def call(name: str, *args: Any, **kwargs: Any) -> str:
    """The line of `common_probes.call`: the call itself."""
    return called(name, *args, **kwargs)


def called(name: str, *args: Any, **kwargs: Any) -> str:
    """The source of a call: `len([1, 2])`."""
    named = (f"{key}={source(value)}" for key, value in kwargs.items())
    return f"{name}({', '.join([*map(source, args), *named])})"


def source(value: Any) -> str:
    """A value as Python source, from which the same value comes back.

    Arrays and tensors are calls of `np.array` and `torch.tensor`; of several dicts in a list, each
    has a line of its own. Raises `ValueError` for what has no such source.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str | bytes):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"float('{value}')"
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(source, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{source(k)}: {source(v)}' for k, v in value.items())}}}"
    if isinstance(value, Set | set | frozenset):
        return _set(value)
    if isinstance(value, np.ndarray):
        return _array("np.array", value, "" if _is_usual(value) else f"np.{value.dtype}")
    if isinstance(value, Tensor):
        usual = ("float32", "int64", "bool")
        return _array("torch.tensor", value.array, f"torch.{value.dtype}", value.dtype in usual)
    raise ValueError(f"a {type(value).__name__} has no source")


def _list(value: list[Any]) -> str:
    if len(value) > 1 and all(isinstance(item, dict) for item in value):
        return "[\n" + "".join(f"    {source(item)},\n" for item in value) + "]"
    return f"[{', '.join(map(source, value))}]"


def _set(value: Set | set[Any] | frozenset[Any]) -> str:
    """The items in order, so that the text is the same in every process."""
    items = ", ".join(sorted(map(source, value.items if isinstance(value, Set) else value)))
    braces = f"{{{items}}}" if items else "set()"
    return f"frozenset({braces})" if isinstance(value, frozenset) else braces


def _array(maker: str, array: np.ndarray, dtype: str, is_usual: bool = False) -> str:
    """A call that makes the array, with its dtype where the items alone would give another."""
    if not array.size:
        return f"{maker.split('.')[0]}.zeros({array.shape}{dtype and f', dtype={dtype}'})"
    return f"{maker}({_items(array)}{'' if is_usual or not dtype else f', dtype={dtype}'})"


def _items(array: np.ndarray) -> str:
    if array.ndim:
        return f"[{', '.join(map(_items, array))}]"
    # the shortest number that is this one in single precision
    return source(float(str(array)) if array.dtype == np.float32 else array.item())


def _is_usual(array: np.ndarray) -> bool:
    """Whether NumPy chooses this type for such items by itself."""
    usual = (np.float64, np.int64, np.bool_, np.complex128)
    return array.dtype.kind == "U" or array.dtype in usual


def of(question: Question | None, number: str, form: str = "{}") -> str:
    """What the learner would type to see the answer to a question; empty if nothing is known.

    `form` says which side of it is judged, such as `{}.data`: it takes the place of the last
    statement, which stands in its braces.
    """
    write = _writer(question, number) if question else None
    if question is None or write is None:
        return ""
    try:
        text = write(*question.args, **question.kwargs)
    except ValueError:  # an argument that cannot be typed
        return ""
    text = _in_form(text, form) if text else ""
    return text if len(text) <= MOST and clean(text) == text else ""


def _writer(question: Question, number: str) -> Callable[..., str] | None:
    if question.module.endswith(COMMON):
        return call if question.probe == call.__name__ else None
    module = load(number)
    found: Callable[..., str] | None = getattr(module, question.probe, None)
    own = inspect.isfunction(found) and found.__module__ == getattr(module, "__name__", "")
    return found if own else None  # a name that is imported may be that of a probe by chance


@cache
def load(number: str) -> object:
    """The module `lines` of an exercise; None if it has none."""
    package = package_of(number)
    is_there = (COURSE / package / "lines.py").is_file()
    return importlib.import_module(f"grader.course.{package}.lines") if is_there else None


def _in_form(text: str, form: str) -> str:
    rows, statement = text.splitlines(), ast.parse(text).body[-1]
    last = "\n".join(rows[statement.lineno - 1 :])
    simple = isinstance(statement, ast.Expr) and isinstance(statement.value, SIMPLE)
    if not simple and not form.startswith("{}\n") and form != "{}":
        last = f"({last})"
    return "\n".join([*rows[: statement.lineno - 1], form.replace("{}", last)])
