"""What the probes of Exercise 7 do with parameters, and with arguments of calls."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from grader.course.ex07.replies import Change
from grader.course.seeds import seed_torch


@torch.no_grad()
def scatter(module: nn.Module, seed: int) -> None:
    """Give all parameters values between 0.3 and 1.5 in size, of either sign."""
    seed_torch(seed)
    for parameter in module.parameters():
        parameter.uniform_(0.3, 1.5).mul_(2 * torch.randint(0, 2, parameter.shape) - 1)


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


def changes(
    names: Sequence[str], before: Sequence[Tensor], after: Sequence[Tensor]
) -> list[Change]:
    """The tensors that are others than they were, by the names of the arguments."""
    each = zip(names, before, after, strict=False)
    return [Change(name, one, other) for name, one, other in each if not torch.equal(one, other)]


def copies(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [each.clone() for each in tensors]
