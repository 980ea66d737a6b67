"""Gives its threshold in per cent."""

from base import load, predict

__all__ = ["load", "predict"]
TDE_THRESHOLD = 20
