"""Probes of Exercise 4: pipelines on trial, with a processor and a classifier made up here.

Each part is tried by itself: stand-ins take the place of the other parts, which may be unwritten or
wrong. They do no more than a trial needs.
"""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from grader.course.common_probes import kinds_of
from grader.runner import Learner

NAME = "astronomy_pipeline"
PATIENCE_SECONDS = 5.0


class Trouble(Exception):
    """Raised on purpose, to see what becomes of it."""


class Recorder(logging.Handler):
    """Keeps level and text of every line, with the message of an exception that comes with it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[str]] = []
        self.unformatted: list[str] = []  # what logging itself could not make a line of

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except Exception:  # as with a wrong number of arguments
            text = str(record.msg)
            self.unformatted.append(text)
        error = record.exc_info[1] if record.exc_info else None
        self.lines.append([record.levelname, f"{text} {error}" if error else text])


@contextmanager
def restored(*loggers: logging.Logger) -> Iterator[None]:
    """Give the loggers back as they were."""
    before = [(each, list(each.handlers), each.level, each.propagate) for each in loggers]
    try:
        yield
    finally:
        for logger, handlers, level, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)


class Trial:
    """A pipeline with stand-ins for some of its methods, and all that was seen of it."""

    def __init__(self, learner: Learner, *stand_ins: str) -> None:
        self.learner = learner
        self.calls: list[list[Any]] = []  # what was called, for which object, in a session or not
        self.events: list[list[Any]] = []
        self.flags: list[Any] = []  # `in_session` when each of the events was announced
        self.sessions = 0
        self.own, self.root = Recorder(), Recorder()
        methods = {name: _stand_in(name, self) for name in (*stand_ins, "_setup_logging")}
        pipeline = type("Pipeline", (learner.AstronomyPipeline,), methods)
        self.pipeline = pipeline(Processor(self), Classifier(self))

    def note(self, what: str, name: str) -> None:
        self.calls.append([what, name, getattr(self.pipeline, "in_session", None)])

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Record what is logged."""
        logger, root = logging.getLogger(NAME), logging.getLogger()
        with restored(logger, root):
            logger.handlers, logger.propagate, root.handlers = [self.own], False, [self.root]
            logger.setLevel(logging.INFO)
            root.setLevel(logging.INFO)
            yield

    def seen(self) -> dict[str, Any]:
        log: dict[str, Any] = {"log": list(self.own.lines), "root_log": list(self.root.lines)}
        log |= {"unformatted": self.own.unformatted}
        told = {"events": self.events, "flags": self.flags}
        return log | told | {"calls": self.calls, "sessions": self.sessions}


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
        return self.classifier.predict(self.processor.process_lightcurve(raw_data))

    def classify_safely(self: Any, raw_data: Any, position: int = 0) -> Any:
        try:
            return self.process_and_classify(raw_data)
        except Trouble:
            self.logger.error("%s failed", self._name_of(raw_data, position))
            return "failed"

    def announce(self: Any, event: str, **data: Any) -> None:
        trial.events.append([event, data])
        trial.flags.append(self.in_session)

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
        days = (59000.25, 59001.25, 59002.25)
        data = [{"mjd": day, "flux": 50.0, "flux_err": 1.0, "band": "r"} for day in days]
        self.template = trial.learner.TransientLightCurve(data, "template")
        self.empty = trial.learner.TransientLightCurve([], "template")

    def process_lightcurve(self, raw_data: Any) -> Any:
        name = str(raw_data.get("objectId", "no name"))
        self.trial.note("process", name)
        self.count += 1
        if raw_data.get("raises") == "KeyboardInterrupt":
            raise KeyboardInterrupt
        if "raises" in raw_data:
            raise Trouble(raw_data["raises"])
        light_curve = copy.copy(self.empty if raw_data.get("empty") else self.template)
        light_curve.object_id, light_curve.transient_type = name, raw_data["label"]
        return light_curve


class Classifier:
    """Reads the label off the light curves of `Processor`."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.count = trial, 0

    def predict(self, lightcurve: Any) -> Any:
        self.count += 1
        known = isinstance(lightcurve, self.trial.learner.TransientLightCurve)
        self.trial.note("predict", "a light curve" if known else type(lightcurve).__name__)
        if known and lightcurve.transient_type == "raise":
            raise Trouble("the rules are at a loss")
        return lightcurve.transient_type if known else "no light curve"


def set_up(learner: Learner) -> dict:
    """The logger after one call and after two, and what became of the root logger."""
    logger, root = logging.getLogger(NAME), logging.getLogger()
    with restored(logger, root):
        logger.handlers, root.handlers = [], []
        logger.setLevel(logging.NOTSET)
        root.setLevel(logging.WARNING)
        first = learner.AstronomyPipeline._setup_logging()
        if not isinstance(first, logging.Logger):
            touched = bool(logger.handlers) or bool(root.handlers)
            return {"is": type(first).__name__, "touched": touched}
        got = {"is": "Logger", "name": first.name, "is_root": first is root}
        got |= {"handlers": [_described(handler) for handler in logger.handlers]}
        got |= {"level": logger.level, "root": [len(root.handlers), root.level]}
        learner.AstronomyPipeline._setup_logging()
        return got | {"after_second": len(logger.handlers)}


def _described(handler: logging.Handler) -> dict:
    """What kind of handler it is, the level it passes, and a line as it would write it."""
    fields = {"name": NAME, "levelname": "ERROR", "levelno": 40, "msg": "the dome is stuck"}
    times = {"created": 1.7e9, "msecs": 0.0}, {"created": 1.7e9 + 2e5 + 3.7e3, "msecs": 0.0}
    lines = [handler.format(logging.makeLogRecord(fields | each)) for each in times]
    stream = isinstance(handler, logging.StreamHandler)
    plain = stream and not isinstance(handler, logging.FileHandler)
    return {"stream": plain, "level": handler.level, "line": lines[0], "later": lines[1]}


def set_up_beside_root(learner: Learner) -> list[int]:
    """The number of handlers of the logger if the root logger has one already, and if not."""
    logger, root = logging.getLogger(NAME), logging.getLogger()
    counts = []
    with restored(logger, root):
        for others in (1, 0):
            logger.handlers = []
            root.handlers = [logging.NullHandler() for _ in range(others)]
            learner.AstronomyPipeline._setup_logging()
            counts.append(len(logger.handlers))
    return counts


def _failure(fails: str) -> BaseException | None:
    """An exception of the kind, or a Trouble with the message, that is asked for."""
    if fails == "Ctrl-C":
        return KeyboardInterrupt()
    if fails == "OSError":
        return OSError(28, "no space left")  # its first argument is no text
    return Trouble(fails) if fails else None


def session(learner: Learner, fails: str = "") -> dict:
    """What is seen in a session and after it; its block may fail."""
    trial = Trial(learner, "_announce")
    pipeline, failure = trial.pipeline, _failure(fails)
    got: dict[str, Any] = {"raised": "", "inside": None, "yields": None}
    with trial.watched():
        try:
            with pipeline.batch_processing_session() as value:
                got |= {"inside": pipeline.in_session, "yields": value}
                got |= {"log_inside": list(trial.own.lines), "events_inside": list(trial.events)}
                if failure:
                    raise failure
        except BaseException as error:
            if failure is None or failure not in (error, error.__context__):
                raise
            got["raised"] = type(error).__name__
    return got | {"after": pipeline.in_session} | trial.seen()


def session_in_session(learner: Learner) -> dict:
    """A second session inside a first one, and one after both."""
    trial = Trial(learner, "_announce")
    pipeline = trial.pipeline
    with trial.watched(), pipeline.batch_processing_session():
        before = [len(trial.own.lines), len(trial.events)]
        try:
            with pipeline.batch_processing_session():
                kinds = []
        except Exception as error:
            kinds = kinds_of(error)
        got = {"kinds": kinds, "inside": pipeline.in_session, "log": list(trial.own.lines)}
        got |= {"new_log": got["log"][before[0] :], "new_events": trial.events[before[1] :]}
    with trial.watched(), pipeline.batch_processing_session():
        pass
    return got


def called(learner: Learner, records: list) -> dict:
    """`pipeline(records)`, and whether an interruption came through."""
    stand_ins = ("batch_processing_session", "process_and_classify", "_announce")
    trial = Trial(learner, *stand_ins)
    got: dict[str, Any] = {"interrupted": False, "labels": None}
    with trial.watched():
        try:
            got["labels"] = trial.pipeline(records)
        except KeyboardInterrupt:
            got["interrupted"] = True
        except Trouble as error:
            got["trouble"] = str(error)
    return got | trial.seen()


def one_by_one(learner: Learner, *records: dict) -> dict:
    """`pipeline.process_and_classify(record)` for each of the records, with the same pipeline."""
    trial = Trial(learner, "_announce", "batch_processing_session")
    processor, classifier = trial.pipeline.processor, trial.pipeline.classifier
    labels: list[Any] = []
    raised: list[str] = []
    with trial.watched():
        for record in records:
            try:
                label = trial.pipeline.process_and_classify(record)
                labels.append("a light curve" if isinstance(label, learner.LightCurve) else label)
            except Exception as error:
                if Trouble not in (type(error), type(error.__context__)):
                    raise
                raised += [type(error).__name__, str(error)]
    got = {"labels": labels, "raised": raised, "counts": [processor.count, classifier.count]}
    return got | trial.seen()


def features(learner: Learner, observations: list) -> Any:
    light_curve = learner.TransientLightCurve(observations, "ZTF24aaexmpl")
    return learner.SimpleTransientClassifier().features(light_curve)


def predicted(learner: Learner, observations: list) -> Any:
    light_curve = learner.TransientLightCurve(observations, "ZTF24aaexmpl")
    return learner.SimpleTransientClassifier().predict(light_curve)


def left_alone(learner: Learner, observations: list) -> list:
    """The table of a light curve before and after it was measured and classified."""
    light_curve = learner.TransientLightCurve(observations, "ZTF24aaexmpl")
    before = light_curve.data.copy()
    for method in ("features", "predict"):
        getattr(learner.SimpleTransientClassifier(), method)(light_curve)
    return [before, light_curve.data]


class Crowd:
    """Counts how many are at work at the same time. The first wait until `wanted` have come."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.now, self.most, self.done, self.overtaken = wanted, 0, 0, 0, 0
        self.change = threading.Condition()

    def work(self, seconds: float = 0.0, patience: float = 0.0, until_done: int = 0) -> None:
        """Be at work for some time.

        Arguments:
            seconds: the time it takes.
            patience: how long the first ones wait for one more than `wanted`, who should not come.
            until_done: go on until so many others are done, for a while.
        """
        with self.change:
            self.now += 1
            self.most = max(self.most, self.now)
            self.change.notify_all()
            if not self.change.wait_for(lambda: self.most >= self.wanted, 0.4):
                self.wanted = 0  # they do not come: nobody else need wait
            if not self.done:
                self.change.wait_for(lambda: self.most > self.wanted, patience)
        time.sleep(seconds)
        with self.change:
            if until_done:
                self.change.wait_for(lambda: self.done >= until_done, 0.4)
                self.overtaken = self.done
            self.now, self.done = self.now - 1, self.done + 1
            self.change.notify_all()


def processed_async(learner: Learner, records: list, *limit: int) -> dict:
    """`await pipeline.process_async(records, *limit)`, and how many were at work at a time."""
    stand_ins = ("batch_processing_session", "process_and_classify", "classify_safely", "_announce")
    trial, crowd = Trial(learner, *stand_ins), Crowd(limit[0] if limit else 4)
    process = trial.pipeline.processor.process_lightcurve

    def slowly(raw_data: Any) -> Any:
        asked = ("seconds", "patience", "until_done")
        crowd.work(**{name: raw_data[name] for name in asked if name in raw_data})
        return process(raw_data)

    async def run() -> dict:
        value = trial.pipeline.process_async(records, *limit)
        if not inspect.isawaitable(value):
            return {"awaitable": False, "labels": value}
        labels = await value
        for each in labels if isinstance(labels, list) else []:
            if inspect.iscoroutine(each):
                each.close()  # otherwise Python would complain that nobody awaited it
        return {"awaitable": True, "labels": labels}

    trial.pipeline.processor.process_lightcurve = slowly
    with trial.watched():
        got = _in_a_thread(run)
    return got | trial.seen() | {"most": crowd.most, "overtaken": crowd.overtaken}


def _in_a_thread(run: Callable[[], Any]) -> Any:
    """Run a coroutine in a thread: a notebook's own thread has an event loop already."""
    outcome: dict[str, Any] = {}

    def target() -> None:
        try:
            outcome["value"] = asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS))
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS + 1)
    if "error" in outcome:
        raise outcome["error"]
    if "value" not in outcome:
        raise TimeoutError(f"the coroutine did not end within {PATIENCE_SECONDS:g} s")
    return outcome["value"]


def observed(learner: Learner, steps: list) -> dict:
    """Observers are added and removed and events announced, step by step."""
    trial = Trial(learner)
    hearers = Hearers(trial.pipeline)
    with trial.watched():
        for step in steps:
            hearers.take(*step)
    got = {"heard": hearers.heard, "errors": hearers.errors, "returned": hearers.returned}
    return got | {"log": trial.own.lines}


class Hearers:
    """Observers by name. `once` removes itself, `broken` fails, all note what they are told."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline
        self.heard: list[list[Any]] = []
        self.errors: list[list[str]] = []
        self.returned: list[bool] = []  # whether adding returned the observer
        names = ("first", "second", "broken", "once")
        self.known: dict[str, Any] = {name: self._observer(name) for name in names}
        self.known["broken object"] = functools.partial(self.known["broken"])

    def take(self, action: str, what: str, data: dict | None = None) -> None:
        try:
            if action == "announce":
                self.pipeline._announce(what, **(data or {}))
            elif action == "add":
                callback = self._find(what)
                self.returned.append(self.pipeline.add_observer(callback) is callback)
            else:
                self.pipeline.remove_observer(self._find(what))
            self.errors.append([])
        except NotImplementedError:
            raise
        except Exception as error:
            self.errors.append([*kinds_of(error), str(error)])

    def _find(self, name: str) -> Any:
        return self.method if name == "method" else self.known[name]

    def method(self, event: str, *data: Any, **spread: Any) -> None:
        self.heard.append(["method", event, *data, *([{"spread": spread}] if spread else [])])

    def _observer(self, name: str) -> Callable[..., None]:
        def observer(event: str, *data: Any, **spread: Any) -> None:
            self.heard.append([name, event, *data, *([{"spread": spread}] if spread else [])])
            if name == "once":
                self.pipeline.remove_observer(observer)
            if name == "broken":
                raise Trouble("the mail server does not answer")

        return observer
