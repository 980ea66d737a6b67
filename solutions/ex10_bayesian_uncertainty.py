# %% [markdown]
# # Exercise 10: Bayesian uncertainty and a comparison of models

# %%
import copy
import io
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from scipy.optimize import minimize_scalar
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, LRScheduler, ReduceLROnPlateau
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from solutions.ex05_light_curve_dataset import (
    CLASSES,
    LightCurveAugmentation,
    LightCurveDataset,
    create_synthetic_transient_dataset,
)
from solutions.ex06_photometry_networks import (
    LightCurveLSTM,
    forward_batch,
    observed,
    resolve_device,
    unpack_batch,
)
from solutions.ex07_time2vec_transformer import Time2Vec, Time2VecTransformerEncoder
from solutions.ex08_class_imbalance import EarlyStopping, train_with_imbalance_handling
from solutions.ex09_experiment_tracking import WandBExperimentTracker, infeasible, run_sweep

CLASS_NAMES = sorted(CLASSES)  # class number i is called CLASS_NAMES[i], as in LightCurveDataset
RARE = "TDE"
RARE_NUMBER = CLASS_NAMES.index(RARE)


# %%
@contextmanager
def every_layer_called() -> Iterator[None]:
    """Keep PyTorch from the shortcut by which it computes a transformer without its dropout."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


# %% [markdown]
# ### 10.1 Dropout that stays on
#
# ### 10.2 A hundred opinions


# %% part=["10.1", "10.2"] points=[1.5, 2]
class MonteCarloDropout(nn.Dropout):
    """Dropout that is active in every mode, with one mask for all observations of a light curve."""

    def forward(self, input: Tensor) -> Tensor:
        """Drop features of each light curve at random."""
        ### BEGIN SOLUTION 10.1
        one_row = input[..., :1, :] if input.ndim > 2 else input
        return input * F.dropout(torch.ones_like(one_row), self.p, training=True)
        ### END SOLUTION


class BayesianTransformerEncoder(Time2VecTransformerEncoder):
    """The transformer with Monte Carlo dropout (Gal and Ghahramani 2016, arXiv:1506.02142)."""

    def __init__(
        self, *args: Any, mc_dropout_rate: float = 0.1, mc_layers: int = 1, **kwargs: Any
    ) -> None:
        """Make the layers of the transformer, and replace dropout by Monte Carlo dropout."""
        super().__init__(*args, **kwargs)
        self.mc_dropout_rate = mc_dropout_rate
        self.mc_layers = mc_layers
        self._replace_dropout_layers()

    def _replace_dropout_layers(self) -> None:
        """Replace dropout in the last layers and the classifier by MonteCarloDropout."""
        ### BEGIN SOLUTION 10.1
        last = list(self.transformer.layers)[-self.mc_layers :]
        for part in (*last, self.classifier):
            for name, layer in list(part.named_modules()):
                if isinstance(layer, nn.Dropout):
                    part.set_submodule(name, MonteCarloDropout(self.mc_dropout_rate))
        ### END SOLUTION

    def forward(self, features: Tensor, times: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits of one network drawn at random."""
        with every_layer_called():
            return super().forward(features, times, lengths)

    def forward_with_uncertainty(
        self, features: Tensor, times: Tensor, lengths: Tensor, *, n_samples: int = 100
    ) -> dict[str, Tensor]:
        """Return predictions and their uncertainties."""
        ### BEGIN SOLUTION 10.2
        was_training = self.training
        self.eval()
        groups = lengths.argsort().split(8)  # light curves of similar lengths
        parts = []
        with torch.no_grad():
            for chosen in groups:
                rows = slice(max(int(lengths[chosen].max()), 1))
                batch = features[chosen, rows], times[chosen, rows], lengths[chosen]
                sample = lambda _, batch=batch: self(*batch).softmax(dim=-1)  # noqa: E731
                draw = torch.func.vmap(sample, randomness="different")
                parts.append(draw(torch.empty(n_samples, device=features.device)))
        self.train(was_training)
        samples = torch.cat(parts, dim=1)[:, torch.cat(groups).argsort()]
        return summarise(samples)
        ### END SOLUTION


def summarise(samples: Tensor) -> dict[str, Tensor]:
    """Return the mean of probabilities (n_samples, batch, num_classes), and its uncertainties."""
    ### BEGIN SOLUTION 10.2
    return {
        "predictions": samples.mean(dim=0),  # (batch, num_classes)
        "epistemic_uncertainty": samples.var(dim=0, correction=0).sum(dim=-1),  # (batch,)
        "aleatoric_uncertainty": (samples * (1 - samples)).sum(dim=-1).mean(dim=0),  # (batch,)
        "prediction_samples": samples,
    }
    ### END SOLUTION


# %%
@dataclass(frozen=True)
class Predictions:
    """What a model says of n light curves."""

    y_true: np.ndarray  # (n,) class numbers
    y_prob: np.ndarray  # (n, num_classes)
    epistemic: np.ndarray  # (n,)
    aleatoric: np.ndarray  # (n,)
    seconds: float  # for all of them

    @property
    def uncertainty(self) -> np.ndarray:
        """The total uncertainty, (n,)."""
        return self.epistemic + self.aleatoric


def predict(model: nn.Module, loader: DataLoader, n_samples: int = 50) -> Predictions:
    """Ask any of the workbook's models for all that a loader gives."""
    place, was_training = resolve_device(), model.training
    model.to(place).eval()
    answers, labels, seconds = [], [], 0.0
    for features, truth in loader:
        start = time.perf_counter()
        features = features.to(place)
        if isinstance(model, BayesianTransformerEncoder):
            times, lengths = unpack_batch(features)
            answer = model.forward_with_uncertainty(features, times, lengths, n_samples=n_samples)
        else:
            with torch.no_grad():
                answer = summarise(forward_batch(model, features).softmax(dim=-1).unsqueeze(0))
        names = ("predictions", "epistemic_uncertainty", "aleatoric_uncertainty")
        answers.append([answer[name].cpu().numpy() for name in names])
        seconds += time.perf_counter() - start
        labels.append(truth.numpy())
    model.train(was_training)
    columns = (np.concatenate(column) for column in zip(*answers, strict=True))
    return Predictions(np.concatenate(labels), *columns, seconds)


# %% [markdown]
# ### 10.3 Is 90 percent right in nine cases of ten?
#
# ### 10.4 The reliability diagram
#
# ### 10.5 Temperature
#
# ### 10.6 Is the uncertainty of any use?


# %% part=["10.3", "10.4", "10.5", "10.6"] points=[1.5, 1, 1, 1]
class UncertaintyCalibration:
    """Tools that tell what probabilities and uncertainties are worth."""

    @staticmethod
    def calibration_table(
        y_true: np.ndarray, y_prob: np.ndarray, n_bins: int = 10
    ) -> pd.DataFrame:
        """Sort predictions into bins by confidence."""
        ### BEGIN SOLUTION 10.3
        if len(y_true) == 0:
            raise ValueError("there are no predictions to sort into bins")
        confidence = y_prob.max(axis=1)  # (n,)
        correct = y_prob.argmax(axis=1) == y_true  # (n,)
        edges = np.arange(1, n_bins) / n_bins  # between the bins
        bins = np.searchsorted(edges, confidence, side="left")  # (n,); an edge belongs to the left
        table = pd.DataFrame({"bin": bins, "confidence": confidence, "accuracy": correct})
        groups = table.groupby("bin")
        means = groups.mean().reindex(range(n_bins))  # NaN where a bin is empty
        return means.assign(count=groups.size()).fillna({"count": 0}).astype({"count": int})
        ### END SOLUTION

    @staticmethod
    def expected_calibration_error(
        y_true: np.ndarray, y_prob: np.ndarray, n_bins: int = 10
    ) -> float:
        """Return the expected calibration error (ECE)."""
        ### BEGIN SOLUTION 10.3
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins)
        gaps = (table["accuracy"] - table["confidence"]).abs()
        return float((gaps * table["count"]).sum() / table["count"].sum())
        ### END SOLUTION

    @staticmethod
    def reliability_diagram(
        y_true: np.ndarray, y_prob: np.ndarray, uncertainty: np.ndarray, n_bins: int = 10
    ) -> Figure:
        """Draw accuracy against confidence, and errors against uncertainty."""
        ### BEGIN SOLUTION 10.4
        table = UncertaintyCalibration.calibration_table(y_true, y_prob, n_bins)
        filled = table[table["count"] > 0]
        wrong = y_prob.argmax(axis=1) != y_true
        groups = np.array_split(np.argsort(uncertainty, kind="stable"), min(n_bins, len(y_true)))
        fig, axes = plt.subplots(1, 3, figsize=(14, 4.2), layout="constrained")
        axes[0].plot([0, 1], [0, 1], color="0.6", linestyle="--")
        axes[0].plot(filled["confidence"], filled["accuracy"], "o-", color="#0072b2")
        for row in filled.itertuples():
            axes[0].annotate(
                str(row.count), (row.confidence, row.accuracy), (5, -12), textcoords="offset points"
            )
        axes[1].bar((np.arange(n_bins) + 0.5) / n_bins, table["count"], 0.9 / n_bins)
        axes[2].plot(
            [uncertainty[group].mean() for group in groups],
            [wrong[group].mean() for group in groups],
            "o-",
            color="#d55e00",
        )
        axes[0].set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1.02))
        axes[1].set(xlabel="confidence", ylabel="light curves", xlim=(0, 1))
        axes[2].set(xlabel="uncertainty", ylabel="fraction of errors", ylim=(0, None))
        return fig
        ### END SOLUTION

    @staticmethod
    def apply_temperature(y_prob: np.ndarray, temperature: float) -> np.ndarray:
        """Return probabilities with their logarithms divided by a temperature."""
        ### BEGIN SOLUTION 10.5
        logits = np.log(np.clip(y_prob, 1e-12, None)) / temperature
        scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
        return scaled / scaled.sum(axis=1, keepdims=True)
        ### END SOLUTION

    @staticmethod
    def fit_temperature(y_true: np.ndarray, y_prob: np.ndarray) -> float:
        """Return the temperature of the smallest cross-entropy."""

        ### BEGIN SOLUTION 10.5
        def cross_entropy(log_temperature: float) -> float:
            scaled = UncertaintyCalibration.apply_temperature(y_prob, math.exp(log_temperature))
            return float(-np.log(scaled[np.arange(len(y_true)), y_true].clip(1e-12)).mean())

        bounds = (math.log(0.05), math.log(20))
        return math.exp(minimize_scalar(cross_entropy, bounds=bounds, method="bounded").x)
        ### END SOLUTION

    @staticmethod
    def accuracy_after_rejection(
        y_true: np.ndarray, y_prob: np.ndarray, uncertainty: np.ndarray, rejected: float = 0.1
    ) -> float:
        """Return the accuracy without the most uncertain predictions."""
        ### BEGIN SOLUTION 10.6
        kept = np.argsort(uncertainty)[: len(y_true) - int(rejected * len(y_true))]
        return float((y_prob.argmax(axis=1) == y_true)[kept].mean())
        ### END SOLUTION

    @staticmethod
    def unknown_auroc(known: np.ndarray, unknown: np.ndarray) -> float:
        """Return how often an unknown object is more uncertain than a known one."""
        ### BEGIN SOLUTION 10.6
        is_unknown = np.repeat([0, 1], [len(known), len(unknown)])
        return float(roc_auc_score(is_unknown, np.concatenate([known, unknown])))
        ### END SOLUTION


# %% [markdown]
# ### 10.7 Side by side


# %%
Training = Callable[[nn.Module, DataLoader, DataLoader], tuple[nn.Module, dict[str, Any]]]


# %% part="10.7" points=1
class ModelComparison:
    """Trains models one after another and puts their results side by side."""

    def __init__(
        self,
        project_name: str = "astro-model-comparison",
        train: Training = train_with_imbalance_handling,
        tracker: Callable[[str], Any] = WandBExperimentTracker,
        n_samples: int = 50,
        seed: int = 42,
    ) -> None:
        self.project_name = project_name
        self.train = train
        self.tracker = tracker
        self.n_samples = n_samples
        self.seed = seed
        self.results: dict[str, dict[str, float]] = {}
        self.predictions: dict[str, Predictions] = {}
        self.models: dict[str, nn.Module] = {}

    def train_and_evaluate_model(
        self,
        model_name: str,
        model_class: type,
        model_config: Mapping[str, Any],
        train_loader: DataLoader,
        val_loader: DataLoader,
        test_loader: DataLoader,
    ) -> dict[str, float]:
        """Train a model in a run of W&B, and measure it."""
        ### BEGIN SOLUTION
        calibration = UncertaintyCalibration
        with self.tracker(self.project_name) as tracker:
            tracker.start_experiment(model_config, model_name)
            torch.manual_seed(self.seed)
            start = time.perf_counter()
            model, _ = self.train(model_class(**model_config), train_loader, val_loader)
            seconds = time.perf_counter() - start
            val = predict(model, val_loader, self.n_samples)
            test = predict(model, test_loader, self.n_samples)
            guess = test.y_prob.argmax(axis=1)
            temperature = calibration.fit_temperature(val.y_true, val.y_prob)
            scaled = calibration.apply_temperature(test.y_prob, temperature)
            result = {
                "test_accuracy": float((guess == test.y_true).mean()),
                "balanced_accuracy": float(balanced_accuracy_score(test.y_true, guess)),
                "rare_event_f1": float(
                    f1_score(test.y_true == RARE_NUMBER, guess == RARE_NUMBER, zero_division=0.0)
                ),
                "mean_uncertainty": float(test.uncertainty.mean()),
                "calibration_error": calibration.expected_calibration_error(
                    test.y_true, test.y_prob
                ),
                "temperature": temperature,
                "scaled_calibration_error": calibration.expected_calibration_error(
                    test.y_true, scaled
                ),
                "parameters": sum(weights.numel() for weights in model.parameters()),
                "training_seconds": seconds,
                "inference_ms": 1000 * test.seconds / len(test.y_true),
            }
            tracker.log_metrics(result)
        self.results[model_name] = result
        self.predictions[model_name] = test
        self.models[model_name] = model
        return result
        ### END SOLUTION

    def compare_models(self) -> pd.DataFrame:
        """Return the results as a table, the best model first."""
        table = pd.DataFrame.from_dict(self.results, orient="index")
        return table.sort_values("balanced_accuracy", ascending=False)


# %% [markdown]
# ## The advanced space
#
# ### 10.8 Losses


# %% part="10.8" points=1
def class_balanced_weights(counts: Tensor, beta: float = 0.999) -> Tensor:
    """Return the weights of Cui et al. 2019, arXiv:1901.05555."""
    ### BEGIN SOLUTION
    effective = (1 - beta ** counts.double()) / (1 - beta)  # (num_classes,)
    weights = torch.where(counts > 0, 1 / effective.clamp(min=1e-9), 0.0)
    return (weights * len(counts) / weights.sum()).float()
    ### END SOLUTION


class SmoothFocalLoss(nn.Module):
    """The focal loss with label smoothing."""

    def __init__(
        self, alpha: float = 1.0, gamma: float = 2.0, label_smoothing: float = 0.0
    ) -> None:
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma
        self.label_smoothing = label_smoothing

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of a batch."""
        ### BEGIN SOLUTION
        log_p = F.log_softmax(inputs, dim=-1)  # (batch, num_classes)
        num_classes = inputs.shape[-1]
        wanted = F.one_hot(targets, num_classes) * (1 - self.label_smoothing)
        wanted = wanted + self.label_smoothing / num_classes  # (batch, num_classes)
        error = (1 - log_p.exp()).clamp(min=1e-7)  # a power below 1 has no derivative at 0
        return -self.alpha * (wanted * error**self.gamma * log_p).sum(dim=-1).mean()
        ### END SOLUTION


# %%
class SinusoidalEncoding(nn.Module):
    """Sines and cosines of fixed periods [days], as of positions in Vaswani et al. 2017."""

    frequencies: Tensor

    def __init__(self, embed_dim: int, shortest: float = 2.0, longest: float = 1000.0) -> None:
        super().__init__()
        pairs = math.ceil(embed_dim / 2)
        periods = torch.logspace(math.log10(shortest), math.log10(longest), pairs)
        self.embed_dim = embed_dim
        self.register_buffer("frequencies", 2 * math.pi / periods)

    def forward(self, time: Tensor) -> Tensor:
        angles = time * self.frequencies  # (batch, seq_len, pairs)
        both = torch.cat([angles.sin(), angles.cos()], dim=-1)
        return both[..., : self.embed_dim]


class LearnedEncoding(nn.Module):
    """A learned vector for each interval of time; the intervals grow with the time."""

    borders: Tensor

    def __init__(self, embed_dim: int, num_intervals: int = 64, longest: float = 1000.0) -> None:
        super().__init__()
        self.register_buffer("borders", torch.logspace(-1, math.log10(longest), num_intervals - 1))
        self.vectors = nn.Embedding(num_intervals, embed_dim)

    def forward(self, time: Tensor) -> Tensor:
        interval = torch.bucketize(time.squeeze(-1), self.borders)  # (batch, seq_len)
        return self.vectors(interval)


class ConvolutionalProjection(nn.Module):
    """Convolutions over neighbouring observations, with or without a way around each of them."""

    def __init__(self, input_dim: int, width: int, residual: bool, num_blocks: int = 2) -> None:
        super().__init__()
        self.residual = residual
        self.linear = nn.Linear(input_dim, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(num_blocks))
        self.convolutions = nn.ModuleList(
            nn.Conv1d(width, width, kernel_size=3, padding=1) for _ in range(num_blocks)
        )

    def forward(self, rows: Tensor) -> Tensor:
        mask = observed(rows).unsqueeze(-1)  # (batch, seq_len, 1): padding stays zero
        hidden = self.linear(rows) * mask
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            mixed = convolution((norm(hidden) * mask).transpose(1, 2)).transpose(1, 2)
            hidden = (F.relu(mixed) + (hidden if self.residual else 0)) * mask
        return hidden  # (batch, seq_len, width)


class RecurrentLayer(nn.Module):
    """An LSTM, and dropout after it."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor) -> Tensor:
        return self.dropout(self.lstm(hidden)[0])


class RecurrentEncoder(nn.Module):
    """A stack of LSTMs that can take the place of a transformer: padding comes last, unseen."""

    def __init__(self, width: int, num_layers: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(RecurrentLayer(width, dropout) for _ in range(num_layers))

    def forward(self, hidden: Tensor, src_key_padding_mask: Tensor | None = None) -> Tensor:
        for layer in self.layers:
            hidden = layer(hidden)
        return hidden  # (batch, seq_len, width)


TIME_ENCODINGS = {
    "time2vec": lambda embed_dim: Time2Vec(embed_dim=embed_dim),
    "sinusoidal": SinusoidalEncoding,
    "learned": LearnedEncoding,
}


def build_advanced_model(
    config: Mapping[str, Any], input_dim: int, num_classes: int = 5, max_seq_len: int = 100
) -> Time2VecTransformerEncoder:
    """Return a new model of the advanced space."""
    architecture, width = config["architecture"], config["d_model"]
    recurrent = architecture in ("lstm", "cnn_lstm")
    kind = BayesianTransformerEncoder if config["mc_dropout"] else Time2VecTransformerEncoder
    rates = {"mc_dropout_rate": config["dropout"]} if config["mc_dropout"] else {}
    model = kind(
        input_dim,
        d_model=width,
        nhead=1 if recurrent else config["nhead"],
        num_layers=config["num_layers"],
        time_embed_dim=config["time_embed_dim"],
        num_classes=num_classes,
        max_seq_len=max_seq_len,
        dropout=config["dropout"],
        **rates,
    )
    model.time_embedding = TIME_ENCODINGS[config["time_encoding"]](config["time_embed_dim"])
    if architecture in ("cnn_lstm", "resnet_transformer"):
        model.input_projection = ConvolutionalProjection(
            input_dim, width - config["time_embed_dim"], residual=architecture != "cnn_lstm"
        )
    if recurrent:
        model.transformer = RecurrentEncoder(width, config["num_layers"], config["dropout"])
        if isinstance(model, BayesianTransformerEncoder):
            model._replace_dropout_layers()
    return model


def advanced_infeasible(config: Mapping[str, Any]) -> str | None:
    """Return why no model can be built with a configuration, or None if one can."""
    if config.get("architecture") in ("lstm", "cnn_lstm"):  # they have no heads
        config = {name: value for name, value in config.items() if name != "nhead"}
    return infeasible(config)


# %%
def create_advanced_sweep_config() -> dict[str, Any]:
    """Return the description of the advanced sweep."""
    return {
        "method": "bayes",
        "metric": {"name": "calibrated_rare_event_score", "goal": "maximize"},
        "parameters": {
            "architecture": {"values": ["transformer", "lstm", "cnn_lstm", "resnet_transformer"]},
            "d_model": {"distribution": "int_uniform", "min": 64, "max": 512},
            "nhead": {"values": [2, 4, 8, 16]},
            "num_layers": {"distribution": "int_uniform", "min": 2, "max": 12},
            "time_encoding": {"values": ["time2vec", "sinusoidal", "learned"]},
            "time_embed_dim": {"distribution": "int_uniform", "min": 16, "max": 128},
            "optimizer": {"values": ["adam", "adamw", "sgd"]},
            "learning_rate": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-2},
            "weight_decay": {"distribution": "log_uniform_values", "min": 1e-6, "max": 1e-2},
            "scheduler": {"values": ["plateau", "cosine", "exponential", "none"]},
            "dropout": {"distribution": "uniform", "min": 0.05, "max": 0.4},
            "mc_dropout": {"values": [True, False]},
            "label_smoothing": {"distribution": "uniform", "min": 0.0, "max": 0.2},
            "loss_type": {"values": ["focal", "weighted_ce", "class_balanced"]},
            "focal_gamma": {"distribution": "uniform", "min": 0.5, "max": 3.0},
            "focal_alpha": {"distribution": "uniform", "min": 0.25, "max": 1.0},
            "augmentation_prob": {"distribution": "uniform", "min": 0.0, "max": 0.8},
            "noise_augmentation": {"distribution": "uniform", "min": 0.01, "max": 0.1},
            "time_shift_augmentation": {"distribution": "uniform", "min": 0.0, "max": 10.0},
        },
    }
