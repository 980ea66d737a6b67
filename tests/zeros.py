"""Answers of the right type and shape that hold nothing: numbers are 0, texts are empty."""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch

OWN = ("learner", "solutions")
INTERNAL = vars(torch.nn.Module()).keys()


def zeroing(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its result replaced by zeros; of a constructor's, what it has set up."""

    @functools.wraps(function)
    def zeroed(*args: Any, **kwargs: Any) -> Any:
        if getattr(function, "__name__", "") != "__init__":
            return zeros(without_effect(function, args, kwargs))
        result = function(*args, **kwargs)
        blank(args[0])
        return zeros(result)

    return zeroed


def without_effect(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """What a function returns for copies of its arguments, where there are any to be had.

    None stands for a function that it got and hands back, which is no result of its own.
    """
    with contextlib.suppress(Exception):  # some objects cannot be copied
        args, kwargs = copy.deepcopy((args, kwargs))
    found = function(*args, **kwargs)
    is_handed_back = callable(found) and any(found is one for one in args)
    return None if is_handed_back and not isinstance(found, torch.nn.Module) else found


def zeros(value: Any) -> Any:
    """Zeros for a value. Raises `TypeError` for an object that has none."""
    if value is None or value is NotImplemented:
        return value
    if isinstance(value, str | bool | int | float | complex | np.generic):
        return type(value)()
    if isinstance(value, np.ndarray | pd.DataFrame | torch.Tensor):
        return _array(value)
    if isinstance(value, list | tuple | dict):
        return _container(value)
    if inspect.iscoroutine(value):
        return _awaited(value)
    if hasattr(value, "__next__"):
        return (zeros(item) for item in value)
    return _object(value)


def _array(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    if isinstance(value, torch.Tensor):
        kept = value.requires_grad  # then a loss of zero can still be differentiated
        return torch.nan_to_num(value, 0, 0, 0) * 0 if kept else torch.zeros_like(value)
    columns = {
        name: np.zeros(len(value)) if value[name].dtype.kind == "f" else "" for name in value
    }
    return pd.DataFrame(columns, index=value.index)


def _container(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: zeros(item) for key, item in value.items()}
    make = getattr(value, "_make", type(value))  # of a named tuple
    return make(zeros(item) for item in value)


async def _awaited(coroutine: Any) -> Any:
    return zeros(await coroutine)


def _object(value: Any) -> Any:
    """Networks and optimisers in place, since others may hold them; the learner's own as copies."""
    if isinstance(value, torch.nn.Module):
        blank(value)
        return value
    if isinstance(value, torch.optim.Optimizer):
        for group in value.param_groups:
            group["lr"] = 0.0
        return value
    if inspect.isroutine(value) or inspect.isclass(value) or isinstance(value, functools.partial):
        return zeroing(value)
    if type(value).__module__.split(".")[0] in OWN:
        value = copy.copy(value)
        blank(value)
        return value
    raise TypeError(f"there are no zeros for {type(value).__name__}")


def blank(thing: Any) -> None:
    """Zeros for all that an object holds, as far as there are any."""
    if isinstance(thing, torch.nn.Module):
        for tensor in (*thing.parameters(), *thing.buffers()):
            tensor.data.zero_()
    for name, value in list(getattr(thing, "__dict__", {}).items()):
        if name in INTERNAL or callable(value):
            continue
        try:
            object.__setattr__(thing, name, zeros(value))
        except TypeError:
            continue
