"""The ladder of feedback: the first rung that fails speaks.

Raised, returned `None`, type, shape, dtype, NaN, known misconception, value. A misconception is
recognised by computing what it would produce and matching it, and since a misconception may also
show as an exception, a `None` or another type, it is looked for before the general rungs speak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.answer import Answer, Failure, failure_of
from grader.wire import Table, Thing

RTOL = 1e-6
ATOL = 1e-9


@dataclass(frozen=True)
class Raises:
    """Matches an exception: its class (or a base class) and, if given, a piece of its message."""

    kind: str
    saying: str = ""

    def matches(self, answer: Answer) -> bool:
        raised = answer.raised
        return raised is not None and raised.is_a(self.kind) and self.saying in raised.message


@dataclass(frozen=True)
class Mistake:
    """A known misconception: its slug, what it produces, and what to tell the learner.

    `produces` is the value that the mistaken code would return, a `Raises`, or a bool when the
    check has already found out.
    """

    slug: str
    produces: Any
    says: str


def expect(
    answer: Answer,
    want: Any,
    *mistakes: Mistake,
    what: str = "the result",
    unit: str = "",
    rtol: float = RTOL,
) -> None:
    """Compare an answer with the value wanted. Raises `Failure` with the best explanation."""
    if answer.raised is None and same(answer.result, want, rtol):
        return
    recognise(answer, *mistakes, rtol=rtol)
    got = answer.value
    raise Failure(difference(got, want, what, unit, rtol) or f"{_start(what)} is not as expected.")


def expect_error(
    answer: Answer, kind: str, when: str, *mistakes: Mistake, naming: str = ""
) -> None:
    """The answer must be an exception `kind`, whose message contains `naming`."""
    recognise(answer, *mistakes)
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
            f"{kind} is right here, but its message should name {naming!r}, so that whoever reads "
            f"it knows what to mend. Your message: {answer.raised.message!r}."
        )


def require(condition: bool, says: str, misconception: str | None = None) -> None:
    """Raise `Failure(says)` unless `condition` holds."""
    if not condition:
        raise Failure(says, misconception=misconception)


def recognise(answer: Answer, *mistakes: Mistake, rtol: float = RTOL) -> None:
    """Raise `Failure` for the first misconception whose outcome is the learner's."""
    for mistake in mistakes:
        if _produced(answer, mistake.produces, rtol):
            status = "error" if answer.raised else "failed"
            raise Failure(mistake.says, status, mistake.slug)


def _produced(answer: Answer, produces: Any, rtol: float) -> bool:
    if isinstance(produces, bool):
        return produces
    if isinstance(produces, Raises):
        return produces.matches(answer)
    return answer.raised is None and same(answer.result, produces, rtol)


def same(got: Any, want: Any, rtol: float = RTOL) -> bool:
    """Whether two values agree: numbers within `rtol`, NaN like NaN, containers item by item."""
    return not difference(got, want, "it", "", rtol)


def difference(got: Any, want: Any, what: str, unit: str = "", rtol: float = RTOL) -> str:
    """What separates `got` from `want`, in one sentence or two; empty if nothing does."""
    if got is None and want is not None:
        return f"{_start(what)} is None. Did you forget a `return`?"
    if isinstance(want, bool | str | None):
        return "" if type(got) is type(want) and got == want else _differ(got, want, what, unit)
    if isinstance(want, int | float):
        return _number(got, float(want), what, unit, rtol)
    if isinstance(want, list | tuple):
        return _sequence(got, want, what, unit, rtol)
    if isinstance(want, dict):
        return _mapping(got, want, what, unit, rtol)
    if isinstance(want, np.ndarray):
        return _array(got, want, what, unit, rtol)
    raise TypeError(f"checks do not compare values of type {type(want).__name__}")


def _number(got: Any, want: float, what: str, unit: str, rtol: float) -> str:
    if isinstance(got, np.ndarray) and got.ndim == 0 and got.dtype.kind in "iuf":
        got = got.item()
    if isinstance(got, bool) or not isinstance(got, int | float):
        return f"{_start(what)} is {kind_of(got)}; it should be a number."
    if math.isnan(got) and not math.isnan(want):
        return f"{_start(what)} is NaN; it should be {_figure(want, unit)}."
    close = got == want or math.isclose(got, want, rel_tol=rtol, abs_tol=ATOL)
    return "" if close or (math.isnan(got) and math.isnan(want)) else _differ(got, want, what, unit)


def _sequence(got: Any, want: list | tuple, what: str, unit: str, rtol: float) -> str:
    name = type(want).__name__
    if type(got) is not type(want):
        return f"{_start(what)} is {kind_of(got)}; it should be a {name}."
    if len(got) != len(want):
        return f"{_start(what)} has {len(got)} items; it should have {len(want)}."
    for i, (one, other) in enumerate(zip(got, want, strict=True)):
        if text := difference(one, other, f"item {i} of {what}", unit, rtol):
            return text
    return ""


def _mapping(got: Any, want: dict, what: str, unit: str, rtol: float) -> str:
    if not isinstance(got, dict):
        return f"{_start(what)} is {kind_of(got)}; it should be a dict."
    for key in want:
        if key not in got:
            return f"{_start(what)} has no key {key!r}; its keys are {_names(got)}."
    if extra := [key for key in got if key not in want]:
        return f"{_start(what)} has keys that should not be there: {_names(extra)}."
    texts = (difference(got[key], want[key], f"`{key}` in {what}", unit, rtol) for key in want)
    return next((text for text in texts if text), "")


def _array(got: Any, want: np.ndarray, what: str, unit: str, rtol: float) -> str:
    if not isinstance(got, np.ndarray):
        return f"{_start(what)} is {kind_of(got)}; it should be a NumPy array."
    if got.shape != want.shape:
        return f"{_start(what)} has shape {got.shape}; it should be {want.shape}."
    if got.dtype.kind not in "biuf":
        return f"{_start(what)} holds {got.dtype}; it should hold numbers."
    odd = np.isnan(got) & ~np.isnan(want)
    if odd.any():
        return (
            f"{_start(what)} is NaN in {int(odd.sum())} of {got.size} places where it should not."
        )
    wrong = ~np.isclose(got, want, rtol=rtol, atol=ATOL, equal_nan=True)
    if not wrong.any():
        return ""
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f"{what}[{', '.join(map(str, first))}]"
    return _differ(float(got[first]), float(want[first]), place, unit)


def kind_of(value: Any) -> str:
    """`a list`, `an int`, `a function`: how one speaks of a value's type."""
    if isinstance(value, Table):
        return "a pandas DataFrame"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape}"
    name = value.type if isinstance(value, Thing) else type(value).__name__
    if value is None:
        return "None"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def shown(value: Any) -> str:
    """A value as a learner would see it printed, cut short."""
    if isinstance(value, Thing | Table):
        return kind_of(value)
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _differ(got: Any, want: Any, what: str, unit: str) -> str:
    return f"{_start(what)} is {_figure(got, unit)}; it should be {_figure(want, unit)}."


def _figure(value: Any, unit: str) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{shown(value)} {unit}" if unit and number else shown(value)


def _names(keys: Any) -> str:
    return ", ".join(repr(key) for key in keys) or "none"


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]
