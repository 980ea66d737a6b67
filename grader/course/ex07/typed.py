"""Tensors of Exercise 7 as a learner would type them: each once, and the others made of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.course.lines import source
from grader.wire import Tensor

NAMES = ("x", "y", "z", "u", "v")


class Desk:
    """The tensors that have been typed so far, and the statements that make them."""

    def __init__(self) -> None:
        self.code = ""
        self._known: list[tuple[str, np.ndarray]] = []

    def named(self, tensor: Tensor, name: str = "") -> str:
        """An expression for a tensor, which gets a `name` of its own unless it is part of one."""
        array = tensor.array
        for known, other in self._known:
            if found := _part(known, other, array):
                return found
        taken = {known for known, _ in self._known} | {""}
        name = name if name not in taken else next(each for each in NAMES if each not in taken)
        self._known.append((name, array))
        self.code += f"{name} = {typed(tensor)}\n"
        return name

    def batch(self, features: Tensor, times: Tensor, lengths: Tensor) -> str:
        """The arguments of an encoder."""
        x = self.named(features)
        is_column = np.array_equal(features.array[..., :1], times.array)
        t = _column(x) if is_column else self.named(times, "times")
        return f"{x}, {t}, {source(lengths)}"


def _part(name: str, whole: np.ndarray, array: np.ndarray) -> str:
    """What of a tensor, which is called `name`, is this array; empty if nothing is."""
    if whole.dtype != array.dtype or whole.ndim != array.ndim:
        return ""
    if np.array_equal(whole, array):
        return name
    if np.array_equal(whole[::-1], array):
        return f"{name}.flip(0)"
    n, rows = array.shape[:2]
    for i in range(len(whole) - n + 1):
        if array.ndim == 3 and np.array_equal(whole[i : i + n, :rows], array):
            first = f"{i}:{i + n}" if n < len(whole) else ":"
            return f"{name}[{first}{f', :{rows}' if rows < whole.shape[1] else ''}]"
    return ""


def _column(features: str) -> str:
    """The first column of what this expression gives."""
    if features.endswith("]"):
        return f"{features[:-1]}{', :1' if ', ' in features else ', :, :1'}]"
    return f"{features}[..., :1]"


def typed(tensor: Tensor) -> str:
    """A call of `torch.tensor` with a line for each row, and whole numbers without a point."""
    array = tensor.array
    if array.ndim < 2 or tensor.dtype != "float32":
        return source(tensor)
    whole = bool((array == np.round(array)).all())
    body = _rows(array, "    ")
    return f"torch.tensor({body}){'.float()' if whole else ''}"


def _rows(array: np.ndarray, indent: str) -> str:
    if array.ndim == 1:
        return f"[{', '.join(map(_number, array))}]"
    if array.ndim == 2 and array.shape[1] == 1:
        return f"[{', '.join(_rows(row, '') for row in array)}]"
    if array.ndim == 2:
        return "[\n" + "".join(f"{indent}{_rows(row, '')},\n" for row in array) + "]"
    return f"[{', '.join(_rows(each, indent) for each in array)}]"


def _number(value: np.float32) -> str:
    is_whole = bool(np.isfinite(value)) and value == np.round(value) and abs(value) < 1e6
    return str(int(value)) if is_whole else source(float(str(value)))


def listed(calls: Sequence[str]) -> str:
    """One call, or a list of several with a line for each."""
    return calls[0] if len(calls) == 1 else "[\n" + "".join(f"    {one},\n" for one in calls) + "]"


def quiet(calls: Sequence[str], name: str = "logits") -> str:
    """The calls without gradients, and what they return."""
    inside = listed(calls).replace("\n", "\n    ")
    return f"with torch.no_grad():\n    {name} = {inside}\n{name}"
