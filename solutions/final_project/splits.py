"""Which object is for training, validation or testing: a matter of its name alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

SALT = "final-project-1"
TEST_SHARE = 0.2
FOLDS = 5  # of the objects that are not for testing; each fold is validation for one model
TRAIN, VALIDATION, TEST = "train", "validation", "test"


def position(object_id: str) -> float:
    """Return a number from 0 to 1 that depends on the name alone, evenly spread."""
    digest = hashlib.sha256(f"{SALT}:{object_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def fold_of(object_id: str) -> int:
    """Return the fold of an object, 0 to FOLDS - 1, or -1 if it is for testing."""
    place = position(object_id)
    if place < TEST_SHARE:
        return -1
    return int((place - TEST_SHARE) / (1 - TEST_SHARE) * FOLDS)


def folds(object_ids: Iterable[str]) -> np.ndarray:
    """Return the fold of each object, int64 (n,); -1 is for testing.

    The model is an ensemble of FOLDS members. Each is trained without one fold, and what it says of
    that fold, which it has never seen, calibrates the ensemble.
    """
    return np.array([fold_of(name) for name in object_ids], dtype=np.int64)


def split(object_ids: Iterable[str]) -> np.ndarray:
    """Return "train", "validation" (fold 0) or "test" for each object, for a single model.

    An object stays on its side whatever other objects there are.
    """
    names = {-1: TEST, 0: VALIDATION}
    return np.array([names.get(fold, TRAIN) for fold in folds(object_ids).tolist()])
