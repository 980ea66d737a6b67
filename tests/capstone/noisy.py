"""The commonest class with a little noise, so that some rare ones are right by luck."""

import numpy as np


def load(folder):
    return np.random.default_rng(0)


def predict(model, lightcurves):
    odds = model.uniform(0, 1, (len(lightcurves), 5)) * [1, 1, 1, 1.8, 1]
    return odds / odds.sum(axis=1, keepdims=True)
