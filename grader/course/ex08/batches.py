"""Batches for the probes of Exercise 8: those that a loader gives, and those of a sampler."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset


def loader_of(features: Tensor, labels: Tensor, batches: list[list[int]]) -> DataLoader[Any]:
    """A loader that delivers these positions, batch by batch."""
    return DataLoader(TensorDataset(features, labels), batch_sampler=batches)


def rows(kind: int, labels: Tensor, logits: Tensor) -> Tensor:
    """Features (objects, 1, 3 + num_classes) for `Scripted`."""
    count = len(labels)
    head = [torch.full((count,), float(kind)), labels.float(), torch.arange(count).float()]
    return torch.cat([torch.stack(head, dim=1), logits], dim=1).unsqueeze(1)


def plain(batch: Any) -> Any:
    """A batch as a list of ints, or the value itself if it is not one."""
    if not hasattr(batch, "__len__") and not hasattr(batch, "__index__"):
        return type(batch).__name__
    try:
        return [operator.index(position) for position in batch]
    except TypeError:
        return operator.index(batch) if hasattr(batch, "__index__") else batch
