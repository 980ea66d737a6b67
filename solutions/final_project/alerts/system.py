"""The alert system of the course: batches of answers in, messages out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from solutions.final_project.alerts.candidate import make_candidate, now_as_mjd
from solutions.final_project.alerts.message import Alert, first_alert, update
from solutions.final_project.alerts.outbox import Outbox
from solutions.final_project.alerts.rules import BELIEFS, Rule, first_that_permits, rules_of
from solutions.final_project.alerts.sender import Sender
from solutions.final_project.alerts.settings import LINKS, Settings
from solutions.final_project.light_curve import LightCurve

if TYPE_CHECKING:
    from solutions.ex02_light_curve_classes import TransientLightCurve
    from solutions.final_project.classifier import ProductionTransientClassifier
    from solutions.final_project.monitoring.monitor import Monitor


class TransientAlertSystem:
    """Announces rare objects of which the classifier is sure, each of them once.

    The first time that a rule holds for an object is an *alert*. Later messages about it are
    *updates*, and there is one only if something has changed: the class, its probability, the
    brightness of the peak, or whether any rule holds at all.

    Attributes:
        rules: what is worth an alert.
        outbox: what was announced, and what waits.
        sender: delivers it.

    Example:
        >>> system = TransientAlertSystem({"TDE": 0.8}, channels={"mail": "mailto://..."})
        >>> system.process_classifications(classifier.classify_with_uncertainty(light_curves))
    """

    def __init__(
        self,
        alert_thresholds: Mapping[str, float],
        *,
        rules: Sequence[Rule] = (),
        channels: Mapping[str, str] | None = None,
        outbox: str | Path = "out/alerts/outbox.sqlite",
        links: Mapping[str, str] = LINKS,
        messages_per_hour: int = 20,
        min_change: float = 0.1,
        classifier: ProductionTransientClassifier | None = None,
        monitor: Monitor | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the outbox; nothing is sent yet.

        Args:
            alert_thresholds: least probability by class, short for one rule each.
            rules: further rules; those come first.
            channels: addresses for Apprise by name; without any, alerts are only stored.
            outbox: the file, which outlives the process.
            links, messages_per_hour, min_change: see `Settings`.
            classifier: explains its answers in the pictures, and is needed by `handle`.
            monitor: is told of each batch.
            clock: seconds since 1970; limits and pauses go by it.

        Raises:
            ValueError: a class, threshold or address is wrong, or there is no rule.
        """
        self.rules = [*rules, *rules_of(alert_thresholds)]
        if not self.rules:
            raise ValueError("there is no rule: give thresholds such as {'TDE': 0.8}")
        self.outbox = Outbox(outbox)
        self.channels = dict(channels or {})
        self.sender = Sender(self.outbox, self.channels, links, messages_per_hour, clock)
        self.min_change, self.clock = min_change, clock
        self.classifier, self.monitor = classifier, monitor

    @classmethod
    def from_settings(cls, settings: Settings, **more: Any) -> Self:
        """Return the system that a file describes; `more` are further arguments of the class."""
        names = ("rules", "channels", "links", "messages_per_hour", "min_change")
        return cls({}, **{name: getattr(settings, name) for name in names}, **more)

    def process_classifications(
        self,
        results: Sequence[Mapping[str, Any]],
        *,
        light_curves: Sequence[LightCurve] | None = None,
        now: float | None = None,
    ) -> list[Alert]:
        """Store answers, announce what is worth it, and send what waits.

        The same batch may come again, as after a crash: nothing is announced twice.

        Args:
            results: answers of `classify_with_uncertainty`; refusals are stored and passed over.
            light_curves: what was classified, in the same order, for positions, magnitudes, dates
                and pictures.
            now: time of the batch [MJD], by default that of the clock.

        Returns:
            The alerts that are new, updates included. They are stored; whether they are sent
            already is a matter of the channels.

        Raises:
            ValueError: a rule needs light curves and there are none, or not as many as results.
        """
        mjd = now_as_mjd() if now is None else float(now)
        curves = list(light_curves) if light_curves is not None else [None] * len(results)
        pairs = list(zip(results, curves, strict=True))
        found = [self._alert(a, lc, mjd) for a, lc in pairs if not a.get("refused")]
        alerts = [each for each in found if each is not None]
        new = self.outbox.add(results, alerts, self.channels, mjd, self.clock())
        if self.channels:
            self.sender.deliver()
        if self.monitor is not None:
            self.monitor.record(results, light_curves or [], mjd, alerts=len(new))
        return new

    def handle(self, light_curves: Sequence[LightCurve | TransientLightCurve]) -> None:
        """Classify light curves and process the answers; return when all of it is stored.

        This is what a stream calls for each batch before it says that the batch is done.

        Raises:
            ValueError: the system was made without a classifier.
        """
        self.classify(light_curves)

    def classify(
        self, light_curves: Sequence[LightCurve | TransientLightCurve]
    ) -> list[dict[str, Any]]:
        """Do what `handle` does, and return the answers."""
        if self.classifier is None:
            raise ValueError("handle needs a classifier: TransientAlertSystem(classifier=...)")
        curves = [_as_light_curve(each) for each in light_curves]
        results = self.classifier.classify_with_uncertainty(curves)
        self.process_classifications(results, light_curves=curves)
        return results

    def _alert(
        self, answer: Mapping[str, Any], light_curve: LightCurve | None, now: float
    ) -> tuple[Alert, bytes | None] | None:
        """Return what is to be said of an object, with its picture; None if nothing is."""
        candidate = make_candidate(answer, light_curve, now)
        before = self.outbox.last(candidate.object_id)
        if before is None:
            rule = first_that_permits(self.rules, candidate)
            alert = first_alert(rule, candidate) if rule else None
        else:
            # An object that was announced does not lose its alert by fading or by growing old.
            rule = first_that_permits(self.rules, candidate, BELIEFS)
            alert = update(before, rule, candidate, self.min_change)
        return None if alert is None else (alert, self._picture(light_curve, alert))

    def _picture(self, light_curve: LightCurve | None, alert: Alert) -> bytes | None:
        if light_curve is None or len(light_curve) == 0:
            return None
        from solutions.final_project.alerts.picture import draw

        return draw(light_curve, alert.candidate, alert.kind, self.classifier)


def _as_light_curve(light_curve: LightCurve | TransientLightCurve) -> LightCurve:
    if isinstance(light_curve, LightCurve):
        return light_curve
    from solutions.final_project.pipeline import from_workbook

    return from_workbook(light_curve)
