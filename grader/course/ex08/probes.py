"""Probes of Exercise 8: what a sampler deals, what a tracker measures, and trainings by script."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Collection, Sequence
from contextlib import redirect_stderr, suppress
from io import StringIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import torch
import torch._dynamo  # else the first optimizer does, and takes seconds of a time limit
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD
from torch.optim.lr_scheduler import StepLR

from grader.course.ex08.batches import loader_of, plain, rows
from grader.course.ex08.figures import figures_closed, kind_of, matrix_of, panels_of
from grader.course.ex08.outcomes import returned, saved
from grader.course.ex08.replies import (
    FIGURE,
    Dealt,
    Epoch,
    History,
    Matrix,
    MeasuredTwice,
    Mixed,
    Sampled,
    Told,
    Training,
)
from grader.course.ex08.stand_ins import (
    DROPOUT,
    N_FEATURES,
    OneDrop,
    OneLayer,
    PlacedLoss,
    PowerCut,
    Recorder,
    Script,
    Scripted,
    SmallTransformer,
    Spy,
)
from grader.course.seeds import seed_torch
from grader.runner import Learner

Measured: TypeAlias = tuple[Tensor, Tensor, float]  # predictions, targets, loss


# 8.1 BalancedBatchSampler


def dealt(
    learner: Learner,
    labels: Any,
    batch_size: int,
    passes: int,
    seed: int,
    most: int = 100,
    others: Sequence[int] = (),
) -> Dealt:
    """The length of a sampler, and the batches of some passes (the first `most` of each).

    If there are labels of `others`, a sampler for those is made before the first pass.
    """
    seed_torch(seed)
    sampler = learner.BalancedBatchSampler(labels, batch_size)
    if others:
        learner.BalancedBatchSampler(others, len(others))
    batches = [[plain(batch) for batch in islice(iter(sampler), most)] for _ in range(passes)]
    return Dealt(len(sampler), batches)


# 8.2 EarlyStopping


def told(learner: Learner, settings: dict[str, float], losses: list[float]) -> Told:
    """The answers to a series of losses, and the best loss at the end."""
    stopping = learner.EarlyStopping(**settings)
    answers = [stopping(loss) for loss in losses]
    return Told(answers, stopping.best_loss, stopping.counter)


# 8.3 and 8.4 MetricsTracker


def metrics(
    learner: Learner,
    names: list[str],
    rare: list[str],
    batches: Sequence[Measured],
    before: Sequence[Measured] = (),
) -> Any:
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


def kept(learner: Learner, names: list[str], batch: Measured) -> list[Any]:
    """The predictions that a tracker keeps of a batch."""
    tracker = learner.MetricsTracker(names)
    tracker.update(*batch)
    return list(tracker.predictions)


def measured_twice(
    learner: Learner, names: list[str], batches: Sequence[Measured]
) -> MeasuredTwice:
    """What a tracker keeps of batches, and its measures, asked for twice."""
    tracker = learner.MetricsTracker(names)
    given = [(predictions.clone(), targets.clone()) for predictions, targets, _ in batches]
    for batch in batches:
        tracker.update(*batch)
    same = [
        torch.equal(a, c) and torch.equal(b, d)
        for (a, b, _), (c, d) in zip(batches, given, strict=True)
    ]
    kept = [list(each) for each in (tracker.predictions, tracker.targets, tracker.losses)]
    once = tracker.compute_metrics()
    after = [list(each) for each in (tracker.predictions, tracker.targets, tracker.losses)]
    try:
        again = tracker.compute_metrics()
    except Exception as error:
        again = type(error).__name__
    predictions, targets, losses = kept
    return MeasuredTwice(predictions, targets, losses, after == kept, once, again, all(same))


def confusion_figures(
    learner: Learner, names: list[str], tables: list[tuple[list[int], list[int]]]
) -> list[Matrix]:
    """What can be read off the figures of confusion matrices that one tracker draws.

    Each of the tables holds the targets and the predictions of one matrix.
    """
    tracker = learner.MetricsTracker(names)
    seen, earlier = list[Matrix](), list[Any]()
    with figures_closed() as other:
        for tracker.targets, tracker.predictions in tables:
            figure = tracker.plot_confusion_matrix()
            kind = kind_of(figure, other)
            seen.append(matrix_of(figure.axes[0]) if kind == FIGURE else Matrix(kind))
            seen[-1].used_again = any(figure is one for one in earlier)
            earlier.append(figure)
    return seen


# 8.5 class_weights, run_epoch, train_with_imbalance_handling


def weights(learner: Learner, labels: Tensor, batches: list[list[int]], num_classes: int) -> Any:
    """The class weights for a loader of these batches."""
    features = torch.ones(len(labels), 1, N_FEATURES)
    return learner.class_weights(loader_of(features, labels, batches), num_classes)


@torch.enable_grad()  # and as it was afterwards, whatever an answer does
def one_epoch(
    learner: Learner,
    logits: Tensor,
    labels: Tensor,
    batches: list[list[int]],
    rate: float,
    answer: dict[str, float],
) -> Epoch:
    """What `run_epoch` does to a model and tells a tracker. A rate of 0 stands for no optimizer."""
    num_classes = logits.shape[1]
    features = F.pad(logits, (0, N_FEATURES - num_classes), value=1.0).unsqueeze(1)
    model, tracker = Spy(num_classes), Recorder(answer)
    model.train(rate == 0)  # the wrong mode, to begin with
    model.shift.grad = torch.full_like(model.shift, 3.0)  # left over from something else
    optimizer = SGD(model.parameters(), lr=rate) if rate else None
    returned = learner.run_epoch(
        model,
        loader_of(features, labels, batches),
        nn.CrossEntropyLoss(),
        tracker,
        optimizer,
        "cpu",
    )
    shift, on = model.shift.detach(), torch.is_grad_enabled()
    return Epoch(returned, tracker.told, model.asked, shift, on)


@torch.enable_grad()
def left_behind(learner: Learner, training: bool) -> list[str]:
    """What `run_epoch` does not move to a device.

    The device is `meta`, on which tensors have no values. A pass ends with an error as soon as it
    asks for one, but until then all goes on as usual.
    """
    model, criterion = Spy(2), PlacedLoss()
    loader = loader_of(torch.ones(4, 1, N_FEATURES), torch.tensor([0, 1, 1, 0]), [[0, 1], [2, 3]])
    optimizer = SGD(model.parameters(), lr=0.1) if training else None
    with suppress(Exception):
        learner.run_epoch(model, loader, criterion, Recorder({}), optimizer, "meta")
    places = {
        "the model": model.shift.device,
        "the features": model.place,
        "the criterion": criterion.weight.device,
        "the labels": criterion.place,
    }
    known = {what: place.type for what, place in places.items() if place is not None}
    return [what for what, kind in known.items() if kind != "meta"]


@torch.enable_grad()
def passes_alone(learner: Learner) -> None:
    """Train and look without being told a device."""
    model = Spy(2)
    loader = loader_of(torch.ones(2, 1, N_FEATURES), torch.tensor([0, 1]), [[0, 1]])
    for optimizer in (SGD(model.parameters(), lr=0.1), None):
        learner.run_epoch(model, loader, nn.CrossEntropyLoss(), Recorder({}), optimizer)


@torch.enable_grad()
def trained(
    learner: Learner,
    logits: Tensor,
    labels: Tensor,
    batch: list[int],
    val_labels: Tensor,
    script: Script,
    right: list[list[bool]],
    gamma: float | None = None,
    easy: float = 1.0,
    **options: Any,
) -> Training:
    """A training by script: its history, and which epoch's weights are returned and saved.

    `batch` holds the positions that make up the only batch of an epoch; with `gamma`, a scheduler
    multiplies the learning rate by it after each epoch; `easy` is for `Scripted`.
    """
    num_classes = logits.shape[1]
    model = Scripted(num_classes, script, right, easy)
    optimizers: list[Any] = []

    def make_scheduler(optimizer: Any) -> StepLR:
        optimizers.append(optimizer)
        return StepLR(optimizer, 1, gamma=gamma or 1.0)

    train = loader_of(rows(0, labels, logits), labels, [batch])
    empty = torch.zeros(len(val_labels), num_classes)
    val = loader_of(rows(1, val_labels, empty), val_labels, [list(range(len(val_labels)))])
    if gamma is not None:
        options["make_scheduler"] = make_scheduler
    screen = StringIO()
    with TemporaryDirectory() as folder, redirect_stderr(screen):
        path = Path(folder) / "best.pt"
        place = str(path) if None in script else path
        usual = {"device": "cpu", "weight_decay": 0.0, "progress": False, "checkpoint_path": place}
        try:
            result = learner.train_with_imbalance_handling(model, train, val, **usual | options)
            got = returned(result)
        except PowerCut:
            got = Training(cut=True)
        got.file, got.confused, got.loaded = saved(path), model.confused, model.loaded
    got.bar = bool(re.search(r"\d%\||it/s|s/it", screen.getvalue()))
    for optimizer in optimizers[:1]:
        got.optimizer = type(optimizer).__name__
        got.decay = float(optimizer.param_groups[0].get("weight_decay", 0.0))
    return got


# 8.6 plot_training_history


def history_figures(learner: Learner, histories: list[dict[str, Any]]) -> list[History]:
    """What can be read off the figures of histories, one after another."""
    seen, earlier = list[History](), list[Any]()
    with figures_closed() as other:
        for history in histories:
            given = copy.deepcopy(history)
            figure = learner.plot_training_history(given)
            kind = kind_of(figure, other)
            axes = panels_of(figure) if kind == FIGURE else []
            seen.append(History(kind, axes, given, any(figure is one for one in earlier)))
            earlier.append(figure)
    return seen


# 8.E1 mixup_minority


def mixed(
    learner: Learner,
    features: Tensor,
    labels: Tensor,
    num_classes: int,
    minority: Collection[int],
    alpha: float,
    seed: int = 1,
) -> Mixed:
    """A batch after mixup, and whether the given tensors were left alone."""
    seed_torch(seed)
    before = features.clone(), labels.clone()
    result = learner.mixup_minority(features, labels, num_classes, minority, alpha)
    same = [torch.equal(old, now) for old, now in zip(before, (features, labels), strict=True)]
    return Mixed(result, all(same))


def mixed_pairs(learner: Learner, pairs: int, alpha: float) -> list[Any]:
    """The features of batches of two rare objects, after mixup with another seed each."""
    features = torch.eye(2).reshape(2, 1, 2)
    found = []
    for seed in range(pairs):
        seed_torch(seed)
        labels = torch.tensor([1, 1])
        found.append(learner.mixup_minority(features.clone(), labels, 2, (1,), alpha)[0])
    return found


# 8.E2 mc_dropout_predict


def _modes(model: nn.Module) -> list[bool]:
    return [module.training for module in model.modules()]


@torch.enable_grad()
def sampled(
    learner: Learner, table: Tensor, features: Tensor, n_samples: int, training: bool
) -> Sampled:
    """Mean and spread for a model with two possible answers, and what became of the model.

    The fast path is enabled before for a model in evaluation mode, and disabled for another.
    """
    seed_torch(1)
    usual, model = torch.backends.mha.get_fastpath_enabled(), OneDrop(table)
    if not training:
        model.eval()
    modes, state = _modes(model), copy.deepcopy(model.state_dict())
    flags = [weights.requires_grad for weights in model.parameters()]
    switch: Callable[[bool], None] = torch.backends.mha.set_fastpath_enabled
    switch(not training)
    try:
        result = learner.mc_dropout_predict(model, features, n_samples)
        kept_fast = torch.backends.mha.get_fastpath_enabled() == (not training)
    finally:
        switch(usual)
    on = torch.is_grad_enabled()
    same = all(torch.equal(state[name], value) for name, value in model.state_dict().items())
    free = flags == [weights.requires_grad for weights in model.parameters()]
    items = result if isinstance(result, tuple | list) else ()
    flows = any(isinstance(each, Tensor) and each.requires_grad for each in items)
    return Sampled(result, modes, _modes(model), same, flows, kept_fast, on, free)


@torch.enable_grad()
def silent_layers(learner: Learner, n_samples: int) -> list[str]:
    """The layers of dropout with which all answers are the same."""
    features = torch.ones(2, 1, N_FEATURES)
    silent = []
    for kind in DROPOUT:
        seed_torch(1)
        _, spread = learner.mc_dropout_predict(OneLayer(kind(0.5)).eval(), features, n_samples)
        if not bool((spread > 1e-6).any()):
            silent.append(kind.__name__)
    return silent


@torch.enable_grad()
def sampled_transformer(
    learner: Learner, features: Tensor, n_samples: int, fast_path: bool = True
) -> Any:
    """The spread for a transformer whose encoder has dropout."""
    seed_torch(1)
    model = SmallTransformer().eval()
    fast: Callable[[bool], None] = torch.backends.mha.set_fastpath_enabled
    before = torch.backends.mha.get_fastpath_enabled()
    fast(fast_path)
    try:
        return learner.mc_dropout_predict(model, features, n_samples)
    finally:
        fast(before)
