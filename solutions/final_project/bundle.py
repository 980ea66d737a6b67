"""Weights, preprocessing and calibration travel together: one folder, with checksums.

| file | holds |
|---|---|
| `config.json` | classes, encoding, sizes, standardisation, calibration, prior, costs, evidence |
| `network.safetensors` | weights of the networks, for PyTorch |
| `network.onnx` | the same networks, for ONNX Runtime |
| `trees-0.txt` ... | gradient-boosted trees, LightGBM's text |
| `novelty-0.txt` ... | trees that know types outside the classes |
| `manifest.json` | format, versions, data, SHA-256 of every other file |
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file, save_file

from solutions.final_project.encoding import EncodingConfig
from solutions.final_project.model import ModelConfig
from solutions.final_project.novelty import Novelty
from solutions.final_project.serving import NetworkEnsemble, make_ensemble
from solutions.final_project.training_set import Standardisation
from solutions.final_project.uncertainty import NIGHTS, SPANS, Calibration

FORMAT = 2
MANIFEST, CONFIG = "manifest.json", "config.json"
WEIGHTS, GRAPH = "network.safetensors", "network.onnx"
PACKAGES = ("numpy", "torch", "onnx", "onnxruntime", "lightgbm", "safetensors")
ARTIFACT = "wandb:"
DEFAULT_BUNDLE = Path(__file__).parent / "weights"


class BundleError(RuntimeError):
    """A bundle that is incomplete, damaged or of another format; the message says what to do."""


@dataclass(frozen=True)
class Settings:
    """What `config.json` holds.

    Attributes:
        classes: names of the classes, in the order of all arrays.
        encoding, model: how light curves are reduced, and the sizes of the networks.
        members: number of networks, and of sets of trees.
        feature_names: names of the features, in order.
        standardisation: of the features for the networks.
        calibration: from scores to log-likelihoods, given how much is known.
        prior: probability of each class before anything is known (classes,).
        balance: what an error costs; see `uncertainty.decide`.
        negative_share: see `signs`.
        novelty: what "unlike anything known" means.
    """

    classes: tuple[str, ...]
    encoding: EncodingConfig
    model: ModelConfig
    members: int
    feature_names: tuple[str, ...]
    standardisation: Standardisation
    calibration: Calibration
    prior: np.ndarray
    balance: float
    negative_share: Mapping[str, float]
    novelty: Novelty

    def to_dict(self) -> dict[str, Any]:
        """Return everything as it is written to JSON."""
        calibration = self.calibration
        return {
            "classes": list(self.classes),
            "encoding": self.encoding.to_dict(),
            "model": self.model.to_dict(),
            "members": self.members,
            "feature_names": list(self.feature_names),
            "standardisation": {
                "mean": self.standardisation.mean.tolist(),
                "deviation": self.standardisation.deviation.tolist(),
            },
            "calibration": {
                "nights": list(NIGHTS),
                "spans": list(SPANS),
                "network": np.round(calibration.network, 5).tolist(),
                "trees": np.round(calibration.trees, 5).tolist(),
                "bias": np.round(calibration.bias, 5).tolist(),
            },
            "prior": dict(zip(self.classes, self.prior.tolist(), strict=True)),
            "balance": self.balance,
            "negative_share": dict(self.negative_share),
            "novelty": self.novelty.to_dict(),
        }

    @classmethod
    def from_dict(cls, config: Mapping[str, Any]) -> Settings:
        """Read what `to_dict` wrote."""
        scales, calibration = config["standardisation"], config["calibration"]
        classes = tuple(config["classes"])
        return cls(
            classes,
            EncodingConfig(**config["encoding"]),
            ModelConfig(**config["model"]),
            config["members"],
            tuple(config["feature_names"]),
            Standardisation(np.array(scales["mean"]), np.array(scales["deviation"])),
            Calibration(*(np.array(calibration[name]) for name in ("network", "trees", "bias"))),
            np.array([config["prior"][name] for name in classes]),
            config["balance"],
            config["negative_share"],
            Novelty.from_dict(config["novelty"]),
        )


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree_files(members: int) -> list[str]:
    """Return the names of the files with the trees of the classes."""
    return [f"trees-{number}.txt" for number in range(members)]


def novelty_files(members: int) -> list[str]:
    """Return the names of the files with the trees that know other types."""
    return [f"novelty-{number}.txt" for number in range(members)]


def save_weights(ensemble: NetworkEnsemble, path: Path) -> None:
    """Write the weights of the networks as safetensors."""
    state = {name: value.contiguous() for name, value in ensemble.state_dict().items()}
    save_file(state, path)
    path.chmod(0o644)  # it would be for its owner alone


def load_ensemble(folder: Path, settings: Settings) -> NetworkEnsemble:
    """Return the networks of a bundle in PyTorch, without dropout."""
    ensemble = make_ensemble(settings.model, settings.members)
    ensemble.load_state_dict(load_file(folder / WEIGHTS))
    return ensemble.eval()


def seal(folder: Path, about: Mapping[str, Any]) -> None:
    """Write the manifest of a folder that holds all other files.

    Args:
        folder: the bundle.
        about: what else to record: data, seed, metrics.
    """
    files = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    manifest = {
        "format": FORMAT,
        "versions": {name: version(name) for name in PACKAGES},
        "files": {path.name: sha256(path) for path in files},
        **about,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")


def open_bundle(model_path: str | Path, config_path: str | Path | None = None) -> Path:
    """Return the folder of a bundle after all its checksums have been compared.

    Args:
        model_path: the folder, a file in it, or a W&B artifact, "wandb:entity/project/name:v0".
        config_path: the configuration, which has to be that of the bundle; by default it is taken
            from the folder.

    Raises:
        BundleError: something is missing, damaged or of another format.
    """
    if str(model_path).startswith(ARTIFACT):
        model_path = _download(str(model_path).removeprefix(ARTIFACT))
    folder = Path(model_path)
    if folder.is_file():
        folder = folder.parent
    manifest = read_manifest(folder)
    for name, expected in manifest["files"].items():
        _compare(folder / name, expected)
    if config_path is not None:
        _compare(Path(config_path), manifest["files"][CONFIG])
    return folder


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a bundle.

    Raises:
        BundleError: there is none, or it is of another format.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError(f"{folder} holds no {MANIFEST}: name the folder that `train` wrote")
    manifest = json.loads(path.read_text())
    if manifest.get("format") != FORMAT:
        raise BundleError(
            f"{path} has format {manifest.get('format')}, this version reads {FORMAT}: "
            "train the model anew or use the matching version"
        )
    return dict(manifest)


def _compare(path: Path, expected: str) -> None:
    if not path.is_file():
        raise BundleError(f"{path} is missing: copy the whole bundle again")
    found = sha256(path)
    if found != expected:
        raise BundleError(
            f"{path} is not the file that belongs to this model: its SHA-256 is {found[:12]}..., "
            f"but {MANIFEST} says {expected[:12]}...; copy the whole bundle again"
        )


def _download(name: str) -> str:
    """Fetch a W&B artifact and return its folder."""
    import wandb

    try:
        return str(wandb.Api().artifact(name, type="model").download())
    except (wandb.errors.CommError, wandb.errors.UsageError, ValueError) as error:
        raise BundleError(f"cannot fetch the W&B artifact {name!r}: {error}") from error


def load_settings(folder: Path) -> Settings:
    """Return the configuration of a bundle."""
    return Settings.from_dict(json.loads((folder / CONFIG).read_text()))
