"""All classes alike."""

import numpy as np


def load(folder):
    return None


def predict(model, lightcurves):
    return np.full((len(lightcurves), 5), 0.2)
