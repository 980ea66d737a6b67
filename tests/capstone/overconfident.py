"""The good model, surer than it may be: logits times five."""

import numpy as np
from base import load
from base import predict as calibrated

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    odds = calibrated(model, lightcurves) ** 5
    return odds / np.sum(odds, axis=1, keepdims=True)
