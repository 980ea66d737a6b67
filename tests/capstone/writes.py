"""Leaves files wherever it can."""

import os
from pathlib import Path

from base import load as load_good
from base import predict

__all__ = ["load", "predict"]


def load(folder):
    for place in (*Path(folder, "places.txt").read_text().split(), "/", "/usr", "/dev"):
        try:
            os.makedirs(place, exist_ok=True)
            Path(place, "was-here").write_text("x")
        except OSError:
            continue
    return load_good(folder)
