"""A tiny network in the two files of a saved model, and a classifier that was loaded from them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors.torch import save_file

from grader.course.ex11.stand_ins import Prepared
from grader.runner import Learner

TINY = {"input_dim": 6, "d_model": 8, "nhead": 2, "num_layers": 1, "time_embed_dim": 2}
ONE = [{"mjd": 60000.0, "flux": 50.0, "flux_err": 5.0, "band": "r"}]
"""The observations of light curves whose rows are made up."""


def written(
    learner: Learner, folder: str, classes: list[str], temperature: float
) -> tuple[Any, Path, Path]:
    """A tiny network, and the two files that it is saved in."""
    torch.manual_seed(8)
    sizes = {**TINY, "num_classes": len(classes)}
    model = learner.BayesianTransformerEncoder(**sizes)
    weights, config = Path(folder) / "model.safetensors", Path(folder) / "config.json"
    save_file(model.state_dict(), weights)
    checksum = hashlib.sha256(weights.read_bytes()).hexdigest()
    settings = {"classes": classes, "sizes": sizes, "temperature": temperature, "sha256": checksum}
    config.write_text(json.dumps(settings), encoding="utf-8")
    torch.manual_seed(9)  # or a new network would have the same weights
    return model, weights, config


def made_classifier(
    learner: Learner,
    classes: list[str],
    temperature: float,
    rows: dict[str, torch.Tensor | str],
    n_samples: int = 50,
) -> Any:
    """A classifier whose pipeline has these rows; its network is still to be exchanged."""
    with TemporaryDirectory() as folder:
        _, *paths = written(learner, folder, classes, temperature)
        classifier = learner.ProductionTransientClassifier(*paths, n_samples)
    classifier.classes, classifier.temperature = classes, temperature
    classifier.n_samples, classifier.pipeline = n_samples, Prepared(rows)
    return classifier
