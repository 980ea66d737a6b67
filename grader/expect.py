"""The ladder of feedback: the first rung that fails speaks.

Raised, returned `None`, type, shape, dtype, NaN, infinity, known misconception, value. A
misconception is recognised by computing what it would produce and matching it, and since it may
show as an exception, a `None` or another type too, it is looked for before the general rungs speak.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.answer import Answer, Failure, Finding, about, failure_of
from grader.difference import Near, approx_equal, difference, kind_of, shown, start
from grader.wire import Tensor

__all__ = [
    "Mistake",
    "Raises",
    "approx_equal",
    "as_number",
    "difference",
    "expect",
    "expect_error",
    "fail_if_recognised",
    "kind_of",
    "number",
    "require",
    "showing",
    "shown",
]


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
            difference(got, want, what, unit, rtol, atol) or f"{start(what)} is not as expected."
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
        raise Failure(f"{start(when)} must raise {kind}; your code {got}. Use `raise {kind}(...)`.")
    if answer.raised.is_a("NotImplementedError"):
        raise failure_of(answer.raised)
    if not answer.raised.is_a(kind):
        raise Failure(
            f"{start(when)} must raise {kind}; your code raised {answer.raised}.", "error"
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
            raise Failure(f"{start(what)} is None. Did you forget a `return`?")
        if isinstance(got, bool) or not isinstance(got, int | float):
            raise Failure(f"{start(what)} is {kind_of(got)}; it should be a single number.")
        return float(got)


def require(condition: bool, key: str, answer: Answer[Any] | None = None, /, **fields: Any) -> None:
    """Raise the `Finding` of that key unless `condition` holds.

    It is about `answer`, or else about what was asked last.
    """
    if not condition:
        with about(answer.question if answer else None):
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
