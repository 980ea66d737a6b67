"""How the probes of Exercise 6 look into networks, and bring back what they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def watched(model: nn.Module, note: Callable[..., Any]) -> list[Any]:
    """Let `note` hear of each call of a linear layer or an LSTM."""
    layers = [layer for layer in model.modules() if type(layer) in (nn.Linear, nn.LSTM)]
    return [layer.register_forward_hook(note) for layer in layers]


def dropped(out: Tensor, given: Tensor) -> bool:
    """Whether anything but a ReLU, and perhaps a mean, comes between two layers."""
    bent = out.relu()
    if bent.ndim == given.ndim + 1:
        bent = bent.mean(dim=1)
    return bent.shape != given.shape or not torch.allclose(bent, given, 1e-4, 1e-6)


def joined(logits: list[Any], shapes: list[tuple[int, int]]) -> Any:
    """Logits in one tensor, which is quicker to send, if they have the right shapes."""
    right = all(isinstance(a, Tensor) and a.shape == b for a, b in zip(logits, shapes, strict=True))
    return torch.cat(logits) if right and len({a.dtype for a in logits}) == 1 else logits
