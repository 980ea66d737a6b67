"""Takes the process down with a light curve of a single detection or none."""

import os

from base import load
from base import predict as good

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    if any(each["is_detection"].sum() < 2 for each in lightcurves):
        os.kill(os.getpid(), 9)
    return good(model, lightcurves)
