"""The good model, as it is."""

from base import load, predict

__all__ = ["load", "predict"]
