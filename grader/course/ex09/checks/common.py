"""Checks of Exercise 9: runs, checkpoints, charts, the space of a sweep, and a whole training.

What is logged is judged by a recorder with the signatures of the real `wandb`, and once per method
by what a real offline run has in its file. The training is rehearsed with a network whose answers
after each epoch are planned, so that all its numbers can be worked out here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer, Finding, Subject
from grader.course.ex09 import probes
from grader.course.ex09.replies import Caught, File, Item, Logged, RunFile
from grader.course.oracles import Rng
from grader.expect import approx_equal, difference, expect, require, showing, shown
from grader.wire import Tensor


def names_of(rng: Rng, n: int) -> list[str]:
    """Names that nobody has thought of, for settings and metrics."""
    return [f"value_{number}" for number in rng.choice(9000, n, replace=False) + 1000]


def settings(rng: Rng) -> dict[str, Any]:
    """A configuration."""
    (name,), number = names_of(rng, 1), int(rng.integers(1, 90))
    return {name: number, "learning_rate": round(float(rng.uniform(0.001, 1)), 4)}


def varied_settings(rng: Rng) -> dict[str, Any]:
    """A configuration with values of all kinds that JSON knows."""
    more = {
        "bands": ["g", "r"],
        "warm_up": None,
        "shuffled": False,
        "dropout": 0.0,
        "Name": "naïve",
    }
    return settings(rng) | more | {"optimizer": {"name": "Adam", "betas": [0.9, 0.5]}}


def numbers(rng: Rng) -> dict[str, float]:
    """Metrics that float32 holds exactly, in few digits."""
    return {name: int(rng.integers(1, 256)) / 256 for name in names_of(rng, 2)}


def weights(rng: Rng, rows: int = 2, columns: int = 3) -> list[list[float]]:
    """Weights that float32 holds exactly, in few digits."""
    return (np.round(16 * rng.normal(size=(rows, columns))) / 16).tolist()


def tensors_of(rows: list[list[float]]) -> dict[str, Tensor]:
    """What the state of the probe's network with these weights is."""
    values = np.array(rows, dtype=np.float32)
    return {"weight": Tensor.of(values), "bias": Tensor.of(values.sum(axis=1))}


def refuse_pickle(name: str, file: File) -> None:
    """The file of a checkpoint was not written by pickle."""
    require(file.format != "pickle", "whole-model-pickled", name=name)
    require(file.format != "torch", "torch-save", name=name)


def check_notes(notes: Any, config: dict[str, Any], epoch: int, metrics: dict[str, float]) -> None:
    """Compare the content of a `checkpoint.json`."""
    want = {"config": config, "epoch": epoch, "metrics": metrics}
    if isinstance(notes, dict):
        require("epoch" in notes, "epoch-missing")
        require("config" in notes, "config-missing")
        require("metrics" in notes or not set(metrics) <= set(notes), "metrics-spread-out")
        found = notes.get("metrics")
        text = isinstance(found, dict) and any(isinstance(each, str) for each in found.values())
        require(not text, "numbers-as-text", got=shown(found))
        differs = difference(notes["config"], config, "the `config` in `checkpoint.json`")
        require(not differs, "other-config", differs=differs)
        check_integer(notes["epoch"], epoch, "`checkpoint.json`")
    expect(Answer(notes), want, what="`checkpoint.json`")


def check_integer(got: Any, epoch: int, where: str) -> None:
    """The number of an epoch is an integer, not a float of the same value."""
    require(
        not isinstance(got, float) or got != epoch, "epoch-not-int", where=where, got=shown(got)
    )


def check_without_run(learner: Subject, method: str, *args: Any) -> None:
    """A method of a tracker without an open run raises a RuntimeError."""
    error = learner.ask(probes.without_run, method, *args).value
    if error is None:
        raise Finding("silent-without-run", method=method)
    right = "RuntimeError" in error.kinds
    require(right, "no-run-crashes", method=method, kind=kind_in(error), message=error.message)


def kind_in(error: Caught | None) -> str:
    """The class of an exception."""
    return error.kinds[0] if error and error.kinds else "nothing"


def check_row(got: Logged, key: str) -> None:
    """What was logged between rows 3 and 4 must be in row 3, and the count of steps as before."""
    with showing("{}.step"):
        require(got.step == 3, "step-moved", name=key, step=got.step)
    with showing("{}.in_row"):
        require(got.in_row, "not-in-current-row", name=key)


def items_under(got: Logged, key: str) -> list[Item]:
    """What was logged under a key, once it was logged, and once only."""
    with showing("{}.keys"):
        require(bool(got.keys), "nothing-logged")
        require(key in got.keys, "other-key", got=shown(got.keys), want=key)
    with showing("{}.times"):
        require(got.times == 1, "one-by-one", name=key, n_times=got.times)
    return got.items


def item_text(item: Item) -> str:
    """A logged value in a few words."""
    texts = {"image": "a wandb.Image", "figure": "a figure"}
    chart = f"the chart {item.chart.name}" if item.chart else "a chart"
    return (texts | {"chart": chart}).get(item.kind) or shown(item.value)


def check_losses(got: RunFile) -> None:
    """The losses that were logged before and after something else are kept."""
    losses = [row["loss"] for row in got.rows.values() if "loss" in row]
    require(approx_equal(losses, [1.0, 0.5]), "losses-not-kept", got=shown(losses))


CLASSES = ["AGN", "CV", "SNII", "SNIa", "TDE"]
