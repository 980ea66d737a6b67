"""What runs beside a submitted model in the sandbox.

The sandbox has no grader to import: the text of this file is sent there and run as a cell. It knows
no class of any object, so that a model that takes it over has gained nothing.
"""

import os
from typing import Any

import pandas as pd

FUNCTIONS = ("load", "predict")
loaded: list[Any] = []


def start() -> dict[str, Any]:
    """Load the model; say which of its functions are missing, and its threshold for TDEs."""
    import model  # type: ignore[import-not-found]

    missing = [name for name in FUNCTIONS if not callable(getattr(model, name, None))]
    if not missing:
        loaded[:] = [model.load(os.getcwd())]
    return {"missing": missing, "threshold": getattr(model, "TDE_THRESHOLD", None)}


def answer(batch: list[dict[str, Any]]) -> Any:
    """What the model says of a batch of light curves."""
    import model

    return model.predict(loaded[0], [pd.DataFrame(each) for each in batch])
