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


class Item(Struct):
    """What square brackets or a loop gave."""

    view: LightCurveView
    observation: dict[str, Any] | None = None
    """It as a dict, if it can be read by the keys of an observation, whatever its type."""


class Stored(Struct):
    """A new light curve, and the list it was made from as it is afterwards."""

    light_curve: LightCurveView
    after: Any


class Pair(Struct):
    """Two light curves made one after the other, as they are once both are there."""

    first: LightCurveView
    second: LightCurveView


class Selected(Struct):
    """A part of a light curve, and the light curve itself afterwards."""

    item: LightCurveView
    light_curve: LightCurveView
    length: Any = None
    """The `len` of the part, if it is a light curve."""
    first: Item | None = None
    """And its first observation."""


class Texts(Struct):
    """How a light curve shows itself."""

    text: str
    """By `str`."""
    representation: str
    """By `repr`."""
    of_subclass: str
    """The `repr` of an object of a subclass, SpecialLightCurve."""
    of_first: str
    """By `str`, of a light curve of the first observation alone."""


class Attribute(Struct):
    """An attribute of a light curve."""

    callable: bool
    """Whether it is a method, which would have to be called."""
    value: Any


class Properties(Struct):
    """The two properties of a light curve."""

    bands: Any
    duration: Any


class Folded(Struct):
    """What folding gave, and the light curve itself before and afterwards."""

    folded: LightCurveView
    before: LightCurveView
    after: LightCurveView
    returned_itself: bool


class Peak(Struct):
    """What the peak is said to be, and the light curve afterwards."""

    magnitude: Any
    light_curve: LightCurveView


class Joined(Struct):
    """The sum of two light curves, and both of them before and afterwards."""

    total: LightCurveView
    before: tuple[LightCurveView, LightCurveView]
    after: tuple[LightCurveView, LightCurveView]
    returned_operand: bool


class Turns(Struct):
    """How many turns loops take."""

    first: int
    again: int
    """A second loop, after the first one."""
    pairs: int
    """One loop inside another, in all."""
    of_part: int
    """A loop over the first three observations, which are a light curve of their own."""
