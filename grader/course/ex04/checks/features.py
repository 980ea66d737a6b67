"""A feature of a light curve, compared with what it should be, and what that is made of."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import median
from typing import Any

from grader.answer import Answer, about
from grader.course.ex04.checks.common import Record
from grader.course.ex04.checks.measured import NONE, Zero, measured, seen
from grader.expect import Mistake, approx_equal, expect, fail_if_recognised, require


def expect_feature(
    answer: Answer[Any],
    name: str,
    data: list[Record],
    *mistakes: Mistake,
    zeropoints: Zero = NONE,
    of: str = "",
    rtol: float = 1e-6,
) -> None:
    """Compare one feature of the light curve with what is measured of it here.

    `of` is what the light curve is like, such as " of a light curve with a break".
    """
    want = measured(data, zeropoints=zeropoints)[name]
    got = answer.result
    if answer.raised is None and approx_equal(got, want, rtol):
        return
    fail_if_recognised(answer, *mistakes, rtol=rtol)
    number = isinstance(got, int | float) and not isinstance(got, bool)
    if answer.raised is None and number and math.isfinite(got) and math.isfinite(want):
        with about(answer.question):
            explain(name, data, zeropoints, {"about": of, "got": got, "want": want})
    expect(answer, want, what=f"`{name}`{of}", rtol=rtol)


def explain(name: str, data: list[Record], zeropoints: Zero, both: dict[str, Any]) -> None:
    """Tell of what the feature is made."""
    points = seen(data, zeropoints)
    bands = [band for band, _, _ in points]
    main = max(sorted(set(bands)), key=bands.count)
    curve = [(t, m) for band, t, m in points if band == main]
    peak = min(curve, key=lambda point: point[1])[0]
    fields: dict[str, Any] = {**both, "main": main}
    require(name != "rise_time", "other-rise", **fields)
    days = listed([t - peak for t, _ in curve if 0 <= t - peak <= 30])
    require(name != "decline_rate", "other-decline", days=days, **fields)
    magnitudes = [m for _, m in curve]
    ends = {"least": min(magnitudes), "most": max(magnitudes)}
    require(name != "amplitude", "other-amplitude", **ends, **fields)
    gaps = [later[0] - one[0] for one, later in pairwise(curve)]
    breaks = listed([gap for gap in gaps if gap > 60]) or "none"
    require(name != "episodes", "other-episodes", breaks=breaks, **fields)
    near = {
        each: [(t - peak, m) for band, t, m in points if band == each and abs(t - peak) <= 10]
        for each in "gr"
    }
    g, r = (listed([day for day, _ in near[each]]) for each in "gr")
    g_median, r_median = (median(m for _, m in near[each]) for each in "gr")
    medians = {"g_median": g_median, "r_median": r_median}
    require(False, "other-colour", g=g, r=r, **medians, **both)


def listed(days: list[float]) -> str:
    return ", ".join(f"{day:.4g}" for day in days)
