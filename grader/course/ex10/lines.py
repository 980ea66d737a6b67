"""What a learner would type to see what the probes of Exercise 10 have seen."""

from __future__ import annotations

from typing import Any

from grader.course.lines import called, source
from grader.wire import Tensor

WITHOUT = {
    "dropped": "what is dropped is random, and the inputs are large",
    "undropped": "a layer is changed after it was made",
    "dropout_layers": "the names and settings of all dropout layers are collected",
    "nested_dropout": "a model is rebuilt before it is asked",
    "asked": "a model whose calls are counted, and what is left of the state before",
    "asked_one_by_one": "each light curve by itself, for comparison",
    "crowd": "a model of which all layers but the last are exchanged",
    "diagram": "a picture is read",
    "diagrams": "pictures are read",
    "compared": "stand-ins for a model, a training, a tracker and its clock",
    "ensemble": "stand-ins for the making and the training of models",
    "ensemble_answer": "members that are stand-ins",
    "labelled": "stand-ins for a pool and its models",
    "alerts": "a stand-in for a model, and clocks",
    "late_alert": "a hundred observations",
}
NAMES = {
    "calibration_table": ["y_true", "y_prob"],
    "expected_calibration_error": ["y_true", "y_prob"],
    "apply_temperature": ["y_prob"],
    "fit_temperature": ["y_true", "y_prob"],
    "accuracy_after_rejection": ["y_true", "y_prob", "uncertainty"],
    "unknown_auroc": ["known", "unknown"],
}
"""The names of the arrays that the tools for calibration take, before all else."""


def summarised(samples: Tensor) -> str:
    return called("summarise", samples)


def tool(name: str, *args: Any, **kwargs: Any) -> str:
    names = NAMES[name]
    arrays = "".join(f"{n} = {source(each)}\n" for n, each in zip(names, args, strict=False))
    others = [source(each) for each in args[len(names) :]]
    named = [f"{key}={source(value)}" for key, value in kwargs.items()]
    return f"{arrays}UncertaintyCalibration.{name}({', '.join([*names, *others, *named])})"


def balanced_weights(counts: Tensor, beta: float) -> str:
    return f"counts = {source(counts)}\nclass_balanced_weights(counts, {source(beta)})"


def smooth_loss(settings: dict[str, float], inputs: Tensor, targets: Tensor) -> str:
    made = called("SmoothFocalLoss", **settings)
    return f"logits = {source(inputs)}.requires_grad_()\n{made}(logits, {source(targets)})"


def latency(seconds: list[float], *percentiles: list[float]) -> str:
    made = f"live = LiveClassifier(None)\nlive.seconds = {source(seconds)}\n"
    return made + called("live.latency_percentiles", *percentiles)
