"""The structured replies of the probes of Exercise 5."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct


class Padded(Struct):
    """A padded sequence, and the sequence that came in as it is afterwards."""

    result: Any
    input_after: np.ndarray


class Rows(Struct):
    """The rows of a light curve, and whether its table stayed as it was."""

    result: Any
    table_unchanged: bool


class Attributes(Struct):
    """The attributes of a dataset, and the names of those that it lacks."""

    missing: list[str]
    classes: Any
    labels: Any
    max_sequence_length: Any
    has_transform: bool
    classes_changed: bool
    labels_changed: bool
    light_curves_changed: bool


class Size(Struct):
    """The length of a dataset and the number of its columns."""

    length: int
    n_features: Any


class Features(Struct):
    """The features of one item before and after something was done to them."""

    before: Any
    after: Any


class Transformed(Struct):
    """The features of an item asked for twice, and the rows that its transform was given."""

    calls_at_construction: int
    first: Any
    second: Any
    given: list[Any]


class Changed(Struct):
    """Changed copies of the rows of a light curve, and the rows themselves afterwards."""

    results: list[Any]
    input_after: np.ndarray


class Walks(Struct):
    """Random walks, and the times that came in as they are afterwards."""

    walks: list[Any]
    times_after: np.ndarray


class Mark(Struct):
    """What a light curve says it is, and the random number that its maker drew for it."""

    label: str | None
    object_id: str | int | None
    drawn: float | None


class Sky(Struct):
    """A synthetic dataset, and the proportions that were asked for, as they are afterwards.

    `n_calls` and `n_generators` say how often a light curve was made, and with how many generators.
    """

    kinds: tuple[str, str]
    labels: list[str]
    marks: list[Mark]
    n_calls: int
    n_generators: int
    proportions: Any
    global_numbers: bool
    sky_changed: bool


class Member(Struct):
    """A light curve of a synthetic dataset, and its label."""

    own_label: str | None
    n_observations: int
    label: str


class Epochs(Struct):
    """The numbers of the objects in each batch of some epochs; none without a DataLoader."""

    kind: str
    is_loader: bool
    epochs: list[list[list[int]]]
