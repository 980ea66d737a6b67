"""What is changed around the loops of Exercise 6 while they are tried out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from grader.runner import Learner


@contextmanager
def readable() -> Iterator[None]:
    """Let tensors on the device `meta` be read, as zeros: a loop may do so before it gets far."""
    usual = {name: getattr(Tensor, name) for name in ("item", "__float__", "__int__", "__bool__")}

    def reading(read: Any) -> Any:
        return lambda tensor: read(
            torch.zeros((), dtype=tensor.dtype) if tensor.is_meta else tensor
        )

    for name, read in usual.items():
        setattr(Tensor, name, reading(read))
    try:
        yield
    finally:
        for name in usual:
            delattr(Tensor, name)  # which are those of its base class


@contextmanager
def recorded(learner: Learner, places: list[str], calls: list[str]) -> Iterator[None]:
    """Note the device that the two loops are called with, by whoever finds them by their names."""
    namespace = learner._namespace
    loops = {name: namespace.get(name) for name in ("train_epoch", "evaluate_model")}

    def noting(loop: Any, position: int) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            given = args[position] if len(args) > position else options.get("device", "auto")
            places.append(str(given))
            calls.append("train_epoch" if position == 4 else "evaluate_model")
            return loop(*args, **options)

        return call

    for position, name in ((4, "train_epoch"), (3, "evaluate_model")):
        if loops[name] is not None:
            namespace[name] = noting(loops[name], position)
    try:
        yield
    finally:
        namespace.update({name: loop for name, loop in loops.items() if loop is not None})
