"""Probes of Exercise 1: functions, decorators and filters."""

from __future__ import annotations

import contextlib
import copy
import inspect
import math
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.course.common_probes import Trouble, kinds_of
from grader.course.ex01.replies import (
    USUAL_SETTINGS,
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
    Quiet,
)
from grader.runner import Learner


class AnyTrouble(
    Trouble, ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, OverflowError
):
    """The same, of every kind that somebody may think of catching."""


AnyTrouble.__name__ = Trouble.__name__


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


def own_keywords(learner: Learner, decorator: str) -> list[str]:
    """The names under which a decorated function takes something for itself."""
    decorated = getattr(learner, decorator)(_sample()[0])
    try:
        taken = inspect.signature(decorated, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return []
    return [one.name for one in taken if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]


def _kind(value: Any) -> str:
    return "None" if value is None else type(value).__name__


def decorated_names(learner: Learner, decorator: str) -> Identity:
    """Name and docstring of a decorated function."""
    decorated = getattr(learner, decorator)(_sample()[0])
    return Identity(getattr(decorated, "__name__", None), getattr(decorated, "__doc__", None))


def decorated_failure(
    learner: Learner, decorator: str, text: str, seconds: float = 0.0
) -> FailedCall:
    """Decorate a function that raises `Trouble(text)` and call it.

    Before it does so, it sleeps for so many seconds.
    """
    calls: list[int] = []

    def failing() -> None:
        calls.append(1)
        time.sleep(seconds)
        raise AnyTrouble(text)

    decorated, raised, same = getattr(learner, decorator)(failing), "", False
    start = time.perf_counter()
    try:
        decorated()
    except Exception as error:
        raised, same = kinds_of(error)[0], isinstance(error, Trouble) and error.args == (text,)
    return FailedCall(raised, same, len(calls), time.perf_counter() - start)


def timed_naps(
    learner: Learner, first: float, second: float, idle: float = 0.0, inner: bool = False
) -> NapTimes:
    """Call a function that the learner's decorator times twice, for naps of so many seconds.

    Between decorating it and the first call, `idle` seconds go by. With `inner` it calls another
    one that is timed, when it has slept.
    """

    @learner.timing_decorator
    def wake() -> None:
        pass

    @learner.timing_decorator
    def nap(seconds: float) -> None:
        time.sleep(seconds)
        if inner:
            wake()

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


def magnitude_quietly(learner: Learner, flux: Any) -> Quiet:
    """`flux_to_magnitude` where NumPy warns as it does by itself."""
    with np.errstate(**USUAL_SETTINGS):
        value = learner.flux_to_magnitude(flux)
        settings = {name: str(how) for name, how in np.geterr().items()}
    rule = warnings.filters[0] if warnings.filters else ("", None, Warning, None, 0)
    whole = rule[0] == "ignore" and rule[1] is None and rule[3] is None
    return Quiet(value, settings, whole and issubclass(RuntimeWarning, rule[2]))


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

    result = learner.apply_magnitude_conversion(data, convert, *args, **kwargs)
    return Conversion(calls, data, result is data)


def real_conversion(
    learner: Learner, data: list[dict[str, Any]], slope: float, limit: float = math.inf
) -> Any:
    """`apply_magnitude_conversion` with a straight line, which is NaN above a limit of flux.

    For a flux of NaN it is -1.
    """

    def line(flux: float, slope: float) -> float:
        if math.isnan(flux):
            return -1.0
        return slope * flux if flux <= limit else math.nan

    return learner.apply_magnitude_conversion(data, line, slope)


def failing_conversion(learner: Learner, data: list[dict[str, Any]], text: str) -> Any:
    """`apply_magnitude_conversion` with a function that raises `Trouble(text)`."""

    def fail(flux: float) -> float:
        raise AnyTrouble(text)

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


def many_cached_calls(learner: Learner, n: int) -> int:
    """How often a cached function runs for `n` numbers, and then for the first one again."""
    ran: list[int] = []

    @learner.cache_results
    def count(number: int) -> int:
        ran.append(number)
        return number + 1

    for number in [*range(n), 0]:
        count(number)
    return len(ran)


def cached_stars(learner: Learner, hashable: bool = True) -> list[int]:
    """A cached function called with two objects that look alike when printed.

    If they are not hashable, they are equal as well.
    """

    class Star:
        def __init__(self, number: int) -> None:
            self.number = number

        def __repr__(self) -> str:
            return "Star()"

    class Unhashable(Star):
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            return True

    @learner.cache_results
    def number_of(star: Star) -> int:
        return star.number

    kind = Star if hashable else Unhashable
    return [number_of(star) for star in (kind(1), kind(2))]


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
    kind = AnyTrouble if as_type_error else Trouble
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
    other: str = "",
) -> BandProcessor:
    """`band_processor` with one function per band that scales the flux and marks the record.

    With `spoil` the functions write into the record they are given instead of a copy. The records
    `first`, if there are any, are processed before `data`. If there is a band `other`, another
    processor is made afterwards, with a function for that band alone.
    """

    def scaler(band: str, factor: float) -> Any:
        def scale(record: Any) -> Any:
            record = record if spoil else dict(record)
            record["flux"] = record["flux"] * factor
            record["scaled_by"] = band
            record.pop("flux_err", None)
            return record

        return scale

    process = learner.band_processor({b: scaler(b, f) for b, f in factors.items()})
    if other:
        learner.band_processor({other: scaler(other, 0.0)})
    if not callable(process):
        return BandProcessor(False, _kind(process), None, data, None, False)
    before = process(first) if first else None
    result = process(data)
    return BandProcessor(True, _kind(process), result, data, before, result is data)


def failing_band(learner: Learner, data: list[dict[str, Any]], text: str, kind: str = "") -> Any:
    """`band_processor` with a function for g that raises `Trouble(text)` of some kind."""
    kinds = {"": AnyTrouble, "Exception": Trouble, "KeyError": KeyError}

    def fail(record: Any) -> Any:
        raise kinds[kind](text)

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
