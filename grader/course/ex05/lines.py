"""What a learner would type to see what the probes of Exercise 5 have seen."""

from __future__ import annotations

import numpy as np

from grader.course.lines import called, source

WITHOUT = {
    "rows_of": "stand-ins for the codes of bands",
    "made_dataset": "stand-ins for the rows of light curves",
    "changed_by_another": "stand-ins for the rows of light curves",
    "size": "stand-ins for the rows of light curves",
    "items": "stand-ins for the rows of light curves",
    "item_beyond": "stand-ins for the rows of light curves",
    "changed_items": "stand-ins for the rows of light curves",
    "transformed": "stand-ins for the rows of light curves, and a transform that takes notes",
    "augmented": "statistics of hundreds of rows",
    "augmented_by_workers": "statistics of hundreds of rows",
    "walks": "statistics of hundreds of walks",
    "created": "a stand-in for the simulation",
    "created_for_real": "light curves that take long to make",
    "moved": "statistics of hundreds of rows",
    "epochs": "a dataset of hundreds of objects, and all batches of several epochs",
}
EMPTY = "dataset = object.__new__(LightCurveDataset)  # without __init__\n"


def encoded_bands(bands: list[str]) -> str:
    return EMPTY + called("dataset._encode_bands", bands)


def padded(sequence: np.ndarray, longest: int) -> str:
    return (
        f"{EMPTY}dataset.max_sequence_length = {longest}\n"
        f"sequence = {source(sequence)}\ndataset._pad_sequence(sequence)"
    )
