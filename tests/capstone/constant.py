"""The shares of the classes as the answer to everything: well calibrated, and worthless."""

import numpy as np


def load(folder):
    return np.array([0.08, 0.06, 0.18, 0.60, 0.08])


def predict(model, lightcurves):
    return np.tile(model, (len(lightcurves), 1))
