"""Probes of Exercise 2: light curves as objects. A light curve travels as what it holds."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np

from grader.course.ex02.replies import (
    Attribute,
    Folded,
    Item,
    Joined,
    LightCurveView,
    Pair,
    Peak,
    Properties,
    Selected,
    Stored,
    Texts,
    Turns,
)
from grader.runner import Learner

Observations = list[dict[str, Any]]
FIELDS = ("mjd", "flux", "flux_err", "band")
METADATA = ("object_id", "survey", "transient_type", "peak_mjd")
MOST_TURNS = 100


def seen(learner: Learner, value: Any) -> LightCurveView:
    """Class, table and metadata of a light curve; anything else as it is."""
    if not isinstance(value, learner.LightCurve):
        return LightCurveView("", value=value)
    metadata = {name: getattr(value, name) for name in METADATA if hasattr(value, name)}
    return LightCurveView(type(value).__name__, getattr(value, "data", None), metadata)


def _make(learner: Learner, kind: str, data: Observations, metadata: dict[str, Any]) -> Any:
    """A light curve of the learner's. The list, a copy already, is its own."""
    return _class_of(learner, kind)(data, **metadata)


def _class_of(learner: Learner, kind: str) -> Any:
    """A class of the learner's, or `SurveyLightCurve`: a subclass with an attribute of its own."""
    if kind != "SurveyLightCurve":
        return getattr(learner, kind)

    class SurveyLightCurve(learner.LightCurve):  # type: ignore[name-defined]
        def __init__(self, data: Observations, object_id: str, survey: str) -> None:
            super().__init__(data, object_id)
            self.survey = survey

    return SurveyLightCurve


def stored(learner: Learner, kind: str, data: Observations, **metadata: Any) -> Stored:
    """A new light curve, and the list it was made from as it is afterwards."""
    light_curve = getattr(learner, kind)(data, **metadata)
    return Stored(seen(learner, light_curve), data)


def two_stored(
    learner: Learner,
    kind: str,
    data: tuple[Observations, Observations],
    metadata: tuple[dict[str, Any], dict[str, Any]],
) -> Pair:
    """Two new light curves, looked at when both have been made."""
    first, second = (_make(learner, kind, *each) for each in zip(data, metadata, strict=True))
    return Pair(seen(learner, first), seen(learner, second))


def stored_by_default(
    learner: Learner, kind: str, data: Observations, *args: Any
) -> LightCurveView:
    """A new light curve from positional arguments alone."""
    return seen(learner, getattr(learner, kind)(data, *args))


def stored_as_numpy(learner: Learner, data: Observations) -> LightCurveView:
    """A new light curve from whole numbers of days and NumPy's numbers."""
    kinds = {"mjd": np.int64, "flux": np.float64, "flux_err": np.float32, "band": str}
    numbers = [{name: kinds[name](value) for name, value in obs.items()} for obs in data]
    return seen(learner, learner.LightCurve(numbers))


def length(learner: Learner, kind: str, data: Observations) -> Any:
    """`len(lc)`."""
    return len(_make(learner, kind, data, {}))


def item(learner: Learner, data: Observations, key: Any) -> Item:
    """`lc[key]`; `{"slice": [1, 3]}` stands for `1:3`."""
    return _item(learner, _make(learner, "LightCurve", data, {})[_key(key)])


def selected(
    learner: Learner, kind: str, data: Observations, key: Any, **metadata: Any
) -> Selected:
    """`lc[key]` and its own length and first item, and the light curve itself afterwards."""
    light_curve = _make(learner, kind, data, metadata)
    _length_and_first(learner, light_curve)
    got = light_curve[_key(key)]
    return Selected(
        seen(learner, got), seen(learner, light_curve), *_length_and_first(learner, got)
    )


def _length_and_first(learner: Learner, value: Any) -> tuple[Any, Item | None]:
    """The length and the first observation of a light curve; None if they cannot be had."""
    if not isinstance(value, learner.LightCurve):
        return None, None
    try:
        return len(value), _item(learner, value[0])
    except Exception:  # which other questions are about
        return None, None


def _key(key: Any) -> Any:
    return slice(*key["slice"]) if isinstance(key, dict) else key


def _item(learner: Learner, value: Any) -> Item:
    """One observation as a dict if it can be read by its keys, whatever its type; or a view."""
    if isinstance(value, learner.LightCurve) or not hasattr(value, "keys"):
        return Item(seen(learner, value))
    keys = list(value.keys())
    if set(FIELDS) <= set(keys) and getattr(value, "ndim", 1) == 1:
        observation = {str(key): value[key] for key in keys}
        return Item(LightCurveView("", value=observation), observation)
    return Item(seen(learner, value))


def texts(learner: Learner, data: Observations, object_id: str) -> Texts:
    """`str(lc)`, then also of its beginning, and `repr(lc)` also of a subclass made on the spot."""
    light_curve = learner.LightCurve(data, object_id)
    special = type("SpecialLightCurve", (learner.LightCurve,), {})
    of_subclass = repr(special(copy.deepcopy(data), object_id))
    text, representation = str(light_curve), repr(light_curve)
    first = light_curve._with_data(light_curve.data.head(1))
    return Texts(text, representation, of_subclass, str(first))


def text(learner: Learner, what: str, data: Observations, object_id: str) -> str:
    """`str(lc)` or `repr(lc)` alone."""
    light_curve = learner.LightCurve(data, object_id)
    return str(light_curve) if what == "str" else repr(light_curve)


def attribute(learner: Learner, name: str, data: Observations) -> Attribute:
    """An attribute of a light curve, and whether it is one that must be called."""
    value = getattr(_make(learner, "LightCurve", data, {}), name)
    return Attribute(callable(value), value)


def properties_after_change(learner: Learner, data: Observations, keep: int) -> Properties:
    """The properties, looked at once before the table is cut down to its first rows."""
    light_curve = _make(learner, "LightCurve", data, {})
    _ = light_curve.bands, light_curve.duration
    light_curve.data = light_curve.data.head(keep)
    return Properties(light_curve.bands, light_curve.duration)


def folded(learner: Learner, data: Observations, period: float, **metadata: Any) -> Folded:
    """`lc.phase_fold(period)`, and the light curve itself before and afterwards."""
    light_curve = _make(learner, "TransientLightCurve", data, metadata)
    before = copy.deepcopy(seen(learner, light_curve))
    result = light_curve.phase_fold(period)
    after = seen(learner, light_curve)
    return Folded(seen(learner, result), before, after, result is light_curve)


def peak_magnitude(
    learner: Learner, data: Observations, *args: Any, peak_mjd: float | None = None
) -> Any:
    """`lc.get_peak_magnitude(...)`."""
    metadata = {"object_id": "ZTF18aabtxvd", "peak_mjd": peak_mjd}
    return _make(learner, "TransientLightCurve", data, metadata).get_peak_magnitude(*args)


def peak_by_default(learner: Learner, data: Observations) -> Peak:
    """`lc.get_peak_magnitude()`, and the light curve afterwards."""
    light_curve = _make(learner, "TransientLightCurve", data, {"object_id": "ZTF18aabtxvd"})
    return Peak(light_curve.get_peak_magnitude(), seen(learner, light_curve))


def joined(
    learner: Learner,
    kinds: tuple[str, str],
    data: tuple[Observations, Observations],
    metadata: tuple[dict[str, Any], dict[str, Any]],
) -> Joined:
    """`left + right`, and both of them before and afterwards."""
    left, right = (_make(learner, *each) for each in zip(kinds, data, metadata, strict=True))
    before = copy.deepcopy((seen(learner, left), seen(learner, right)))
    result = left + right
    after = (seen(learner, left), seen(learner, right))
    return Joined(seen(learner, result), before, after, result is left or result is right)


def joined_with(learner: Learner, data: Observations, other: Any) -> LightCurveView:
    """A light curve plus something else."""
    return seen(learner, _make(learner, "LightCurve", data, {}) + other)


def joined_with_stranger(learner: Learner, data: Observations) -> Item:
    """A light curve plus an object that has `data` and can be added from the right."""
    light_curve = _make(learner, "LightCurve", data, {})

    class Spectrum:
        data = light_curve.data.copy()

        def __radd__(self, other: Any) -> str:
            return "asked"

    return _item(learner, light_curve + Spectrum())


def looped(learner: Learner, data: Observations) -> list[Item]:
    """What a `for` loop gives; it is cut off after 100 turns."""
    light_curve = _make(learner, "LightCurve", data, {})
    values = list(itertools.islice(light_curve, MOST_TURNS))
    return [_item(learner, value) for value in values]


def looped_again(learner: Learner, data: Observations) -> Turns:
    """How many turns one loop takes, a second one, two at once, and one over the beginning.

    Each is cut off.
    """
    light_curve = _make(learner, "LightCurve", data, {})
    first, again = (sum(1 for _ in itertools.islice(light_curve, MOST_TURNS)) for _ in range(2))
    outer = itertools.islice(light_curve, MOST_TURNS)
    pairs = sum(1 for _ in outer for _ in itertools.islice(light_curve, MOST_TURNS))
    part = light_curve._with_data(light_curve.data.head(3))
    return Turns(first, again, pairs, sum(1 for _ in itertools.islice(part, MOST_TURNS)))
