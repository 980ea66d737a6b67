"""Divides by the length of a light curve, and cannot do with a single detection or none."""

from base import load
from base import predict as good

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    for each in lightcurves:
        if each["is_detection"].sum() < 2:
            raise ValueError("too few detections")
    return good(model, lightcurves)
