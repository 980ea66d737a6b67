"""The number of the class in place of probabilities."""

from base import load
from base import predict as good

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    return good(model, lightcurves).argmax(axis=1)
