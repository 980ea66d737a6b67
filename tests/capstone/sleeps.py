"""Never answers."""

import time


def load(folder):
    return None


def predict(model, lightcurves):
    time.sleep(3600)
