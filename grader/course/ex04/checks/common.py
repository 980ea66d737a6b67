"""Checks of Exercise 4: a pipeline, its log and its sessions, and a classifier by rules.

Light curves are made here, one kind for each rule and well away from every border; their features
are worked out by loops over plain lists, independently of any solution.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.answer import Answer
from grader.course.ex04 import typed
from grader.course.ex04.replies import Event, Line, Seen, Tables
from grader.course.oracles import Rng
from grader.expect import approx_equal, require, showing, shown

Record = dict[str, Any]


def inside(who: str, what: str) -> str:
    """What shows whether this method of a stand-in is called within the session."""
    return typed.INSIDE.replace("WHO", who).replace("WHAT", what)


def says(log: list[Line], word: str, level: str = "INFO") -> bool:
    """Whether a line of that level contains a word, in small letters."""
    return any(line.level == level and word in line.text.lower() for line in log)


def errors_in(log: list[Line]) -> list[str]:
    """The texts of the lines of level ERROR."""
    return [line.text for line in log if line.level == "ERROR"]


def told(events: list[Event]) -> list[list[Any]]:
    """Each event as a list of its name and its data, as a learner would write it."""
    return [[event.name, event.data] for event in events]


def names_of(events: list[Event]) -> list[str]:
    """The names of the events, in order; names that are not text are left out."""
    return [event.name for event in events if isinstance(event.name, str)]


def well_formed(got: Seen) -> None:
    """Speak up if `logging` could not make a line of its arguments."""
    bad = got.unformatted
    require(not bad, "logged-like-print", text=shown(bad[0] if bad else ""))


def check_left_alone(answer: Answer[Tables]) -> None:
    """The table of a light curve must be the same before and after."""
    got = answer.value
    before, after = got.before.columns, got.after.columns
    columns = ", ".join(map(str, after))
    fields = {"columns": columns, "n_rows": len(got.after), "n_before": len(got.before)}
    with showing("{}\nlight_curve.data"):
        require(approx_equal(after, before), "curve-changed", **fields)
        same_index = approx_equal(got.after.index, got.before.index)
        require(same_index, "curve-changed~index", index=shown(list(got.after.index)))
    others = ", ".join(map(str, got.others))
    with showing(typed.CHANGED):
        require(not others, "curve-changed~others", names=others)


def records(rng: Rng, n: int = 5) -> list[Record]:
    """Records with labels of their own, so that one sees if they change places."""
    names = rng.choice(9000, n, replace=False) + 1000
    labels = rng.permutation([f"Kind {i}" for i in range(n)])
    return [
        {"objectId": f"ZTF24aa{name}", "candidates": [], "label": str(label)}
        for name, label in zip(names, labels, strict=True)
    ]


def observation(band: str, day: float, magnitude: float, signal_to_noise: float = 20.0) -> Record:
    """A detection, in few digits."""
    flux = float(f"{10 ** (0.4 * (25.0 - magnitude)):.5g}")
    error = float(f"{flux / signal_to_noise:.3g}")
    return {"mjd": round(float(day), 3), "flux": flux, "flux_err": error, "band": band}


def nothing_seen(band: str, day: float, flux: float = 1.0) -> Record:
    """A point that is not a clear detection: a flux of 1.0 or less with an error of 0.8."""
    return {"mjd": day, "flux": flux, "flux_err": 0.8, "band": band}


def event(
    rise: float, rate: float, colour: float | None, seasons: tuple[Any, ...] = (), end: float = 30
) -> list[Record]:
    """Up by 1 mag within `rise` days, down by `rate` mag a day; later or earlier `seasons`.

    A season is a pair: its first day and how much fainter than the peak it is [mag].
    """
    rising = [(-rise * f, 18.0 + f) for f in np.linspace(1, 0, max(2, int(rise // 12) + 2))]
    falling = [(day, 18.0 + rate * day) for day in np.arange(3.0, end, 3)]
    late = [
        (first + day, 18.0 + fainter + 0.02 * day / 6)
        for first, fainter in seasons
        for day in (0, 6, 12, 18)
    ]
    main = [*rising, *falling, *late]
    points = [observation("r", float(day), float(magnitude)) for day, magnitude in main]
    if colour is not None:
        points += [observation("g", day + 0.01, m + colour) for day, m in main[:-1] if abs(day) < 9]
    return [*points, nothing_seen("r", -400.0), nothing_seen("r", -300.0, -0.9)]
