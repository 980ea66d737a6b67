"""The classifier as an observatory would run it: batches in, calibrated answers out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from solutions.ex02_light_curve_classes import TransientLightCurve
from solutions.final_project import bundle
from solutions.final_project.encoding import (
    UnusableLightCurveError,
    View,
    alert_view,
    magnitude,
    view_rows,
)
from solutions.final_project.features import view_features
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.model import pad
from solutions.final_project.serving import OnnxEnsemble, Outputs
from solutions.final_project.signs import sign_evidence
from solutions.final_project.training_set import from_transient
from solutions.final_project.trees import load_trees, tree_scores
from solutions.final_project.uncertainty import (
    decide,
    knowledge,
    law_of_total_variance,
    posterior,
)

if TYPE_CHECKING:
    from solutions.final_project.explanation import Explanation

LARGEST_BATCH = 64  # light curves that go through the networks at once
Answer = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """A light curve, ready for the models."""

    view: View
    rows: np.ndarray
    features: np.ndarray
    evidence: np.ndarray


class ProductionTransientClassifier:
    """Classifies light curves, says how sure it is, and explains itself.

    Attributes:
        settings: what the bundle says of preprocessing and calibration.
        manifest: versions, data and checksums of the bundle.
        classes: names of the classes.
    """

    def __init__(
        self,
        model_path: str | Path = bundle.DEFAULT_BUNDLE,
        config_path: str | Path | None = None,
        *,
        engine: str = "onnx",
        threads: int = 1,
    ) -> None:
        """Load a bundle whose checksums agree.

        Args:
            model_path: folder of the bundle, or a W&B artifact,
                "wandb:entity/project/transient-classifier:latest".
            config_path: its configuration; by default the one in the folder.
            engine: "onnx" for ONNX Runtime or "torch" for PyTorch.
            threads: of ONNX Runtime.

        Raises:
            BundleError: something is missing or damaged.
            ValueError: there is no such engine.
        """
        self._run: Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], Outputs]
        folder = bundle.open_bundle(model_path, config_path)
        self.manifest = bundle.read_manifest(folder)
        self.settings = bundle.load_settings(folder)
        self.classes = self.settings.classes
        if engine == "onnx":
            self._run = OnnxEnsemble(folder / bundle.GRAPH, threads).run
        elif engine == "torch":
            self._ensemble = bundle.load_ensemble(folder, self.settings)
            self._run = self._run_torch
        else:
            raise ValueError(f'engine is {engine!r}, not "onnx" or "torch"')
        members = self.settings.members
        self._trees = [load_trees(folder / name) for name in bundle.tree_files(members)]
        self._novelty = [load_trees(folder / name) for name in bundle.novelty_files(members)]

    def classify_with_uncertainty(
        self,
        lightcurves: Sequence[LightCurve | TransientLightCurve],
        mc_samples: int = 0,
        seed: int = 0,
    ) -> list[Answer]:
        """Classify light curves, in the order in which they come.

        Args:
            lightcurves: of any kind and length, also partial ones.
            mc_samples: how many Monte Carlo samples with dropout to draw, over all members; 0 asks
                each member once, without dropout.
            seed: of the dropout masks.

        Returns:
            One dictionary for each light curve, with `object_id`, `probabilities` (by class),
            `predicted` (by the costs of the bundle, see `decide`; mostly the most probable),
            `confidence` (the probability of that class), `aleatoric`, `epistemic` and
            `total` (see `Uncertainty`), `unknown` (0 to 1: unlike anything known), `points` (how
            many were used), `seconds` and `refused`, which is empty. Where nothing can be said,
            `refused` gives the reason, and only `object_id` and `seconds` stand beside it.
        """
        answers: list[Answer | None] = [None] * len(lightcurves)
        ready: list[tuple[int, Prepared, float]] = []
        for place, each in enumerate(lightcurves):
            started = time.perf_counter()
            prepared = self.prepare(each)
            seconds = time.perf_counter() - started
            if isinstance(prepared, str):
                answers[place] = _refusal(each, prepared, seconds)
            else:
                ready.append((place, prepared, seconds))
        for part in _by_length(ready):
            started = time.perf_counter()
            results = self._answers([each[1] for each in part], mc_samples, seed)
            share = (time.perf_counter() - started) / len(part)
            for (place, _, seconds), result in zip(part, results, strict=True):
                name = {"object_id": str(lightcurves[place].object_id)}
                answers[place] = name | result | {"seconds": seconds + share, "refused": ""}
        return [each for each in answers if each is not None]

    def explain_prediction(
        self, lightcurve: LightCurve | TransientLightCurve, prediction: Answer
    ) -> Explanation:
        """Say which observations a prediction rests on.

        Args:
            lightcurve: what was classified.
            prediction: the answer that `classify_with_uncertainty` gave.

        Raises:
            UnusableLightCurveError: the light curve was refused.
        """
        from solutions.final_project.explanation import explain

        return explain(self, lightcurve, prediction)

    def prepare(self, lightcurve: LightCurve | TransientLightCurve) -> Prepared | str:
        """Reduce a light curve for the models, or return the reason why it cannot be done."""
        try:
            if isinstance(lightcurve, TransientLightCurve):
                lightcurve = from_transient(lightcurve)
            if len(lightcurve) == 0:
                raise UnusableLightCurveError(f"{lightcurve.object_id}: there is no observation")
            view = alert_view(lightcurve, self.settings.encoding)
            evidence = sign_evidence(
                lightcurve, self.settings.encoding, self.classes, self.settings.negative_share
            )
            return self.from_view(view, evidence)
        except UnusableLightCurveError as error:
            return str(error)
        except Exception as error:  # one bad light curve must not cost the others their answers
            return f"cannot be read as a light curve: {type(error).__name__}: {error}"

    def from_view(self, view: View, evidence: np.ndarray) -> Prepared:
        """Return rows and features of a reduced light curve."""
        measured = view_features(view, self.settings.encoding)
        features = np.array([measured[name] for name in self.settings.feature_names])
        return Prepared(view, view_rows(view, self.settings.encoding), features, evidence)

    def attention(self, prepared: Sequence[Prepared]) -> list[np.ndarray]:
        """Return the weight of each observation, the mean of the members; each adds up to 1."""
        weights = self._networks(prepared, self._masks(len(prepared), 0, 0))[2].mean(axis=0)
        return [row[: len(each.rows)] for row, each in zip(weights, prepared, strict=True)]

    def samples(self, prepared: Sequence[Prepared], mc_samples: int, seed: int) -> np.ndarray:
        """Return calibrated probabilities (samples, n, classes), samples of one member together."""
        members, n = self.settings.members, len(prepared)
        repeats = max(1, -(-mc_samples // members))
        masks = self._masks(n * repeats, mc_samples, seed)
        network = self._networks(list(prepared) * repeats, masks)[0]  # (members, repeats * n, c)
        network = network.reshape(members, repeats, n, -1)
        network = network - network.mean(axis=-1, keepdims=True)
        features = np.stack([each.features for each in prepared])
        trees = np.stack([tree_scores(booster, features) for booster in self._trees])
        likelihood = self.settings.calibration.apply(network, trees[:, None], self._known(features))
        likelihood = likelihood + np.stack([each.evidence for each in prepared])
        probabilities = posterior(likelihood, self.settings.prior)
        return probabilities.reshape(members * repeats, n, -1)

    def _known(self, features: np.ndarray) -> np.ndarray:
        names = self.settings.feature_names
        nights, span = (features[:, names.index(name)] for name in ("nights", "span"))
        return knowledge(nights, span)

    def _answers(self, prepared: Sequence[Prepared], mc_samples: int, seed: int) -> list[Answer]:
        samples = self.samples(prepared, mc_samples, seed)
        mean = samples.mean(axis=0)
        parts = law_of_total_variance(samples)
        unknown = self._unknown(prepared)
        decided = decide(mean, self.settings.prior, self.settings.balance)
        answers = []
        for i, (row, best) in enumerate(zip(mean, decided, strict=True)):
            answers.append(
                {
                    "probabilities": dict(zip(self.classes, row.tolist(), strict=True)),
                    "predicted": self.classes[best],
                    "confidence": float(row[best]),
                    "aleatoric": float(parts.aleatoric[i]),
                    "epistemic": float(parts.epistemic[i]),
                    "total": float(parts.total[i]),
                    "unknown": float(unknown[i]),
                    "points": len(prepared[i].rows),
                    "peak_magnitude": float(magnitude(prepared[i].view.flux.max())),
                }
            )
        return answers

    def _unknown(self, prepared: Sequence[Prepared]) -> np.ndarray:
        features = np.stack([each.features for each in prepared])
        scores = np.mean([tree_scores(booster, features) for booster in self._novelty], axis=0)
        return self.settings.novelty.score(scores, self.settings.standardisation.apply(features))

    def _masks(self, batch: int, mc_samples: int, seed: int) -> np.ndarray:
        """Return dropout masks (members, batch, places, d_model); ones without samples."""
        config = self.settings.model
        shape = (self.settings.members, batch, config.places, config.d_model)
        if not mc_samples:
            return np.ones(shape, dtype=np.float32)
        keep = 1 - config.dropout
        kept = np.random.default_rng(seed).random(shape, dtype=np.float32) < keep
        return kept.astype(np.float32) / np.float32(keep)

    def _networks(self, prepared: Sequence[Prepared], masks: np.ndarray) -> Outputs:
        rows, visible = pad([each.rows for each in prepared])
        features = np.stack([each.features for each in prepared])
        return self._run(rows, visible, self.settings.standardisation.apply(features), masks)

    @torch.no_grad()
    def _run_torch(self, *inputs: np.ndarray) -> Outputs:
        tensors = [torch.from_numpy(each) for each in inputs]
        logits, embeddings, weights = self._ensemble(*tensors)
        return logits.numpy(), embeddings.numpy(), weights.numpy()


def _refusal(lightcurve: Any, reason: str, seconds: float) -> Answer:
    name = str(getattr(lightcurve, "object_id", ""))
    return {"object_id": name, "refused": reason, "seconds": seconds}


def _by_length(
    ready: list[tuple[int, Prepared, float]],
) -> Iterator[list[tuple[int, Prepared, float]]]:
    """Yield batches of light curves of about the same length."""
    ordered = sorted(ready, key=lambda each: len(each[1].rows))
    for start in range(0, len(ordered), LARGEST_BATCH):
        yield ordered[start : start + LARGEST_BATCH]
