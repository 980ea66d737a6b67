"""The light curves of an exam, and their classes, which no model is ever told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

CLASSES = ("AGN", "CV", "SNII", "SNIa", "TDE")  # in the order of `sorted`, as in the course
TDE = CLASSES.index("TDE")
COLUMNS = ("mjd", "band", "flux", "flux_err", "is_detection")
BANDS = ("g", "r", "i")
ZERO_POINT = 23.9  # AB magnitude of 1 microjansky
DETECTION = 5.0  # |flux| / flux_err from which on a point is a detection


class BadExam(ValueError):
    """There is nothing that a model could be judged on; the message says what to do."""


@dataclass(frozen=True)
class Exam:
    """Light curves and their classes.

    Attributes
    ----------
    curves : list of DataFrame
        One for each object, with COLUMNS, in order of time. `mjd` [days]; `band`, one of BANDS;
        `flux` and `flux_err` [microjansky]. An upper limit has the flux NaN, and a fifth of the
        5-sigma limit as its flux_err.
    truth : int array (n,)
        The place of each object's class in CLASSES.
    source : str
        Where it comes from, in words.
    notes : list of str
        What was left out, and why.
    """

    curves: list[pd.DataFrame]
    truth: np.ndarray
    source: str
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        missing = [name for name, count in self.counts.items() if not count]
        if missing:
            raise BadExam(
                f"There is no {' and no '.join(missing)} in it. Give objects of all classes."
            )

    @property
    def counts(self) -> dict[str, int]:
        """How many objects there are of each class."""
        numbers = np.bincount(self.truth, minlength=len(CLASSES)).tolist()
        return dict(zip(CLASSES, numbers, strict=True))

    @property
    def majority(self) -> int:
        """The place of the commonest class."""
        return int(np.bincount(self.truth, minlength=len(CLASSES)).argmax())
