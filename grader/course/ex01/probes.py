"""Probes of Exercise 1: functions, decorators and filters."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
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
    return DecoratedCall(callable(decorated), before, calls, value)


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


def timed_naps(learner: Learner, first: float, second: float) -> NapTimes:
    """Call a function that the learner's decorator times twice, for naps of so many seconds."""

    @learner.timing_decorator
    def nap(seconds: float) -> None:
        time.sleep(seconds)

    def took(seconds: float) -> float:
        start = time.perf_counter()
        nap(seconds)
        return time.perf_counter() - start

    return NapTimes(took(first), took(second))


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


def real_conversion(learner: Learner, data: list[dict[str, Any]], slope: float) -> Any:
    """`apply_magnitude_conversion` with a straight line instead of a magnitude."""

    def line(flux: float, slope: float) -> float:
        return slope * flux

    return learner.apply_magnitude_conversion(data, line, slope)


def cached_calls(
    learner: Learner, calls: list[tuple[list[Any], dict[str, Any]]], answer: str = "first"
) -> CachedCalls:
    """Call one cached function with each (args, kwargs) in turn; count how often it really ran.

    The function returns its first argument in a list, or None or 0 if `answer` says so.
    """
    ran: list[int] = []

    @learner.cache_results
    def expensive(*args: Any, **kwargs: Any) -> Any:
        ran.append(1)
        return {"first": [args[0] if args else None], "none": None, "zero": 0}[answer]

    values, runs = [], []
    for args, kwargs in calls:
        values.append(expensive(*args, **kwargs))
        runs.append(len(ran))
    return CachedCalls(values, runs)


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
    return CachedFailure(raised, flaky("g"), len(ran))


def per_band(
    learner: Learner,
    data: list[dict[str, Any]],
    factors: dict[str, float],
    spoil: bool = False,
    times: int = 1,
) -> BandProcessor:
    """`band_processor` with one function per band that scales the flux and marks the record.

    With `spoil` the functions write into the record they are given instead of a copy. The result is
    that of the last of `times` calls.
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
    for _ in range(times if callable(process) else 0):
        result = process(data)
    kind = "None" if process is None else type(process).__name__
    return BandProcessor(callable(process), kind, result, data)
