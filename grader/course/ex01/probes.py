"""Probes of Exercise 1: functions, decorators and filters."""

from __future__ import annotations

import contextlib
import copy
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from grader.course.common_probes import Trouble, kinds_of
from grader.course.ex01.replies import (
    BandProcessor,
    CachedCalls,
    CachedFailure,
    Call,
    Conversion,
    ConversionCall,
    DecoratedCall,
    FailedCall,
    Identity,
    InputAfter,
    NapTimes,
)
from grader.runner import Learner


class TypeTrouble(Trouble, TypeError):
    """The same as a TypeError, which a decorator may mistake for an argument without a hash."""


def _sample() -> tuple[Callable[..., Any], list[Call]]:
    """A function to decorate, and the list in which it keeps a record of its calls."""
    calls: list[Call] = []

    def mean_flux(*args: Any, **kwargs: Any) -> Any:
        """Mean of the fluxes."""
        calls.append(Call(list(args), dict(kwargs)))
        return args[0] if args else None

    return mean_flux, calls


def decorated_call(learner: Learner, decorator: str, *args: Any, **kwargs: Any) -> DecoratedCall:
    """Decorate a function that returns its first argument, then call it once."""
    function, calls = _sample()
    decorated = getattr(learner, decorator)(function)
    before = len(calls)
    value = decorated(*args, **kwargs) if callable(decorated) else None
    return DecoratedCall(callable(decorated), before, calls, value, _kind(decorated))


def _kind(value: Any) -> str:
    return "None" if value is None else type(value).__name__


def decorated_names(learner: Learner, decorator: str) -> Identity:
    """Name and docstring of a decorated function."""
    decorated = getattr(learner, decorator)(_sample()[0])
    return Identity(getattr(decorated, "__name__", None), getattr(decorated, "__doc__", None))


def decorated_failure(learner: Learner, decorator: str, text: str) -> FailedCall:
    """Decorate a function that raises `Trouble(text)` and call it."""
    calls = []

    def failing() -> None:
        calls.append(1)
        raise Trouble(text)

    decorated = getattr(learner, decorator)(failing)
    try:
        decorated()
    except Trouble as error:
        return FailedCall("Trouble", str(error) == text, len(calls))
    except Exception as error:
        return FailedCall(kinds_of(error)[0], False, len(calls))
    return FailedCall("", False, len(calls))


def timed_naps(learner: Learner, first: float, second: float, idle: float = 0.0) -> NapTimes:
    """Call a function that the learner's decorator times twice, for naps of so many seconds.

    Between decorating it and the first call, `idle` seconds go by.
    """

    @learner.timing_decorator
    def nap(seconds: float) -> None:
        time.sleep(seconds)

    def took(seconds: float) -> float:
        start = time.perf_counter()
        nap(seconds)
        return time.perf_counter() - start

    time.sleep(idle)
    took_first = took(first)
    clocks = [time.perf_counter(), time.time(), time.monotonic(), time.process_time()]
    return NapTimes(took_first, took(second), clocks)


def timed_work(learner: Learner, seconds: float) -> None:
    """Call a function that the learner's decorator times, and that keeps the processor busy."""

    @learner.timing_decorator
    def work() -> None:
        start = time.process_time()
        while time.process_time() - start < seconds:
            pass

    work()


def input_after(learner: Learner, name: str, data: Any, **kwargs: Any) -> InputAfter:
    """Call a function on `data`, and bring back `data` as it is afterwards."""
    result = getattr(learner, name)(data, **kwargs)
    return InputAfter(data, result is data)


def conversion(
    learner: Learner, data: list[dict[str, Any]], *args: Any, **kwargs: Any
) -> Conversion:
    """`apply_magnitude_conversion` with a function that writes down what it was called with.

    It returns what stands in the flux's place, so that it also works for a list of fluxes.
    """
    calls: list[ConversionCall] = []

    def convert(flux: Any, *more: Any, **named: Any) -> Any:
        calls.append(ConversionCall(copy.deepcopy(flux), list(more), dict(named)))
        return copy.deepcopy(flux)

    learner.apply_magnitude_conversion(data, convert, *args, **kwargs)
    return Conversion(calls, data)


def real_conversion(
    learner: Learner, data: list[dict[str, Any]], slope: float, limit: float = math.inf
) -> Any:
    """`apply_magnitude_conversion` with a straight line, which is NaN above a limit of flux."""

    def line(flux: float, slope: float) -> float:
        return slope * flux if flux <= limit else math.nan

    return learner.apply_magnitude_conversion(data, line, slope)


def failing_conversion(learner: Learner, data: list[dict[str, Any]], text: str) -> Any:
    """`apply_magnitude_conversion` with a function that raises `Trouble(text)`."""

    def fail(flux: float) -> float:
        raise Trouble(text)

    return learner.apply_magnitude_conversion(data, fail)


def cached_calls(
    learner: Learner, calls: list[tuple[list[Any], dict[str, Any]]], answer: str = "first"
) -> CachedCalls:
    """Call one cached function with each (args, kwargs) in turn; count how often it really ran.

    The function returns its first argument in a list, or None or 0 if `answer` says so.
    """
    ran: list[dict[str, Any]] = []

    @learner.cache_results
    def expensive(*args: Any, **kwargs: Any) -> Any:
        ran.append(kwargs)
        return {"first": [args[0] if args else None], "none": None, "zero": 0}[answer]

    values, runs = [], []
    for args, kwargs in calls:
        values.append(expensive(*args, **kwargs))
        runs.append(len(ran))
    return CachedCalls(values, runs, ran)


def cached_stars(learner: Learner) -> list[int]:
    """A cached function called with two objects that look alike when printed."""

    class Star:
        def __init__(self, number: int) -> None:
            self.number = number

        def __repr__(self) -> str:
            return "Star()"

    @learner.cache_results
    def number_of(star: Star) -> int:
        return star.number

    return [number_of(star) for star in (Star(1), Star(2))]


def two_caches(learner: Learner, value: float) -> list[Any]:
    """Two cached functions of the same name called with the same argument."""

    def scaling(factor: float) -> Any:
        @learner.cache_results
        def scale(x: float) -> float:
            return factor * x

        return scale

    return [scaling(factor)(value) for factor in (2, 3)]


def cached_failure(learner: Learner, as_type_error: bool = False) -> CachedFailure:
    """A cached function that fails the first time and succeeds the second."""
    kind = TypeTrouble if as_type_error else Trouble
    ran: list[int] = []

    @learner.cache_results
    def flaky(band: str) -> str:
        ran.append(1)
        if len(ran) == 1:
            raise kind(band)
        return band

    raised = False
    try:
        flaky("g")
    except Trouble:
        raised = True
    n_first = len(ran)
    return CachedFailure(raised, n_first, flaky("g"), len(ran))


def per_band(
    learner: Learner,
    data: list[dict[str, Any]],
    factors: dict[str, float],
    spoil: bool = False,
    first: list[dict[str, Any]] | None = None,
) -> BandProcessor:
    """`band_processor` with one function per band that scales the flux and marks the record.

    With `spoil` the functions write into the record they are given instead of a copy. The records
    `first`, if there are any, are processed before `data`.
    """

    def scaler(band: str, factor: float) -> Any:
        def scale(record: Any) -> Any:
            record = record if spoil else dict(record)
            record["flux"] = record["flux"] * factor
            record["scaled_by"] = band
            return record

        return scale

    process = learner.band_processor({b: scaler(b, f) for b, f in factors.items()})
    result = None
    for records in ([first] if first else []) + [data]:
        result = process(records) if callable(process) else None
    return BandProcessor(callable(process), _kind(process), result, data)


def failing_band(
    learner: Learner, data: list[dict[str, Any]], text: str, as_key_error: bool = False
) -> Any:
    """`band_processor` with a function for g that raises `Trouble(text)`, or a `KeyError`."""

    def fail(record: Any) -> Any:
        raise KeyError(text) if as_key_error else Trouble(text)

    return learner.band_processor({"g": fail})(data)


def given_to_band(learner: Learner, data: list[dict[str, Any]]) -> list[str]:
    """The kinds of what the function for g is called with, however it ends."""
    kinds: list[str] = []

    def note(record: Any) -> Any:
        kinds.append("dict" if isinstance(record, Mapping) else _kind(record))
        return record

    with contextlib.suppress(Exception):
        learner.band_processor({"g": note})(data)
    return kinds


def made_processor(learner: Learner) -> str:
    """What kind of thing `band_processor` returns, which is not called."""
    return _kind(learner.band_processor({"g": dict}))
