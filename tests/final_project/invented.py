"""Light curves that the tests invent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from solutions.ex05_light_curve_dataset import simulate_transient
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.training_set import from_transient


def invented(label: str, seed: int = 0, name: str = "invented") -> LightCurve:
    """Return an object of the synthetic sky, as forced photometry in microjansky."""
    return from_transient(simulate_transient(label, np.random.default_rng(seed), name))


def table_of(light_curves: list[LightCurve], labels: list[str]) -> pd.DataFrame:
    """Return the table that `from_table` reads."""
    parts = [
        pd.DataFrame(
            {
                "object_id": lc.object_id,
                "label": label,
                "band": lc.band,
                "mjd": lc.mjd,
                "flux": lc.flux,
                "flux_err": lc.flux_err,
                "is_detection": lc.is_detection,
                "diff_sign": np.sign(lc.flux),
                "flux_kind": lc.kind,
            }
        )
        for lc, label in zip(light_curves, labels, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)
