"""The ladder of feedback: the first rung that fails speaks.

Raised, returned `None`, type, shape, dtype, NaN, infinity, known misconception, value. A
misconception is recognised by computing what it would produce and matching it, and since it may
show as an exception, a `None` or another type too, it is looked for before the general rungs speak.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.answer import Answer, Failure, Finding, about, failure_of
from grader.wire import OpaqueObject, Set, Table, Tensor

Near = tuple[float | None, float | None]
"""Relative and absolute tolerance; None stands for what is usual for the numbers compared."""

USUAL = (1e-6, 1e-9)
USUAL_OF_TENSORS = {
    "float32": (1e-4, 1e-5),
    "complex64": (1e-4, 1e-5),
    "float16": (1e-2, 1e-3),
    "bfloat16": (2e-2, 1e-2),
}


@dataclass(frozen=True)
class Raises:
    """Matches an exception: its class (or a base class) and, if given, a piece of its message."""

    kind: str
    saying: str = ""

    def matches(self, answer: Answer[Any]) -> bool:
        raised = answer.raised
        return raised is not None and raised.is_a(self.kind) and self.saying in raised.message


class Mistake:
    """A known misconception: its key in the feedback, what it produces, and fields of its text.

    `produces` is the value that the mistaken code would return, a `Raises`, or a bool when the
    check has already found out.
    """

    def __init__(self, key: str, produces: Any, /, **fields: Any) -> None:
        self.key, self.produces, self.fields = key, produces, fields


def expect(
    answer: Answer[Any],
    want: Any,
    *mistakes: Mistake,
    what: str = "the result",
    unit: str = "",
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Compare an answer with the value wanted. Raises `Failure` with the best explanation.

    Usual are tolerances of 1e-6 (relative) and 1e-9 (absolute), and 1e-4 and 1e-5 where a `Tensor`
    of float32 is wanted.
    """
    if answer.raised is None and approx_equal(answer.result, want, rtol, atol):
        return
    fail_if_recognised(answer, *mistakes, rtol=rtol, atol=atol)
    with about(answer.question):
        got = answer.value
        raise Failure(
            difference(got, want, what, unit, rtol, atol) or f"{_start(what)} is not as expected."
        )


def expect_error(
    answer: Answer[Any], kind: str, when: str, *mistakes: Mistake, naming: str = ""
) -> None:
    """The answer must be an exception `kind`, whose message contains `naming`."""
    fail_if_recognised(answer, *mistakes)
    with about(answer.question):
        _expect_raised(answer, kind, when, naming)


def _expect_raised(answer: Answer[Any], kind: str, when: str, naming: str) -> None:
    if answer.raised is None:
        got = f"returned {shown(answer.result)}"
        raise Failure(
            f"{_start(when)} must raise {kind}; your code {got}. Use `raise {kind}(...)`."
        )
    if answer.raised.is_a("NotImplementedError"):
        raise failure_of(answer.raised)
    if not answer.raised.is_a(kind):
        raise Failure(
            f"{_start(when)} must raise {kind}; your code raised {answer.raised}.", "error"
        )
    if naming and naming not in answer.raised.message:
        raise Failure(
            f"{kind} is right here, but its message should name {naming!r}, so that a reader knows "
            f"what to fix. Your message: {answer.raised.message!r}."
        )


def as_number(answer: Answer[Any]) -> Answer[Any]:
    """The answer, with a tensor or an array of no dimensions (such as a loss) taken as a number."""
    got = answer.result
    array = got.array if isinstance(got, Tensor) else got
    single = isinstance(array, np.ndarray) and array.ndim == 0 and array.dtype.kind in "iuf"
    return replace(answer, result=array.item()) if single else answer


def number(answer: Answer[Any], what: str = "the result") -> float:
    """The value as a float, also if it is a tensor of no dimensions. Raises `Failure`."""
    with about(answer.question):
        got = as_number(answer).value
        if got is None:
            raise Failure(f"{_start(what)} is None. Did you forget a `return`?")
        if isinstance(got, bool) or not isinstance(got, int | float):
            raise Failure(f"{_start(what)} is {kind_of(got)}; it should be a single number.")
        return float(got)


def require(condition: bool, key: str, answer: Answer[Any] | None = None, /, **fields: Any) -> None:
    """Raise the `Finding` of that key unless `condition` holds.

    It is about `answer`, or else about what was asked last.
    """
    with about(answer.question if answer else None):
        if not condition:
            raise Finding(key, **fields)


@contextmanager
def showing(form: str) -> Iterator[None]:
    """Say which side of an answer is judged inside, for the line that a learner can run.

    `form` is source in which `{}` stands for the last expression: `showing("{}.data")`. One inside
    another is about the last expression of the outer one.
    """
    try:
        yield
    except Failure as failure:
        first, line, last = form.rpartition("\n")
        failure.form = first + line + (failure.form or "{}").replace("{}", last)
        raise


def fail_if_recognised(
    answer: Answer[Any], *mistakes: Mistake, rtol: float | None = None, atol: float | None = None
) -> None:
    """Raise `Failure` for the first misconception whose outcome is the learner's."""
    with about(answer.question):
        for mistake in mistakes:
            if _produced(answer, mistake.produces, (rtol, atol)):
                status = "error" if answer.raised else "failed"
                raise Finding(mistake.key, status=status, **mistake.fields)


def _produced(answer: Answer[Any], produces: Any, near: Near) -> bool:
    if isinstance(produces, bool):
        return produces
    if isinstance(produces, Raises):
        return produces.matches(answer)
    return answer.raised is None and approx_equal(answer.result, produces, *near)


def approx_equal(got: Any, want: Any, rtol: float | None = None, atol: float | None = None) -> bool:
    """Whether two values agree: numbers nearly, NaN like NaN, containers item by item."""
    return not _difference(got, want, "it", "", (rtol, atol))


def difference(
    got: Any,
    want: Any,
    what: str,
    unit: str = "",
    rtol: float | None = None,
    atol: float | None = None,
) -> str:
    """What separates `got` from `want`, in one sentence or two; empty if nothing does."""
    return _difference(got, want, what, unit, (rtol, atol))


def _difference(got: Any, want: Any, what: str, unit: str, near: Near) -> str:
    if got is None and want is not None:
        return f"{_start(what)} is None. Did you forget a `return`?"
    if isinstance(want, bool | str | None):
        return "" if type(got) is type(want) and got == want else _differ(got, want, what, unit)
    if isinstance(want, int | float):
        return _number(got, float(want), what, unit, near)
    if isinstance(want, list | tuple):
        return _sequence(got, want, what, unit, near)
    if isinstance(want, set | frozenset):
        return _set(got, want, what, near)
    if isinstance(want, dict):
        return _mapping(got, want, what, unit, near)
    if isinstance(want, np.ndarray):
        return _array(got, want, what, unit, near)
    if isinstance(want, Tensor):
        return _tensor(got, want, what, unit, near)
    raise TypeError(f"checks do not compare values of type {type(want).__name__}")


def _number(got: Any, want: float, what: str, unit: str, near: Near) -> str:
    if isinstance(got, np.ndarray) and got.ndim == 0 and got.dtype.kind in "iuf":
        got = got.item()
    if isinstance(got, bool) or not isinstance(got, int | float):
        remedy = " `.item()` makes it one." if isinstance(got, Tensor) and not got.shape else ""
        return f"{_start(what)} is {kind_of(got)}; it should be a number.{remedy}"
    if math.isnan(got) and not math.isnan(want):
        return f"{_start(what)} is NaN; it should be {_figure(want, unit)}."
    rtol, atol = _filled(near, USUAL)
    close = got == want or math.isclose(got, want, rel_tol=rtol, abs_tol=atol)
    return "" if close or (math.isnan(got) and math.isnan(want)) else _differ(got, want, what, unit)


def _sequence(got: Any, want: list[Any] | tuple[Any, ...], what: str, unit: str, near: Near) -> str:
    name = type(want).__name__
    if type(got) is not type(want):
        return f"{_start(what)} is {kind_of(got)}; it should be a {name}."
    if len(got) != len(want):
        return f"{_start(what)} has {len(got)} items; it should have {len(want)}."
    for i, (one, other) in enumerate(zip(got, want, strict=True)):
        if text := _difference(one, other, f"item {i} of {what}", unit, near):
            return text
    return ""


def _set(got: Any, want: set[Any] | frozenset[Any], what: str, near: Near) -> str:
    if not isinstance(got, Set):
        return f"{_start(what)} is {kind_of(got)}; it should be a set."
    if len(got) != len(want):
        return f"{_start(what)} has {len(got)} items; it should have {len(want)}."
    for item in want:
        if not any(approx_equal(one, item, *near) for one in got.items):
            return f"{_start(what)} does not hold {shown(item)}."
    return ""


def _mapping(got: Any, want: dict[str, Any], what: str, unit: str, near: Near) -> str:
    if not isinstance(got, dict):
        return f"{_start(what)} is {kind_of(got)}; it should be a dict."
    for key in want:
        if key not in got:
            return f"{_start(what)} has no key {key!r}; its keys are {_names(got)}."
    if extra := [key for key in got if key not in want]:
        return f"{_start(what)} has keys that should not be there: {_names(extra)}."
    texts = (_difference(got[key], want[key], f"`{key}` in {what}", unit, near) for key in want)
    return next((text for text in texts if text), "")


def _array(got: Any, want: np.ndarray, what: str, unit: str, near: Near) -> str:
    if not isinstance(got, np.ndarray):
        return f"{_start(what)} is {kind_of(got)}; it should be a NumPy array."
    if got.shape != want.shape:
        return f"{_start(what)} has shape {got.shape}; it should be {want.shape}."
    if got.dtype.kind not in "biuf":
        return f"{_start(what)} holds {got.dtype}; it should hold numbers."
    return _values(got, want, what, unit, *_filled(near, USUAL))


def _tensor(got: Any, want: Tensor, what: str, unit: str, near: Near) -> str:
    if not isinstance(got, Tensor):
        return f"{_start(what)} is {kind_of(got)}; it should be a torch tensor."
    if got.shape != want.shape:
        return f"{_start(what)} has shape {got.shape}; it should be {want.shape}."
    if got.dtype != want.dtype:
        return f"{_start(what)} holds {got.dtype}; it should hold {want.dtype}."
    counts = want.array.dtype.kind in "biu"
    usual = (0.0, 0.0) if counts else USUAL_OF_TENSORS.get(want.dtype, USUAL)
    return _values(got.array, want.array, what, unit, *_filled(near, usual))


def _filled(near: Near, usual: tuple[float, float]) -> tuple[float, float]:
    rtol, atol = near
    return usual[0] if rtol is None else rtol, usual[1] if atol is None else atol


def _values(
    got: np.ndarray, want: np.ndarray, what: str, unit: str, rtol: float, atol: float
) -> str:
    """What separates two arrays of one shape: NaN, infinity, or the first number that differs."""
    for odd, name in ((np.isnan, "NaN"), (np.isinf, "infinite")):
        if count := int((odd(got) & ~odd(want)).sum()):
            where = f" in {count} of {got.size} places" if got.ndim else ""
            return f"{_start(what)} is {name}{where} where it should not."
    if math.isinf(atol):  # any number will do
        wrong = np.isnan(got) != np.isnan(want)
    else:
        wrong = ~np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return ""
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f"{what}[{', '.join(map(str, first))}]" if first else what
    return _differ(got[first].item(), want[first].item(), place, unit)


def kind_of(value: Any) -> str:
    """`a list`, `an int`, `a function`: how one speaks of a value's type."""
    if isinstance(value, Set):
        return "a set"
    if isinstance(value, Table):
        return "a pandas DataFrame"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape}"
    if isinstance(value, Tensor):
        return f"a tensor of shape {value.shape}" if value.shape else "a tensor of no dimensions"
    name = value.type if isinstance(value, OpaqueObject) else type(value).__name__
    if value is None:
        return "None"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def shown(value: Any) -> str:
    """A value as a learner would see it printed, cut short."""
    if isinstance(value, OpaqueObject | Table | Set):
        return kind_of(value)
    if isinstance(value, Tensor):
        small = value.array.size <= 10
        return f"tensor({_listed(value.array)})" if small else kind_of(value)
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _listed(array: np.ndarray) -> str:
    return np.array2string(array, precision=6, separator=", ").replace("\n", "")


def _differ(got: Any, want: Any, what: str, unit: str) -> str:
    return f"{_start(what)} is {_figure(got, unit)}; it should be {_figure(want, unit)}."


def _figure(value: Any, unit: str) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{shown(value)} {unit}" if unit and number else shown(value)


def _names(keys: Any) -> str:
    return ", ".join(repr(key) for key in keys) or "none"


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]
