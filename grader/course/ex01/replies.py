"""What the probes of Exercise 1 bring back."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

USUAL_SETTINGS: dict[str, Any] = {
    "divide": "warn",
    "over": "warn",
    "under": "ignore",
    "invalid": "warn",
}
"""What NumPy does about floating-point errors unless it is told otherwise."""


class Call(Struct):
    """The arguments of one call."""

    args: list[Any]
    kwargs: dict[str, Any]


class DecoratedCall(Struct):
    """What a decorated function did, called once."""

    callable: bool
    """Whether decorating gave something that can be called."""
    calls_before: int
    """Calls of the original function while it was being decorated."""
    calls: list[Call]
    value: Any
    kind: str
    """What decorating gave."""


class Identity(Struct):
    """Name and docstring that a function shows."""

    name: Any
    doc: Any


class FailedCall(Struct):
    """What a caller notices of a decorated function that raises."""

    raised: str
    """The class of the exception; empty if there was none."""
    same: bool
    """Whether it is the exception that the function raised."""
    n_calls: int
    seconds: float


class NapTimes(Struct):
    """How long two calls took [s]."""

    first: float
    second: float
    clocks: list[float]
    """What the clocks of Python's `time` read after the first call [s]."""


class Quiet(Struct):
    """What a function gave, and NumPy's settings for floating-point errors after the call."""

    value: Any
    settings: dict[str, str]
    ignored: bool
    """Whether Python ignores NumPy's warnings from then on."""


class InputAfter(Struct):
    """A function's argument after the call."""

    after: Any
    returned_itself: bool
    """Whether the result is the argument, the very same object."""


class ConversionCall(Struct):
    """The arguments of one call of a conversion function."""

    flux: Any
    args: list[Any]
    kwargs: dict[str, Any]


class Conversion(Struct):
    """The calls of a conversion function, and the records after them."""

    calls: list[ConversionCall]
    after: Any
    returned_itself: bool


class CachedCalls(Struct):
    """What calls of a cached function returned, and how often it had run after each."""

    values: list[Any]
    runs: list[int]
    received: list[dict[str, Any]]
    """The keyword arguments of each run."""


class CachedFailure(Struct):
    """Two calls of a cached function that fails the first time."""

    raised: bool
    """Whether the first call raised."""
    n_first: int
    """How often the function ran in the first call."""
    second: Any
    n_runs: int


class BandProcessor(Struct):
    """What `band_processor` returned, and what that made of the records."""

    callable: bool
    kind: str
    result: Any
    after: Any
    before: Any
    """The result of a call before that, as it is afterwards."""
    returned_itself: bool
    """Whether the result is the list of records that was given."""
