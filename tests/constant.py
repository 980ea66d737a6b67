"""Answers that ignore what they are asked: always what the reference returned the first time."""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import torch
from zeros import without_effect

NOT_YET = object()


class Ignoring:
    """Functions whose first result stands for all others, and whether there is anything to see.

    A constructor stays as it is: it returns nothing.
    """

    def __init__(self) -> None:
        self.has_input = False
        self.has_result = False

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if getattr(function, "__name__", "") == "__init__":
            return function
        self.has_input |= bool(inspect.signature(function).parameters)
        is_async = inspect.iscoroutinefunction(function)
        return self._async(function) if is_async else self._of(function)

    def _of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        first = NOT_YET

        @functools.wraps(function)
        def ignoring(*args: Any, **kwargs: Any) -> Any:
            nonlocal first
            if first is NOT_YET:
                first = self._kept(without_effect(function, args, kwargs))
            return again(first)

        return ignoring

    def _async(self, function: Callable[..., Any]) -> Callable[..., Any]:
        first = NOT_YET

        @functools.wraps(function)
        async def ignoring(*args: Any, **kwargs: Any) -> Any:
            nonlocal first
            if first is NOT_YET:
                first = self._kept(await without_effect(function, args, kwargs))
            return again(first)

        return ignoring

    def _kept(self, value: Any) -> Any:
        once = isinstance(value, contextlib.AbstractContextManager) and inspect.isgenerator(
            getattr(value, "gen", None)
        )
        self.has_result |= value is not None and not once
        return Series(list(value)) if inspect.isgenerator(value) else again(value)


class Series:
    """What a generator has yielded."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


def again(value: Any) -> Any:
    """The same value once more, so that nobody can change the one that is kept."""
    if isinstance(value, Series):
        return (item for item in value.items)
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(again(item) for item in value)
    if type(value) is dict:
        return {key: again(item) for key, item in value.items()}
    if callable(value) or isinstance(value, torch.optim.Optimizer):
        return value
    try:
        return copy.deepcopy(value)
    except (TypeError, RuntimeError, AttributeError):
        return value
