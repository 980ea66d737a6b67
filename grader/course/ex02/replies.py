"""What the probes of Exercise 2 bring back."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class LightCurveView(Struct):
    """A light curve as what it holds, or something else as it is."""

    kind: str
    """The name of its class; empty for what is not a light curve."""
    table: Any = None
    """Its attribute `data`."""
    metadata: dict[str, Any] = {}
    value: Any = None
    """What it is, if not a light curve."""
