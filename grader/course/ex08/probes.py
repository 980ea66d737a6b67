"""Probes of Exercise 8: what a sampler deals, what a tracker measures, and trainings by script.

`Spy` and `Scripted` stand in for networks. The first says how it is asked; the second gives, after
each epoch, the validation loss that a script wants, and counts in its own `state_dict` how often it
was trained, so that one sees which epoch's weights come back. `Recorder` stands in for a tracker.
"""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset

from grader.runner import Learner

N_FEATURES = 8  # of the light curves made here, which have a single row


# 8.1 BalancedBatchSampler


def dealt(
    learner: Learner, labels: Any, batch_size: int, passes: int, seed: int, most: int = 100
) -> dict:
    """The length of a sampler, and the batches of some passes (the first `most` of each)."""
    torch.manual_seed(seed)
    sampler = learner.BalancedBatchSampler(labels, batch_size)
    batches = [[_plain(batch) for batch in islice(iter(sampler), most)] for _ in range(passes)]
    return {"length": len(sampler), "passes": batches}


def _plain(batch: Any) -> Any:
    """A batch as a list of ints, or what it is if it is none."""
    try:
        return [operator.index(position) for position in batch]
    except TypeError:
        return operator.index(batch) if hasattr(batch, "__index__") else batch


# 8.2 EarlyStopping


def told(learner: Learner, settings: dict, losses: list) -> dict:
    """The answers to a series of losses, and the best loss at the end."""
    stopping = learner.EarlyStopping(**settings)
    answers = [stopping(loss) for loss in losses]
    return {"answers": answers, "best": stopping.best_loss, "counter": stopping.counter}


# 8.3 and 8.4 MetricsTracker


def metrics(learner: Learner, names: list, rare: list, batches: list, before: list = ()) -> Any:  # type: ignore[assignment]
    """The metrics of some batches (predictions, targets, loss); of those before it was reset."""
    tracker = learner.MetricsTracker(names, rare)
    for batch in before:
        tracker.update(*batch)
    if before:
        tracker.compute_metrics()
        tracker.reset()
    for predictions, targets, loss in batches:
        if predictions.ndim == 2:
            predictions = predictions.clone().requires_grad_()
        tracker.update(predictions, targets, loss)
    return tracker.compute_metrics()


@contextmanager
def _figures_closed() -> Iterator[Any]:
    """Put a figure of somebody else's in front; close it, and all that come, at the end."""
    before = set(plt.get_fignums())
    try:
        yield plt.figure()
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def confusion_figure(learner: Learner, names: list, targets: list, predictions: list) -> dict:
    """What can be read off the figure of a confusion matrix."""
    tracker = learner.MetricsTracker(names)
    tracker.targets, tracker.predictions = targets, predictions
    with _figures_closed() as other:
        figure = tracker.plot_confusion_matrix()
        if not isinstance(figure, plt.Figure):
            return {"is": figure if figure is None else type(figure).__name__}
        if figure is other or not figure.axes:
            return {"is": "other" if figure is other else "empty"}
        return {"is": "figure", **_matrix_of(figure.axes[0])}


def _matrix_of(ax: Any) -> dict:
    """Names, texts and coloured cells of a pair of axes, each with its place in pixels."""
    across = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    down = zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    pixel = ax.transData.transform
    return {
        "labels": [ax.get_xlabel(), ax.get_ylabel()],
        "columns": [[label.get_text(), pixel((x, 0))[0]] for x, label in across],
        "rows": [[label.get_text(), pixel((0, y))[1]] for y, label in down],
        "texts": [
            [text.get_text(), *(pixel(text.xy) if hasattr(text, "xy") else _place(text))]
            for text in ax.texts
        ],
        "cells": [
            [value, *pixel(place)]
            for drawn in (*ax.images, *ax.collections)
            for value, place in _coloured(drawn)
        ],
    }


def _place(text: Any) -> Any:
    return text.get_transform().transform(text.get_position())


def _coloured(drawn: Any) -> Iterator[tuple[float, tuple[float, float]]]:
    """Value and centre of each cell of an image or a mesh."""
    values = drawn.get_array()
    if values is None:
        return
    values = np.ma.filled(np.ma.asarray(values, dtype=float), math.nan)
    if hasattr(drawn, "get_extent"):
        rows, columns = values.shape[:2]
        left, right, bottom, top = drawn.get_extent()
        first, last = (top, bottom) if drawn.origin == "upper" else (bottom, top)
        xs = left + (np.arange(columns) + 0.5) * (right - left) / columns
        ys = first + (np.arange(rows) + 0.5) * (last - first) / rows
        places = [(x, y) for y in ys for x in xs]
    elif hasattr(drawn, "get_coordinates"):
        corners = drawn.get_coordinates()  # (rows + 1, columns + 1, 2)
        middles = (corners[1:, 1:] + corners[:-1, :-1]) / 2
        places = [tuple(place) for place in middles.reshape(-1, 2)]
    else:
        return
    yield from zip(values.ravel().tolist(), places, strict=False)


# 8.5 class_weights, run_epoch, train_with_imbalance_handling


def _loader(features: Tensor, labels: Tensor, batches: list) -> DataLoader:
    """A loader that delivers these positions, batch by batch."""
    return DataLoader(TensorDataset(features, labels), batch_sampler=batches)


def weights(learner: Learner, labels: Tensor, batches: list, num_classes: int) -> Any:
    features = torch.ones(len(labels), 1, N_FEATURES)
    return learner.class_weights(_loader(features, labels, batches), num_classes)


class Spy(nn.Module):
    """Its logits are the first features plus a shift that is trained; it notes how it is asked."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(num_classes))
        self.asked: list[list[Any]] = []

    def forward(self, x: Tensor) -> Tensor:
        self.asked.append([self.training, torch.is_grad_enabled()])
        return x[:, 0, : len(self.shift)] + self.shift  # (batch, num_classes)


class Recorder:
    """A tracker that writes down what it is told."""

    def __init__(self, answer: dict) -> None:
        self.answer = answer
        self.told: list[list[Any]] = []

    def reset(self) -> None:
        self.told.append(["reset"])

    def update(self, preds: Any, targets: Any, loss: Any) -> None:
        fixed = [each.detach().clone() if isinstance(each, Tensor) else each
                 for each in (preds, targets)]  # fmt: skip
        kind = type(loss).__name__
        self.told.append(["update", *fixed, float(loss), kind])

    def compute_metrics(self) -> dict:
        self.told.append(["compute"])
        return self.answer


def one_epoch(
    learner: Learner, logits: Tensor, labels: Tensor, batches: list, rate: float, answer: dict
) -> dict:
    """What `run_epoch` does to a model and tells a tracker. A rate of 0 stands for no optimizer."""
    num_classes = logits.shape[1]
    features = F.pad(logits, (0, N_FEATURES - num_classes), value=1.0).unsqueeze(1)
    model, tracker = Spy(num_classes), Recorder(answer)
    model.train(rate == 0)  # the wrong mode, to begin with
    model.shift.grad = torch.full_like(model.shift, 3.0)  # left over from something else
    optimizer = SGD(model.parameters(), lr=rate) if rate else None
    returned = learner.run_epoch(
        model, _loader(features, labels, batches), nn.CrossEntropyLoss(), tracker, optimizer, "cpu"
    )
    kept = model.shift.detach()
    return {"returned": returned, "told": tracker.told, "asked": model.asked, "shift": kept}


class _Counted(torch.autograd.Function):
    """Hands logits through; its backward pass counts, and gives the walker a gradient of one."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, walker: Tensor, model: Any) -> Tensor:
        ctx.model = model
        return logits.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Any, ...]:
        ctx.model.steps += 1
        if not ctx.model.training:
            ctx.model.confused.append("training")
        return gradients[0], torch.ones(()), None


class Scripted(nn.Module):
    """A network whose validation loss follows a script.

    The first feature says whether a light curve is for training (0) or for validation (1), the
    second is its label then, and the third which of the objects is told apart. In training the
    logits are the features after these. In each step `walker` moves down by the learning rate.
    """

    def __init__(self, num_classes: int, script: list, right: list) -> None:
        super().__init__()
        self.num_classes, self.script, self.right = num_classes, script, right
        self.walker = nn.Parameter(torch.zeros(()))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.steps: Tensor
        self.confused: list[str] = []  # what it did in the wrong mode
        self.loaded = 0

    def load_state_dict(self, *args: Any, **kwargs: Any) -> Any:
        self.loaded += 1
        return super().load_state_dict(*args, **kwargs)

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, 0]  # (batch, features)
        validation = bool((x[:, 0] == 1).all())
        if validation and self.training:
            self.confused.append("validation")
        if validation:
            return self._by_script(x[:, 1].long(), x[:, 2].long()) + 0 * self.walker
        return _Counted.apply(x[:, 3 : 3 + self.num_classes], self.walker, self)

    def _by_script(self, labels: Tensor, numbers: Tensor) -> Tensor:
        """Logits with the loss of this epoch for each object, and the right ones as it wants."""
        epoch = min(max(int(self.steps) - 1, 0), len(self.script) - 1)
        loss = self.script[epoch]
        if loss is None:
            raise PowerCut("the power failed")
        p = math.exp(-loss)
        others = self.num_classes - 1
        spread = torch.full((len(labels), self.num_classes), (1 - p) / others)
        lumped = torch.full_like(spread, 1e-9)
        lumped[torch.arange(len(labels)), (labels + 1) % self.num_classes] = 1 - p
        right = torch.tensor(self.right[epoch])[numbers].unsqueeze(1)  # (batch, 1)
        chances = torch.where(right, spread, lumped)
        chances[torch.arange(len(labels)), labels] = p
        return chances.log()


class PowerCut(RuntimeError):
    """Raised on purpose, in the middle of a training."""


def trained(
    learner: Learner,
    logits: Tensor,
    labels: Tensor,
    batch: list,
    val_labels: Tensor,
    script: list,
    right: list,
    rates: list = (),  # type: ignore[assignment]
    **options: Any,
) -> dict:
    """A training by script: its history, and which epoch's weights are returned and saved.

    `batch` holds the positions that make up the only batch of an epoch; with `rates`, a scheduler
    multiplies the learning rate by `rates[0]` after each epoch.
    """
    num_classes = logits.shape[1]
    model = Scripted(num_classes, script, right)
    train = _loader(_rows(0, labels, logits), labels, [batch])
    empty = torch.zeros(len(val_labels), num_classes)
    val = _loader(_rows(1, val_labels, empty), val_labels, [list(range(len(val_labels)))])
    if rates:
        options["make_scheduler"] = lambda optimizer: StepLR(optimizer, 1, gamma=rates[0])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "best.pt"
        options |= {"device": "cpu", "weight_decay": 0.0, "progress": False}
        got: dict[str, Any] = {"cut": False}
        try:
            result = learner.train_with_imbalance_handling(
                model, train, val, checkpoint_path=path, **options
            )
            got |= _returned(result)
        except PowerCut:
            got["cut"] = True
        return got | {"file": _saved(path), "confused": model.confused, "loaded": model.loaded}


def _rows(kind: int, labels: Tensor, logits: Tensor) -> Tensor:
    """Features (objects, 1, 3 + num_classes) for `Scripted`."""
    count = len(labels)
    head = [torch.full((count,), float(kind)), labels.float(), torch.arange(count).float()]
    return torch.cat([torch.stack(head, dim=1), logits], dim=1).unsqueeze(1)


def _returned(result: Any) -> dict:
    if not isinstance(result, tuple | list) or len(result) != 2:
        return {"result": type(result).__name__}
    model, history = result
    if not isinstance(model, nn.Module):
        return {"result": type(result).__name__, "model": type(model).__name__}
    state = model.state_dict()
    last = {"steps": int(state["steps"]), "walker": float(state["walker"])}
    return {"result": "pair", "model": "model", "history": history, **last}


def _saved(path: Path) -> Any:
    """How often the model in a checkpoint had been trained, or what is wrong with the file."""
    if not path.exists():
        return "missing"
    try:
        state = torch.load(path, weights_only=True)
    except Exception:
        return "unsafe"
    return int(state["steps"]) if isinstance(state, dict) and "steps" in state else "other"


# 8.6 plot_training_history


def history_figure(learner: Learner, history: dict) -> dict:
    """What can be read off the figure of a history."""
    given = copy.deepcopy(history)
    with _figures_closed() as other:
        figure = learner.plot_training_history(given)
        if not isinstance(figure, plt.Figure):
            return {"is": figure if figure is None else type(figure).__name__}
        if figure is other or not figure.axes:
            return {"is": "other" if figure is other else "empty"}
        legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes)]
        names = [pair for legend in legends if legend for pair in _entries(legend)]
        axes = [_panel(ax, names) for ax in figure.axes]
        return {"is": "figure", "axes": axes, "history": given}


def _entries(legend: Any) -> list[tuple[Any, str]]:
    """How each line of a legend looks, and its text."""
    pairs = zip(legend.legend_handles, legend.get_texts(), strict=False)
    return [(_look(handle), text.get_text()) for handle, text in pairs]


def _look(line: Any) -> Any:
    """What tells a line from others."""
    if not isinstance(line, plt.Line2D):
        return None
    return [str(line.get_color()), line.get_linestyle(), str(line.get_marker())]


def _panel(ax: Any, names: list[tuple[Any, str]]) -> dict:
    """Labels, scale, lines and marks of a pair of axes."""
    lines = []
    for line in ax.get_lines():
        x, y = (np.asarray(each, dtype=float).tolist() for each in line.get_data())
        label = [text for look, text in names if look == _look(line)]
        own = [text for text in label if text == line.get_label()]
        lines.append({"x": x, "y": y, "name": (own or label or [""])[0]})
    return {
        "labels": [ax.get_xlabel(), ax.get_ylabel()],
        "scale": ax.get_yscale(),
        "lines": lines,
        "marks": list(_marks(ax)),
    }


def _marks(ax: Any) -> Iterator[float]:
    """Where, along the horizontal axis, something is marked."""
    for line in ax.get_lines():
        x = np.asarray(line.get_xdata(), dtype=float)
        if len(x) and (x == x[0]).all():
            yield float(x[0])
    for drawn in ax.collections:
        if hasattr(drawn, "get_segments"):
            yield from (float(each[0][0]) for each in drawn.get_segments() if len(each))
        else:
            yield from (float(x) for x, _ in np.asarray(drawn.get_offsets(), dtype=float))
    for text in ax.texts:
        yield float(getattr(text, "xy", text.get_position())[0])
    for patch in ax.patches:
        yield float(patch.get_extents().transformed(ax.transData.inverted()).x0)


# 8.E1 mixup_minority


def mixed(learner: Learner, features: Tensor, labels: Tensor, settings: list, seed: int) -> dict:
    """A batch after mixup, and whether the given tensors were left alone."""
    torch.manual_seed(seed)
    before = features.clone(), labels.clone()
    result = learner.mixup_minority(features, labels, *settings)
    same = [torch.equal(old, now) for old, now in zip(before, (features, labels), strict=True)]
    return {"result": result, "unchanged": same}


# 8.E2 mc_dropout_predict


class OneDrop(nn.Module):
    """Two answers are possible for each object: its one feature is dropped, or doubled."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.5)
        self.norm = nn.BatchNorm1d(1, eps=1e-9)
        self.frozen = nn.Sequential(nn.Identity(), nn.Dropout(0.0))
        self.register_buffer("table", table)
        self.table: Tensor
        self.train()
        self.frozen.eval()  # somebody had a reason for this

    def forward(self, x: Tensor) -> Tensor:
        feature = self.frozen(self.norm(self.dropout(x[:, 0, :1])))  # (batch, 1)
        return feature * self.table  # (batch, num_classes)


class SmallTransformer(nn.Module):
    """Dropout is in the layers of the encoder alone."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(N_FEATURES, 2, 8, dropout=0.4, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, x: Tensor) -> Tensor:
        return 3 * self.encoder(x).mean(dim=1)[:, :3]  # (batch, 3)


def _modes(model: nn.Module) -> list[bool]:
    return [module.training for module in model.modules()]


def sampled(
    learner: Learner, table: Tensor, features: Tensor, n_samples: int, training: bool
) -> dict:
    """Mean and spread for a model with two possible answers, and what became of the model."""
    torch.manual_seed(1)
    model = OneDrop(table)
    if not training:
        model.eval()
    modes, state = _modes(model), copy.deepcopy(model.state_dict())
    fast = torch.backends.mha.get_fastpath_enabled()
    try:
        result = learner.mc_dropout_predict(model, features, n_samples)
        kept_fast = torch.backends.mha.get_fastpath_enabled() == fast
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
    same = all(torch.equal(state[name], value) for name, value in model.state_dict().items())
    flows = [isinstance(each, Tensor) and each.requires_grad for each in result]
    after = _modes(model)
    return {
        "result": result,
        "modes": [modes, after],
        "same": same,
        "flows": flows,
        "fast": kept_fast,
    }


def sampled_transformer(learner: Learner, features: Tensor, n_samples: int) -> Any:
    """The spread for a transformer whose encoder has dropout."""
    torch.manual_seed(1)
    model = SmallTransformer().eval()
    fast: Callable[[bool], None] = torch.backends.mha.set_fastpath_enabled
    before = torch.backends.mha.get_fastpath_enabled()
    fast(True)
    try:
        return learner.mc_dropout_predict(model, features, n_samples)
    finally:
        fast(before)
