"""Probes of Exercise 2: light curves as objects. A light curve travels as what it holds."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np

from grader.course.ex02.replies import LightCurveView
from grader.runner import Learner

FIELDS = ("mjd", "flux", "flux_err", "band")
METADATA = ("object_id", "survey", "transient_type", "peak_mjd")


def view(learner: Learner, value: Any) -> dict:
    """Class, table and metadata of a light curve; anything else as it is."""
    if not isinstance(value, learner.LightCurve):
        return {"is": "other", "value": value}
    metadata = {name: getattr(value, name) for name in METADATA if hasattr(value, name)}
    data = getattr(value, "data", None)
    return {"is": type(value).__name__, "data": data, "metadata": metadata}


def seen(learner: Learner, value: Any) -> LightCurveView:
    """Class, table and metadata of a light curve; anything else as it is."""
    if not isinstance(value, learner.LightCurve):
        return LightCurveView("", value=value)
    metadata = {name: getattr(value, name) for name in METADATA if hasattr(value, name)}
    return LightCurveView(type(value).__name__, getattr(value, "data", None), metadata)


def make(learner: Learner, kind: str, data: list, metadata: dict) -> Any:
    """A light curve of the learner's. The list, a copy already, is its own."""
    return class_of(learner, kind)(data, **metadata)


def class_of(learner: Learner, kind: str) -> Any:
    """A class of the learner's, or `SurveyLightCurve`: a subclass with an attribute of its own."""
    if kind != "SurveyLightCurve":
        return getattr(learner, kind)

    class SurveyLightCurve(learner.LightCurve):  # type: ignore[name-defined]
        def __init__(self, data: list, object_id: str, survey: str) -> None:
            super().__init__(data, object_id)
            self.survey = survey

    return SurveyLightCurve


def stored(learner: Learner, kind: str, data: list, **metadata: Any) -> dict:
    """A new light curve, and the list it was made from as it is afterwards."""
    light_curve = getattr(learner, kind)(data, **metadata)
    return {"lc": view(learner, light_curve), "after": data}


def stored_by_default(learner: Learner, kind: str, data: list, *args: Any) -> dict:
    """A new light curve from positional arguments alone."""
    return view(learner, getattr(learner, kind)(data, *args))


def stored_as_numpy(learner: Learner, data: list) -> dict:
    """A new light curve from whole numbers of days and NumPy's numbers."""
    kinds = {"mjd": np.int64, "flux": np.float64, "flux_err": np.float64, "band": str}
    numbers = [{name: kinds[name](value) for name, value in obs.items()} for obs in data]
    return view(learner, learner.LightCurve(numbers))


def inherits(learner: Learner) -> bool:
    return issubclass(learner.TransientLightCurve, learner.LightCurve)


def length(learner: Learner, kind: str, data: list, **metadata: Any) -> Any:
    return len(make(learner, kind, data, metadata))


def item(learner: Learner, data: list, key: Any) -> dict:
    """`lc[key]`; `{"slice": [1, 3]}` stands for `1:3`."""
    return _observation(learner, make(learner, "LightCurve", data, {})[_key(key)])


def selected(learner: Learner, kind: str, data: list, key: Any, **metadata: Any) -> dict:
    """`lc[key]`, and the light curve itself afterwards."""
    light_curve = make(learner, kind, data, metadata)
    got = light_curve[_key(key)]
    return {"item": view(learner, got), "lc": view(learner, light_curve)}


def _key(key: Any) -> Any:
    return slice(*key["slice"]) if isinstance(key, dict) else key


def _observation(learner: Learner, value: Any) -> dict:
    """One observation as a dict if it can be read by its keys, whatever its type; or a view."""
    if isinstance(value, learner.LightCurve) or not hasattr(value, "keys"):
        return view(learner, value)
    keys = list(value.keys())
    if set(FIELDS) <= set(keys) and getattr(value, "ndim", 1) == 1:
        return {"is": "observation", "value": {str(key): value[key] for key in keys}}
    return view(learner, value)


def texts(learner: Learner, kind: str, data: list, **metadata: Any) -> dict:
    """`str(lc)`, and `repr(lc)` also of a subclass made on the spot."""
    light_curve = make(learner, kind, data, metadata)
    special = type("SpecialLightCurve", (getattr(learner, kind),), {})
    return {
        "str": str(light_curve),
        "repr": repr(light_curve),
        "special": repr(special(copy.deepcopy(data), **metadata)),
    }


def attribute(learner: Learner, name: str, data: list) -> dict:
    """An attribute of a light curve, and whether it is one that must be called."""
    value = getattr(make(learner, "LightCurve", data, {}), name)
    return {"called": callable(value), "value": value}


def attributes_after_change(learner: Learner, data: list, keep: int) -> dict:
    """The properties, looked at once before the table is cut down to its first rows."""
    light_curve = make(learner, "LightCurve", data, {})
    before = [light_curve.bands, light_curve.duration]
    light_curve.data = light_curve.data.head(keep)
    return {"bands": light_curve.bands, "duration": light_curve.duration, "before": before}


def folded(learner: Learner, data: list, period: float, **metadata: Any) -> dict:
    """`lc.phase_fold(period)`, and the light curve itself before and afterwards."""
    light_curve = make(learner, "TransientLightCurve", data, metadata)
    before = copy.deepcopy(view(learner, light_curve))
    result = light_curve.phase_fold(period)
    same = result is light_curve
    after = view(learner, light_curve)
    return {"folded": view(learner, result), "before": before, "after": after, "same": same}


def peak_magnitude(learner: Learner, data: list, *args: Any, **kwargs: Any) -> Any:
    light_curve = make(learner, "TransientLightCurve", data, {"object_id": "ZTF18aabtxvd"})
    return light_curve.get_peak_magnitude(*args, **kwargs)


def joined(learner: Learner, kinds: list, data: list, metadata: list) -> dict:
    """`left + right`, and both of them before and afterwards."""
    left, right = (make(learner, *each) for each in zip(kinds, data, metadata, strict=True))
    before = [copy.deepcopy(view(learner, lc)) for lc in (left, right)]
    result = left + right
    after = [view(learner, lc) for lc in (left, right)]
    own = result is left or result is right
    return {"sum": view(learner, result), "before": before, "after": after, "own": own}


def joined_with(learner: Learner, data: list, other: Any) -> Any:
    """A light curve plus something that is none."""
    return view(learner, make(learner, "LightCurve", data, {}) + other)


def looped(learner: Learner, data: list) -> list:
    """What a `for` loop gives; it is cut off after 100 turns."""
    light_curve = make(learner, "LightCurve", data, {})
    values = list(itertools.islice(light_curve, 100))
    return [_observation(learner, value) for value in values]


def looped_again(learner: Learner, data: list) -> dict:
    """How many turns one loop takes, a second one, and two at once; each is cut off."""
    light_curve = make(learner, "LightCurve", data, {})
    first, again = (sum(1 for _ in itertools.islice(light_curve, 100)) for _ in range(2))
    outer = itertools.islice(light_curve, 100)
    pairs = sum(1 for _ in outer for _ in itertools.islice(light_curve, 100))
    return {"first": first, "again": again, "pairs": pairs}
