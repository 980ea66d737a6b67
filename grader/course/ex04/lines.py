"""What a learner would type to see what the probes of Exercise 4 have seen."""

from __future__ import annotations

from typing import Any

from grader.course.lines import called as call_of  # not the probe `called`
from grader.course.lines import source

LOGGERS = "loggers whose handlers and levels are set beforehand and given back afterwards"
NOTES = "a processor and a classifier that take notes, and stand-ins for other parts"
AGAIN = "what it asks is asked again, one by one, if an answer is not right"

WITHOUT = {
    "set_up": LOGGERS,
    "set_up_beside_root": LOGGERS,
    "session": NOTES,
    "session_in_session": NOTES,
    "called": NOTES,
    "classified": NOTES,
    "one_by_one": NOTES,
    "processed_async": NOTES,
    "observed": "observers that take notes",
    "features_of_each": AGAIN,
    "features_of_second": "two light curves are too many numbers to type",
    "predicted_all": AGAIN,
    "predicted_each": AGAIN,
    "left_alone": "a light curve before and after",
}
"""Probes without lines, and why."""
A_LINE = 3  # observations


def features(observations: list[Any], zeropoints: dict[str, float] | None = None) -> str:
    return f"{_curve(observations)}{_classifier(zeropoints)}.features(light_curve)"


def predicted(
    observations: list[Any],
    planned: dict[str, float] | None = None,
    zeropoints: dict[str, float] | None = None,
) -> str:
    if planned is None:
        return f"{_curve(observations)}{_classifier(zeropoints)}.predict(light_curve)"
    return (
        f"{_curve(observations)}features = {source(planned)}\n\n"
        f"classifier = {_classifier(zeropoints)}\n"
        "classifier.features = lambda lightcurve: features  # so that only the rules count\n"
        "classifier.predict(light_curve)"
    )


def _classifier(zeropoints: dict[str, float] | None) -> str:
    return call_of("SimpleTransientClassifier", *([zeropoints] if zeropoints else []))


def _curve(observations: list[Any]) -> str:
    """The lines that make a light curve, with a few observations in each."""
    rows = [source(tuple(each.values())) for each in observations]
    lines = [", ".join(rows[i : i + A_LINE]) for i in range(0, len(rows), A_LINE)]
    listed = "".join(f"    {line},\n" for line in lines)
    return (
        f"rows = [\n{listed}]\nkeys = ('mjd', 'flux', 'flux_err', 'band')\n"
        "light_curve = TransientLightCurve([dict(zip(keys, row)) for row in rows], 'ZTF')\n\n"
    )
