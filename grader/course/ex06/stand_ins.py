"""What stands in for networks, criteria, optimizers and schedulers while a loop is tried out."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import StepLR

from grader.course.ex06.replies import CLASS_WEIGHTS, Mode


class Spy(nn.Module):
    """Linear in the mean observation. Notes its mode, and whether gradients are computed."""

    def __init__(self, weight: Tensor, events: list[str]) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)  # (n_features, num_classes)
        self.weight.register_hook(lambda _: events.append("backward"))
        self.frozen = nn.Parameter(torch.zeros(1), requires_grad=False)
        self.inner = nn.Sequential(nn.Identity())  # has a mode of its own
        self.events = events
        self.modes: list[Mode] = []
        self.places: list[str] = []

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        self.events.append("forward")
        self.modes.append(Mode(self.training, self.layers_training, torch.is_grad_enabled()))
        self.places = [self.weight.device.type, features.device.type, lengths.device.type]
        return features.sum(dim=1) / lengths.unsqueeze(1) @ self.weight  # (batch, num_classes)

    @property
    def layers_training(self) -> bool:
        """Whether the layer inside is in training mode, two levels down."""
        return self.inner[0].training

    def zero_grad(self, set_to_none: bool = True) -> None:
        self.events.append("zero")
        super().zero_grad(set_to_none)


class SpyLoss(nn.Module):
    """The cross-entropy, in which classes count differently much.

    Notes the sums of what should be logits; stops on the device `meta`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("weights", torch.tensor(CLASS_WEIGHTS))
        self.sums: list[float] = []
        self.places: list[str] = []

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        if not inputs.is_floating_point():
            raise TypeError("criterion(labels, logits): the logits come first")
        self.places = [targets.device.type, self.get_buffer("weights").device.type]
        if "meta" in [*self.places, inputs.device.type]:
            raise Arrived
        self.sums += inputs.sum(dim=-1).flatten().tolist()
        return F.cross_entropy(inputs, targets, self.get_buffer("weights"))


class Arrived(Exception):
    """The batch has come as far as the criterion."""


class SpySGD(SGD):
    """Plain gradient descent that notes what it is told."""

    def __init__(self, model: Spy, lr: float) -> None:
        super().__init__([model.weight], lr=lr)
        self.events = model.events

    def zero_grad(self, set_to_none: bool = True) -> None:
        self.events.append("zero")
        super().zero_grad(set_to_none)

    def step(self, closure: Any = None) -> Any:
        self.events.append("step")
        return super().step(closure)


class Ladder(nn.Module):
    """Each training step takes its weight down by the learning rate: one rung."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.loaded = False

    def load_state_dict(self, *args: Any, **options: Any) -> Any:
        self.loaded = True
        return super().load_state_dict(*args, **options)

    def forward(self, features: Tensor) -> Tensor:
        return self.weight.expand(len(features), 2)  # (batch, 2): class 0 comes first


class Script(nn.Module):
    """A criterion that gives losses as they are written down, one for each epoch."""

    def __init__(self, model: Ladder, train: list[float], val: list[float], batches: int) -> None:
        super().__init__()
        self.model = [model]  # in a list, so that it is not a part of this module
        self.train_losses, self.val_losses, self.batches, self.steps = train, val, batches, 0

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        rung = inputs[:, 0].mean()  # its derivative by the weight is 1
        losses = self.train_losses
        if self.model[0].training:
            self.steps += 1
        else:
            losses = self.val_losses
        epoch = max(self.steps - 1, 0) // self.batches
        return rung - rung.detach() + losses[min(epoch, len(losses) - 1)]


class CountingScheduler(StepLR):
    """Multiplies the learning rate by `gamma` with each step, and counts the steps."""

    steps = 0

    def __init__(self, optimizer: Optimizer, gamma: float, calls: list[str]) -> None:
        self.calls, self.given = calls, False
        super().__init__(optimizer, 1, gamma)
        self.steps = 0  # the first step is PyTorch's own
        calls.clear()

    def step(self, *args: Any, **options: Any) -> None:
        self.steps += 1
        self.calls.append("scheduler.step")
        self.given = self.given or bool(args or options)
        super().step()
