"""Wants more memory than there is."""

import numpy as np


def load(folder):
    return np.ones(2**40 // 8)


def predict(model, lightcurves):
    return None
