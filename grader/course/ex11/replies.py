"""What the probes of the final project bring back. `Any` is a value of the learner's own."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class View(Struct):
    """A light curve as what it holds, or something else as it is."""

    kind: str
    """The name of its class; empty for what is not a light curve."""
    table: Any = None
    """Its attribute `data`."""
    metadata: dict[str, Any] = {}
    """Its other attributes."""
    value: Any = None
    """What it is, if not a light curve."""


class Read(Struct):
    """A light curve that was read, and the record it was read from as it is afterwards."""

    light_curve: View
    after: Any


class Source(Struct):
    """What a new pipeline holds."""

    data_source: Any
    folder: Any
    """Its folder; as a text, if it is a `Path`."""
    is_path: bool
    problems: Any


class Fetched(Struct):
    """What a fetch gave."""

    light_curves: list[View]
    problems: Any
    paths: list[str]
    """What was read: paths relative to the folder, in order."""
    other: Any = None
    """What it gave, if not a list."""


class Averaged(Struct):
    """What `nightly` made of a light curve, and that one as it is afterwards."""

    light_curve: View
    after: View


class Rows(Struct):
    """What was made of a light curve for a network, and that light curve as it is afterwards."""

    rows: Any
    after: View
