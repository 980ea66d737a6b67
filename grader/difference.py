"""What separates a value from the one that is wanted, in a sentence or two.

First what came back, then what should have. A place inside of a value is written as code:
`[4]['flux']` in the result.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

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
MAX_ASIDE, MAX_BOTH, MAX_SHOWN = 40, 70, 120  # characters of a value in passing, of two, of one
MAX_ARRAY = 6  # numbers of an array that is shown as a whole
FOLLOWS = re.compile(
    r"[ ,](of|for|with|without|after|before|from|in|by|when|where|that|to|on|at|around)\b.*|[,(].*"
)
SINGULAR = re.compile(r".*(ss|us|is|'s|`|bias|series|[^s])")


class Place(NamedTuple):
    """What is compared, in words, and the place inside of it, as code; the unit of its numbers."""

    what: str
    unit: str = ""
    path: str = ""

    def inside(self, key: Any) -> Place:
        """The place of an item: by its key, or by its indices in an array."""
        index = ", ".join(map(str, key)) if isinstance(key, tuple) else repr(key)
        return self._replace(path=f"{self.path}[{index}]")

    def __str__(self) -> str:
        if not self.path:
            return self.what
        if re.fullmatch(r"`[^`]+`", self.what):
            return f"`{self.what[1:-1]}{self.path}`"
        return f"`{self.path}` in {self.what}"

    def says(self, verb: str) -> str:
        """The beginning of a sentence: `The weights are`, for the verb `is`."""
        plural = {"is": "are", "has": "have", "holds": "hold", "does": "do"}
        return f"{start(str(self))} {plural[verb] if self._is_plural else verb}"

    @property
    def it(self) -> str:
        return "they" if self._is_plural else "it"

    @property
    def its(self) -> str:
        return "their" if self._is_plural else "its"

    @property
    def _is_plural(self) -> bool:
        """Whether the words name several things: `the weights after an epoch`."""
        head = FOLLOWS.sub("", self.what)
        is_noun = not self.path and not head.lower().startswith("what ")
        return is_noun and SINGULAR.fullmatch(head) is None


def approx_equal(got: Any, want: Any, rtol: float | None = None, atol: float | None = None) -> bool:
    """Whether two values agree: numbers nearly, NaN like NaN, containers item by item."""
    return not _difference(got, want, Place("it"), (rtol, atol))


def difference(
    got: Any,
    want: Any,
    what: str,
    unit: str = "",
    rtol: float | None = None,
    atol: float | None = None,
) -> str:
    """What separates `got` from `want`, in one sentence or two; empty if nothing does."""
    return _difference(got, want, Place(what, unit), (rtol, atol))


def _difference(got: Any, want: Any, place: Place, near: Near) -> str:
    if got is None and want is not None:
        return _nothing(want, place)
    if isinstance(want, bool | str | None):
        return "" if type(got) is type(want) and got == want else _differ(got, want, place)
    compare = _comparisons(want)
    return compare(got, want, place, near)


def _comparisons(want: Any) -> Callable[[Any, Any, Place, Near], str]:
    """What compares with a value of this type."""
    for kinds, compare in (
        ((int, float), _number),
        ((list, tuple), _sequence),
        ((set, frozenset), _set),
        ((dict,), _mapping),
        ((np.ndarray,), _array),
        ((Tensor,), _tensor),
        ((bytes, OpaqueObject, Set, Table), _learners),
    ):
        if isinstance(want, kinds):
            return compare
    raise TypeError(f"checks do not compare values of type {type(want).__name__}")


def _learners(got: Any, want: Any, place: Place, near: Near) -> str:
    """No check makes values of such types: one of the learner's is compared with another."""
    agree = type(got) is type(want) and approx_equal(_contents(got), _contents(want), *near)
    return "" if agree else _differ(got, want, place)


def _contents(value: bytes | OpaqueObject | Set | Table) -> list[Any]:
    if isinstance(value, Table):
        return [value.columns, value.index]
    if isinstance(value, OpaqueObject):
        return [value.type, value.text]
    return list(value.items if isinstance(value, Set) else value)


def _nothing(want: Any, place: Place) -> str:
    if place.path:
        return f"{place.says('is')} None; it should be {_kind_wanted(want, place.unit)}."
    return f"{place.says('is')} None. Did you forget a `return`?"


def _number(got: Any, want: Any, place: Place, near: Near) -> str:
    if isinstance(got, np.ndarray) and got.ndim == 0 and got.dtype.kind in "iuf":
        got = got.item()
    if isinstance(got, bool) or not isinstance(got, int | float):
        remedy = " `.item()` makes it one." if isinstance(got, Tensor) and not got.shape else ""
        return _other_kind(got, want, place) + remedy
    rtol, atol = _filled(near, USUAL)
    close = got == want or math.isclose(got, want, rel_tol=rtol, abs_tol=atol)
    return "" if close or (math.isnan(got) and math.isnan(want)) else _differ(got, want, place)


def _sequence(got: Any, want: Any, place: Place, near: Near) -> str:
    if type(got) is not type(want):
        return _other_kind(got, want, place)
    if len(got) != len(want):
        return _other_length(got, want, place, near)
    for i, (one, other) in enumerate(zip(got, want, strict=True)):
        if text := _difference(one, other, place.inside(i), near):
            return text
    return ""


def _other_length(got: Any, want: Any, place: Place, near: Near) -> str:
    """What is missing from a list or tuple, or too many in it: all of it if that is short."""
    if max(len(repr(got)), len(repr(want))) <= MAX_BOTH:
        return _differ(got, want, place)
    says = f"{place.says('has')} {_items(got)}; {place.it} should have {len(want)}."
    pairs = enumerate(zip(got, want, strict=False))
    least = min(len(got), len(want))
    first = next((i for i, (a, b) in pairs if not approx_equal(a, b, *near)), least)
    if first < least:
        return f"{says} The first that differs is `[{first}]`: {shown(got[first])}."
    if len(got) > least:
        return f"{says} The first that is too many is `[{first}]`: {shown(got[first])}."
    return f"{says} The first that is missing is `[{first}]`: {shown(want[first])}."


def _items(values: Any) -> str:
    return f"{len(values)} item{'s' if len(values) != 1 else ''}"


def _set(got: Any, want: Any, place: Place, near: Near) -> str:
    if not isinstance(got, Set):
        return _other_kind(got, want, place)
    for item in want:
        if not any(approx_equal(one, item, *near) for one in got.items):
            return f"{place.says('does')} not hold {shown(item)}."
    if len(got) != len(want):
        return f"{place.says('has')} {_items(got)}; {place.it} should have {len(want)}."
    return ""


def _mapping(got: Any, want: Any, place: Place, near: Near) -> str:
    if not isinstance(got, dict):
        return _other_kind(got, want, place)
    for key in want:
        if key not in got:
            held = f"{place.its} keys are {_names(got)}" if got else f"{place.it} is empty"
            return f"{place.says('has')} no key {key!r}; {held}."
    if extra := [key for key in got if key not in want]:
        return f"{place.says('has')} keys that should not be there: {_names(extra)}."
    texts = (_difference(got[key], want[key], place.inside(key), near) for key in want)
    return next((text for text in texts if text), "")


def _array(got: Any, want: Any, place: Place, near: Near) -> str:
    if not isinstance(got, np.ndarray):
        return _other_kind(got, want, place)
    if got.shape != want.shape:
        return _other_shape(got, want, place)
    if got.dtype.kind not in "biuf":
        return f"{place.says('holds')} {got.dtype}; {place.it} should hold numbers."
    return _values(got, want, place, *_filled(near, USUAL))


def _tensor(got: Any, want: Any, place: Place, near: Near) -> str:
    if not isinstance(got, Tensor):
        return _other_kind(got, want, place)
    if got.shape != want.shape:
        return _other_shape(got, want, place)
    if got.dtype != want.dtype:
        return f"{place.says('holds')} {got.dtype}; {place.it} should hold {want.dtype}."
    counts = want.array.dtype.kind in "biu"
    usual = (0.0, 0.0) if counts else USUAL_OF_TENSORS.get(want.dtype, USUAL)
    return _values(got.array, want.array, place, *_filled(near, usual))


def _other_shape(got: Any, want: Any, place: Place) -> str:
    return f"{place.says('has')} shape {got.shape}; {place.it} should have shape {want.shape}."


def _filled(near: Near, usual: tuple[float, float]) -> tuple[float, float]:
    rtol, atol = near
    return usual[0] if rtol is None else rtol, usual[1] if atol is None else atol


def _values(got: np.ndarray, want: np.ndarray, place: Place, rtol: float, atol: float) -> str:
    """What separates two arrays of one shape: NaN, infinity, or numbers that differ."""
    for odd, name in ((np.isnan, "NaN"), (np.isinf, "infinite")):
        if (places := odd(got) & ~odd(want)).any() and got.ndim:
            count, first = int(places.sum()), place.inside(_first(places)).path
            where = f"in {count} of {got.size} places where {place.it} should not be"
            return f"{place.says('is')} {name} {where}, first at `{first}`."
    if math.isinf(atol):  # any number will do
        wrong = np.isnan(got) != np.isnan(want)
    else:
        wrong = ~np.isclose(got, want, rtol=rtol, atol=atol, equal_nan=True)
    return _wrong_values(got, want, wrong, place) if wrong.any() else ""


def _wrong_values(got: np.ndarray, want: np.ndarray, wrong: np.ndarray, place: Place) -> str:
    """All of both if they are short; else how many values are wrong, and the first of them."""
    if not got.ndim:
        return _differ(got.item(), want.item(), place)
    if got.ndim == 1 and got.size <= MAX_ARRAY and _listed(got) != _listed(want):
        unit = f" {place.unit}" if place.unit and want.dtype.kind != "b" else ""
        should_be = f"{place.it} should be {_listed(want)}{unit}"
        return f"{place.says('is')} {_listed(got)}{unit}; {should_be}."
    first, count = _first(wrong), int(wrong.sum())
    says = _differ(got[first].item(), want[first].item(), place.inside(first))
    share = f"{count} of {got.size} values {'differ' if count > 1 else 'differs'}"
    return f"{says} {share}." if got.size > 1 else says


def _first(places: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(places)[0])


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


def shown(value: Any, digits: int = 6) -> str:
    """A value as a learner would see it printed, cut short."""
    if isinstance(value, OpaqueObject | Table | Set):
        return kind_of(value)
    if isinstance(value, Tensor):
        small = value.array.size <= 10
        text = np.array2string(value.array, precision=6, separator=", ").replace("\n", "")
        return f"tensor({text})" if small else kind_of(value)
    text = f"{value:.{digits}g}" if isinstance(value, float) else repr(value)
    text = "NaN" if text == "nan" else text
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def _listed(array: np.ndarray) -> str:
    return f"[{', '.join(map(shown, array.tolist()))}]"


def _other_kind(got: Any, want: Any, place: Place) -> str:
    should_be = _kind_wanted(want, place.unit)
    return f"{place.says('is')} {_with_value(kind_of(got), got)}; {place.it} should be {should_be}."


def _kind_wanted(want: Any, unit: str) -> str:
    if isinstance(want, int | float) and not isinstance(want, bool):
        return f"a number, {_figure(want, unit)}"
    if isinstance(want, np.ndarray | Tensor | set | frozenset):
        names = {np.ndarray: "a NumPy array", Tensor: "a torch tensor"}
        return names.get(type(want), "a set")
    return _with_value(kind_of(want), want)


def _with_value(kind: str, value: Any) -> str:
    """`a list, [1.5]`: the value too, if it is short and tells more than its type."""
    tells = isinstance(value, bool | int | float | str | list | tuple | dict)
    text = shown(value) if tells else ""
    return f"{kind}, {text}" if 0 < len(text) <= MAX_ASIDE else kind


def _differ(got: Any, want: Any, place: Place) -> str:
    """With as many digits as it takes to tell one number from the other."""
    for digits in (6, 9, 12, 17):
        one, other = (_figure(value, place.unit, digits) for value in (got, want))
        if one != other:
            break
    return f"{place.says('is')} {one}; {place.it} should be {other}."


def _figure(value: Any, unit: str, digits: int = 6) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool | None)
    has_unit = number and bool(unit) and not math.isnan(value)
    return f"{shown(value, digits)} {unit}" if has_unit else shown(value, digits)


def _names(keys: Any) -> str:
    text = ", ".join(repr(key) for key in keys)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def start(text: str) -> str:
    """The text with a capital letter, to begin a sentence with."""
    return text[:1].upper() + text[1:]
