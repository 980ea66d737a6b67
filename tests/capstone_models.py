"""Models handed in for the capstone: a good one, trained here, and those in tests/capstone."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import types
from pathlib import Path

from grader.capstone import command

KINDS = Path(__file__).with_name("capstone")


def train(folder: Path) -> Path:
    """The folder of the example's model, written and trained as its author would do it."""
    command.write_example(folder)
    subprocess.run([sys.executable, "train.py"], cwd=folder, check=True, capture_output=True)
    return folder / "model"


def hand_in(kind: str, good: Path, folder: Path, **files: str) -> Path:
    """A folder with the model `kind`; the good one lies beside it as `base.py` with its weights."""
    target = folder / kind
    target.mkdir()
    shutil.copyfile(KINDS / f"{kind}.py", target / "model.py")
    shutil.copyfile(good / "model.py", target / "base.py")
    shutil.copyfile(good / "weights.json", target / "weights.json")
    for name, text in files.items():
        (target / name.replace("_", ".")).write_text(text, "utf-8")
    return target


def imported(kind: str) -> types.ModuleType:
    """The module of a model, to try out here what it does there."""
    spec = importlib.util.spec_from_file_location(f"capstone_{kind}", KINDS / f"{kind}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
