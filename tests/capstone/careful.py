"""The good model, which calls an object a TDE from a low probability on."""

from base import load, predict

__all__ = ["load", "predict"]
TDE_THRESHOLD = 0.2
