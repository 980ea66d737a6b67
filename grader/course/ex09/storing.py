"""Checkpoints that a learner's functions write and read, and what becomes of the network."""

from __future__ import annotations

import contextlib
import copy
import shutil
from pathlib import Path
from typing import Any

from torch import nn

from grader.course.ex09.checkpoints import (
    as_numpy,
    files_in,
    network,
    prepare,
    state_of,
    write_checkpoint,
)
from grader.course.ex09.on_trial import Weights, caught, kind_of, outcome_of
from grader.course.ex09.replies import Caught, Loaded, Saved
from grader.course.ex09.trial import scratch
from grader.runner import Learner


def save(
    learner: Learner,
    weights: Weights,
    config: dict[str, Any],
    epoch: int,
    metrics: dict[str, float],
    how: str,
) -> Saved:
    """What `save_checkpoint` writes and returns; `how` is that of the probe `saved`."""
    with scratch() as place:
        folder = place / "runs" / "best" if how == "deep" else place / "best"
        numbers = {name: as_numpy(m) if how == "numpy" else m for name, m in metrics.items()}
        model = network(weights, contiguous=how != "strided")
        prepare(how, folder, model)
        model.train(training := how != "text")
        modes = [each.eval().training for each in model.children()]
        before = state_of(model)
        target, sent = Path("best") if how == "text" else folder, copy.deepcopy(config)
        with contextlib.chdir(place):
            given = str(target) if how == "text" else target
            returned = learner.save_checkpoint(given, model, sent, epoch, numbers)
        files, kind = files_in(folder), "another path" if isinstance(returned, Path) else None
        other = files.pop("other.txt", None)
        return Saved(
            returned="the folder" if kind and returned == target else kind or kind_of(returned),
            files=files,
            config_kept=sent == config,
            unchanged=state_of(model) == before,
            same_mode=[each.training for each in model.modules()] == [training, *modes],
            others_kept=how != "existing" or other is not None,
        )


def load(
    learner: Learner,
    weights: Weights,
    notes: dict[str, Any],
    into: Weights,
    *,
    training: bool,
    text: bool,
) -> Loaded:
    """What `load_checkpoint` returns, and what the network is like afterwards."""
    with scratch() as place, contextlib.chdir(place):
        folder = write_checkpoint(place / "best", network(weights), **notes)
        model = network(into)
        model.part = nn.Identity()
        model.train(training).part.train(not training)
        target = "best" if text else folder
        returned, error = outcome_of(lambda: learner.load_checkpoint(target, model))
        is_model = isinstance(returned, nn.Module)
        return Loaded(
            notes=None if is_model else returned,
            returned_model=is_model,
            error=error,
            weights={name: value.clone() for name, value in model.state_dict().items()},
            training=model.training,
            part_kept=model.part.training is not training,
            taught=[each.requires_grad for each in model.parameters()],
        )


def not_load(
    learner: Learner,
    weights: Weights,
    misfit: str,
    without: str,
    notes: dict[str, Any],
    into: Weights,
) -> Caught | None:
    """What `load_checkpoint` raises where something does not fit, or is missing."""
    with scratch() as place:
        folder = write_checkpoint(place / "best", network(weights), **notes)
        if without == "folder":
            shutil.rmtree(folder)
        elif without:
            (folder / without).unlink()
        model = network(into, misfit=misfit)
        return caught(lambda: learner.load_checkpoint(folder, model))
