"""How long an answer takes: one light curve or many, PyTorch or ONNX Runtime, with samples.

What is counted is the time of the processor, with one thread: on a machine that does nothing else
it is the time on the clock. It depends on the machine; ratios hardly do, as all are taken in one
run, interleaved. Of several repetitions the fastest counts, which other programs disturb least.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from solutions.ex05_light_curve_dataset import create_synthetic_transient_dataset
from solutions.final_project.classifier import Prepared, ProductionTransientClassifier
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.training_set import from_transient

SAMPLES = 100
MANY = 256


@dataclass(frozen=True)
class Timing:
    """Milliseconds per light curve of one way to classify, and its ratio to the reference."""

    name: str
    milliseconds: float
    ratio: float


def synthetic_light_curves(count: int, seed: int = 0) -> list[LightCurve]:
    """Return light curves of the synthetic sky of Exercise 5."""
    transients = create_synthetic_transient_dataset(count, seed=seed)[0]
    return [from_transient(each) for each in transients]


def benchmark(
    bundle: Path, light_curves: list[LightCurve] | None = None, repeats: int = 5
) -> list[Timing]:
    """Time the whole way from light curve to answer, and its parts.

    Args:
        bundle: folder of the bundle.
        light_curves: to classify; by default synthetic ones. The one that is timed alone is that
            of middling length.
        repeats: how often everything is timed.
    """
    torch.set_num_threads(1)
    curves = light_curves or synthetic_light_curves(MANY)
    onnx = ProductionTransientClassifier(bundle)
    eager = ProductionTransientClassifier(bundle, engine="torch")
    pairs = [(each, onnx.prepare(each)) for each in curves]
    usable = [(curve, each) for curve, each in pairs if isinstance(each, Prepared)]
    usable.sort(key=lambda pair: len(pair[1].rows))
    middle = usable[len(usable) // 2]
    one, ready = [middle[0]], [each for _, each in usable]
    n = len(ready)
    ways: dict[str, tuple[Callable[[], object], int]] = {
        "one, ONNX Runtime": (lambda: onnx.classify_with_uncertainty(one), 1),
        "one, PyTorch eager": (lambda: eager.classify_with_uncertainty(one), 1),
        "one, preparation alone": (lambda: onnx.prepare(one[0]), 1),
        "many, ONNX Runtime": (lambda: onnx.classify_with_uncertainty(curves), len(curves)),
        "many, PyTorch eager": (lambda: eager.classify_with_uncertainty(curves), len(curves)),
        "many, padded to the longest": (lambda: onnx.samples(ready, 0, 0), n),
        f"one, {SAMPLES} samples as a batch, ONNX": (
            lambda: onnx.classify_with_uncertainty(one, mc_samples=SAMPLES),
            1,
        ),
        f"one, {SAMPLES} samples as a batch, eager": (
            lambda: eager.classify_with_uncertainty(one, mc_samples=SAMPLES),
            1,
        ),
        f"one, {SAMPLES} samples in a loop, ONNX": (lambda: _loop(onnx, middle[1]), 1),
        f"longest, {SAMPLES} samples as a batch, ONNX": (
            lambda: onnx.samples(ready[-1:], SAMPLES, 0),
            1,
        ),
    }
    best = dict.fromkeys(ways, np.inf)
    for _ in range(repeats):
        for name, (run, count) in ways.items():
            started = time.process_time()
            run()
            best[name] = min(best[name], 1000 * (time.process_time() - started) / count)
    reference = best["one, ONNX Runtime"]
    return [Timing(name, value, value / reference) for name, value in best.items()]


def _loop(classifier: ProductionTransientClassifier, prepared: Prepared) -> None:
    members = classifier.settings.members
    for seed in range(SAMPLES // members):
        classifier.samples([prepared], members, seed)
