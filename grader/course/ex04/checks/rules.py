"""The rules of part 4.6, and light curves that each of them is meant for."""

from __future__ import annotations

import math
from typing import NamedTuple

from grader.course.ex04.checks.common import Record, event, nothing_seen, observation
from grader.course.ex04.checks.measured import NONE, Zero, measured

UNCLEAR = [
    {"mjd": 2, "flux": 3.0, "flux_err": 1.0, "band": "r"},  # exactly 3 times the error
    {"mjd": 3, "flux": -9.0, "flux_err": 1.0, "band": "r"},
    nothing_seen("r", 4),
]

FEW = [observation("r", 0, 18.0), observation("g", 1, 18.0), *UNCLEAR]

IN_ONE_BAND = [
    observation("r", 0, 18.0),
    observation("r", 5, 19.0, 4.5),
    observation("r", 5, 19.4, 3.25),  # just clear enough, and at the same time
]

IN_TWO_BANDS = [observation(*point) for point in (("r", 0, 18.0), ("r", 5, 19.0), ("i", 1, 18.1))]

SEASONS = ((200.0, 0.5), (400.0, 0.4))

FADED = ((200.0, 1.55), (400.0, 1.4))


class Case(NamedTuple):
    """A light curve for a rule: the rule's number, its label, and what the light curve is like."""

    number: int
    label: str
    about: str
    data: list[Record]
    slow: bool = False
    """Whether only its slow decline keeps rule 5 from it."""
    planned: dict[str, float] | None = None
    border: tuple[str, str] = ("", "")
    """What is exactly at a border, and the label if the border counted."""

    zeropoints: Zero = NONE

    @property
    def features(self) -> dict[str, float]:
        """What `features` gives for it."""
        found = self.planned or measured(self.data, zeropoints=self.zeropoints)
        return {name: round(value, 6) for name, value in found.items()}


SINGLE = [
    Case(6, "SNIa", "up in two weeks, quite fast", event(14, 0.05, 0.1)),
    Case(7, "TDE", "slow, blue", event(25, 0.01, -0.3)),
    Case(8, "AGN", "slow, up in 90.5 days", event(90.5, 0.01, 0.2)),
    Case(9, "SNII", "slow, red", event(12, 0.012, 0.3)),
]
"""Of the rules from the second to the eighth, one holds, or none."""

TOO_FEW = [
    Case(1, "unknown", "no observations at all", []),
    Case(1, "unknown", "two detections and three non-detections", FEW),
    Case(1, "unknown", "three non-detections", UNCLEAR),
]

FADING = {"rise_time": 0.0, "decline_rate": 0.2, "amplitude": 1.4, "colour": 0.1, "episodes": 1}

ENOUGH = [
    Case(2, "CV", "three detections in r", IN_ONE_BAND, planned=FADING),
    Case(2, "CV", "two detections in r and one in i", IN_TWO_BANDS, planned=FADING),
]

IN_ORDER = [
    Case(2, "CV", "fast, blue", event(12, 0.105, -0.3)),
    Case(
        2, "CV", "fast, in three episodes", event(1.5, 0.2, 0.0, ((150.0, 0.2), (300.0, 0.4)), 15)
    ),
    Case(3, "AGN", "three episodes, a small amplitude, blue", event(20, 0.01, -0.3, SEASONS)),
    Case(4, "TDE", "three episodes, an amplitude above 1.5, red", event(25, 0.05, 0.3, FADED)),
    Case(5, "CV", "quite fast, in two episodes", event(12, 0.06, 0.0, ((-150.0, 0.3),))),
    Case(5, "CV", "quite fast, up in 2.5 days", event(2.5, 0.06, 0.0)),
    Case(6, "SNIa", "up in two weeks, quite fast, blue", event(14, 0.0315, -0.3)),
    Case(6, "SNIa", "quite fast after a long rise", event(130, 0.05, 0.2)),
    Case(7, "TDE", "just blue after a long rise", event(130, 0.01, -0.09)),
    Case(
        7,
        "TDE",
        "slow, and blue by its zero points",
        event(25, 0.01, -0.05),
        zeropoints={"g": 24.8},
    ),
    Case(9, "SNII", "slow, up in about a day", event(1.2, 0.012, 0.3), slow=True),
    Case(9, "SNII", "slow, in two episodes", event(12, 0.012, 0.3, ((150.0, 1.5),)), slow=True),
]
"""Where the order of the rules, or what belongs together in one of them, makes a difference."""

UNMEASURED = [
    Case(7, "TDE", "blue, nothing after the peak", event(25, 0.01, -0.3, end=0)),
    Case(9, "SNII", "slow, never seen in g", event(12, 0.012, None)),
    Case(9, "SNII", "nothing after the peak, hardly red", event(12, 0.012, -0.2, end=0)),
]
"""A feature is NaN."""


def made_up(number: int, label: str, border: tuple[str, str] = ("", ""), **others: float) -> Case:
    """A case with planned features; those not given hold no rule."""
    usual = {"rise_time": 12.0, "decline_rate": 0.01, "amplitude": 1.0, "colour": 0.3}
    planned = usual | {"episodes": 1} | others
    return Case(number, label, "its features are made up", IN_ONE_BAND, False, planned, border)


AT_BORDERS = [
    made_up(6, "SNIa", ("a `decline_rate` of 0.1 is not more than 0.1", "CV"), decline_rate=0.1),
    made_up(2, "CV", decline_rate=0.1004),
    made_up(
        4, "TDE", ("an `amplitude` of 1.5 is not less than 1.5", "AGN"), amplitude=1.5, episodes=3
    ),
    made_up(3, "AGN", amplitude=1.496, episodes=5),
    made_up(4, "TDE", amplitude=1.504, episodes=4),
    made_up(
        9, "SNII", ("a `decline_rate` of 0.03 is not more than 0.03", "SNIa"), decline_rate=0.03
    ),
    made_up(6, "SNIa", decline_rate=0.0304),
    made_up(
        9,
        "SNII",
        ("a `decline_rate` of 0.03 is not more than 0.03", "CV"),
        decline_rate=0.03,
        episodes=2,
    ),
    made_up(5, "CV", decline_rate=0.0304, episodes=2),
    made_up(
        6, "SNIa", ("a `rise_time` of 3 is not less than 3", "CV"), decline_rate=0.06, rise_time=3.0
    ),
    made_up(5, "CV", decline_rate=0.06, rise_time=2.996),
    made_up(9, "SNII", ("a `colour` of -0.1 is not less than -0.1", "TDE"), colour=-0.1),
    made_up(7, "TDE", colour=-0.1004),
    made_up(9, "SNII", ("a `rise_time` of 90 is not more than 90", "AGN"), rise_time=90.0),
    made_up(8, "AGN", rise_time=90.04),
    made_up(8, "AGN", rise_time=120.0, episodes=2),
    made_up(7, "TDE", colour=-0.3, episodes=2),
    made_up(4, "TDE", amplitude=5.0, episodes=3),
    made_up(9, "SNII", decline_rate=-0.2),
    made_up(9, "SNII", rise_time=0.0),
]
"""Right at the border of a rule, just beyond it, and far from it."""

NAN = math.nan

WITH_NAN = [
    case._replace(data=SINGLE[0].data)
    for case in (
        made_up(2, "CV", colour=NAN, decline_rate=0.2),
        made_up(6, "SNIa", colour=NAN, decline_rate=0.05),
        made_up(8, "AGN", colour=NAN, rise_time=120.0),
        made_up(9, "SNII", decline_rate=NAN, episodes=2, rise_time=2.0),
        made_up(4, "TDE", decline_rate=NAN, episodes=3, amplitude=2.0),
        made_up(8, "AGN", decline_rate=NAN, rise_time=120.0),
        made_up(9, "SNII", decline_rate=NAN, colour=NAN),
    )
]
"""One feature or two are NaN."""


NEEDED = {
    2: ("decline_rate",),
    3: ("episodes", "amplitude"),
    4: ("episodes", "amplitude"),
    5: ("decline_rate", "episodes", "rise_time"),
    6: ("decline_rate",),
    7: ("colour",),
    8: ("rise_time",),
}
"""The features that a rule asks for."""

COMPARED = {
    2: ("decline_rate > 0.1", "decline_rate <= 0.1"),
    5: ("decline_rate > 0.03", "decline_rate <= 0.03"),
    6: ("decline_rate > 0.03", "decline_rate <= 0.03"),
    7: ("colour < -0.1", "colour >= -0.1"),
}
"""What a rule asks of a feature that may be NaN, and the same turned round."""


def alone(number: int, feature: dict[str, float]) -> dict[str, float]:
    """Features for which of the other rules as few as possible hold."""
    quiet = made_up(9, "SNII").features
    return quiet | {name: feature[name] for name in NEEDED[number]}


def holding(feature: dict[str, float], nan_holds: bool = False) -> list[tuple[int, str]]:
    """Number and label of all the rules from the second on that hold.

    With `nan_holds` a comparison with NaN is true, as it is if one writes `not colour >= -0.1`.
    """
    decline, episodes = feature["decline_rate"], feature["episodes"]
    fast, quite_fast, blue = decline > 0.1, decline > 0.03, feature["colour"] < -0.1
    if nan_holds:
        fast, quite_fast, blue = (
            not decline <= 0.1,
            not decline <= 0.03,
            not feature["colour"] >= -0.1,
        )
    rules = [
        (2, "CV", fast),
        (3, "AGN", episodes >= 3 and feature["amplitude"] < 1.5),
        (4, "TDE", episodes >= 3),
        (5, "CV", quite_fast and (episodes == 2 or feature["rise_time"] < 3)),
        (6, "SNIa", quite_fast),
        (7, "TDE", blue),
        (8, "AGN", feature["rise_time"] > 90),
        (9, "SNII", True),
    ]
    return [(number, label) for number, label, holds in rules if holds]
