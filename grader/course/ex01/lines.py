"""What a learner would type to see what the probes of Exercise 1 have seen."""

from __future__ import annotations

import math
from typing import Any

from grader.course.lines import called, source

Records = list[dict[str, Any]]
TROUBLE = "class Trouble({kind}):\n    pass\n\n"
ANY_KIND = "ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, OverflowError"
ANY_TROUBLE = TROUBLE.format(kind=ANY_KIND)


def decorated_call(decorator: str, *args: Any, **kwargs: Any) -> str:
    several = len(args) + len(kwargs) > 1  # then it is worth seeing which of them arrive
    look = "    print(args, kwargs)\n" if several else ""
    return (
        f"@{decorator}\ndef mean_flux(*args, **kwargs):\n{look}"
        f"    return args[0] if args else None\n\n{called('mean_flux', *args, **kwargs)}"
    )


def decorated_names(decorator: str) -> str:
    return (
        f'@{decorator}\ndef mean_flux(*args, **kwargs):\n    """Mean of the fluxes."""\n\n'
        "mean_flux.__name__, mean_flux.__doc__"
    )


def decorated_failure(decorator: str, text: str, seconds: float = 0.0) -> str:
    sleep = f"    time.sleep({max(seconds, 0.2):g})\n" if seconds else ""
    return f"{'import time' if seconds else ''}\n\n{ANY_TROUBLE}".lstrip() + (
        f"@{decorator}\ndef failing():\n    print('called')\n{sleep}"
        f"    {called('raise Trouble', text)}\n\nfailing()"
    )


def timed_naps(first: float, second: float, idle: float = 0.0, inner: bool = False) -> str:
    wait = f"time.sleep({idle:g})\n" if idle else ""
    wake = "@timing_decorator\ndef wake():\n    pass\n\n" if inner else ""
    return (
        f"import time\n\n{wake}@timing_decorator\ndef nap(seconds):\n    time.sleep(seconds)\n"
        f"{'    wake()' if inner else ''}\n\n{wait}nap({first})\nnap({second})"
    )


def input_after(name: str, data: Any, **kwargs: Any) -> str:
    further = "".join(f", {key}={source(value)}" for key, value in kwargs.items())
    return f"data = {source(data)}\nresult = {name}(data{further})\ndata"


def conversion(data: Records, *args: Any, **kwargs: Any) -> str:
    further = called("", *args, **kwargs)[1:-1]
    return (
        f"import copy\n\ndata = {source(data)}\ncalls = []\n\ndef convert(flux, *args, **kwargs):\n"
        "    calls.append((copy.copy(flux), args, kwargs))\n    return flux\n\n"
        f"apply_magnitude_conversion(data, convert{further and f', {further}'})\ncalls"
    )


def real_conversion(data: Records, slope: float, limit: float = math.inf) -> str:
    nan = "" if limit == math.inf else f" if flux <= {limit:g} else float('nan')"
    no_flux = "" if limit == math.inf else "    if flux != flux:\n        return -1.0\n"
    return (
        f"data = {source(data)}\n\ndef line(flux, slope):\n{no_flux}"
        f"    return slope * flux{nan}\n\n"
        f"apply_magnitude_conversion(data, line, {slope})"
    )


def failing_conversion(data: Records, text: str) -> str:
    return ANY_TROUBLE + (
        f"data = {source(data)}\n\ndef fail(flux):\n    {called('raise Trouble', text)}\n\n"
        "apply_magnitude_conversion(data, fail)"
    )


def cached_calls(calls: list[tuple[list[Any], dict[str, Any]]], answer: str = "first") -> str:
    first = "[args[0]]" if all(args for args, _ in calls) else "[args[0] if args else None]"
    value = {"first": first, "none": "None", "zero": "0"}[answer]
    made = "\n".join(called("expensive", *args, **kwargs) for args, kwargs in calls)
    return (
        "@cache_results\ndef expensive(*args, **kwargs):\n    print('runs with', args, kwargs)\n"
        f"    return {value}\n\n{made}"
    )


def magnitude_quietly(flux: Any) -> str:
    usual = "np.seterr(divide='warn', over='warn', under='ignore', invalid='warn')"
    return f"{usual}\n{called('flux_to_magnitude', flux)}"


def many_cached_calls(n: int) -> str:
    return (
        "runs = []\n\n@cache_results\ndef count(number):\n    runs.append(number)\n"
        f"    return number + 1\n\nfor number in [*range({n}), 0]:\n    count(number)\n\nlen(runs)"
    )


def cached_stars(hashable: bool = True) -> str:
    unhashable = "    __hash__ = None\n\n    def __eq__(self, other):\n        return True\n\n"
    return (
        "class Star:\n    def __init__(self, number):\n        self.number = number\n\n"
        f"    def __repr__(self):\n        return 'Star()'\n\n{'' if hashable else unhashable}"
        "@cache_results\n"
        "def number_of(star):\n    return star.number\n\n"
        "[number_of(star) for star in (Star(1), Star(2))]"
    )


def two_caches(value: float) -> str:
    return (
        "def scaling(factor):\n    @cache_results\n    def scale(x):\n        return factor * x\n\n"
        f"    return scale\n\n[scaling(2)({value}), scaling(3)({value})]"
    )


def cached_failure(as_type_error: bool = False) -> str:
    return (ANY_TROUBLE if as_type_error else TROUBLE.format(kind="Exception")) + (
        "runs = []\n\n@cache_results\ndef flaky(band):\n    runs.append(band)\n"
        "    if len(runs) == 1:\n        raise Trouble(band)\n    return band\n\n"
        "raised = False\ntry:\n    flaky('g')\nexcept Trouble:\n    raised = True\n"
        "raised, len(runs), flaky('g'), len(runs)"
    )


def per_band(
    data: Records,
    factors: dict[str, float],
    spoil: bool = False,
    first: Records | None = None,
    other: str = "",
) -> str:
    functions = ", ".join(f"'{band}': scaler('{band}', {by})" for band, by in factors.items())
    copied = "" if spoil else "        record = dict(record)\n"
    before = f"before = process({source(first)})\n" if first else ""
    if other:
        before = f"band_processor({{'{other}': scaler('{other}', 0.0)}})\n{before}"
    return (
        f"def scaler(band, factor):\n    def scale(record):\n{copied}"
        "        record['flux'] = record['flux'] * factor\n        record['scaled_by'] = band\n"
        "        record.pop('flux_err', None)\n        return record\n\n    return scale\n\n"
        f"data = {source(data)}\n"
        f"process = band_processor({{{functions}}})\n{before}process(data)"
    )


def failing_band(data: Records, text: str, kind: str = "") -> str:
    fails = called("raise KeyError" if kind == "KeyError" else "raise Trouble", text)
    trouble = {"": ANY_TROUBLE, "Exception": TROUBLE.format(kind="Exception"), "KeyError": ""}
    return trouble[kind] + (
        f"data = {source(data)}\n\ndef fail(record):\n    {fails}\n\n"
        "band_processor({'g': fail})(data)"
    )


def made_processor() -> str:
    return "type(band_processor({'g': dict})).__name__"
