"""Checks of Exercise 9: runs, checkpoints, charts, the space of a sweep, and a whole training.

What is logged is judged by a recorder with the signatures of the real `wandb`, and once per method
by what a real offline run has in its file. The training is rehearsed with a network whose answers
after each epoch are planned, so that all its numbers can be worked out here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.answer import Answer, Subject
from grader.course.ex09 import probes
from grader.expect import expect, require, shown
from grader.wire import Tensor

Rng = np.random.Generator


def names_of(rng: Rng, n: int) -> list[str]:
    """Names that nobody has thought of, for settings and metrics."""
    return [f"value_{number}" for number in rng.choice(9000, n, replace=False) + 1000]


def settings(rng: Rng) -> dict[str, Any]:
    return {names_of(rng, 1)[0]: int(rng.integers(1, 90)), "learning_rate": float(rng.random())}


def numbers(rng: Rng) -> dict[str, float]:
    """Metrics that float32 holds exactly."""
    return {name: float(np.float32(rng.random())) for name in names_of(rng, 2)}


def weights(rng: Rng, rows: int = 2, columns: int = 3) -> list[list[float]]:
    return np.float32(rng.normal(size=(rows, columns))).astype(float).tolist()


def tensors_of(rows: list[list[float]]) -> dict[str, Tensor]:
    """What the state of the probe's network with these weights is."""
    values = np.array(rows, dtype=np.float32)
    return {"weight": Tensor.of(values), "bias": Tensor.of(values.sum(axis=1))}


def refuse_pickle(name: str, file: Mapping[str, Any]) -> None:
    require(file["is"] != "pickle", "whole-model-pickled", name=name)
    require(file["is"] != "torch", "torch-save", name=name)


def check_notes(notes: Any, config: dict, epoch: int, metrics: dict) -> None:
    """Compare the content of a `checkpoint.json`."""
    want = {"config": config, "epoch": epoch, "metrics": metrics}
    if isinstance(notes, dict):
        require("epoch" in notes, "epoch-missing")
        require("config" in notes, "config-missing")
        require("metrics" in notes or not set(metrics) <= set(notes), "metrics-spread-out")
    expect(Answer(notes), want, what="`checkpoint.json`")


def check_without_run(learner: Subject, method: str, *args: Any) -> None:
    kinds = learner.ask(probes.without_run, method, *args).value
    require(bool(kinds), "without-open-run", method=method)
    require(
        "RuntimeError" in kinds, "no-run-crashes", method=method, kinds=kinds[0], kinds2=kinds[-1]
    )


def check_row(got: dict[str, Any], key: str) -> None:
    """What was logged between rows 3 and 4 must be in row 3, and the count of steps as before."""
    require(got["step"] == 3, "step-moved", key_=key, step=got["step"])


def logged_under(got: dict[str, Any], key: str) -> Any:
    """What was logged under a key, once it was logged, and once only."""
    calls = got["calls"]
    require(bool(calls), "nothing-logged")
    keys = sorted({name for call in calls for name in call["data"]})
    require(key in keys, "logged-under-key", keys=shown(keys), key_=key)
    values = [call["data"][key] for call in calls if key in call["data"]]
    require(len(values) == 1, "one-by-one", key_=key, n_values=len(values))
    return values[0]


CLASSES = ["AGN", "CV", "SNII", "SNIa", "TDE"]


def told(learner: Subject, steps: list[list[Any]]) -> list[list[Any]]:
    got: list[list[Any]] = learner.ask(probes.registered, steps).value
    return got
