"""The settings of a training: the defaults, those that a server chooses, and what is done."""

from __future__ import annotations

from typing import Any

from grader.answer import Finding
from grader.course.ex09.checks.plan import Plan
from grader.course.ex09.checks.training import EPOCHS, val_losses
from grader.course.ex09.replies import Training
from grader.expect import approx_equal, require, shown

DEFAULTS = {
    "d_model": 32,
    "nhead": 4,
    "num_layers": 2,
    "learning_rate": 1e-3,
    "time_embed_dim": 16,
    "dropout": 0.1,
    "batch_size": 32,
    "focal_loss_gamma": 2.0,
    "num_epochs": 12,
    "patience": 4,
    "n_objects": 600,
    "max_sequence_length": 60,
    "seed": 0,
}
CHOSEN = {"learning_rate": 0.0625, "num_epochs": 3, "batch_size": 3, "seed": 9, "d_model": 64}
CHOSEN |= {"nhead": 8, "num_layers": 3, "time_embed_dim": 24, "dropout": 0.375}
CHOSEN |= {"n_objects": 80, "max_sequence_length": 30, "focal_loss_gamma": 0.0}
SIDES = {
    "num_epochs": EPOCHS,
    "learning_rate": "{}.rates",
    "batch_size": "{}.batches",
    "seed": "{}.made.seed",
    "focal_loss_gamma": "{}.rows",
}
"""Which side tells a setting; the others are those of the model."""


def check_told(got: Training, mine: dict[str, Any]) -> None:
    """The run got the defaults, overridden by these settings."""
    require(bool(got.config), "config-not-passed")
    for name, value in {**DEFAULTS, **mine}.items():
        told = got.config.get(name)
        if approx_equal(told, value):
            continue
        now = got.made.defaults.get(name)
        changed = name not in mine and now is not None and approx_equal(told, now)
        require(not changed, "defaults-changed", name=name, got=shown(told), want=value)
        whose = "in the `config` that was passed" if name in mine else "in `DEFAULTS`"
        raise Finding("run-told-other", name=name, got=shown(told), want=value, whose=whose)


def check_defaults(after: dict[str, Any]) -> None:
    """A training with other settings has left the defaults as they are."""
    for name, value in DEFAULTS.items():
        got = after.get(name, value)
        same = approx_equal(got, value)
        require(same, "defaults-changed", name=name, got=shown(got), want=value)


def check_setting(name: str, used: Any) -> None:
    """A setting is the one that the server has chosen, if it has chosen it."""
    same = name not in CHOSEN or approx_equal(used, CHOSEN[name])
    require(same, "own-settings-read", name=name, got=shown(used), want=CHOSEN.get(name))


def check_data(data: dict[str, Any]) -> None:
    """The data were made with the settings that the server has chosen."""
    for name, used in data.items():
        if name != "seed":
            check_setting(name, used)
    require("seed" in data, "data-without-seed")
    seed = data["seed"]
    require(approx_equal(seed, 9), "data-without-seed~other", got=shown(seed))


def gamma_of(got: Training, plan: Plan) -> float:
    """The gamma of the validation losses: the plan's, the default, or else the chosen one.

    Losses of another kind are the business of other checks.
    """
    for gamma in (plan.gamma, 2.0):
        if approx_equal(val_losses(got), plan.series("val", "loss", gamma)[:3], 1e-4, 1e-5):
            return gamma
    return CHOSEN["focal_loss_gamma"]
