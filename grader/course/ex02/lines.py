"""What a learner would type to see what the probes of Exercise 2 have seen."""

from __future__ import annotations

from typing import Any

from grader.course.lines import called, source

Observations = list[dict[str, Any]]
SURVEY = (
    "class SurveyLightCurve(LightCurve):\n    def __init__(self, data, object_id, survey):\n"
    "        super().__init__(data, object_id)\n        self.survey = survey\n\n"
)
MOST = "range(100)"  # turns of a loop that may not end


def _made(kind: str, data: Observations, metadata: dict[str, Any], name: str = "lc") -> str:
    """The definition of a light curve called `name`."""
    further = "".join(f", {key}={source(value)}" for key, value in metadata.items())
    return f"{name} = {kind}({source(data)}{further})\n"


def _class(*kinds: str) -> str:
    return SURVEY if "SurveyLightCurve" in kinds else ""


def _key(key: Any) -> str:
    """What stands in the square brackets."""
    if not isinstance(key, dict):
        return source(key)
    return ":".join("" if end is None else source(end) for end in key["slice"])


def stored(kind: str, data: Observations, **metadata: Any) -> str:
    further = "".join(f", {key}={source(value)}" for key, value in metadata.items())
    return f"data = {source(data)}\n{kind}(data{further})"


def two_stored(
    kind: str,
    data: tuple[Observations, Observations],
    metadata: tuple[dict[str, Any], dict[str, Any]],
) -> str:
    made = zip(data, metadata, ("first", "second"), strict=True)
    return f"{''.join(_made(kind, *each) for each in made)}first, second"


def stored_by_default(kind: str, data: Observations, *args: Any) -> str:
    return called(kind, data, *args)


def stored_as_numpy(data: Observations) -> str:
    kinds = {"mjd": "np.int64({:.0f})", "flux": "np.float64({!r})", "flux_err": "np.float32({!r})"}
    rows = (
        ", ".join(f"'{key}': {kinds.get(key, '{!r}').format(value)}" for key, value in obs.items())
        for obs in data
    )
    return "LightCurve([\n" + "".join(f"    {{{row}}},\n" for row in rows) + "])"


def length(kind: str, data: Observations) -> str:
    return f"len({called(kind, data)})"


def item(data: Observations, key: Any) -> str:
    return f"{_made('LightCurve', data, {})}lc[{_key(key)}]"


def selected(kind: str, data: Observations, key: Any, **metadata: Any) -> str:
    return f"{_class(kind)}{_made(kind, data, metadata)}lc[{_key(key)}]"


def texts(data: Observations, object_id: str) -> str:
    return f"data = {source(data)}\nlc = LightCurve(data, {source(object_id)})\nstr(lc), repr(lc)"


def text(what: str, data: Observations, object_id: str) -> str:
    return f"lc = {called('LightCurve', data, object_id)}\n{what}(lc)"


def attribute(name: str, data: Observations) -> str:
    return f"{called('LightCurve', data)}.{name}"


def properties_after_change(data: Observations, keep: int) -> str:
    return (
        f"{_made('LightCurve', data, {})}lc.bands, lc.duration\n"
        f"lc.data = lc.data.head({keep})\nlc.bands, lc.duration"
    )


def folded(data: Observations, period: float, **metadata: Any) -> str:
    return f"{_made('TransientLightCurve', data, metadata)}lc.phase_fold({source(period)})"


def peak_magnitude(data: Observations, *args: Any, peak_mjd: float | None = None) -> str:
    metadata = {"object_id": "ZTF18aabtxvd"} | ({"peak_mjd": peak_mjd} if peak_mjd else {})
    made = _made("TransientLightCurve", data, metadata)
    return made + called("lc.get_peak_magnitude", *args)


def peak_by_default(data: Observations) -> str:
    made = _made("TransientLightCurve", data, {"object_id": "ZTF18aabtxvd"})
    return f"{made}lc.get_peak_magnitude()"


def joined(
    kinds: tuple[str, str],
    data: tuple[Observations, Observations],
    metadata: tuple[dict[str, Any], dict[str, Any]],
) -> str:
    sides = zip(kinds, data, metadata, ("left", "right"), strict=True)
    return f"{_class(*kinds)}{''.join(_made(*side) for side in sides)}left + right"


def joined_with(data: Observations, other: Any) -> str:
    return f"{called('LightCurve', data)} + {source(other)}"


def joined_with_stranger(data: Observations) -> str:
    return (
        f"{_made('LightCurve', data, {})}\nclass Spectrum:\n    data = lc.data.copy()\n\n"
        "    def __radd__(self, other):\n        return 'asked'\n\nlc + Spectrum()"
    )


def looped(data: Observations) -> str:
    return f"{_made('LightCurve', data, {})}[obs for _, obs in zip({MOST}, lc)]"


def looped_again(data: Observations) -> str:
    turns = f"for _ in zip({MOST}, lc)"
    return (
        f"{_made('LightCurve', data, {})}first = sum(1 {turns})\nagain = sum(1 {turns})\n"
        f"pairs = sum(1 {turns} {turns})\nlc = lc._with_data(lc.data.head(3))\n"
        f"first, again, pairs, sum(1 {turns})"
    )
