"""Probes of Exercise 1: functions, decorators and filters."""

from __future__ import annotations

import copy
import time
from typing import Any

from grader.course.common_probes import kinds_of
from grader.runner import Learner


class Trouble(Exception):
    """Raised by the probes' own functions, so that it cannot be mistaken for a learner's."""


class TypeTrouble(Trouble, TypeError):
    """The same as a TypeError, which a decorator may mistake for an argument without a hash."""


def _sample() -> tuple[Any, list]:
    """A function to decorate, and the list in which it keeps a record of its calls."""
    calls: list = []

    def mean_flux(*args: Any, **kwargs: Any) -> Any:
        """Mean of the fluxes."""
        calls.append([list(args), dict(kwargs)])
        return args[0] if args else None

    return mean_flux, calls


def decorated_call(learner: Learner, decorator: str, *args: Any, **kwargs: Any) -> dict:
    """Decorate a function that returns its first argument, then call it once."""
    function, calls = _sample()
    decorated = getattr(learner, decorator)(function)
    before = len(calls)
    value = decorated(*args, **kwargs) if callable(decorated) else None
    return {"callable": callable(decorated), "before": before, "calls": calls, "value": value}


def decorated_names(learner: Learner, decorator: str) -> dict:
    """Name and docstring of a decorated function."""
    decorated = getattr(learner, decorator)(_sample()[0])
    return {
        "name": getattr(decorated, "__name__", None),
        "doc": getattr(decorated, "__doc__", None),
    }


def decorated_failure(learner: Learner, decorator: str, text: str) -> dict:
    """Decorate a function that raises `Trouble(text)` and call it."""
    calls = []

    def failing() -> None:
        calls.append(1)
        raise Trouble(text)

    decorated = getattr(learner, decorator)(failing)
    try:
        decorated()
    except Trouble as error:
        return {"raised": "Trouble", "same": str(error) == text, "calls": len(calls)}
    except Exception as error:
        return {"raised": kinds_of(error)[0], "same": False, "calls": len(calls)}
    return {"raised": None, "same": False, "calls": len(calls)}


def timed_naps(learner: Learner, naps: list) -> list:
    """Call a function timed by the learner's decorator, once for each nap in seconds.

    Reports how long the calls took.
    """
    waiting = iter(naps)
    took = []

    @learner.timing_decorator
    def nap() -> None:
        time.sleep(next(waiting))

    for _ in naps:
        start = time.perf_counter()
        nap()
        took.append(time.perf_counter() - start)
    return took


def with_input(learner: Learner, name: str, data: Any, *args: Any, **kwargs: Any) -> dict:
    """Call a function on `data`; report its result and `data` as it is afterwards."""
    kept = copy.deepcopy(data)
    result = getattr(learner, name)(data, *args, **kwargs)
    same = result is data
    return {"result": result, "after": data, "before": kept, "same_object": same}


def conversion(learner: Learner, data: list, *args: Any, **kwargs: Any) -> dict:
    """`apply_magnitude_conversion` with a function that writes down what it was called with.

    It returns what stands in the flux's place, so that it also works for a list of fluxes.
    """
    calls: list = []

    def convert(flux: Any, *more: Any, **named: Any) -> Any:
        calls.append([copy.deepcopy(flux), list(more), dict(named)])
        return copy.deepcopy(flux)

    result = learner.apply_magnitude_conversion(data, convert, *args, **kwargs)
    return {"result": result, "calls": calls, "after": data}


def real_conversion(learner: Learner, data: list, slope: float, **kwargs: Any) -> Any:
    """`apply_magnitude_conversion` with a straight line instead of a magnitude."""

    def line(flux: float, slope: float, offset: float = 0.0) -> float:
        return slope * flux + offset

    return learner.apply_magnitude_conversion(data, line, slope, **kwargs)


def cached_calls(learner: Learner, calls: list, answer: str = "first") -> dict:
    """Call one cached function with each (args, kwargs) in turn; count how often it really ran."""
    ran: list = []

    @learner.cache_results
    def expensive(*args: Any, **kwargs: Any) -> Any:
        ran.append(1)
        return {"first": [args[0] if args else None], "none": None, "zero": 0}[answer]

    values, runs = [], []
    for args, kwargs in calls:
        values.append(expensive(*args, **kwargs))
        runs.append(len(ran))
    return {"values": values, "runs": runs}


def two_caches(learner: Learner, value: float) -> list:
    """Two cached functions of the same name called with the same argument."""

    def scaling(factor: float) -> Any:
        @learner.cache_results
        def scale(x: float) -> float:
            return factor * x

        return scale

    return [scaling(factor)(value) for factor in (2, 3)]


def cached_failure(learner: Learner, as_type_error: bool = False) -> dict:
    """A cached function that fails the first time and succeeds the second."""
    kind = TypeTrouble if as_type_error else Trouble
    ran: list = []

    @learner.cache_results
    def flaky(band: str) -> str:
        ran.append(1)
        if len(ran) == 1:
            raise kind(band)
        return band

    try:
        flaky("g")
        first = "returned"
    except Trouble:
        first = "raised"
    return {"first": first, "second": flaky("g"), "ran": len(ran)}


def per_band(
    learner: Learner, data: list, factors: dict, spoil: bool = False, times: int = 1
) -> dict:
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
    return {"callable": callable(process), "kind": kind, "result": result, "after": data}
