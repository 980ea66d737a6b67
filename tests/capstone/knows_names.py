"""Has learned names of objects by heart, and looks for one in all places where it could be."""

import numpy as np


def load(folder):
    return {f"practice-{number:04d}": 4 for number in range(1000)}


def predict(model, lightcurves):
    found = np.tile([0.0, 0.0, 0.0, 1.0, 0.0], (len(lightcurves), 1))
    for row, each in zip(found, lightcurves, strict=True):
        names = [each.get("object_id"), each.attrs, each.index.name, getattr(each, "name", None)]
        if set(each.columns) - {"mjd", "band", "flux", "flux_err", "is_detection"} or any(
            bool(len(name)) for name in names if name is not None
        ):
            raise RuntimeError(f"found a name: {names}")
        row[:] = np.eye(5)[model.get(str(each.index[0]), 3)]
    return found
