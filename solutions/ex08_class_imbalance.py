# %% [markdown]
# # Exercise 8: Training when one class is rare

# %%
import copy
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from sklearn.metrics import confusion_matrix
from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from torch.utils.data import DataLoader, Sampler
from tqdm.auto import tqdm

from solutions.ex06_photometry_networks import FocalLoss, forward_batch, resolve_device

# %% [markdown]
# ### 8.1 Balanced batches


# %% part="8.1" points=2
class BalancedBatchSampler(Sampler[list[int]]):
    """Gives batches in which every class has the same number of objects, or nearly so."""

    def __init__(self, labels: Sequence[int] | Tensor, batch_size: int = 32) -> None:
        """Find out which objects belong to which class."""
        ### BEGIN SOLUTION
        labels = torch.as_tensor(labels)
        members = [torch.nonzero(labels == c).flatten() for c in labels.unique()]
        if batch_size < len(members):
            raise ValueError(f"a batch of {batch_size} has no room for {len(members)} classes")
        self.members = members
        self.batch_size = batch_size
        self.num_batches = max(len(labels) // batch_size, 1)
        ### END SOLUTION

    def __len__(self) -> int:
        """Return the number of batches of a pass."""
        ### BEGIN SOLUTION
        return self.num_batches
        ### END SOLUTION

    def __iter__(self) -> Iterator[list[int]]:
        """Give the batches of one pass."""

        ### BEGIN SOLUTION
        def endless(members: Tensor) -> Iterator[int]:
            while True:
                yield from members[torch.randperm(len(members))].tolist()

        streams = cycle([endless(members) for members in self.members])
        drawn = (next(stream) for stream in streams)  # one of each class in turn
        for _ in range(len(self)):
            yield list(islice(drawn, self.batch_size))
        ### END SOLUTION


# %% [markdown]
# ### 8.2 When to stop


# %% part="8.2" points=1
class EarlyStopping:
    """Says when a training does not get better any more."""

    def __init__(self, patience: int = 10, min_delta: float = 0.001) -> None:
        self.patience = patience
        self.min_delta = min_delta
        self.counter = 0
        self.best_loss = math.inf

    def __call__(self, val_loss: float) -> bool:
        """Return True if training should stop."""
        ### BEGIN SOLUTION
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss = val_loss
            self.counter = 0
        else:  # also if the loss is NaN
            self.counter += 1
        return self.counter >= self.patience
        ### END SOLUTION


# %% [markdown]
# ### 8.3 Numbers that cannot be flattered
#
# ### 8.4 The confusion matrix


# %% part=["8.3", "8.4"] points=[2, 1]
class MetricsTracker:
    """Collects the predictions of one pass and measures how good they are."""

    def __init__(self, class_names: Sequence[str], rare_classes: Sequence[str] = ("TDE",)) -> None:
        self.class_names = list(class_names)
        self.rare_classes = list(rare_classes)
        self.reset()

    def reset(self) -> None:
        """Forget all predictions, targets and losses."""
        self.predictions: list[int] = []
        self.targets: list[int] = []
        self.losses: list[tuple[float, int]] = []  # mean loss and size of each batch

    def update(self, preds: Tensor, targets: Tensor, loss: float) -> None:
        """Add the predictions of a batch."""
        ### BEGIN SOLUTION 8.3
        numbers = preds.argmax(dim=-1) if preds.ndim == 2 else preds
        self.predictions += numbers.tolist()
        self.targets += targets.tolist()
        self.losses.append((float(loss), len(targets)))
        ### END SOLUTION

    def compute_metrics(self) -> dict[str, float]:
        """Return all measures of the predictions since the last reset."""
        ### BEGIN SOLUTION 8.3
        if not self.targets:
            raise ValueError("no predictions yet: call update first")
        counts = confusion_matrix(
            self.targets, self.predictions, labels=range(len(self.class_names))
        )
        right, true, given = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
        precision, recall = right / given.clip(min=1), right / true.clip(min=1)
        f1 = 2 * right / (true + given).clip(min=1)
        rare = [name in self.rare_classes for name in self.class_names]
        metrics = {
            "accuracy": right.sum() / true.sum(),
            "balanced_accuracy": recall[true > 0].mean(),
            "loss": sum(loss * size for loss, size in self.losses) / true.sum(),
            "rare_event_recall": right[rare].sum() / max(true[rare].sum(), 1),
        }
        for i, name in enumerate(self.class_names):
            metrics |= {
                f"{name}_precision": precision[i],
                f"{name}_recall": recall[i],
                f"{name}_f1": f1[i],
            }
        return {name: float(value) for name, value in metrics.items()}
        ### END SOLUTION

    def plot_confusion_matrix(self) -> Figure:
        """Return a new figure of the confusion matrix."""
        ### BEGIN SOLUTION 8.4
        names = self.class_names
        counts = confusion_matrix(self.targets, self.predictions, labels=range(len(names)))
        fractions = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
        fig, ax = plt.subplots(figsize=(6, 5), layout="constrained")
        image = ax.imshow(fractions, cmap="Blues", vmin=0, vmax=1)
        fig.colorbar(image, label="fraction of the true class")
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if fractions[row, column] > 0.5 else "black"
            ax.text(column, row, str(count), ha="center", va="center", color=colour)
        ax.set_xticks(range(len(names)), names)
        ax.set_yticks(range(len(names)), names)
        ax.set_xlabel("predicted class")
        ax.set_ylabel("true class")
        return fig
        ### END SOLUTION


# %% [markdown]
# ### 8.5 The whole training


# %% part="8.5" points=3
def class_weights(loader: DataLoader, num_classes: int) -> Tensor:
    """Return a weight for each class by the labels that a loader delivers."""
    ### BEGIN SOLUTION
    labels = torch.cat([labels for _, labels in loader])  # (objects,)
    counts = torch.bincount(labels, minlength=num_classes)  # (num_classes,)
    weights = len(labels) / ((counts > 0).sum() * counts)
    return weights.where(counts > 0, 1.0)
    ### END SOLUTION


def run_epoch(
    model: nn.Module,
    loader: DataLoader,
    criterion: nn.Module,
    tracker: MetricsTracker,
    optimizer: Optimizer | None = None,
    device: str = "auto",
) -> dict[str, float]:
    """Go through a loader once and return the metrics: train, or without an optimizer only look."""
    ### BEGIN SOLUTION
    place, training = resolve_device(device), optimizer is not None
    model.to(place).train(training)
    criterion.to(place)
    tracker.reset()
    with torch.set_grad_enabled(training):
        for features, labels in loader:
            features, labels = features.to(place), labels.to(place)
            logits = forward_batch(model, features)
            loss = criterion(logits, labels)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            tracker.update(logits, labels, loss.item())
    return tracker.compute_metrics()
    ### END SOLUTION


def train_with_imbalance_handling(
    model: nn.Module,
    train_loader: DataLoader,
    val_loader: DataLoader,
    num_epochs: int = 100,
    device: str = "auto",
    *,
    loss: str = "weighted_ce",
    learning_rate: float = 1e-3,
    weight_decay: float = 1e-4,
    patience: int = 15,
    make_scheduler: Callable[[Optimizer], LRScheduler] | None = None,
    checkpoint_path: str | Path | None = None,
    progress: bool = True,
) -> tuple[nn.Module, dict[str, Any]]:
    """Train a model and return it with the weights of its best epoch, and the history."""
    ### BEGIN SOLUTION
    num_classes = count_logits(model, train_loader, device)
    criterion: nn.Module
    if loss == "weighted_ce":
        criterion = nn.CrossEntropyLoss(weight=class_weights(train_loader, num_classes))
    elif loss == "focal":
        criterion = FocalLoss()
    else:
        raise ValueError(f'loss={loss!r} is neither "weighted_ce" nor "focal"')
    tracker = MetricsTracker([str(number) for number in range(num_classes)])
    optimizer = Adam(model.parameters(), lr=learning_rate, weight_decay=weight_decay)
    plateau = ReduceLROnPlateau(optimizer, patience=5, factor=0.5)
    scheduler = make_scheduler(optimizer) if make_scheduler else None
    early_stopping = EarlyStopping(patience)
    history: dict[str, Any] = {name: [] for name in SERIES}
    best_loss, best_weights = math.inf, model.state_dict()

    epochs = tqdm(range(num_epochs), desc="epochs", disable=not progress)
    for epoch in epochs:
        history["learning_rates"].append(optimizer.param_groups[0]["lr"])
        train = run_epoch(model, train_loader, criterion, tracker, optimizer, device)
        val = run_epoch(model, val_loader, criterion, tracker, device=device)
        history["train_loss"].append(train["loss"])
        history["val_loss"].append(val["loss"])
        history["train_acc"].append(train["accuracy"])
        history["val_acc"].append(val["accuracy"])
        history["val_balanced_acc"].append(val["balanced_accuracy"])
        if val["loss"] < best_loss:
            best_loss, history["best_epoch"] = val["loss"], epoch
            best_weights = copy.deepcopy(model.state_dict())  # the originals go on changing
            if checkpoint_path is not None:
                torch.save(best_weights, checkpoint_path)
        if early_stopping(val["loss"]):
            break
        if scheduler is not None:
            scheduler.step()
        else:
            plateau.step(val["loss"])
    model.load_state_dict(best_weights)
    return model, history
    ### END SOLUTION


# %%
SERIES = (
    "train_loss",
    "val_loss",
    "train_acc",
    "val_acc",
    "val_balanced_acc",
    "learning_rates",
)  # of one number for each epoch


def count_logits(model: nn.Module, loader: DataLoader, device: str = "auto") -> int:
    """Return the number of classes that a model knows: ask it for one batch."""
    place = resolve_device(device)
    features, _ = next(iter(loader))
    with torch.no_grad():
        return forward_batch(model.to(place).eval(), features.to(place)).shape[-1]


# %% [markdown]
# ### 8.6 The history of a training


# %% part="8.6" points=1
def plot_training_history(history: dict[str, Any]) -> Figure:
    """Return a new figure of the history of a training."""
    ### BEGIN SOLUTION
    panels = {
        "loss": {"train_loss": "training", "val_loss": "validation"},
        "accuracy": {
            "train_acc": "training",
            "val_acc": "validation",
            "val_balanced_acc": "validation, balanced",
        },
        "learning rate": {"learning_rates": "learning rate"},
    }
    fig, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
    for ax, (title, lines) in zip(axes, panels.items(), strict=True):
        for name, label in lines.items():
            ax.plot(history[name], label=label)
        ax.axvline(history["best_epoch"], color="0.6", linestyle=":", label="best epoch")
        ax.set_xlabel("epoch")
        ax.set_ylabel(title)
        ax.legend()
    axes[2].set_yscale("log")
    return fig
    ### END SOLUTION


# %% [markdown]
# ### 8.E1 Mixing rare objects


# %% part="8.E1" points=1
def mixup_minority(
    features: Tensor,
    labels: Tensor,
    num_classes: int,
    minority: Collection[int],
    alpha: float = 0.4,
) -> tuple[Tensor, Tensor]:
    """Return a batch in which each object of a rare class is mixed with another object. Bonus."""
    ### BEGIN SOLUTION
    one_hot = F.one_hot(labels, num_classes).to(features.dtype)  # (batch, num_classes)
    share = torch.distributions.Beta(alpha, alpha).sample((len(labels),)).to(features)
    share = torch.maximum(share, 1 - share)  # (batch,), the object itself stays the larger part
    rare = torch.isin(labels, torch.tensor(list(minority), device=labels.device))
    share = share.where(rare, 1.0)
    partner = torch.randint(len(labels), (len(labels),), device=labels.device)  # (batch,)

    def mixed(values: Tensor) -> Tensor:
        weight = share.view(-1, *[1] * (values.ndim - 1))  # (batch, 1, ...)
        return weight * values + (1 - weight) * values[partner]

    return mixed(features), mixed(one_hot)
    ### END SOLUTION


# %% [markdown]
# ### 8.E2 Monte Carlo dropout


# %% part="8.E2" points=1
def mc_dropout_predict(
    model: nn.Module, features: Tensor, n_samples: int = 50
) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of the probabilities under dropout. Bonus."""
    ### BEGIN SOLUTION
    modes = {module: module.training for module in model.modules()}
    fastpath = torch.backends.mha.get_fastpath_enabled()
    try:
        torch.backends.mha.set_fastpath_enabled(False)  # it would skip dropout
        for module in model.modules():
            module.training = isinstance(module, DROPOUT)
        with torch.no_grad():
            samples = torch.stack(
                [forward_batch(model, features).softmax(dim=-1) for _ in range(n_samples)]
            )  # (n_samples, batch, num_classes)
    finally:
        torch.backends.mha.set_fastpath_enabled(fastpath)
        for module, mode in modes.items():
            module.training = mode
    return samples.mean(dim=0), samples.std(dim=0, correction=0)
    ### END SOLUTION


# %%
DROPOUT = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)
