"""Probes of Exercise 6: networks are built and asked, and loops driven with networks of our own.

`Spy` and `Ladder` stand in for a network where a loop is tried out: the first tells how it is
asked, the second how often it was trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Adam
from torch.utils.data import DataLoader, TensorDataset

from grader.course.ex06.looking import dropped, joined, watched
from grader.course.ex06.replies import (
    LEFT_OUT,
    LEFT_OVER,
    Dropout,
    Evaluated,
    Fitted,
    Given,
    Gradients,
    Inside,
    Layer,
    Loss,
    Overfitted,
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


def _built(learner: Learner, network: str, sizes: Sizes, dropout: float | None = 0.0) -> nn.Module:
    seed_torch(0)
    return getattr(learner, network)(*sizes, *([] if dropout is None else [dropout]))


def _asked(model: nn.Module, network: str, x: Tensor, lengths: Tensor | None = None) -> Tensor:
    """The logits; `lengths` are those of the observations unless they are given."""
    x = x.clone()  # a network that changes its input harms only itself
    if network == "SimplePhotometryMLP":
        return model(x)
    return model(x, _lengths(x) if lengths is None else lengths)


def _lengths(x: Tensor) -> Tensor:
    return (x[..., FIRST_BAND:] != 0).any(dim=-1).sum(dim=-1)


def several(learner: Learner, probe: str, questions: Sequence[Any]) -> list[Any]:
    """What one probe brings back for each of several questions, all of them asked at once."""
    return [globals()[probe](learner, *question) for question in questions]


def logits(
    learner: Learner, network: str, sizes: Sizes, batches: Sequence[Tensor], alone: bool = False
) -> Any:
    """What one network gives for each of some batches in evaluation mode, and for the first again.

    With `alone`, also what it gives for the light curves of the first batch one by one, in one
    tensor; None if these are not batches of one. All comes in one tensor if the shapes are right.
    """
    model = _built(learner, network, sizes, dropout=0.2).eval()
    with torch.no_grad():
        found: list[Any] = [_asked(model, network, x) for x in [*batches, batches[0]]]
        if alone:
            each = [_asked(model, network, x.unsqueeze(0)) for x in batches[0]]
            whole = all(isinstance(one, Tensor) and one.shape[:1] == (1,) for one in each)
            found.append(torch.cat(each) if whole else None)
    rows = [len(x) for x in (*batches, batches[0], batches[0])]
    return joined(found, [(n, sizes[-1]) for n in rows[: len(found)]])


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


def gradients(
    learner: Learner, network: str, sizes: Sizes, x: Tensor, others: Sequence[Sizes]
) -> Gradients:
    """The number of weights, and for each tensor of them whether a gradient arrives.

    With it come the numbers of weights with other sizes.
    """
    model = _built(learner, network, sizes)
    out = _asked(model, network, x)
    (out * torch.linspace(-1, 1, out.numel()).view(out.shape)).sum().backward()
    arrives = {
        name: weight.grad is not None and bool((weight.grad != 0).any())
        for name, weight in model.named_parameters()
    }
    models = [model, *(_built(learner, network, other) for other in others)]
    weights = [sum(weight.numel() for weight in one.parameters()) for one in models]
    return Gradients(weights[0], arrives, weights[1:])


def derivatives(learner: Learner, network: str, all_sizes: list[Sizes], x: Tensor) -> list[Any]:
    """The derivative of each logit by each feature, where each light curve is one observation.

    There is one item for each of the sizes that a network is made with.
    """
    options: dict[str, Any] = {"retain_graph": True, "materialize_grads": True}
    found: list[Any] = []
    for sizes in all_sizes:
        given = x.clone().requires_grad_()
        out = _asked(_built(learner, network, sizes), network, given)
        by_class = [torch.autograd.grad(each.sum(), given, **options)[0] for each in out.T]
        found.append(torch.stack(by_class, dim=1).squeeze(2))  # (batch, num_classes, n_features)
    return found


def dropout(learner: Learner, network: str, all_sizes: list[Sizes], x: Tensor) -> list[Dropout]:
    """A batch asked twice in each mode, for each of the sizes: where does chance come in?"""
    return [_dropout(learner, network, sizes, x) for sizes in all_sizes]


def _dropout(learner: Learner, network: str, sizes: Sizes, x: Tensor) -> Dropout:
    model, seen = _built(learner, network, sizes, 0.5).train(), list[tuple[Any, Tensor, Any]]()
    hooks = watched(model, lambda *call: seen.append((call[0], call[1][0], call[2])))
    with torch.no_grad():
        training = (_asked(model, network, x), _asked(model, network, x))
        for hook in hooks:
            hook.remove()
        evaluation = (_asked(model.eval(), network, x), _asked(model, network, x))
        without = _built(learner, network, sizes, 0.0).train()
        never = (_asked(without, network, x), _asked(without, network, x))
        first, second = seen[: len(seen) // 2], seen[len(seen) // 2 :]
        lines = [call[1:] for call in first if isinstance(call[0], nn.Linear)]
        again = [call[1] for call in second if isinstance(call[0], nn.Linear)]
        logits = [*training, *evaluation, *never, _asked(without.eval(), network, x)]
        states = [(a[2][1][0], b[2][1][0]) for a, b in zip(first, second, strict=False)
                  if isinstance(a[0], nn.LSTM)]  # fmt: skip
        return Dropout(
            logits=joined(logits, [(len(x), sizes[-1])] * len(logits)),
            rates=dropout_rates(learner, network, sizes, 0.3),
            usual=dropout_rates(learner, network, sizes, None),
            linear=[not torch.equal(a[0], b) for a, b in zip(lines[:1], again, strict=False)]
            + [dropped(before[1], after[0]) for before, after in pairwise(lines)],
            states=[not torch.equal(a, b) for a, b in states],
        )


def dropout_rates(
    learner: Learner, network: str, sizes: Sizes, dropout: float | None
) -> list[float]:
    """The rates of the dropout layers, each once, and of the LSTMs of several layers."""
    modules = list(_built(learner, network, sizes, dropout).modules())
    rates = {m.p for m in modules if isinstance(m, nn.Dropout)}
    rates |= {m.dropout for m in modules if isinstance(m, nn.LSTM) and m.num_layers > 1}
    return sorted(float(rate) for rate in rates)


def inside(learner: Learner, network: str, sizes: Sizes, x: Tensor) -> Inside:
    """What each linear layer and LSTM is given and gives in evaluation mode, and the logits."""
    model, layers = _built(learner, network, sizes).eval(), list[Layer]()

    def rows(value: Any) -> Tensor:
        value = getattr(value, "data", value)  # of a packed sequence
        return value.detach().reshape(-1, value.shape[-1]).clone()

    def note(layer: nn.Module, given: tuple[Any, ...], out: Any) -> None:
        kind, first = type(layer).__name__, rows(given[0])
        if isinstance(out, Tensor):
            layers.append(Layer(kind, first, rows(out), None, None))
        else:
            layers.append(Layer(kind, first, rows(out[0]), *map(rows, out[1])))

    watched(model, note)
    with torch.no_grad():
        return Inside(logits=_asked(model, network, x), layers=layers)


def recurrent_layers(learner: Learner, sizes: Sizes) -> list[list[Any]]:
    """Kind, input size, hidden size and number of layers of each recurrent layer."""
    kinds = (nn.RNNBase, nn.RNNCellBase)
    modules = _built(learner, "LightCurveLSTM", sizes).modules()
    layers = [m for m in modules if isinstance(m, kinds)]
    return [
        [type(m).__name__, m.input_size, m.hidden_size, getattr(m, "num_layers", 1)] for m in layers
    ]


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
    learner: Learner, weight: Tensor, batches: Batches, lr: float = 0.1, device: str | None = "cpu"
) -> Trained:
    """An epoch of `train_epoch` with a network that comes in evaluation mode, with gradients."""
    events: list[str] = []
    model, criterion = Spy(weight, events).eval(), SpyLoss()
    optimizer = SpySGD(model, lr)
    model.weight.grad = torch.full_like(weight, LEFT_OVER)
    more = {} if device is None else {"device": device}
    try:
        returned = learner.train_epoch(model, _loader(*batches), optimizer, criterion, **more)
        frozen = not (model.weight.requires_grad and torch.is_grad_enabled())
    finally:
        torch.set_grad_enabled(True)
    steps, thawed = events.count("step"), model.frozen.requires_grad
    seen = (returned, model.weight, model.modes, criterion.sums, thawed)
    return Trained(*seen, events, steps, frozen)


def evaluated(
    learner: Learner,
    weight: Tensor,
    batches: Batches,
    training: bool = True,
    device: str | None = "cpu",
) -> Evaluated:
    """`evaluate_model` with a network in either mode, and what has become of that.

    With a network in evaluation mode, whoever calls has switched gradients off.
    """
    model, criterion = Spy(weight.clone(), []).train(training), SpyLoss()
    model.weight.grad = torch.full_like(weight, LEFT_OVER)
    more = {} if device is None else {"device": device}
    try:
        torch.set_grad_enabled(training)
        returned = learner.evaluate_model(model, _loader(*batches), criterion, **more)
        gradients_on = torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    return Evaluated(
        returned,
        model.weight,
        model.modes,
        criterion.sums,
        model.frozen.requires_grad,
        gradient=model.weight.grad,
        training=model.training,
        layers_training=model.layers_training,
        gradients_on=gradients_on,
        frozen=not model.weight.requires_grad,
    )


def after_error(learner: Learner, weight: Tensor, batches: Batches) -> list[list[bool]]:
    """What is left after `evaluate_model` has raised a ValueError; nothing where it has not.

    Whether the network is in training mode, and whether gradients are on: for a network that comes
    in training mode, and for one in evaluation mode.
    """
    left: list[list[bool]] = []
    for training in (True, False):
        model = Spy(weight.clone(), []).train(training)
        try:
            learner.evaluate_model(model, _loader(*batches), SpyLoss(), "cpu")
            left.append([])
        except ValueError:
            left.append([model.training, torch.is_grad_enabled()])
        finally:
            torch.set_grad_enabled(True)
    return left


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
    batches: int,
    gamma: float | None,
) -> Fitted:
    """`fit` with losses that are known beforehand: its history, and how far down it left us."""
    model = Ladder()
    optimizer = SGD(model.parameters(), lr=1.0)
    idle = [nn.Parameter(torch.zeros(1))]  # never has a gradient
    optimizer.add_param_group({"params": idle, "lr": 3.0})
    places: list[str] = []
    calls: list[str] = []
    scheduler = CountingScheduler(optimizer, gamma or 1.0, calls)
    if gamma is not None:
        settings = settings | {"scheduler": scheduler}
    train_set = TensorDataset(torch.zeros(2 * batches, 1, 6), torch.zeros(2 * batches).long())
    val_set = TensorDataset(torch.zeros(3, 1, 6), torch.tensor([0, 0, 1]))
    with recorded(learner, places, calls):
        history = learner.fit(
            model,
            DataLoader(train_set, batch_size=2),
            DataLoader(val_set, batch_size=3),
            optimizer,
            Script(model, train, val, batches),
            **settings,
        )
    weight, given = model.weight.item(), scheduler.given
    return Fitted(history, weight, scheduler.steps, places, calls, given, model.loaded)
