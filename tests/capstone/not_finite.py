"""NaN for every light curve without a detection, as a feature divides by nothing."""

import numpy as np
from base import load
from base import predict as good

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    found = good(model, lightcurves)
    few = [each["is_detection"].sum() < 2 for each in lightcurves]
    found[few] = np.nan
    return found
