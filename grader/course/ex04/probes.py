"""Probes of Exercise 4: each part of a pipeline is tried by itself, on a `Trial`."""

from __future__ import annotations

import asyncio
import copy
import inspect
import logging
import threading
from typing import Any

from grader.course.common_probes import Trouble, kinds_of
from grader.course.ex04.crowd import Crowd, in_a_thread
from grader.course.ex04.hearers import Hearers
from grader.course.ex04.loggers import described, state
from grader.course.ex04.rehearsed import FEATURES, Rehearsed, ZeroPoints
from grader.course.ex04.replies import (
    NAME,
    BesideRoot,
    Called,
    Classified,
    Nested,
    Observed,
    OneByOne,
    Processed,
    Raised,
    Session,
    SetUp,
    Tables,
)
from grader.course.ex04.trial import Trial, restored
from grader.runner import Learner

Record = dict[str, Any]


def set_up(learner: Learner) -> SetUp:
    """The logger after one call and after two, and what became of the root logger."""
    logger, root = logging.getLogger(NAME), logging.getLogger()
    with restored(logger, root):
        logger.handlers, root.handlers = [], []
        logger.setLevel(logging.NOTSET)
        root.setLevel(logging.WARNING)
        first = learner.AstronomyPipeline._setup_logging()
        touched = bool(logger.handlers) or bool(root.handlers)
        if not isinstance(first, logging.Logger):
            return SetUp(kind=type(first).__name__, anything_added=touched)
        got = SetUp(
            kind="Logger",
            anything_added=touched,
            name=first.name,
            is_root=first is root,
            is_known=first is logging.getLogger(first.name),
            level=logger.level,
            handlers=[described(handler) for handler in logger.handlers],
            n_root_handlers=len(root.handlers),
            root_level=root.level,
            disabled=root.manager.disable,
        )
        got.second = type(learner.AstronomyPipeline._setup_logging()).__name__
        got.n_after_second = len(logger.handlers)
        return got


def set_up_beside_root(learner: Learner) -> BesideRoot:
    """The handlers of the logger if the root logger or somebody else has set one, and if not."""
    logger, root = logging.getLogger(NAME), logging.getLogger()
    counts, kept, levels = [], [], []
    with restored(logger, root):
        logger.handlers, root.handlers = [logging.NullHandler()], []
        learner.AstronomyPipeline._setup_logging()
        others = len(logger.handlers)
        for n_of_root, of_its_own, of_root in (
            (1, logging.NOTSET, logging.DEBUG),
            (0, logging.WARNING, logging.WARNING),
        ):
            logger.handlers = []
            root.handlers = [logging.NullHandler() for _ in range(n_of_root)]
            logger.setLevel(of_its_own)
            root.setLevel(of_root)
            before = state(root)
            learner.AstronomyPipeline._setup_logging()
            kept.append(state(root) == before)
            counts.append(len(logger.handlers))
            levels.append(logger.level)
    return BesideRoot(counts[0], counts[1], others, (levels[0], levels[1]), root_kept=all(kept))


def _failure(fails: str) -> BaseException | None:
    """An exception of the kind, or a Trouble with the message, that is asked for."""
    if fails == "Ctrl-C":
        return KeyboardInterrupt()
    if fails == "exit":
        return SystemExit()
    if fails == "OSError":
        return OSError(28, "no space left")  # its first argument is no text
    if fails == "RuntimeError":
        return RuntimeError("the mount is stuck")
    return Trouble(fails) if fails else None


def session(learner: Learner, fails: str = "") -> Session:
    """What is seen in a session and after it; its block may fail."""
    trial = Trial(learner, "_announce")
    pipeline, failure, raised, same = trial.pipeline, _failure(fails), "", True
    with trial.watched():
        try:
            with pipeline.batch_processing_session() as value:
                inside = {"inside": pipeline.in_session, "yields": value}
                log_inside, events_inside = list(trial.own.lines), list(trial.events)
                if failure:
                    raise failure
        except BaseException as error:
            if failure is None or failure not in (error, error.__context__):
                raise
            raised, same = type(error).__name__, error is failure
    return Session(
        raised=raised,
        same=same,
        after=pipeline.in_session,
        log_inside=log_inside,
        events_inside=events_inside,
        **inside,
        **trial.seen(),
    )


def session_in_session(learner: Learner) -> Nested:
    """A second session inside a first one, and one after both."""
    trial = Trial(learner, "_announce")
    pipeline = trial.pipeline
    other = type(pipeline)(pipeline.processor, pipeline.classifier)
    with trial.watched(), pipeline.batch_processing_session():
        n_lines, n_events = len(trial.own.lines), len(trial.events)
        try:
            with pipeline.batch_processing_session():
                kinds = []
        except Exception as error:
            kinds = kinds_of(error)
        log = list(trial.own.lines)
        new = log[n_lines:], trial.events[n_events:]
        try:
            with other.batch_processing_session():
                another = []
        except Exception as error:
            another = kinds_of(error)
        got = Nested(kinds, pipeline.in_session, log, *new, another)
    try:
        with trial.watched(), pipeline.batch_processing_session():
            pass
    except Exception as error:
        got.again = kinds_of(error)
    return got


def called(learner: Learner, records: list[Record], before: list[Record] | None = None) -> Called:
    """`pipeline(records)`, and whether an interruption or a failure came through.

    With `before` the same pipeline has been called for those records before.
    """
    stand_ins = ("batch_processing_session", "process_and_classify", "_announce")
    trial = Trial(learner, *stand_ins)
    labels, raised = None, ""
    given, first = copy.deepcopy(records), None
    with trial.watched():
        if before:
            first = trial.pipeline(before)
            trial.forget()
        kept = copy.copy(first)
        try:
            labels = trial.pipeline(given)
        except (KeyboardInterrupt, Trouble) as error:
            raised = type(error).__name__
    return Called(
        labels=labels,
        raised=raised,
        left=given == records,
        passed_over=trial.pipeline.processor.count > trial.n_whole,
        n_whole=trial.n_whole,
        first_kept=not isinstance(first, list) or first == kept,
        **trial.seen(),
    )


def classified(learner: Learner, record: Record, position: int) -> Classified:
    """`pipeline.classify_safely(record, position)`."""
    trial = Trial(learner, "batch_processing_session", "process_and_classify", "_announce")
    with trial.watched():
        label = trial.pipeline.classify_safely(record, position)
    return Classified(label, list(trial.own.lines), trial.events)


def one_by_one(learner: Learner, *records: Record) -> OneByOne:
    """`pipeline.process_and_classify(record)` for each of the records, with the same pipeline."""
    trial = Trial(learner, "_announce", "batch_processing_session")
    processor, classifier = trial.pipeline.processor, trial.pipeline.classifier
    labels: list[Any] = []
    raised: list[Raised] = []
    given = copy.deepcopy(records)
    with trial.watched():
        for record in given:
            try:
                label = trial.pipeline.process_and_classify(record)
                made = isinstance(label, learner.LightCurve)
                labels.append(type(label).__name__ if made else label)
            except Exception as error:
                if trial.raised is None or trial.raised not in (error, error.__context__):
                    raise
                same = error is trial.raised
                raised.append(Raised(type(error).__name__, str(error), same))
    return OneByOne(
        labels=labels,
        raised=raised,
        n_processed=processor.count,
        n_predicted=classifier.count,
        left=given == records,
        **trial.seen(),
    )


def features(
    learner: Learner, observations: list[Record], zeropoints: ZeroPoints | None = None
) -> Any:
    """The features of a light curve."""
    return learner.SimpleTransientClassifier(zeropoints).features(_curve(learner, observations))


def features_of_each(learner: Learner, light_curves: list[list[Record]]) -> list[Any]:
    """The features of several light curves, each measured by a new classifier."""
    return [features(learner, each) for each in light_curves]


def features_of_second(
    learner: Learner, first: list[Record], second: list[Record], zeropoints: ZeroPoints
) -> Any:
    """The features of the second of two light curves that the same classifier measures."""
    classifier = learner.SimpleTransientClassifier(zeropoints)
    classifier.features(_curve(learner, first))
    return classifier.features(_curve(learner, second))


def predicted(
    learner: Learner,
    observations: list[Record],
    planned: dict[str, float] | None = None,
    zeropoints: ZeroPoints | None = None,
) -> Any:
    """The label of a light curve, for which `features` gives what is planned."""
    light_curve, rehearsed = _curve(learner, observations), Rehearsed(learner, zeropoints)
    if planned is not None:
        rehearsed.plan(light_curve, planned)
    return rehearsed.classifier.predict(light_curve)


def predicted_all(learner: Learner, asked: list[list[Any]]) -> list[Any]:
    """The labels of several light curves, each with what `predicted` takes."""
    return [predicted(learner, *each) for each in asked]


def predicted_each(
    learner: Learner, observations: list[Record], planned: list[dict[str, float]]
) -> list[Any]:
    """The labels that one classifier gives, whose `features` gives now this and now that."""
    template, rehearsed = _curve(learner, observations), Rehearsed(learner)
    labels = []
    for each in planned:
        light_curve = copy.copy(template)
        rehearsed.plan(light_curve, each)
        labels.append(rehearsed.classifier.predict(light_curve))
    return labels


def asks_for_features(learner: Learner, observations: list[Record]) -> bool:
    """Whether `predict` asks its own object for the features."""
    light_curve, rehearsed = _curve(learner, observations), Rehearsed(learner)
    rehearsed.plan(light_curve, dict.fromkeys(FEATURES, 1.0))
    rehearsed.classifier.predict(light_curve)
    return rehearsed.asked


def left_alone(learner: Learner, method: str, observations: list[Record]) -> Tables:
    """The table of a light curve before and after it was measured or classified."""
    light_curve, rehearsed = _curve(learner, observations), Rehearsed(learner)
    before, others = light_curve.data.copy(), _others(light_curve)
    if method == "predict":
        rehearsed.plan(light_curve, dict.fromkeys(FEATURES, 1.0))
    getattr(rehearsed.classifier, method)(light_curve)
    now = _others(light_curve)
    names = [name for name in now | others if now.get(name) is not others.get(name)]
    return Tables(before, light_curve.data, names)


def _others(light_curve: Any) -> dict[str, Any]:
    """What there is of a light curve besides its table."""
    return {name: value for name, value in vars(light_curve).items() if name != "data"}


def _curve(learner: Learner, observations: list[Record]) -> Any:
    return learner.TransientLightCurve(observations, "ZTF24aaexmpl")


def processed_async(
    learner: Learner,
    records: list[Record],
    *limit: int,
    before: tuple[list[Record], int] | None = None,
) -> Processed:
    """`await pipeline.process_async(records, *limit)`, and how many were at work at a time.

    With `before` it has been called for those records with that limit before.
    """
    stand_ins = ("batch_processing_session", "process_and_classify", "classify_safely", "_announce")
    trial, crowd = Trial(learner, *stand_ins), Crowd(limit[0] if limit else 4)
    process = trial.pipeline.processor.process_lightcurve
    loop_runs, blocked, threads = threading.Event(), False, list[threading.Thread]()

    def slowly(raw_data: Any) -> Any:
        nonlocal blocked
        threads.append(threading.current_thread())
        asked = ("seconds", "patience", "until_done")
        crowd.work(**{name: raw_data[name] for name in asked if name in raw_data})
        if "needs_loop" in raw_data and not loop_runs.wait(0.4):
            blocked = True
        return process(raw_data)

    given = copy.deepcopy(records)

    async def run() -> tuple[bool, Any]:
        threads.insert(0, threading.current_thread())
        crowd.loop = asyncio.get_running_loop()
        crowd.loop.call_soon(loop_runs.set)
        value = trial.pipeline.process_async(given, *limit)
        if not inspect.isawaitable(value):
            return False, value
        labels = await value
        for each in labels if isinstance(labels, list) else []:
            if inspect.iscoroutine(each):
                each.close()  # otherwise Python would complain that nobody awaited it
        return True, labels

    with trial.watched():
        if before:
            earlier, most = before
            in_a_thread(lambda: trial.pipeline.process_async(earlier, max_concurrent=most))
        trial.pipeline.processor.process_lightcurve = slowly
        awaitable, labels = in_a_thread(run)
    return Processed(
        awaitable=awaitable,
        labels=labels,
        most=crowd.most,
        overtaken=crowd.overtaken,
        blocked=blocked,
        in_loop=threads[0] in threads[1:],
        n_processed=len(threads) - 1,
        left=given == records,
        **trial.seen(),
    )


def observed(learner: Learner, steps: list[list[Any]]) -> Observed:
    """Observers are added and removed and events announced, step by step."""
    trial = Trial(learner)
    hearers = Hearers(trial.pipeline)
    with trial.watched():
        for step in steps:
            hearers.take(*step)
    return Observed(hearers.heard, hearers.errors, hearers.returned, trial.own.lines)
