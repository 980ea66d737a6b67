"""Small networks, checkpoints of them, and what is in a file of one."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from grader.course.ex09.replies import File


def network(weights: list[list[float]], contiguous: bool = True, misfit: str = "") -> Any:
    """A linear layer with these weights, which have a gradient, and their sums as frozen bias.

    `misfit` is "names" (they are others), "fewer" (there is no bias) or "more" (there is a scale).
    """
    values = torch.tensor(weights)
    model = nn.Linear(values.shape[1], values.shape[0])
    if not contiguous:
        values = values.T.contiguous().T
    model.weight = nn.Parameter(values)
    model.weight.grad = torch.ones_like(values)
    model.bias = nn.Parameter(values.sum(dim=1), requires_grad=False)
    if misfit == "fewer":
        model.register_parameter("bias", None)
    if misfit == "more":
        model.scale = nn.Parameter(torch.ones(()))
    return nn.Sequential(model) if misfit == "names" else model


def add_buffers(model: nn.Linear) -> None:
    """Give the network a second name for its weight, and numbers of other kinds."""
    total = model.weight.detach().sum()
    model.twin = model.weight
    model.part = nn.Identity()
    model.part.register_buffer("mean", total.clone())
    model.register_buffer("seen", total.clone())
    model.register_buffer("passing", total.clone(), persistent=False)
    model.register_buffer("fine", total.double() / 3)
    model.register_buffer("count", torch.tensor(2**40 + 1))


def as_numpy(number: float) -> Any:
    """The same number as one of NumPy's."""
    return np.int64(number) if isinstance(number, int) else np.float32(number)


def prepare(how: str, folder: Path, model: nn.Linear) -> None:
    """Make what else there is: buffers ("tied"), or older files in the folder ("existing")."""
    if how == "tied":
        add_buffers(model)
    if how == "existing":
        folder.mkdir()
        for name in ("other.txt", "model.safetensors", "checkpoint.json"):
            (folder / name).write_text("an older one")


def state_of(model: nn.Module) -> dict[str, Any]:
    """All that must not change in a network, apart from its mode."""
    tensors = {
        name: (str(value.dtype), value.tolist()) for name, value in model.state_dict().items()
    }
    taught = [each.requires_grad for each in model.parameters()]
    gradients = [None if each.grad is None else each.grad.tolist() for each in model.parameters()]
    return {"tensors": tensors, "taught": taught, "gradients": gradients}


def file_of(path: Path) -> File:
    """A checkpoint's file: tensors, JSON, or what else it is."""
    if not path.exists():
        return File("gone")
    try:  # first, since its first byte may be that of a pickle
        return File("safetensors", tensors=dict(load_file(path)))
    except Exception:
        content = path.read_bytes()
    if zipfile.is_zipfile(path) or content[:1] == b"\x80":
        return _pickled(content)
    try:
        return File("json", content=json.loads(path.read_text("utf-8")))
    except ValueError:
        return File("other")


def _pickled(content: bytes) -> File:
    try:
        loaded = torch.load(io.BytesIO(content), weights_only=True)
    except Exception:
        return File("pickle")
    return File("torch", tensors=loaded if isinstance(loaded, dict) else None)


def files_in(folder: Path) -> dict[str, File]:
    """All files in a folder and below, by their path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_of(path) for path in files}


def write_checkpoint(folder: Any, model: nn.Module, config: Any, epoch: int, metrics: Any) -> Path:
    """Stands for `save_checkpoint`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.clone().contiguous() for name, value in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors")
    numbers = {name: float(value) for name, value in dict(metrics).items()}
    notes = {"config": dict(config), "epoch": epoch, "metrics": numbers}
    (folder / "checkpoint.json").write_text(json.dumps(notes), encoding="utf-8")
    return folder
