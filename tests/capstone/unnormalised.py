"""Adds a tenth to each class, so that none is ruled out, and leaves it there."""

from base import load
from base import predict as good

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    return good(model, lightcurves) + 0.1
