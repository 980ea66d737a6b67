"""Training of one network: seeded, resumable, and the same whether it was interrupted or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from solutions.final_project.encoding import COLUMNS
from solutions.final_project.model import (
    LightCurveTransformer,
    ModelConfig,
    dropout_masks,
    no_dropout,
    pad,
)
from solutions.final_project.training_set import TrainingSet

FLUX, LOG_FLUX = COLUMNS.index("flux"), COLUMNS.index("log_flux")


@dataclass(frozen=True)
class Schedule:
    """How a network is trained."""

    epochs: int = 4
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.02
    balance: float = 0.7  # classes weigh count ** -balance: 0 not at all, 1 all the same
    without_features: float = 0.1  # share of light curves that come without their features
    noise: float = 0.03  # relative noise added to the flux
    thinning: float = 0.3  # largest share of observations left out

    def to_dict(self) -> dict[str, Any]:
        """Return the settings for a record."""
        return asdict(self)


Report = Callable[[int, float, LightCurveTransformer], None]


def train_network(
    data: TrainingSet,
    inputs: np.ndarray,
    config: ModelConfig,
    schedule: Schedule,
    seed: int,
    checkpoint: Path,
    start: dict[str, Tensor] | None = None,
    report: Report | None = None,
) -> LightCurveTransformer:
    """Train a network, or go on from its checkpoint.

    Args:
        data: the views to train on; their labels are class numbers.
        inputs: standardised features (n, num_features).
        config, schedule: sizes of the network, and how it is trained.
        seed: of all random numbers, which also depend on the epoch.
        checkpoint: file that holds network and optimiser after each epoch.
        start: weights to begin with, from pre-training.
        report: called after each epoch with its number, the mean loss and the network.
    """
    torch.manual_seed(seed)
    model = LightCurveTransformer(config)
    if start is not None:
        model.load_state_dict(start)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay
    )
    steps = schedule.epochs * -(-len(data) // schedule.batch_size)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, schedule.learning_rate, total_steps=steps + 1, pct_start=0.15
    )
    first = _resume(checkpoint, model, optimizer, plan)
    weights = _class_weights(data.labels, config.num_classes, schedule.balance)
    for epoch in range(first, schedule.epochs):
        losses = []
        torch.manual_seed(seed * 1000 + epoch)
        for numbers in batches(data, schedule.batch_size, np.random.default_rng([seed, epoch])):
            batch = _training_batch(data, inputs, numbers, schedule)
            masks = dropout_masks(len(numbers), config)
            loss = _loss(model, batch, masks, data.labels[numbers], weights, schedule)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            plan.step()
            losses.append(loss.item())
        state = {"epoch": epoch + 1, "model": model.state_dict()}
        state |= {"optimizer": optimizer.state_dict(), "plan": plan.state_dict()}
        unfinished = checkpoint.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(checkpoint)
        if report:
            report(epoch, float(np.mean(losses)), model)
    return model.eval()


def _resume(checkpoint: Path, model: Any, optimizer: Any, plan: Any) -> int:
    """Load a checkpoint if there is one, and return the number of the next epoch."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    plan.load_state_dict(state["plan"])
    return int(state["epoch"])


def _class_weights(labels: np.ndarray, classes: int, balance: float) -> Tensor:
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    weights = (len(labels) / (classes * counts)) ** balance
    return torch.tensor(weights, dtype=torch.float32)


def batches(data: TrainingSet, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield the numbers of all views in random batches of about the same length."""
    lengths = np.array([len(each) for each in data.rows])
    order = rng.permutation(len(data))
    for start in range(0, len(order), 16 * size):
        chunk = order[start : start + 16 * size]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        parts = [chunk[i : i + size] for i in range(0, len(chunk), size)]
        for number in rng.permutation(len(parts)):
            yield parts[number]


def _training_batch(
    data: TrainingSet, inputs: np.ndarray, numbers: np.ndarray, schedule: Schedule
) -> tuple[Tensor, Tensor, Tensor]:
    """Return rows, visible and features of some views, with noise and gaps."""
    padded, shown = pad([data.rows[i] for i in numbers])
    rows, visible = torch.from_numpy(padded), torch.from_numpy(shown)
    noise = 1 + schedule.noise * torch.randn(rows.shape[:2])
    rows[..., FLUX] *= noise
    rows[..., LOG_FLUX] += torch.where(visible, noise.clamp(min=0.1).log10(), 0.0)
    share = schedule.thinning * torch.rand(len(numbers), 1)
    thinned = visible & (torch.rand(visible.shape) >= share)
    enough = thinned.sum(dim=1, keepdim=True) > 2
    features = torch.from_numpy(inputs[numbers])
    features = features * (torch.rand(len(numbers), 1) >= schedule.without_features)
    return rows, torch.where(enough, thinned, visible), features


def _loss(
    model: LightCurveTransformer,
    batch: tuple[Tensor, Tensor, Tensor],
    masks: Tensor,
    labels: np.ndarray,
    weights: Tensor,
    schedule: Schedule,
) -> Tensor:
    truth = torch.from_numpy(labels)
    logits = model(*batch, masks)[0]
    losses = F.cross_entropy(
        logits, truth, reduction="none", label_smoothing=schedule.label_smoothing
    )
    return (losses * weights[truth]).mean()


@torch.no_grad()
def predict_logits(
    model: LightCurveTransformer, data: TrainingSet, inputs: np.ndarray, size: int = 256
) -> np.ndarray:
    """Return the logits of views, float32 (n, classes), without dropout."""
    order = np.argsort([len(each) for each in data.rows], kind="stable")
    logits = np.zeros((len(data), model.config.num_classes), dtype=np.float32)
    for start in range(0, len(order), size):
        numbers = order[start : start + size]
        rows, visible = map(torch.from_numpy, pad([data.rows[i] for i in numbers]))
        masks = no_dropout(len(numbers), model.config)
        logits[numbers] = model(rows, visible, torch.from_numpy(inputs[numbers]), masks)[0].numpy()
    return logits
