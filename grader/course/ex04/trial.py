"""Pipelines on trial: all that is seen of one, with a processor and a classifier made up here.

Stand-ins take the place of the parts that are not on trial, which may be unwritten or wrong. They
do no more than a trial needs.
"""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from grader.course.common_probes import Trouble
from grader.course.ex04.replies import NAME, Call, Event, Line
from grader.runner import Learner


class Recorder(logging.Handler):
    """Keeps level and text of every line, with the message of an exception that comes with it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.pipeline: Any = None
        self.unformatted: list[str] = []  # what logging itself could not make a line of

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except Exception:  # as with a wrong number of arguments
            text = str(record.msg)
            self.unformatted.append(text)
        error = record.exc_info[1] if record.exc_info else None
        text = f"{text} {error}" if error else text
        flag = getattr(self.pipeline, "in_session", None)
        self.lines.append(Line(record.levelname, text, record.name, flag))


@contextmanager
def restored(*loggers: logging.Logger) -> Iterator[None]:
    """Give the loggers back as they were."""
    before = [(each, list(each.handlers), each.level, each.propagate) for each in loggers]
    disabled = logging.root.manager.disable
    try:
        yield
    finally:
        logging.disable(disabled)
        for logger, handlers, level, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)


class Trial:
    """A pipeline with stand-ins for some of its methods, and all that was seen of it."""

    def __init__(self, learner: Learner, *stand_ins: str) -> None:
        self.learner = learner
        self.calls: list[Call] = []
        self.events: list[Event] = []
        self.sessions = 0
        self.n_whole = 0  # calls of the stand-in for `process_and_classify`
        self.own, self.root = Recorder(), Recorder()
        methods = {name: _stand_in(name, self) for name in (*stand_ins, "_setup_logging")}
        pipeline = type("Pipeline", (learner.AstronomyPipeline,), methods)
        self.raised: BaseException | None = None  # by the processor or the classifier, last
        self.pipeline = self.own.pipeline = pipeline(Processor(self), Classifier(self))

    def note(self, method: str, about: str) -> None:
        in_session = bool(getattr(self.pipeline, "in_session", False))
        self.calls.append(Call(method, about, in_session))

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Record what is logged."""
        logger, root = logging.getLogger(NAME), logging.getLogger()
        with restored(logger, root):
            logger.handlers, logger.propagate, root.handlers = [self.own], False, [self.root]
            logger.setLevel(logging.INFO)
            root.setLevel(logging.INFO)
            yield

    def forget(self) -> None:
        """Begin anew with all that was seen and counted."""
        for seen in (self.own.lines, self.root.lines, self.events, self.calls):
            seen.clear()
        self.sessions = self.n_whole = self.pipeline.processor.count = 0

    def failed(self, error: BaseException) -> BaseException:
        """The exception, which is remembered."""
        self.raised = error
        return error

    def seen(self) -> dict[str, Any]:
        """What was seen, by the names that it has in a `Seen`."""
        return {
            "log": list(self.own.lines),
            "root_log": list(self.root.lines),
            "unformatted": self.own.unformatted,
            "events": self.events,
            "calls": self.calls,
            "sessions": self.sessions,
        }


def _stand_in(name: str, trial: Trial) -> Any:
    """A method that does the least that the other parts rely on."""

    @contextmanager
    def session(self: Any) -> Iterator[None]:
        trial.sessions += 1
        self.in_session = True
        try:
            yield
        finally:
            self.in_session = False

    def process_and_classify(self: Any, raw_data: Any) -> Any:
        trial.n_whole += 1
        return self.classifier.predict(self.processor.process_lightcurve(raw_data))

    def classify_safely(self: Any, raw_data: Any, position: int = 0) -> Any:
        try:
            return self.process_and_classify(raw_data)
        except Trouble:
            self.logger.error("%s failed", self._name_of(raw_data, position))
            return "failed"

    def announce(self: Any, event: str, **data: Any) -> None:
        trial.events.append(Event(event, data, self.in_session, len(trial.calls)))

    return {
        "_setup_logging": staticmethod(lambda: logging.getLogger(NAME)),
        "batch_processing_session": session,
        "process_and_classify": process_and_classify,
        "classify_safely": classify_safely,
        "_announce": announce,
    }[name]


class Processor:
    """Makes a light curve of a record, or raises what the record asks for."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.count = trial, 0
        self.made: list[tuple[Any, Any, str]] = []  # light curves, their tables and names
        days = (59000.25, 59001.25, 59002.25)
        data = [{"mjd": day, "flux": 50.0, "flux_err": 1.0, "band": "r"} for day in days]
        data.append({"mjd": 59003.25, "flux": math.nan, "flux_err": 1.0, "band": "r"})
        self.template = trial.learner.TransientLightCurve(data, "template")

    def process_lightcurve(self, raw_data: Any) -> Any:
        if not isinstance(raw_data, dict):
            raise self.trial.failed(Trouble("this is no record"))
        name = str(raw_data.get("objectId", "no name"))
        self.trial.note("process", name)
        self.count += 1
        if raw_data.get("raises") == "KeyboardInterrupt":
            raise KeyboardInterrupt
        if "raises" in raw_data:
            kind = ValueError if raw_data.get("usual") else Trouble
            text = raw_data["raises"]
            raise self.trial.failed(OSError(28, text) if raw_data.get("of_disk") else kind(text))
        light_curve = copy.copy(self.template)
        if "empty" in raw_data or not raw_data:
            light_curve.data = self.template.data[: 2 if not raw_data else 0].copy()
        light_curve.object_id, light_curve.transient_type = name, raw_data.get("label", "")
        self.made.append((light_curve, light_curve.data.copy(), name))
        return light_curve

    def kind_of(self, light_curve: Any) -> str:
        """What the classifier is given, in words: a light curve of this processor's, or another."""
        for made, data, name in self.made:
            if light_curve is made:
                same = data.equals(made.data) and made.object_id == name
                return "a light curve" if same else "changed light curve"
        return "light curve of another making"


class Classifier:
    """Reads the label off the light curves of `Processor`."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.count = trial, 0

    def predict(self, lightcurve: Any) -> Any:
        self.count += 1
        known = isinstance(lightcurve, self.trial.learner.TransientLightCurve)
        kind = self.trial.pipeline.processor.kind_of(lightcurve)
        self.trial.note("predict", kind if known else type(lightcurve).__name__)
        if known and lightcurve.transient_type == "raise":
            raise self.trial.failed(Trouble("the rules are at a loss"))
        return lightcurve.transient_type if known else "no light curve"
