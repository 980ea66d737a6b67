"""The transformer of Exercise 8, trained on invented light curves alone, asked about real ones.

Everything is as in the exercise: its network, its training, its encoding of a light curve (the
fluxes as they come, divided by the largest), its sky. Only the objects it is asked about are real.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader

from solutions import ex08_class_imbalance as ex08
from solutions.ex02_light_curve_classes import LightCurve as ExerciseLightCurve
from solutions.ex05_light_curve_dataset import (
    BANDS,
    LightCurveAugmentation,
    LightCurveDataset,
    create_synthetic_transient_dataset,
)
from solutions.ex06_photometry_networks import forward_batch, observed
from solutions.ex07_time2vec_transformer import Time2VecTransformerEncoder
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.metrics import CLASSES


def train(
    path: Path, objects: int = ex08.NUM_LIGHT_CURVES, epochs: int = ex08.EPOCHS
) -> torch.nn.Module:
    """Train the network of Exercise 8 on invented light curves, or load it if the file is there.

    Arguments:
        path: where its weights are kept.
        objects, epochs: how many invented light curves there are, and how long it learns.
    """
    model = Time2VecTransformerEncoder(3 + len(BANDS), **ex08.SIZES)
    if path.is_file():
        model.load_state_dict(torch.load(path, weights_only=True))
        return model
    torch.manual_seed(ex08.SEED)
    model = Time2VecTransformerEncoder(3 + len(BANDS), **ex08.SIZES)
    lightcurves, labels = create_synthetic_transient_dataset(objects, seed=ex08.SEED)
    train_at, val_at, _ = ex08.split_by_object(lightcurves, labels, ex08.SEED)

    def dataset(at: list[int], augment: bool) -> LightCurveDataset:
        transform = LightCurveAugmentation(**ex08.AUGMENTATION) if augment else None
        chosen = [lightcurves[i] for i in at]
        return LightCurveDataset(chosen, [labels[i] for i in at], transform=transform)

    plain = dataset(train_at, augment=False)
    lengths = torch.stack([observed(plain[i][0]).sum() for i in range(len(plain))])
    batches = ex08.BatchesByLength(lengths, ex08.BATCH_SIZE)
    train_loader = DataLoader(
        dataset(train_at, augment=True), batch_sampler=batches, collate_fn=ex08.cut_to_longest
    )
    val_loader = DataLoader(dataset(val_at, False), batch_size=256, collate_fn=ex08.cut_to_longest)
    for module in model.modules():
        if isinstance(module, torch.nn.MultiheadAttention):
            module.dropout = 0.0  # as in the exercise
    trained, _ = ex08.train_with_imbalance_handling(
        model,
        train_loader,
        val_loader,
        epochs,
        learning_rate=ex08.LEARNING_RATE,
        patience=ex08.PATIENCE,
        make_scheduler=lambda optimizer: OneCycleLR(
            optimizer, ex08.LEARNING_RATE, total_steps=epochs + 1, pct_start=ex08.WARMUP
        ),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(trained.state_dict(), path)
    return trained


def as_in_the_exercise(lc: LightCurve) -> ExerciseLightCurve:
    """Return a light curve in the form of Exercise 2, without bands that it does not know."""
    use = np.isfinite(lc.flux) & np.isin(lc.band, BANDS)
    columns = (lc.mjd[use], lc.flux[use], lc.flux_err[use], lc.band[use])
    names = ("mjd", "flux", "flux_err", "band")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return ExerciseLightCurve(rows, lc.object_id)


def probabilities(model: torch.nn.Module, lightcurves: Sequence[LightCurve]) -> np.ndarray:
    """Return the probabilities that the network gives, (n, 5) in the order of CLASSES."""
    converted = [as_in_the_exercise(lc) for lc in lightcurves]
    data = LightCurveDataset(converted, [CLASSES[0]] * len(converted), classes=CLASSES)
    loader = DataLoader(data, batch_size=256, collate_fn=ex08.cut_to_longest)
    model.eval()
    with torch.no_grad():
        logits = torch.cat([forward_batch(model, features) for features, _ in loader])
    order = [data.classes.index(name) for name in CLASSES]  # the exercise sorts its classes
    return logits.softmax(dim=-1)[:, order].numpy()
