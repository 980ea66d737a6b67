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
from torch.optim import SGD, Adam
from torch.utils.data import DataLoader, TensorDataset

from grader.course.ex06.replies import (
    LEFT_OUT,
    Evaluated,
    Fitted,
    Given,
    Gradients,
    Loss,
    Overfitted,
    Repeated,
    States,
    Trained,
)
from grader.course.ex06.stand_ins import (
    Arrived,
    CountingScheduler,
    Ladder,
    Script,
    Spy,
    SpyLoss,
    SpySGD,
)
from grader.course.ex06.surroundings import readable, recorded
from grader.course.seeds import seed_torch
from grader.runner import Learner

Sizes: TypeAlias = list[Any]  # what a network is made with: numbers, and a list of them for an MLP
Batches: TypeAlias = tuple[Tensor, Tensor, int, bool]  # features, labels, batch size, drop_last

FIRST_BAND = 3


def _built(learner: Learner, network: str, sizes: Sizes, dropout: float = 0.0) -> nn.Module:
    seed_torch(0)
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
    weights, arrives = 0, {}
    for name, weight in model.named_parameters():
        weights += weight.numel()
        arrives[name] = weight.grad is not None and bool((weight.grad != 0).any())
    return Gradients(weights, arrives)


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


def dropout_rates(learner: Learner, network: str, sizes: Sizes, dropout: float) -> list[float]:
    """The rates of the dropout layers, each once, and of the LSTMs of several layers."""
    modules = list(_built(learner, network, sizes, dropout).modules())
    rates = {m.p for m in modules if isinstance(m, nn.Dropout)}
    rates |= {m.dropout for m in modules if isinstance(m, nn.LSTM) and m.num_layers > 1}
    return sorted(float(rate) for rate in rates)


def dropped_in(learner: Learner, network: str, sizes: Sizes, x: Tensor) -> list[bool]:
    """For each linear layer in order: does chance change what it is given, in training mode?

    Before them the same for what each LSTM of several layers gives.
    """
    model = _built(learner, network, sizes, 0.5).train()
    inputs: list[list[Tensor]] = [[], []]

    def note(layer: nn.Module, given: tuple[Any, ...]) -> None:
        inputs[-1].append(given[0].clone())

    def note_state(layer: nn.Module, given: tuple[Any, ...], out: Any) -> None:
        inputs[-1].append(out[1][0].clone())

    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            layer.register_forward_pre_hook(note)
        if isinstance(layer, nn.LSTM) and layer.num_layers > 1:
            layer.register_forward_hook(note_state)
    with torch.no_grad():
        for _ in range(2):
            inputs.append([])
            _asked(model, network, x)
    return [not torch.equal(a, b) for a, b in zip(*inputs[-2:], strict=True)]


def between(learner: Learner, network: str, sizes: Sizes, x: Tensor) -> list[list[Any]]:
    """For each linear layer but the last: what it gives, and what the next one is given."""
    model = _built(learner, network, sizes).eval()
    seen: list[Tensor] = []

    def note(layer: nn.Module, given: tuple[Any, ...], out: Tensor) -> None:
        seen.extend(each.detach().reshape(-1, each.shape[-1]).clone() for each in (given[0], out))

    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            layer.register_forward_hook(note)
    with torch.no_grad():
        _asked(model, network, x)
    return [list(pair) for pair in zip(seen[1:-1:2], seen[2::2], strict=True)]


def entered(learner: Learner, network: str, sizes: Sizes, x: Tensor) -> Any:
    """The rows of one light curve that reach the first linear layer or LSTM; None if unknown."""
    model, rows = _built(learner, network, sizes).eval(), []

    def note(layer: nn.Module, given: tuple[Any, ...]) -> None:
        rows.append(getattr(given[0], "data", given[0]).reshape(-1, x.shape[-1]).clone())

    for layer in model.modules():
        width = {nn.Linear: "in_features", nn.LSTM: "input_size"}.get(type(layer), "")
        if width and getattr(layer, width) == x.shape[-1]:
            layer.register_forward_pre_hook(note)
    with torch.no_grad():
        _asked(model, network, x)
    return rows[0] if rows else None


def states(learner: Learner, sizes: Sizes, x: Tensor) -> States:
    """What an LSTM gives for one light curve, and what the first linear layer gets of it."""
    model = _built(learner, "LightCurveLSTM", sizes).eval()
    outputs: list[Any] = []
    taken: list[Any] = []
    for layer in model.modules():
        if isinstance(layer, nn.LSTM):
            layer.register_forward_hook(lambda layer, given, out: outputs.append(out))
        if isinstance(layer, nn.Linear) and layer.in_features == sizes[1]:
            layer.register_forward_pre_hook(lambda layer, given: taken.append(given[0]))
    with torch.no_grad():
        _asked(model, "LightCurveLSTM", x)
    if len(outputs) != 1 or not taken or taken[0].numel() != sizes[1]:
        return States(None, None, None, None)
    output, (hidden, cell) = outputs[0]
    output = getattr(output, "data", output).reshape(-1, sizes[1])
    return States(output, hidden.squeeze(1), cell.squeeze(1), taken[0].reshape(-1))


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


def _loader(features: Tensor, labels: Tensor, batch_size: int, drop_last: bool) -> DataLoader[Any]:
    """Batches of a data set that has `LEFT_OUT` light curves more: the sampler leaves them out."""
    chosen, more = range(len(labels)), [i % len(labels) for i in range(LEFT_OUT)]
    whole = TensorDataset(*(torch.cat([each, each[more]]) for each in (features, labels)))
    return DataLoader(whole, batch_size, sampler=chosen, drop_last=drop_last)


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
    try:
        returned = learner.train_epoch(model, _loader(*batches), optimizer, criterion, **more)
        frozen = not (model.weight.requires_grad and torch.is_grad_enabled())
    finally:
        torch.set_grad_enabled(True)
    steps = events.count("step")
    return Trained(returned, model.weight, model.modes, criterion.sums, events, steps, frozen)


def evaluated(
    learner: Learner,
    weight: Tensor,
    batches: Batches,
    training: bool = True,
    device: str | None = "cpu",
) -> Evaluated:
    """`evaluate_model` with a network in either mode, and what has become of that."""
    model, criterion = Spy(weight.clone(), []).train(training), SpyLoss()
    model.weight.grad = torch.full_like(weight, 0.5)
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
        layers_training=model.layers_training,
        gradients_off=off or not model.weight.requires_grad,
    )


def after_error(learner: Learner, weight: Tensor, batches: Batches, training: bool) -> list[bool]:
    """What is left after `evaluate_model` has raised a ValueError; nothing if it has not.

    Whether the network is in training mode, and whether gradients are on.
    """
    model = Spy(weight.clone(), []).train(training)
    try:
        learner.evaluate_model(model, _loader(*batches), SpyLoss(), "cpu")
    except ValueError:
        return [model.training, torch.is_grad_enabled()]
    finally:
        torch.set_grad_enabled(True)
    return []


def devices(learner: Learner, loop: str, weight: Tensor, batches: Batches) -> dict[str, str]:
    """Where a loop brings everything if it is told the device `meta`, on which nothing is real."""
    model, criterion = Spy(weight, []), SpyLoss()
    optimizer = [SpySGD(model, 0.1)] if loop == "train_epoch" else []
    try:
        with readable():
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
    idle = [nn.Parameter(torch.zeros(1))]  # never has a gradient
    optimizer.add_param_group({"params": idle, "lr": 3.0})
    places: list[str] = []
    calls: list[str] = []
    scheduler = CountingScheduler(optimizer, gamma, calls)
    if gamma != 1:
        settings = settings | {"scheduler": scheduler}
    train_set = TensorDataset(torch.zeros(2 * batches, 1, 6), torch.zeros(2 * batches).long())
    val_set = TensorDataset(torch.zeros(4, 1, 6), torch.tensor([0, 0, 0, 1]))
    with recorded(learner, places, calls):
        history = learner.fit(
            model,
            DataLoader(train_set, batch_size=2),
            DataLoader(val_set, batch_size=4),
            optimizer,
            Script(model, train, val, batches),
            **settings,
        )
    return Fitted(history, model.weight.item(), scheduler.steps, places, calls, scheduler.given)
