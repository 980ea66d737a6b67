"""Has left its weights at home."""

from pathlib import Path


def load(folder):
    return (Path(folder) / "network.safetensors").read_bytes()


def predict(model, lightcurves):
    return None
