"""The good model, less sure than it could be: logits divided by five."""

import numpy as np
from base import load
from base import predict as calibrated

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    odds = calibrated(model, lightcurves) ** 0.2
    return odds / np.sum(odds, axis=1, keepdims=True)
