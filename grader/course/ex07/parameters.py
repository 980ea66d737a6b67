"""What the probes of Exercise 7 do with the parameters of a module."""

from __future__ import annotations

import torch
from torch import nn


@torch.no_grad()
def scatter(module: nn.Module, seed: int) -> None:
    """Give all parameters values between 0.3 and 1.5 in size, of either sign."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        shape = parameter.shape
        size = 0.3 + 1.2 * torch.rand(shape, generator=generator)
        sign = 2.0 * torch.randint(0, 2, shape, generator=generator) - 1
        parameter.copy_(size * sign)


@torch.no_grad()
def step(module: nn.Module) -> None:
    """Change the parameters along their gradients, a little."""
    for parameter in module.parameters():
        if parameter.grad is not None:
            parameter.sub_(parameter.grad, alpha=0.1)


def count(module: nn.Module, learned: bool = True) -> int:
    """How many numbers are learned, or how many parameters there are, frozen ones included."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad or not learned)


def without_gradient(module: nn.Module) -> list[str]:
    """The names of the parameters that have no gradient."""
    return [name for name, p in module.named_parameters() if p.grad is None]
