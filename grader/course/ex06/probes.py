"""Probes of Exercise 6: networks are built and asked, and loops driven with networks of our own.

`Spy` and `Ladder` stand in for a network where a loop is tried out: the first tells how it is
asked, the second how often it was trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset

from grader.course.ex06.replies import (
    Evaluated,
    Fitted,
    Given,
    Gradients,
    Loss,
    Mode,
    Overfitted,
    Repeated,
    Trained,
)
from grader.runner import Learner

Sizes: TypeAlias = list[Any]  # what a network is made with: numbers, and a list of them for an MLP
Batches: TypeAlias = tuple[Tensor, Tensor, int, bool]  # features, labels, batch size, drop_last

FIRST_BAND = 3


def _built(learner: Learner, network: str, sizes: Sizes, dropout: float = 0.0) -> nn.Module:
    torch.manual_seed(0)
    return getattr(learner, network)(*sizes, dropout)


def _asked(model: nn.Module, network: str, x: Tensor, lengths: Tensor | None = None) -> Tensor:
    """The logits; `lengths` are those of the observations unless they are given."""
    x = x.clone()  # a network that changes its input harms only itself
    if network == "SimplePhotometryMLP":
        return model(x)
    return model(x, _lengths(x) if lengths is None else lengths)


def _lengths(x: Tensor) -> Tensor:
    return (x[..., FIRST_BAND:] != 0).any(dim=-1).sum(dim=-1)


def logits(learner: Learner, network: str, sizes: Sizes, batches: Sequence[Tensor]) -> list[Any]:
    """What one network gives for each of some batches in evaluation mode."""
    model = _built(learner, network, sizes, dropout=0.2).eval()
    with torch.no_grad():
        return [_asked(model, network, x) for x in batches]


def logits_by_lengths(
    learner: Learner, sizes: Sizes, x: Tensor, all_lengths: Sequence[Tensor]
) -> list[Any]:
    """What one LSTM gives for a batch if it is told these or those lengths."""
    model = _built(learner, "LightCurveLSTM", sizes).eval()
    with torch.no_grad():
        return [_asked(model, "LightCurveLSTM", x, lengths) for lengths in all_lengths]


def inputs_afterwards(learner: Learner, network: str, sizes: Sizes, x: Tensor) -> Given:
    """Sizes, features and lengths after a network was made of them and asked."""
    given = [list(size) if isinstance(size, list) else size for size in sizes]
    model, lengths = _built(learner, network, given).eval(), _lengths(x)
    with torch.no_grad():
        model(*([x] if network == "SimplePhotometryMLP" else [x, lengths]))
    return Given(given, x, lengths)


def gradients(learner: Learner, network: str, sizes: Sizes, x: Tensor) -> Gradients:
    """The number of weights, and for each tensor of them whether a gradient arrives."""
    model = _built(learner, network, sizes)
    out = _asked(model, network, x)
    (out * torch.linspace(-1, 1, out.numel()).view(out.shape)).sum().backward()
    arrives = {
        name: weight.grad is not None and bool((weight.grad != 0).any())
        for name, weight in model.named_parameters()
    }
    return Gradients(sum(weight.numel() for weight in model.parameters()), arrives)


def derivatives(learner: Learner, network: str, sizes: Sizes, x: Tensor) -> Any:
    """The derivative of each logit by each feature, where each light curve is one observation."""
    out = _asked(_built(learner, network, sizes), network, x.requires_grad_())
    if not out.requires_grad:
        return None
    options: dict[str, Any] = {"retain_graph": True, "materialize_grads": True}
    by_class = [torch.autograd.grad(each.sum(), x, **options)[0] for each in out.T]
    return torch.stack(by_class, dim=1).squeeze(2)  # (batch, num_classes, n_features)


def dropped_out(
    learner: Learner, network: str, sizes: Sizes, x: Tensor, dropout: float
) -> Repeated:
    """The same batch asked twice in each mode: does chance come in?"""
    model = _built(learner, network, sizes, dropout)
    with torch.no_grad():
        return Repeated(
            training=(_asked(model.train(), network, x), _asked(model, network, x)),
            evaluation=(_asked(model.eval(), network, x), _asked(model, network, x)),
        )


def recurrent_layers(learner: Learner, sizes: Sizes) -> list[str]:
    """The kinds of recurrent layers in the learner's LSTM."""
    kinds = (nn.LSTM, nn.GRU, nn.RNN, nn.LSTMCell, nn.GRUCell, nn.RNNCell)
    modules = _built(learner, "LightCurveLSTM", sizes).modules()
    return [kind.__name__ for m in modules for kind in kinds if isinstance(m, kind)]


def overfitted(
    learner: Learner, network: str, sizes: Sizes, x: Tensor, labels: Tensor, steps: int
) -> Overfitted:
    """The cross-entropy of one batch before and after a network is trained on nothing else."""
    model = _built(learner, network, sizes).train()
    optimizer = Adam(model.parameters(), lr=0.03)
    losses = []
    for _ in range(steps + 1):
        loss = F.cross_entropy(_asked(model, network, x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return Overfitted(losses[0], losses[-1])


def focal_loss(
    learner: Learner, settings: dict[str, float], inputs: Tensor, targets: Tensor
) -> Loss:
    """The loss and its gradient by the logits."""
    inputs.requires_grad_()
    loss = learner.FocalLoss(**settings)(inputs, targets)
    flows = isinstance(loss, Tensor) and loss.requires_grad
    if flows and loss.ndim == 0:
        loss.backward()
    return Loss(loss, flows, inputs.grad)


class Spy(nn.Module):
    """Linear in the mean observation. Notes its mode, and whether gradients are computed."""

    def __init__(self, weight: Tensor, events: list[str]) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)  # (n_features, num_classes)
        self.weight.register_hook(lambda _: events.append("backward"))
        self.events = events
        self.modes: list[Mode] = []
        self.places: list[str] = []

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        self.events.append("forward")
        self.modes.append(Mode(self.training, torch.is_grad_enabled()))
        self.places = [self.weight.device.type, features.device.type, lengths.device.type]
        return features.sum(dim=1) / lengths.unsqueeze(1) @ self.weight  # (batch, num_classes)

    def zero_grad(self, set_to_none: bool = True) -> None:
        self.events.append("zero")
        super().zero_grad(set_to_none)


class SpyLoss(nn.Module):
    """The cross-entropy. Notes the sums of what should be logits; stops on the device `meta`."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("scale", torch.ones(1))
        self.sums: list[float] = []
        self.places: list[str] = []

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        if not inputs.is_floating_point():
            raise TypeError("criterion(labels, logits): the logits come first")
        self.places = [targets.device.type, self.get_buffer("scale").device.type]
        if "meta" in [*self.places, inputs.device.type]:
            raise Arrived
        self.sums += inputs.sum(dim=-1).flatten().tolist()
        return F.cross_entropy(inputs, targets)


class Arrived(Exception):
    """The batch has come as far as the criterion."""


class SpySGD(SGD):
    """Plain gradient descent that notes what it is told."""

    def __init__(self, model: Spy, lr: float) -> None:
        super().__init__(model.parameters(), lr=lr)
        self.events = model.events

    def zero_grad(self, set_to_none: bool = True) -> None:
        self.events.append("zero")
        super().zero_grad(set_to_none)

    def step(self, closure: Any = None) -> Any:
        self.events.append("step")
        return super().step(closure)


def _loader(features: Tensor, labels: Tensor, batch_size: int, drop_last: bool) -> DataLoader[Any]:
    return DataLoader(TensorDataset(features, labels), batch_size, drop_last=drop_last)


def trained(
    learner: Learner,
    weight: Tensor,
    batches: Batches,
    lr: float = 0.1,
    left_over: float = 0.0,
    device: str | None = "cpu",
) -> Trained:
    """An epoch of `train_epoch` with a network that comes in evaluation mode."""
    events: list[str] = []
    model, criterion = Spy(weight, events).eval(), SpyLoss()
    optimizer = SpySGD(model, lr)
    if left_over:
        model.weight.grad = torch.full_like(weight, left_over)
    more = {} if device is None else {"device": device}
    returned = learner.train_epoch(model, _loader(*batches), optimizer, criterion, **more)
    return Trained(returned, model.weight, model.modes, criterion.sums, events)


def evaluated(
    learner: Learner,
    weight: Tensor,
    batches: Batches,
    training: bool = True,
    device: str | None = "cpu",
) -> Evaluated:
    """`evaluate_model` with a network in either mode, and what has become of that."""
    model, criterion = Spy(weight.clone(), []).train(training), SpyLoss()
    more = {} if device is None else {"device": device}
    try:
        returned = learner.evaluate_model(model, _loader(*batches), criterion, **more)
        off = not torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    return Evaluated(
        returned,
        model.weight,
        model.modes,
        criterion.sums,
        gradient=model.weight.grad,
        training=model.training,
        gradients_off=off or not model.weight.requires_grad,
    )


def devices(learner: Learner, loop: str, weight: Tensor, batches: Batches) -> dict[str, str]:
    """Where a loop brings everything if it is told the device `meta`, on which nothing is real."""
    model, criterion = Spy(weight, []), SpyLoss()
    optimizer = [SpySGD(model, 0.1)] if loop == "train_epoch" else []
    try:
        getattr(learner, loop)(model, _loader(*batches), *optimizer, criterion, "meta")
    except Arrived:
        pass
    except (RuntimeError, NotImplementedError):
        if not model.places or len({*model.places, *criterion.places}) == 1:
            raise  # not for want of moving something
    names = ("model", "features", "lengths", "labels", "criterion")
    return dict(zip(names, [*model.places, *criterion.places], strict=False))


def learning_rates(learner: Learner, rates: list[float], num_epochs: int, *warmup: int) -> Any:
    """The learning rate of each group in each epoch."""
    groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": rate} for rate in rates]
    optimizer = SGD(groups, lr=1.0)
    scheduler = learner.warmup_cosine(optimizer, num_epochs, *warmup)
    seen = []
    for _ in range(num_epochs):
        seen.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    return seen


class Ladder(nn.Module):
    """Each training step takes its weight down by the learning rate: one rung."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

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

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        super().__init__(optimizer, 1, gamma)
        self.steps = 0  # the first step is PyTorch's own

    def step(self, *args: Any) -> None:
        self.steps += 1
        super().step(*args)


def fitted(
    learner: Learner,
    train: list[float],
    val: list[float],
    settings: dict[str, Any],
    batches: int = 1,
    gamma: float = 1.0,
) -> Fitted:
    """`fit` with losses that are known beforehand: its history, and how far down it left us."""
    model = Ladder()
    optimizer = SGD(model.parameters(), lr=1.0)
    scheduler = CountingScheduler(optimizer, gamma)
    if gamma != 1:
        settings = settings | {"scheduler": scheduler}
    train_set = TensorDataset(torch.zeros(2 * batches, 1, 6), torch.zeros(2 * batches).long())
    val_set = TensorDataset(torch.zeros(4, 1, 6), torch.tensor([0, 0, 0, 1]))
    history = learner.fit(
        model,
        DataLoader(train_set, batch_size=2),
        DataLoader(val_set, batch_size=4),
        optimizer,
        Script(model, train, val, batches),
        **settings,
    )
    return Fitted(history, model.weight.item(), scheduler.steps)
