"""Wants a package that the workbook does not have."""

import nonexistent_boosting


def load(folder):
    return nonexistent_boosting.Booster(folder)


def predict(model, lightcurves):
    return model.predict(lightcurves)
