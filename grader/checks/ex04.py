"""Checks of Exercise 4: a pipeline, its log and its sessions, and a classifier by rules.

Light curves are made here, one kind for each rule and well away from every border; their features
are worked out by loops over plain lists, independently of any solution.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from operator import mul
from statistics import mean, median
from typing import Any

import numpy as np
import pytest

from grader.answer import Answer, Failure, Subject
from grader.checks import part
from grader.expect import (
    Mistake,
    Raises,
    approx_equal,
    difference,
    expect,
    fail_if_recognised,
    kind_of,
    require,
    shown,
)
from grader.wire import OpaqueObject

Rng = np.random.Generator
Record = dict[str, Any]
Line = list[str]

HINTS = {
    "4.1": [
        "`logging.getLogger(name)` gives the same logger each time: look first at what it has.",
        "`logger.setLevel(logging.INFO)`; then, only `if not logger.handlers:`, make a "
        "`logging.StreamHandler()`, give it a format and add it.",
        "`handler.setFormatter(logging.Formatter('%(asctime)s %(levelname)s %(message)s'))`, then "
        "`logger.addHandler(handler)`; at the end `return logger`.",
    ],
    "4.2": [
        "One function: what comes before the `yield` opens the session, what comes after closes "
        "it.",
        "Raise the RuntimeError first of all. The `yield` alone stands in the `try`.",
        "`try: yield`, then `except Exception as error:` with `self.logger.error(...)` and a bare "
        "`raise`, then `finally:` with all that ends the session.",
    ],
    "4.3": [
        "`classify_safely` has the `try`; `__call__` has the session and the loop.",
        "`try: label = self.process_and_classify(raw_data)`; what follows `except Exception as "
        'error:` logs, announces and returns "failed".',
        "`with self.batch_processing_session():`, and in it `return [self.classify_safely(raw, i) "
        "for i, raw in enumerate(raw_observations)]`.",
    ],
    "4.4": [
        "Two calls: what the first returns is the argument of the second.",
        "`self.processor.process_lightcurve(raw_data)` is the light curve.",
        "`return self.classifier.predict(...)` of that light curve.",
    ],
    "4.5": [
        "Features first: choose the rows of the main band, find the peak, and count days from it.",
        "`day = mjd - mjd[magnitude.argmin()]`; the line goes through the points with `(day >= 0) "
        "& (day <= 30)`. For the colour, `near.groupby('band')['magnitude'].median()` has a "
        "`.get`.",
        "In `predict` ask for the number of detections before you call `features`. Then one `if` "
        "with a `return` for each rule, in the order of the table.",
    ],
    "4.E1": [
        "An inner `async def` does one record; `asyncio.gather` does all of them.",
        "`gate = asyncio.Semaphore(max_concurrent)` once, outside; inside, `async with gate:` "
        "around `await asyncio.to_thread(self.classify_safely, raw_data, position)`.",
        "`with self.batch_processing_session(): return await asyncio.gather(*(label_of(raw, i) for "
        "i, raw in enumerate(records)))`.",
    ],
    "4.E2": [
        "Adding and removing is the list's business; `_notify` is a loop with a `try` inside.",
        "`if callback not in self.observers` compares with `==`, which knows methods of objects "
        "too.",
        "Loop over `list(self.observers)`, a copy: the list may change while you do.",
    ],
}

# 4.1 AstronomyPipeline._setup_logging


@part("4.1")
def test_logger(learner: Subject) -> None:
    """The logger "astronomy_pipeline" has level INFO and one handler, however often it is set up"""
    answer = learner.set_up()
    fail_if_recognised(
        answer,
        Mistake(
            "not-static",
            Raises("TypeError", "positional argument"),
            f"The call failed: "
            f"{answer.raised}. A static method has `@staticmethod` above it and no `self`.",
        ),
    )
    got = answer.value
    if got["is"] != "Logger":
        touched = got["is"] == "NoneType" and got["touched"]
        says = "The result is None. Is the last line `return logger`?"
        other = f"The result is of the type {got['is']}; it should be a logger."
        slug = "nothing-returned" if touched else None
        raise Failure(says if got["is"] == "NoneType" else other, misconception=slug)
    require(
        not got["is_root"],
        "This is the root logger, which belongs to all programs together. "
        'Ask for your own: `logging.getLogger("astronomy_pipeline")`.',
        "root-returned",
    )
    require(
        got["name"] == "astronomy_pipeline",
        f"The logger is called {got['name']!r}; it should "
        'be called "astronomy_pipeline", wherever the class is used.',
        "other-name",
    )
    require(
        got["root"] == [0, 30],
        "The root logger has been changed, and with it the log of every "
        "other package. Leave out `logging.basicConfig`, and give handler and level to your own "
        "logger.",
        "root-configured",
    )
    handlers = got["handlers"]
    require(
        bool(handlers),
        "The logger has no handler of its own. Add a `logging.StreamHandler()` "
        "with `logger.addHandler(...)`.",
        "no-handler",
    )
    require(
        len(handlers) == 1,
        f"After one call the logger has {len(handlers)} handlers; it should have one.",
    )
    require(handlers[0]["stream"], "The handler should be a `logging.StreamHandler`.")
    require(
        got["level"] != 0 or handlers[0]["level"] == 0,
        "The level is set on the handler, but the logger decides first: without a level of its own "
        "it drops what is below WARNING. Use `logger.setLevel(logging.INFO)`.",
        "level-on-handler",
    )
    require(
        got["level"] == 20,
        f"The logger's level is {got['level']}; INFO is 20. Use `logger.setLevel(logging.INFO)`.",
    )
    require(
        handlers[0]["level"] <= 20,
        "The handler has a level of its own and drops lines of level INFO. Leave its level as it "
        "is.",
        "handler-drops-info",
    )
    require(
        got["after_second"] == 1,
        "After a second call the logger has "
        f"{got['after_second']} handlers, and every line would be written as often. Add one only "
        "`if not logger.handlers`.",
        "second-handler",
    )


@part("4.1")
def test_format(learner: Subject) -> None:
    """A line shows time, level and message"""
    got = learner.set_up().value
    require(bool(got.get("handlers")), "There is no handler whose format could be looked at.")
    line, later = got["handlers"][0]["line"], got["handlers"][0]["later"]
    require(
        line != "the dome is stuck",
        "A line shows the message alone. Give the handler a format: "
        "`handler.setFormatter(logging.Formatter(...))`.",
        "no-format",
    )
    require(
        "the dome is stuck" in line,
        f"A line looks like {line!r}: the message is missing. It is `%(message)s`.",
        "format-incomplete",
    )
    require(
        "ERROR" in line.upper(),
        f"A line looks like {line!r}: the level is missing. It is `%(levelname)s`.",
        "format-incomplete",
    )
    require(
        line != later,
        f"A line looks like {line!r}: the time is missing. It is `%(asctime)s`.",
        "format-incomplete",
    )


@part("4.1")
def test_beside_root(learner: Subject) -> None:
    """The logger gets its own handler, also if the root logger has one"""
    beside, alone = learner.set_up_beside_root().value
    require(
        (beside, alone) != (0, 0),
        "A logger whose handler was taken away gets no new one: your code remembers elsewhere that "
        "it has been set up. Ask the logger itself, `if not logger.handlers`.",
        "remembered-elsewhere",
    )
    require(
        beside == 1,
        "If the root logger has a handler, yours gets none: `hasHandlers()` asks the "
        "loggers above as well. Ask `if not logger.handlers`.",
        "has-handlers",
    )


# 4.2 AstronomyPipeline.batch_processing_session


def says(log: list[Line], word: str, level: str = "INFO") -> bool:
    return any(line[0] == level and word in line[1].lower() for line in log)


def well_formed(got: dict) -> None:
    """Speak up if `logging` could not make a line of its arguments."""
    bad = got["unformatted"]
    require(
        not bad,
        f"`logging` cannot write the line {shown(bad[0] if bad else '')}: there are arguments "
        "after the text, as with `print`, but no `%s` for them in it. Write one f-string.",
        "logged-like-print",
    )


def in_session(answer: Answer) -> dict:
    """What was seen, once it is clear that it is a context manager."""
    message = answer.raised.message if answer.raised else ""
    fail_if_recognised(
        answer,
        Mistake(
            "not-a-generator",
            answer.raised is not None and ("iterator" in message or "context manager" in message),
            "This cannot be used in a `with` statement. `@contextmanager` wants a function with "
            f"one `yield`, which runs the block. ({answer.raised})",
        ),
        Mistake(
            "not-a-generator",
            Raises("RuntimeError", "generator didn't"),
            "The function must "
            f"come to exactly one `yield`, which runs the block. ({answer.raised})",
        ),
    )
    return answer.value


@part("4.2")
def test_session(learner: Subject) -> None:
    """In the block `in_session` is True, after it False; the log has "started" and "finished\""""
    got = in_session(learner.session())
    require(
        got["inside"] is True,
        f"In the block `pipeline.in_session` is {got['inside']!r}; it "
        "should be True. Set `self.in_session`, with `self.`, before the `yield`.",
        "flag-not-set",
    )
    require(
        got["after"] is False,
        f"After the block `pipeline.in_session` is {got['after']!r}; it should be False.",
        "stays-open",
    )
    require(
        bool(got["log"]) or not got["root_log"],
        "The lines went to the root logger: `logging.info` does that. Use `self.logger.info(...)`.",
        "on-root-logger",
    )
    require(
        bool(got["log"]),
        "Nothing was logged. `print` is not the log: use `self.logger.info(...)`.",
        "printed",
    )
    require(
        says(got["log_inside"], "started"),
        "When the block begins, the log has no line of level "
        f'INFO with the word "started"; it has {shown(got["log_inside"])}.',
    )
    require(
        not says(got["log_inside"], "finished"),
        'The log says "finished" before the block has run. That belongs after the `yield`.',
        "finished-too-soon",
    )
    require(
        says(got["log"], "finished"),
        "After the block the log has no line of level INFO with "
        f'the word "finished"; it has {shown(got["log"])}.',
    )
    require(
        got["yields"] is None,
        f"`with ... as value` gives {kind_of(got['yields'])}; yield nothing: a bare `yield`.",
        "value-yielded",
    )


@part("4.2")
def test_session_announced(learner: Subject) -> None:
    """Start and end are announced"""
    got = in_session(learner.session())
    want = [["session_started", {}], ["session_finished", {}]]
    require(
        bool(got["events"]),
        'Nothing was announced. Call `self._announce("session_started")` '
        'and, at the end, `self._announce("session_finished")`.',
        "not-announced",
    )
    expect(Answer(got["events"]), want, what="the list of announced events and their data")
    expect(Answer(got["events_inside"]), want[:1], what="the list of events when the block begins")


@part("4.2")
def test_session_with_exception(learner: Subject) -> None:
    """An exception is logged and goes on, and the session ends all the same"""
    got = in_session(learner.session("the disk is full"))
    require(
        bool(got["raised"]),
        "An exception raised in the block disappears: whoever opened the session "
        "takes it for a success. After logging it, send it on with a bare `raise`.",
        "exception-swallowed",
    )
    require(
        got["after"] is False,
        "After an exception in the block the session is still open: the lines after the "
        "`yield` were not reached. Put the `yield` in a `try` and what ends the session in "
        "`finally`.",
        "stays-open",
    )
    require(
        got["raised"] == "Trouble",
        f"A `Trouble` in the block arrives outside as a `{got['raised']}`. Send it on as it is: a "
        "bare `raise`.",
        "exception-replaced",
    )
    require(
        got["events"][-1:] in ([["session_finished", {}]], []),
        'After an exception in the block "session_finished" is not announced. What ends the '
        "session belongs in `finally`.",
        "finish-not-announced",
    )
    require(bool(got["log"]), "Nothing is logged with `self.logger` if the block fails.")
    well_formed(got)
    require(
        says(got["log"], "the disk is full", "ERROR"),
        "The exception 'the disk is full' is not "
        "in the log at level ERROR. Log it in `except Exception as error:` with "
        "`self.logger.error(...)`, then `raise`.",
        "exception-not-logged",
    )
    require(
        says(got["log"], "finished"),
        "After an exception the log has no line with the word "
        '"finished". That line belongs in `finally`.',
        "finish-not-logged",
    )


@part("4.2")
def test_session_with_os_error(learner: Subject) -> None:
    """The line holds an exception's message, `str(error)`, whatever its arguments are"""
    got = in_session(learner.session("OSError"))
    told = says(got["log"], "no space left", "ERROR")
    want = '`OSError(28, "no space left")`'
    require(
        got["raised"] in ("OSError", ""),
        f"{want} in the block arrives outside as a `{got['raised']}`: your code fails on its "
        "arguments. The message of any exception is `str(error)`.",
        "message-from-args",
    )
    require(
        told,
        f"After {want} in the block, its message is not in the log at level ERROR. The message of "
        "any exception is `str(error)`, and `except Exception` catches all.",
        "exception-not-logged",
    )


@part("4.2")
def test_session_flag(learner: Subject) -> None:
    """`in_session` is set before observers are told"""
    got = in_session(learner.session())
    if [event[0] for event in got["events"]] != ["session_started", "session_finished"]:
        return  # another check speaks of that
    require(
        got["flags"][0] is not False,
        'When "session_started" is announced, `pipeline.in_session` is False still: observers are '
        "told of a session before there is one. Set `self.in_session` first of all.",
        "flag-after-announcement",
    )
    require(
        got["flags"][1] is not True,
        'When "session_finished" is announced, `pipeline.in_session` is True still, so that no '
        "observer could open the next session. Set `self.in_session` to False first.",
        "flag-after-announcement",
    )


@part("4.2")
def test_session_interrupted(learner: Subject) -> None:
    """Ctrl-C (KeyboardInterrupt) ends the session too, goes on, and is no error"""
    got = in_session(learner.session("Ctrl-C"))
    require(
        got["after"] is False and got["events"][-1:] in ([["session_finished", {}]], []),
        "After Ctrl-C (KeyboardInterrupt) in the block the session is still open, since `except "
        "Exception` does not see it. What ends the session belongs in `finally`.",
        "open-after-interruption",
    )
    require(
        bool(got["raised"]),
        "Ctrl-C (KeyboardInterrupt) in the block disappears, and the program goes on although "
        "somebody wants it to stop. Leave it alone: `finally` ends the session without catching "
        "anything.",
        "interruption-swallowed",
    )
    errors = [line[1] for line in got["log"] if line[0] in ("ERROR", "CRITICAL")]
    require(
        not errors,
        "Ctrl-C (KeyboardInterrupt) in the block is logged as an error, but somebody wanted it. "
        "Write `except Exception as error:`; neither a bare `except` nor `BaseException`.",
        "interruption-logged",
    )


@part("4.2")
def test_session_in_session(learner: Subject) -> None:
    """A session in a session is a RuntimeError, and the first one goes on"""
    got = in_session(learner.session_in_session())
    require(
        "RuntimeError" in got["kinds"],
        "A second session inside of a first one is not refused. "
        "`if self.in_session: raise RuntimeError(...)` comes first of all.",
        "nesting-allowed",
    )
    require(
        got["inside"] is True,
        "A second session is refused, but the first one ends with it: "
        "`pipeline.in_session` is False afterwards. Raise the RuntimeError before the `try` "
        "whose `finally` ends a session.",
        "refused-ends-other",
    )
    require(
        not says(got["log"], "finished"),
        'The session that was refused logs "finished", '
        "though it never began. Raise the RuntimeError before everything else.",
        "refused-ends-other",
    )
    require(
        got["new_log"] == got["new_events"] == [],
        "A session that is refused leaves a trace in the log or tells observers: "
        f"{shown(got['new_log'] + got['new_events'])}. Raise the RuntimeError, and nothing else; "
        "whoever catches it may log it.",
        "refusal-logged",
    )


# 4.3 AstronomyPipeline.classify_safely and __call__


def records(rng: Rng, n: int = 5) -> list[Record]:
    """Records with labels of their own, so that one sees if they change places."""
    names = rng.choice(9000, n, replace=False) + 1000
    labels = rng.permutation([f"kind {i}" for i in range(n)])
    return [
        {"objectId": f"ZTF24aa{name}", "candidates": [], "label": str(label)}
        for name, label in zip(names, labels, strict=True)
    ]


def labels_of(answer: Answer, want: list[str]) -> dict:
    """What was seen of a call, once its labels are a list."""
    got = answer.value
    labels = got["labels"]
    made = isinstance(labels, OpaqueObject) and labels.type == "generator"
    require(
        not made,
        "The result is a generator: nothing has been processed yet, and when it is, "
        "the session will be over. Make a list, in square brackets.",
        "generator-returned",
    )
    return got


@part("4.3")
def test_labels(learner: Subject, rng: Rng) -> None:
    """One label for each record, in order"""
    data = records(rng)
    data[2]["label"] = "unknown"
    want = [record["label"] for record in data]
    got = labels_of(learner.called(data), want)
    replaced = Mistake(
        "label-replaced",
        ["failed" if label == "unknown" else label for label in want],
        'The classifier\'s label "unknown" has become "failed". It is a label like any other: only '
        "an exception makes a failure.",
    )
    expect(Answer(got["labels"]), want, replaced, what="the list of labels")
    got = labels_of(learner.called([]), [])
    expect(Answer(got["labels"]), [], what="the result for an empty list")


@part("4.3")
def test_same_object_again(learner: Subject, rng: Rng) -> None:
    """Several records of the same object have a label each"""
    data = records(rng, 4)
    data[2]["objectId"] = data[0]["objectId"]
    first, other, again, last = want = [record["label"] for record in data]
    says = (
        "The first and the third of four records are of the same object, with the labels "
        f"{first!r} and {again!r}. Your list is {{}}. An object may have many records: append one "
        "label for each to a list, in their order."
    )
    mixed_up = [[again, other, last], [first, other, last]]
    mixed_up += [[again, other, again, last], [first, other, first, last]]
    expect(
        Answer(labels_of(learner.called(data), want)["labels"]),
        want,
        *(Mistake("one-label-per-object", each, says.format(each)) for each in mixed_up),
        what="the list of labels",
    )


@part("4.3")
def test_failed_record(learner: Subject, rng: Rng) -> None:
    """A record that fails is labelled "failed" and logged; the others are unaffected"""
    data = records(rng)
    data[1]["raises"] = data[3]["raises"] = "the file is cut off"
    want = [record["label"] for record in data]
    want[1] = want[3] = "failed"
    got = labels_of(learner.called(data), want)
    labels = got["labels"]
    require(
        "trouble" not in got and labels != want[:2],
        "The second record of five fails, and those "
        "after it are not processed. The `try` belongs around a single record, inside the "
        "loop.",
        "one-stops-all",
    )
    expect(
        Answer(labels),
        want,
        Mistake(
            "failed-dropped",
            [label for label in want if label != "failed"],
            "Records that fail "
            "are missing from the list, so that the labels after them belong to other records. "
            'Put "failed" in their place.',
        ),
        Mistake(
            "none-for-failed",
            [None if label == "failed" else label for label in want],
            'A record that fails has the label None. Return "failed" after logging it.',
        ),
        what="the list of labels",
    )
    name = data[3]["objectId"]
    well_formed(got)
    errors = [line[1] for line in got["log"] if line[0] == "ERROR"]
    require(
        bool(errors),
        "A record failed, and the log has no line of level ERROR. Use "
        "`self.logger.error(...)` in the `except`.",
        "failure-not-logged",
    )
    require(
        any(name in line for line in errors),
        "The log does not say which record failed. The "
        f"line {shown(errors[-1])} should contain the name that `self._name_of` gives, {name}.",
        "failure-without-name",
    )


@part("4.3")
def test_nameless_record(learner: Subject, rng: Rng) -> None:
    """A record without a name is as good as others, and is logged by its position"""
    data = records(rng, 5)
    del data[0]["objectId"]
    data[2] = data[4] = {"raises": "nothing in it"}
    got = labels_of(learner.called(data), [])
    labels = got["labels"]
    if not isinstance(labels, list) or len(labels) != 5:
        return  # another check speaks of that
    require(
        labels[0] != "failed",
        "A good record without `objectId` fails. Leave it to `self._name_of(raw_data, position)` "
        "to find a name.",
        "nameless-fails",
    )
    expect(Answer(labels[4]), "failed", what="the label of a broken record without a name")
    errors = [line[1] for line in got["log"] if line[0] == "ERROR"]
    text = " ".join(errors)
    require(
        "record 3" not in text,
        'The third record has no name, and the log calls it "record 3". Positions are counted from '
        "0, as `enumerate` does.",
        "counted-from-one",
    )
    require(
        "record 2" not in text or "record 4" in text,
        "The third and the fifth record are equal and have no name. The log says "
        f"{shown(errors)}: both have the position of the first one, which is what `list.index` "
        "finds. Use `enumerate`.",
        "position-of-first-equal",
    )
    require(
        "record 2" in text,
        "The third record has no name, and fails. The "
        'log should call it "record 2", as `self._name_of(raw_data, position)` does; it says '
        f"{shown(errors)}.",
        "failure-without-name" if errors else "failure-not-logged",
    )


@part("4.3")
def test_one_session(learner: Subject, rng: Rng) -> None:
    """All records are processed within one session"""
    got = labels_of(learner.called(records(rng)), [])
    inside = [call[2] for call in got["calls"]]
    require(
        got["sessions"] > 0,
        "The records are processed without a session. Put the loop into "
        "`with self.batch_processing_session():`.",
        "no-session",
    )
    require(
        got["sessions"] == 1,
        f"There were {got['sessions']} sessions for five records. Open one "
        "session around the loop.",
        "session-for-each",
    )
    require(
        bool(inside) and all(inside),
        "Records are processed when the session is over. The loop "
        "belongs inside of the `with` block.",
        "no-session",
    )


@part("4.3")
def test_interruption(learner: Subject, rng: Rng) -> None:
    """Ctrl-C (KeyboardInterrupt) is not taken for a failed record"""
    data = records(rng, 3)
    data[1]["raises"] = "KeyboardInterrupt"
    got = labels_of(learner.called(data), [])
    require(
        got["interrupted"],
        "Ctrl-C during a record is taken for a failure, and the pipeline "
        "cannot be stopped. Write `except Exception`: a bare `except` catches everything, and so "
        "does a `return` in `finally`.",
        "bare-except",
    )


@part("4.3")
def test_records_announced(learner: Subject, rng: Rng) -> None:
    """Each record is announced as "classified" or "failed\""""
    data = records(rng, 3)
    data[1]["raises"] = "the file is cut off"
    got = labels_of(learner.called(data), [])
    names = [record["objectId"] for record in data]
    want = [
        ["classified", {"object_id": names[0], "label": data[0]["label"]}],
        ["failed", {"object_id": names[1], "error": "the file is cut off"}],
        ["classified", {"object_id": names[2], "label": data[2]["label"]}],
    ]
    events = [event[0] for event in got["events"]]
    require(
        {"classified", "failed"} <= set(events),
        "Of three records, the second of which fails, "
        f'these events are announced: {events}. Call `self._announce("classified", ...)` or '
        '`self._announce("failed", ...)` for each.',
        "not-announced",
    )
    twice = ["classified", {"object_id": names[1], "label": "failed"}]
    as_code = ["failed", {"object_id": names[1], "error": "Trouble('the file is cut off')"}]
    expect(
        Answer(got["events"]),
        want,
        Mistake(
            "failed-classified-too",
            [*want[:2], twice, want[2]],
            'A record that fails is announced as "failed" and as "classified". The last belongs '
            "where nothing was raised: behind a `return` in the `except`, or into an `else`.",
        ),
        Mistake(
            "repr-for-message",
            [want[0], as_code, want[2]],
            "`error` is announced as it would stand in code, `Trouble('the file is cut off')`. The "
            "message alone is `str(error)`.",
        ),
        what="the list of announced events and their data",
    )


# 4.4 AstronomyPipeline.process_and_classify


@part("4.4")
def test_one_record(learner: Subject, rng: Rng) -> None:
    """The processor's light curve goes to the classifier, whose label is returned"""
    (record,) = records(rng, 1)
    got = learner.one_by_one(record).value
    label = got["labels"][0]
    made = [call for call in got["calls"] if call[0] == "process"]
    asked = [call[1] for call in got["calls"] if call[0] == "predict"]
    require(
        bool(made) or not asked,
        "The pipeline's own processor is not used. Any processor may be "
        "given to it: call `self.processor.process_lightcurve(raw_data)`.",
        "own-processor",
    )
    require(
        label != "a light curve",
        "The result is the light curve. Hand it to `self.classifier.predict` and return the label.",
        "light-curve-returned",
    )
    require(
        not made or bool(asked) or label is None,
        "The pipeline's own classifier is not "
        "asked. Any classifier may be given to it: call `self.classifier.predict(...)`.",
        "own-classifier",
    )
    require(
        "dict" not in asked,
        "The classifier gets the raw record. It wants the light curve that the processor returns.",
        "raw-data-classified",
    )
    others = [each for each in asked if each != "a light curve"]
    require(
        not others,
        f"The classifier gets a {others[0] if others else ''}. It wants the whole light curve that "
        "the processor returns.",
        "table-classified",
    )
    require(
        label is not None or not asked,
        "The classifier is asked, but its label is not returned. Did you forget a `return`?",
        "label-not-returned",
    )
    expect(
        Answer(label),
        record["label"],
        Mistake(
            "label-replaced",
            isinstance(label, str) and bool(asked),
            f"The classifier says {record['label']!r}, and your code returns {label!r}. Any label "
            "may come from a classifier: return it as it is.",
        ),
        what="the label",
    )
    require(
        len(made) == 1 and len(asked) == 1,
        "For one record the processor or the classifier is called more than once. Keep the light "
        "curve in a variable.",
        "processed-twice",
    )


@part("4.4")
def test_every_record(learner: Subject, rng: Rng) -> None:
    """Each record is processed anew, also a later one of the same object"""
    first, again = records(rng, 2)
    again["objectId"] = first["objectId"]
    got = learner.one_by_one(first, again).value
    expect(
        Answer(got["labels"]),
        [first["label"], again["label"]],
        Mistake(
            "cached-by-name",
            [first["label"]] * 2,
            "The second record of an object gets the label of the first, though it may hold more "
            "detections. Keep no labels: ask the processor and the classifier for each record.",
        ),
        what="the labels of two records",
    )
    made = sum(call[0] == "process" for call in got["calls"])
    asked = len(got["calls"]) - made
    counted = zip(("processor", "classifier"), got["counts"], (made, asked), strict=True)
    for who, count, calls in counted:
        require(
            count == calls,
            f"The pipeline's {who} has counted {count} of {calls} calls: a copy of it was used, "
            f"and what the copy counts is lost. Use `self.{who}` itself.",
            "processor-copied",
        )


@part("4.4")
def test_any_survey(learner: Subject, rng: Rng) -> None:
    """What a record must hold, and what becomes of an empty light curve, is decided elsewhere"""
    record = {"diaObjectId": int(rng.integers(10**9)), "diaSources": [], "empty": True}
    answer = learner.one_by_one(record | {"label": "nothing seen"})
    fail_if_recognised(
        answer,
        Mistake(
            "record-looked-into",
            Raises("KeyError"),
            "A record of another survey has other keys, and your code raises "
            f"{answer.raised}. Hand the record to the processor as it is.",
        ),
    )
    got = answer.value
    asked = [call[0] for call in got["calls"]]
    require(
        asked != [] or got["labels"][0] is None,
        "A record of another survey never comes to the processor: your code gives it the label "
        f"{shown(got['labels'][0])}. Hand the record to the processor as it is.",
        "record-looked-into",
    )
    require(
        asked != ["process"] or got["labels"][0] is None,
        "A light curve without observations never comes to the classifier: your code gives it the "
        f"label {shown(got['labels'][0])}. Rules are the classifier's business.",
        "own-rules",
    )
    expect(Answer(got["labels"][0]), "nothing seen", what="the label of an empty light curve")


@part("4.4")
def test_no_more_than_that(learner: Subject, rng: Rng) -> None:
    """It opens no session and announces nothing"""
    got = learner.one_by_one(*records(rng, 1)).value
    require(
        got["sessions"] == 0,
        "A session is opened for a single record. `__call__` has opened one already, and would be "
        "refused a second: leave it out here.",
        "session-opened",
    )
    require(
        not got["events"],
        f"The record is announced here ({got['events'][0][0] if got['events'] else ''!r}), and by "
        "`classify_safely` once more. Leave it out here.",
        "announced-twice",
    )


@part("4.4")
def test_timed(learner: Subject, rng: Rng) -> None:
    """The time of each call is printed, also if it fails"""
    (record,) = records(rng, 1)
    answer = learner.one_by_one(record)
    require(
        bool(answer.value) and "process_and_classify" in answer.printed,
        "No time is printed. Leave `@timing_decorator` above the method.",
        "not-timed",
    )
    answer = learner.one_by_one(record | {"raises": "cut off"})
    require(
        not answer.value["raised"] or "process_and_classify" in answer.printed,
        "No time is printed for a record that fails. `@timing_decorator` prints it in any case: "
        "leave it above the method, in place of a timer of your own.",
        "timed-by-hand",
    )


@part("4.4")
@pytest.mark.parametrize("who", ["processor", "classifier"])
def test_exceptions_go_on(learner: Subject, rng: Rng, who: str) -> None:
    """Exceptions of the processor and the classifier go on to the caller"""
    (record,) = records(rng, 1)
    record |= {"raises": "cut off"} if who == "processor" else {"label": "raise"}
    want = "cut off" if who == "processor" else "the rules are at a loss"
    call = "process" if who == "processor" else "predict"
    got = learner.one_by_one(record).value
    require(any(each[0] == call for each in got["calls"]), f"The {who} is not called.")
    if call == "predict" and ["predict", "a light curve"] not in [c[:2] for c in got["calls"]]:
        return  # another check speaks of that
    raised = got["raised"]
    require(
        bool(raised),
        f"An exception of the {who} does not arrive outside. "
        "Do not catch it here: `classify_safely` does.",
        "exception-swallowed",
    )
    require(
        raised == ["Trouble", want],
        f"An exception of the {who}, `Trouble: {want}`, arrives outside as `{raised[0]}: "
        f"{raised[1]}`. Let it go on as it is: do not catch it here.",
        "exception-replaced",
    )


# 4.5 SimpleTransientClassifier


def observation(band: str, day: float, magnitude: float, signal_to_noise: float = 20.0) -> Record:
    flux = 10 ** (0.4 * (25.0 - magnitude))
    return {"mjd": day, "flux": flux, "flux_err": flux / signal_to_noise, "band": band}


def nothing_seen(band: str, day: float, flux: float = 1.0) -> Record:
    """A point that is no clear detection: a flux of 1.0 or less with an error of 0.8."""
    return {"mjd": day, "flux": flux, "flux_err": 0.8, "band": band}


def somewhen(rng: Rng, points: list[Record]) -> list[Record]:
    """The observations in no order, at some time in our years."""
    start = float(rng.integers(56000, 61000))
    moved = [point | {"mjd": point["mjd"] + start} for point in points]
    return [moved[i] for i in rng.permutation(len(moved))]


def seen(data: list[Record]) -> list[tuple[str, float, float]]:
    """Band, MJD and magnitude of the clear detections, in order of time."""
    clear = [obs for obs in data if obs["flux"] > 3 * obs["flux_err"]]
    clear.sort(key=lambda obs: obs["mjd"])
    return [(o["band"], o["mjd"], 25 - 2.5 * math.log10(o["flux"])) for o in clear]


def slope(points: list[tuple[float, float]]) -> float:
    """Slope of the straight line by least squares, from its textbook formula."""
    x0, y0 = mean(x for x, _ in points), mean(y for _, y in points)
    return sum((x - x0) * (y - y0) for x, y in points) / sum((x - x0) ** 2 for x, _ in points)


def weighted_slope(data: list[Record], main: str, peak: float) -> float:
    """Slope through the 30 days from the peak, each point weighted by its error."""
    kept = [o for o in data if o["band"] == main and o["flux"] > 3 * o["flux_err"]]
    kept = [o for o in kept if 0 <= o["mjd"] - peak <= 30]
    weights = [(o["flux"] / o["flux_err"]) ** 2 for o in kept]
    x = [o["mjd"] - peak for o in kept]
    y = [25 - 2.5 * math.log10(o["flux"]) for o in kept]
    x0, y0 = (sum(map(mul, weights, each)) / sum(weights) for each in (x, y))
    pairs = list(zip(weights, x, y, strict=True))
    return sum(w * (a - x0) * (b - y0) for w, a, b in pairs) / sum(
        w * (a - x0) ** 2 for w, a, _ in pairs
    )


def measured(data: list[Record], band: str = "") -> dict[str, float]:
    """The five features, by loops; in another band than the main one, if it is given."""
    points = seen(data)
    counts = Counter(each for each, _, _ in points)
    band = band or max(sorted(counts), key=counts.__getitem__)
    main = [(t, m) for each, t, m in points if each == band]
    peak = min(main, key=lambda point: point[1])[0]
    fading = [(t - peak, m) for t, m in main if 0 <= t - peak <= 30]
    near = {
        name: [m for each, t, m in points if each == name and abs(t - peak) <= 10] for name in "gr"
    }
    known = near["g"] and near["r"]
    return {
        "rise_time": peak - main[0][0],
        "decline_rate": slope(fading) if fading[-1][0] >= 1 else math.nan,
        "amplitude": max(m for _, m in main) - min(m for _, m in main),
        "colour": median(near["g"]) - median(near["r"]) if known else math.nan,
        "episodes": 1 + sum(later[0] - one[0] > 60 for one, later in pairwise(main)),
    }


def supernova(rng: Rng, main: str = "r", other: str = "g") -> list[Record]:
    """A light curve in which every slip shows: the other band is brighter and seen earlier."""
    days = [-14, -9, -5, -2, 0, 3, 7, 12, 18, 25, 28, 41, 58, 140, 152]
    points = []
    for day in days:
        fading = 0.05 * min(day, 30) + 0.015 * max(day - 30, 0)
        magnitude = 18 + (0.1 * -day if day < 0 else fading) + 0.5 * (day == 140)
        scatter = 0.0 if day == 0 else rng.uniform(0, 0.04)
        when, quality = day + rng.uniform(-0.2, 0.2), rng.uniform(10, 60)
        points.append(observation(main, when, magnitude + scatter, quality))
    for day in (-21, -8, -3, 1, 5, 9, 22, 50):
        magnitude = 17.6 + 0.04 * abs(day - 9) + 0.3 * (day > 10) + rng.uniform(0, 0.04)
        points.append(observation(other, day + rng.uniform(-0.2, 0.2), magnitude))
    points += [nothing_seen(main, -70, 0.7), nothing_seen(main, -35, -1.0)]
    points.append(nothing_seen(main, -30, math.nan))
    points += [nothing_seen(other, day) for day in range(160, 190, 2)]  # the band of most rows
    return somewhen(rng, points)


@part("4.5")
def test_features(learner: Subject, rng: Rng) -> None:
    """Rise time, decline rate, amplitude, colour and episodes are measured as described"""
    light_curves = [supernova(rng, "r", "g"), supernova(rng, "g", "r")]
    answers = [learner.features(data) for data in light_curves]
    check_main_band(light_curves, answers)
    for data, answer, main in zip(light_curves, answers, "rg", strict=True):
        check_features(data, answer, main)


def check_main_band(light_curves: list[list[Record]], answers: list[Answer]) -> None:
    """The features are those of the band with the most detections, in the first r and then g."""
    other = [
        approx_equal(answer.value, measured(data, band), 1e-4)
        for answer, data, band in zip(answers, light_curves, "gr", strict=True)
    ]
    require(
        not all(other),
        "The features are those of the band with the most rows, in most of which nothing was "
        "seen. Choose the main band from the clear detections: `main_band(table)`.",
        "band-of-most-rows",
    )
    require(
        not any(other),
        f"The features are always those of {'r' if other[1] else 'g'}, though this light curve "
        "has more detections in the other band. The main band is `main_band(table)`.",
        "band-fixed",
    )


def check_features(data: list[Record], answer: Answer, main: str) -> None:
    """Compare each feature, and tell what may have gone wrong."""
    want, points = measured(data), seen(data)
    got = answer.value
    require(isinstance(got, dict), f"`features` returns {kind_of(got)}; it should return a dict.")
    names = ", ".join(map(str, got)) or "none"
    for name in want:
        require(name in got, f"There is no feature {name!r}; there are: {names}.")
    in_main = [(t, m) for band, t, m in points if band == main]
    peak = min(in_main, key=lambda point: point[1])[0]
    first, faintest = in_main[0][0], max(in_main, key=lambda point: point[1])[0]
    first_of_all = points[0][1]
    shifted = points[row_number(data, peak)][1] if row_number(data, peak) < len(points) else peak
    peak_of_all = min(points, key=lambda point: point[2])[1]
    rise = want["rise_time"]
    mixed = "The bands are mixed. Keep the main band's rows only: `table[table['band'] == "
    check = [
        (
            "rise_time",
            "days",
            [
                (
                    "rise-is-a-date",
                    peak,
                    "This is the date of the peak. The rise time is the time from "
                    "the first detection to it.",
                ),
                (
                    "rise-negative",
                    -rise,
                    "The rise time is negative: it is the peak's time minus that of "
                    "the first detection.",
                ),
                (
                    "faintest-as-peak",
                    faintest - first,
                    "The faintest detection is taken for the peak. A "
                    "smaller magnitude is brighter: `argmin`.",
                ),
                ("all-bands-mixed", peak_of_all - first_of_all, mixed + "main_band(table)]`."),
                (
                    "rise-from-any-band",
                    peak - first_of_all,
                    "The rise is counted from the first detection "
                    "in any band. Count from the first one in the main band.",
                ),
                (
                    "non-detections-counted",
                    peak - min(obs["mjd"] for obs in data),
                    "The rise is counted from the first observation, in which nothing was seen. "
                    "Use `clear_detections`.",
                ),
                (
                    "label-for-position",
                    shifted - first,
                    "`idxmin` gives a row's label, and `iloc` wants its position, which is another "
                    "one, since rows were left out. Use `argmin` of an array, or `loc`.",
                ),
                *rounded("rise_time", rise),
            ],
        ),
        ("decline_rate", "mag/day", declines(data, main, peak)),
        (
            "amplitude",
            "mag",
            [
                (
                    "amplitude-negative",
                    -want["amplitude"],
                    "The amplitude is negative. It is the largest magnitude minus the smallest.",
                ),
                (
                    "all-bands-mixed",
                    max(m for _, _, m in points) - min(m for _, _, m in points),
                    mixed + "main_band(table)]`.",
                ),
                *(
                    (
                        "amplitude-from-the-ends",
                        end - min(m for _, m in in_main),
                        "The amplitude is measured at one end of the light curve. The faintest "
                        "detection may be anywhere: `magnitude.max()`.",
                    )
                    for end in (in_main[0][1], in_main[-1][1])
                ),
                *rounded("amplitude", want["amplitude"]),
            ],
        ),
        (
            "colour",
            "mag",
            [
                (
                    "colour-reversed",
                    -want["colour"],
                    "The sign is wrong: this is r minus g. The colour is "
                    "g minus r, and negative for what is blue.",
                ),
                (
                    "colour-of-everything",
                    median(m for band, _, m in points if band == "g")
                    - median(m for band, _, m in points if band == "r"),
                    "The colour is that of the whole light "
                    "curve. Take the detections within 10 days of the peak, in all bands.",
                ),
                *colours(data, peak),
                *rounded("colour", want["colour"]),
            ],
        ),
        (
            "episodes",
            "",
            [
                (
                    "breaks-for-episodes",
                    want["episodes"] - 1,
                    "This is the number of breaks. One break makes two episodes: add 1.",
                ),
                ("all-bands-mixed", measured_mixed(points), mixed + "main_band(table)]`."),
                (
                    "episodes-by-length",
                    stretches([t for t, _ in in_main]),
                    "An episode seems to end 60 days after its beginning. It ends with a break: "
                    "compare each time with the one before it, `np.diff(mjd) > 60`.",
                ),
            ],
        ),
    ]
    for name, unit, mistakes in check:
        expect(
            Answer(got[name]),
            want[name],
            *(Mistake(*each) for each in mistakes),
            what=f"`{name}`",
            unit=unit,
            rtol=1e-6,
        )


Slip = tuple[str, float, str]  # slug, what it gives, what to say of it


def rounded(name: str, value: float) -> list[Slip]:
    says = f"`{name}` is rounded. Keep all digits; whoever prints it may round it."
    return [("rounded", round(value, digits), says) for digits in (1, 2, 3)]


def row_number(data: list[Record], when: float) -> int:
    """The number of the row of a time, when all rows are in order."""
    return sorted(obs["mjd"] for obs in data).index(when)


def stretches(times: list[float]) -> int:
    """How often one begins anew if a stretch lasts 60 days from its first time on."""
    count, start = 1, times[0]
    for when in times:
        if when - start > 60:
            count, start = count + 1, when
    return count


def colours(data: list[Record], peak: float) -> list[Slip]:
    """Colours that a slip would give."""
    points = {each: [(t, m) for band, t, m in seen(data) if band == each] for each in "gr"}
    own = {each: min(points[each], key=lambda point: point[1])[0] for each in "gr"}
    near = {each: [m for t, m in points[each] if abs(t - peak) <= 10] for each in "gr"}
    around = {each: [m for t, m in points[each] if abs(t - own[each]) <= 10] for each in "gr"}
    flux = {each: median(10 ** (-0.4 * m) for m in near[each]) for each in "gr"}
    return [
        (
            "colour-in-each-peak",
            median(around["g"]) - median(around["r"]),
            "Each band was measured around its own peak. Take the same days for both, those around "
            "the peak in the main band.",
        ),
        (
            "mean-for-median",
            mean(near["g"]) - mean(near["r"]),
            "The colour was made of means. Take the medians: a single odd point matters little to "
            "them.",
        ),
        (
            "colour-of-fluxes",
            -2.5 * math.log10(flux["g"] / flux["r"]),
            "The colour was made of median fluxes. Take the medians of the magnitudes.",
        ),
    ]


def measured_mixed(points: list[tuple[str, float, float]]) -> int:
    times = [t for _, t, _ in points]
    return 1 + sum(later - one > 60 for one, later in pairwise(times))


def declines(data: list[Record], main: str, peak: float) -> list[Slip]:
    """Slopes that a slip would give."""
    points = [(t - peak, m) for band, t, m in seen(data) if band == main]
    flux = [(x, 10 ** (0.4 * (25 - m))) for x, m in points if 0 <= x <= 30]
    fading = [(x, m) for x, m in points if 0 <= x <= 30]
    rate = slope(fading)
    intercept = mean(m for _, m in fading) - rate * mean(x for x, _ in fading)
    return [
        (
            "peak-left-out",
            slope([p for p in fading if p[0] > 0]),
            "The line begins with the detection after the peak. Include the peak: `day >= 0`.",
        ),
        (
            "weighted-fit",
            weighted_slope(data, main, peak),
            "The line is drawn to the more precise detections, by weights. All count the same: "
            "`np.polyfit(x, y, 1)` alone.",
        ),
        *rounded("decline_rate", rate),
        (
            "decline-reversed",
            -rate,
            "The sign is wrong: magnitudes grow when an object fades, so the slope is positive.",
        ),
        (
            "intercept-for-slope",
            intercept,
            "This is the line's intercept. `np.polyfit(x, y, 1)` gives "
            "the slope first, then the intercept.",
        ),
        (
            "decline-of-everything",
            slope([p for p in points if p[0] >= 0]),
            "The line goes through everything after the peak. Stop 30 days after it.",
        ),
        (
            "rise-in-the-line",
            slope([p for p in points if abs(p[0]) <= 30]),
            "The line goes through detections before the peak as well. Begin at the peak.",
        ),
        (
            "decline-in-flux",
            slope(flux),
            "This is the slope of the flux. Use the column `magnitude`.",
        ),
    ]


@part("4.5")
def test_features_missing(learner: Subject, rng: Rng) -> None:
    """Without g there is no colour, and without a later detection no decline: both are NaN"""
    red = [observation("r", day, 18 + 0.05 * abs(day)) for day in (-12, -6, 0, 8, 15)]
    answer = learner.features(somewhen(rng, red))
    fail_if_recognised(
        answer,
        Mistake(
            "colour-needs-both",
            Raises("KeyError", "g"),
            "A light curve without g makes your "
            f"code raise {answer.raised}. `.get('g', math.nan)` is NaN where there is none.",
        ),
        Mistake(
            "colour-needs-both",
            Raises("IndexError"),
            f"A light curve without g makes your code raise {answer.raised}. Its colour is NaN.",
        ),
    )
    got = answer.value
    expect(
        Answer(got.get("colour") if isinstance(got, dict) else got),
        math.nan,
        Mistake(
            "zero-for-unknown",
            0.0,
            "Without g the colour is 0, which is a colour like any other. "
            "What is not known is NaN.",
        ),
        what="the colour without g",
    )
    rising = [observation("r", day, 18 - 0.06 * day) for day in (-12, -6, 0)]
    for later in ([], [observation("r", 0.3, 18.06)], [observation("r", 45, 19.0)]):
        answer = learner.features(somewhen(rng, rising + later))
        alone = (
            "With nothing in the 30 days after the peak but one detection later on, your code "
            "draws a line through the peak alone. Ask whether one of the detections in these 30 "
            "days is a day or more after the peak."
        )
        fail_if_recognised(answer, Mistake("line-through-one-point", Raises("LinAlgError"), alone))
        rate = answer.value.get("decline_rate")
        expect(
            Answer(rate, warned=answer.warned),
            math.nan,
            Mistake(
                "line-through-one-point",
                bool(later) and later[0]["mjd"] == 45 and isinstance(rate, float) and rate == rate,
                alone,
            ),
            Mistake(
                "zero-for-unknown",
                0.0,
                "With nothing after the peak the decline rate is 0, as if "
                "it were known to stay bright. What is not known is NaN.",
            ),
            Mistake(
                "slope-within-a-night",
                0.2,
                "The slope is taken from two detections of one night, "
                "where noise is all there is. It is NaN unless a detection comes a day or more "
                "after the peak.",
            ),
            what="the decline rate with nothing a day or more after the peak",
        )


@part("4.5")
def test_first_of_equal_peaks(learner: Subject, rng: Rng) -> None:
    """Of several brightest detections the first one is the peak"""
    days = {-12: 18.5, -6: 18.2, 0: 18.0, 4: 18.1, 8: 18.0, 12: 18.4, 20: 18.8}
    answer = learner.features(somewhen(rng, [observation("r", *point) for point in days.items()]))
    says = (
        "Two detections are equally bright, and the later one is taken for the peak. It is the "
        "first one: `argmin` finds that."
    )
    got = answer.value.get("rise_time") if isinstance(answer.value, dict) else None
    expect(Answer(got), 12.0, Mistake("last-of-equal-peaks", 20.0, says), what="`rise_time`")


@part("4.5")
def test_feature_borders(learner: Subject, rng: Rng) -> None:
    """Detections right at the end of 30 and of 10 days count, a break of 60 days does not"""
    days = {-10: 18.5, 0: 18.0, 15: 18.5, 30: 19.5, 90: 19.6, 160: 19.7}
    red = [observation("r", *point) for point in days.items()]
    data = somewhen(rng, [*red, observation("g", -10, 18.4), observation("g", 12, 18.9)])
    got = learner.features(data).value
    if not isinstance(got, dict):
        return  # another check speaks of that
    too_short = slope([(0.0, 18.0), (15.0, 18.5)])
    for name, slip, says in (
        (
            "decline_rate",
            too_short,
            "A detection exactly 30 days after the peak is left out of the "
            "line; it is included: `<= 30`.",
        ),
        (
            "colour",
            math.nan,
            "A detection exactly 10 days before the peak is left out of the "
            "colour; at most 10 days means `<= 10`.",
        ),
        ("episodes", 3, "A break of exactly 60 days was counted; it takes more than 60: `> 60`."),
    ):
        mistake = Mistake("border-misplaced", slip, says)
        expect(Answer(got.get(name)), measured(data)[name], mistake, what=f"`{name}`", rtol=1e-4)


@part("4.5")
def test_light_curve_left_alone(learner: Subject, rng: Rng) -> None:
    """The light curve stays as it was"""
    before, after = (table.columns for table in learner.left_alone(supernova(rng)).value)
    kept = before.keys() == after.keys() and len(before["mjd"]) == len(after["mjd"])
    require(
        kept and all(approx_equal(after[name], before[name]) for name in before),
        "The table of the light curve has changed: it has the columns "
        f"{', '.join(map(str, after))} and {len(after['mjd'])} of {len(before['mjd'])} rows. "
        "Others need it too: work with `table`, and assign nothing to `lightcurve.data`.",
        "curve-changed",
    )


def event(
    rise: float, rate: float, colour: float | None, seasons: tuple = (), end: float = 30
) -> list[Record]:
    """Up by 1 mag within `rise` days, down by `rate` mag a day; later or earlier `seasons`.

    A season is a pair: its first day and how much fainter than the peak it is [mag].
    """
    rising = [(-rise * f, 18.0 + f) for f in np.linspace(1, 0, max(2, int(rise // 8) + 2))]
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


FEW = [observation("r", 0, 18.0), observation("g", 1, 18.0), nothing_seen("r", 2)]
IN_TWO_BANDS = [observation(*point) for point in (("r", 0, 18.0), ("r", 5, 19.0), ("g", 1, 18.1))]
SEASONS = ((200.0, 0.5), (400.0, 0.4))
FADED = ((200.0, 2.5), (400.0, 3.0))
CASES: list[tuple[int, str, str, list[Record]]] = [
    (1, "unknown", "nothing at all", []),
    (1, "unknown", "two detections and one observation without", FEW),
    (2, "CV", "fast, blue", event(12, 0.2, -0.3)),
    (2, "CV", "fast, in three episodes", event(1.5, 0.2, 0.0, ((150.0, 0.2), (300.0, 0.4)), 15)),
    (2, "CV", "two detections in r and one in g", IN_TWO_BANDS),
    (3, "AGN", "three episodes, a small amplitude, blue", event(20, 0.01, -0.3, SEASONS)),
    (4, "TDE", "three episodes, a large amplitude, red", event(25, 0.05, 0.3, FADED)),
    (5, "CV", "quite fast, in two episodes", event(12, 0.06, 0.0, ((-150.0, 0.3),))),
    (5, "CV", "quite fast, up within a day", event(1.2, 0.06, 0.0)),
    (6, "SNIa", "up in two weeks, quite fast, blue", event(14, 0.05, -0.3)),
    (6, "SNIa", "quite fast after a long rise", event(130, 0.05, 0.2)),
    (6, "SNIa", "quite fast, up in exactly 3 days", event(3, 0.06, 0.0)),
    (7, "TDE", "blue after a long rise", event(130, 0.01, -0.3)),
    (7, "TDE", "blue, nothing after the peak", event(25, 0.01, -0.3, end=0)),
    (8, "AGN", "slow after a long rise", event(130, 0.01, 0.2)),
    (9, "SNII", "slow, never seen in g", event(12, 0.012, None)),
    (9, "SNII", "slow, up within a day", event(1.2, 0.012, 0.3)),
    (9, "SNII", "slow, in two episodes", event(12, 0.012, 0.3, ((150.0, 1.5),))),
    (9, "SNII", "slow, up in exactly 90 days", event(90, 0.012, 0.3)),
    (9, "SNII", "nothing after the peak, not blue", event(12, 0.012, 0.3, end=0)),
]


def holding(feature: dict[str, float]) -> list[tuple[int, str]]:
    """Number and label of all the rules from the second on that hold."""
    decline, episodes = feature["decline_rate"], feature["episodes"]
    rules = [
        (2, "CV", decline > 0.1),
        (3, "AGN", episodes >= 3 and feature["amplitude"] < 1.5),
        (4, "TDE", episodes >= 3),
        (5, "CV", decline > 0.03 and (episodes == 2 or feature["rise_time"] < 3)),
        (6, "SNIa", decline > 0.03),
        (7, "TDE", feature["colour"] < -0.1),
        (8, "AGN", feature["rise_time"] > 90),
        (9, "SNII", True),
    ]
    return [(number, label) for number, label, holds in rules if holds]


@part("4.5")
def test_rules(learner: Subject, rng: Rng) -> None:
    """Every rule decides the light curves that it is meant for"""
    answers = [learner.predicted(somewhen(rng, data)) for *_, data in CASES]
    got = [answer.result if answer.raised is None else None for answer in answers]
    known = {label for (number, *_), label in zip(CASES, got, strict=True) if number > 1}
    for case, answer in zip(CASES, answers, strict=True):
        if answer.raised is None and approx_equal(answer.result, case[1]):
            continue
        too_few(case, answer)
        wrong_features(case, learner.features(case[-1]))
        same_for_all = len(known) == 1 and None not in known
        require(
            not same_for_all,
            f"The answer is {shown(answer.result)} for every light curve. The "
            "rules decide by the features.",
            "always-the-same",
        )
        misjudged(case, answer)


def too_few(case: tuple[int, str, str, list[Record]], answer: Answer) -> None:
    """Speak up if a light curve with too few detections is not called unknown."""
    number, _, about, data = case
    if number != 1:
        return
    raised = answer.raised is not None and not answer.raised.is_a("NotImplementedError")
    guessed = answer.result in ("SNIa", "SNII", "CV", "AGN", "TDE")
    fail_if_recognised(
        answer,
        Mistake(
            "empty-crashes",
            raised,
            f"For a light curve with {about} your code raises "
            f"{answer.raised}. Ask `len(self.clear_detections(lightcurve)) < 3` before you "
            "measure features.",
        ),
        Mistake(
            "observations-counted" if data else "guess-for-unknown",
            guessed,
            f"A light curve with {about} is labelled {shown(answer.result)}. The label for fewer "
            'than 3 clear detections is "unknown"; observations in which nothing was seen do '
            "not count.",
        ),
    )
    expect(answer, "unknown", what=f"the label of a light curve with {about}")


def wrong_features(case: tuple[int, str, str, list[Record]], answer: Answer) -> None:
    """Blame no rule for a feature: `predict` can only be as good as `features`."""
    number, _, about, data = case
    want = measured(data) if number > 1 else {}
    got = answer.result if answer.raised is None and isinstance(answer.result, dict) else {}
    for name, value in want.items():
        text = difference(got.get(name), value, f"`{name}`", rtol=1e-4) if name in got else ""
        require(not text, f"A light curve ({about}) gets a wrong label, by a wrong feature. {text}")


def misjudged(case: tuple[int, str, str, list[Record]], answer: Answer) -> None:
    """Say which rule holds, and how the answer may have come about."""
    number, want, about, data = case
    label, feature = answer.value, measured(data)
    found = ", ".join(f"{name} = {value:.3g}" for name, value in feature.items())
    others = [rule for rule in holding(feature) if rule[1] == label and rule[0] > number]
    start = f"A light curve ({about}) with {found}"
    unknown = math.isnan(feature["colour"]) or math.isnan(feature["decline_rate"])
    in_bands = Counter(band for band, _, _ in seen(data))
    require(
        label != "unknown" or max(in_bands.values()) >= 3,
        f"A light curve ({about}) is labelled {shown(label)}. It has 3 clear detections: those in "
        "all bands together count.",
        "counted-in-main-band",
    )
    if number == 9 and label == "CV":
        raise Failure(
            f'{start} is labelled "CV", but its decline rate is not above 0.03. `and` binds closer '
            "than `or`: rule 5 needs its brackets.",
            misconception="brackets-missing",
        )
    require(
        feature["rise_time"] not in (3.0, 90.0),
        f"{start} is labelled {shown(label)}. A rise of exactly 3 days is not less than 3, one of "
        "90 not more than 90: write `<` and `>` as in the table.",
        "border-included",
    )
    require(
        label is not None,
        f"{start} gets no label: the result is None. Rule 9 catches all that no other rule wants.",
        "nothing-at-the-end" if number == 9 else None,
    )
    require(
        not (unknown and not others),
        f"{start} is labelled {shown(label)}. NaN should decide nothing. Write the comparisons as "
        "they stand in the table: `colour < -0.1` is false for NaN, `not colour >= -0.1` is true.",
        "nan-decides",
    )
    require(
        not others,
        f"{start} is labelled {shown(label)} by rule {others[0][0] if others else 0}, "
        f'but rule {number} holds too, comes first and says "{want}". `return` as soon as a '
        "rule holds, in the order of the list.",
        "later-rule-wins",
    )
    raise Failure(f'{start} is labelled {shown(label)}; by rule {number} it is "{want}".')


# 4.E1 AstronomyPipeline.process_async


def done(answer: Answer) -> dict:
    """What was seen, once it is clear that the method can be awaited and gives labels."""
    got = answer.value
    require(
        got["awaitable"] or got["labels"] is None,
        "`process_async` cannot be awaited: it is an ordinary method. It begins with `async def`.",
        "not-a-coroutine",
    )
    require(
        got["awaitable"],
        "`process_async` returns None, and cannot be awaited. It begins with `async def`.",
    )
    labels = got["labels"] if isinstance(got["labels"], list) else []
    waiting = any(
        isinstance(each, OpaqueObject) and each.type in ("coroutine", "Task") for each in labels
    )
    require(
        not waiting,
        "The result holds coroutines that have not been run. `await asyncio.gather("
        "*coroutines)` runs them and gives their values.",
        "coroutines-not-awaited",
    )
    return got


@part("4.E1")
def test_async_labels(learner: Subject, rng: Rng) -> None:
    """The labels are those of `pipeline(records)`, in order; one that fails is "failed\""""
    data = records(rng, 4)
    data[0]["seconds"] = 0.05
    data[2]["raises"] = "the file is cut off"
    want = [record["label"] for record in data]
    want[2] = "failed"
    answer = learner.processed_async(data, 2)
    fail_if_recognised(
        answer,
        Mistake(
            "one-failure-stops-all",
            Raises("Trouble"),
            "One record fails, and its exception ends "
            "the whole batch. Run `self.classify_safely`, which does not raise.",
        ),
    )
    got = done(answer)
    labels = got["labels"]
    shuffled = (
        isinstance(labels, list) and labels != want and Counter(map(str, labels)) == Counter(want)
    )
    expect(
        Answer(labels),
        want,
        Mistake(
            "order-of-completion",
            shuffled,
            "The labels come in the order in which the records "
            "were ready. `asyncio.gather` keeps the order of what it is given.",
        ),
        Mistake(
            "one-failure-stops-all",
            ["failed"] * 4,
            'One record of four fails, and all have the label "failed". Run '
            "`self.classify_safely`, which does not raise.",
        ),
        what="the list of labels",
    )
    require(
        got["sessions"] == 1,
        "The records should be "
        f"processed within one session; there were {got['sessions']}. Put all of it into `with "
        "self.batch_processing_session():`.",
        "no-session",
    )
    require(
        all(call[2] for call in got["calls"]),
        "Records are processed when the session is over: coroutines begin when they are awaited. "
        "The `await` belongs into the `with` block.",
        "no-session",
    )
    expect(
        Answer(done(learner.processed_async([]))["labels"]), [], what="the result for no records"
    )


@part("4.E1")
def test_async_nameless_record(learner: Subject, rng: Rng) -> None:
    """A record without a name is known by its position"""
    data = records(rng, 3)
    data[2] = {"raises": "nothing in it"}
    answer = learner.processed_async(data, 2)
    errors = [line[1] for line in answer.value["log"]] if answer.raised is None else []
    require(
        not any("record" in line for line in errors) or any("record 2" in line for line in errors),
        'The third record has no name, and fails. The log should call it "record 2", but says '
        f"{shown(errors)}. Hand its number to `self.classify_safely`, with `enumerate`.",
        "position-lost",
    )


@part("4.E1")
@pytest.mark.parametrize("limit", [2, None])
def test_async_limit(learner: Subject, rng: Rng, limit: int | None) -> None:
    """`max_concurrent` records are processed at a time, 4 if not given, and no more"""
    data = [each | {"patience": 0.1 if limit else 0.0} for each in records(rng, 6)]
    answer = learner.processed_async(data, *([] if limit is None else [limit]))
    if answer.raised is None or not answer.raised.is_a("Trouble"):
        most, at_most = done(answer)["most"], limit or 4
        require(
            most > 1,
            "The records are processed one after another. `await "
            "asyncio.to_thread(self.classify_safely, ...)` lets others go on, and "
            "`asyncio.gather` starts them together.",
            "one-after-another",
        )
        require(
            most <= at_most,
            f"With max_concurrent = {at_most}, {most} records are processed at a "
            "time. Make one `asyncio.Semaphore(max_concurrent)` for all of them, and let each "
            "pass it: `async with gate:`.",
            "no-limit",
        )
        require(
            most == at_most,
            f"With max_concurrent = {at_most}, only {most} records are processed "
            "at a time, though more are waiting.",
        )


@part("4.E1")
def test_async_slow_record(learner: Subject, rng: Rng) -> None:
    """A slow record keeps none of the others waiting"""
    data = records(rng, 5)
    data[0]["until_done"] = 4
    answer = learner.processed_async(data, 2)
    if answer.raised is None or not answer.raised.is_a("Trouble"):
        done_meanwhile = done(answer)["overtaken"]
        require(
            done_meanwhile == 4,
            "Of five records, two at a time, the first is slow. While it is processed, "
            f"{done_meanwhile} of the other four get done, and the rest wait for it. Let the next "
            "one begin as soon as any is done, with one `asyncio.Semaphore` for all.",
            "waits-for-slow-one",
        )


# 4.E2 AstronomyPipeline.add_observer, remove_observer and _notify


def heard(answer: Answer) -> list[list[Any]]:
    return answer.value["heard"]


@part("4.E2")
def test_observers(learner: Subject, rng: Rng) -> None:
    """Every observer is called with event and data, in the order they were added"""
    data = {"object_id": f"ZTF24aa{rng.integers(1000, 9999)}", "label": "TDE"}
    steps = [["add", "first"], ["add", "second"], ["announce", "session_started"]]
    answer = learner.observed([*steps, ["announce", "classified", data]])
    got = heard(answer)
    spread = any(isinstance(each[-1], dict) and "spread" in each[-1] for each in got)
    require(
        not spread,
        "The data arrive as keyword arguments. Observers are called with two "
        "arguments: `observer(event, data)`.",
        "data-spread-out",
    )
    want: list[list[Any]] = [[each, "session_started", {}] for each in ("first", "second")]
    want += [[each, "classified", data] for each in ("first", "second")]
    expect(
        Answer(got),
        want,
        Mistake(
            "only-last-kept",
            [each for each in want if each[0] == "second"],
            "Only the observer that was added last is called. Append to `self.observers`.",
        ),
        Mistake(
            "known-by-name",
            [each for each in want if each[0] == "first"],
            "Of two functions only the one that was added first is called. They have the same "
            "`__name__`, but are not the same: ask `if callback not in self.observers`.",
        ),
        Mistake(
            "order-reversed",
            [want[1], want[0], want[3], want[2]],
            "The observers are called in reverse. Go through `list(self.observers)`, a copy, from "
            "its beginning.",
        ),
        what="the list of calls (observer, event, data)",
    )


@part("4.E2")
def test_observer_decorates(learner: Subject) -> None:
    """`add_observer` returns the function, so that it can be used as a decorator"""
    returned = learner.observed([["add", "first"], ["add", "first"]]).value["returned"]
    require(
        all(returned),
        "`add_observer` does not return the function. Used as a decorator, it would "
        "replace the function by what it returns: end it with `return callback`.",
        "callback-not-returned",
    )


@part("4.E2")
def test_observer_fails(learner: Subject) -> None:
    """An observer that fails is logged and does not stop the others"""
    steps = [
        ["add", "first"],
        ["add", "broken"],
        ["add", "second"],
        ["announce", "session_started"],
    ]
    answer = learner.observed(steps)
    raised = answer.value["errors"][-1]
    require(
        not raised,
        f"An observer's exception goes on into the pipeline: {raised[0] if raised else ''}"
        ". Catch it in the loop and log it.",
        "failure-raised",
    )
    who = [each[0] for each in heard(answer)]
    require(
        who != ["first", "broken"],
        "After an observer has failed, those after it are not called. "
        "The `try` belongs inside of the loop.",
        "failure-stops-others",
    )
    if "broken" in who:
        require(
            says(answer.value["log"], "mail server", "ERROR"),
            "An observer failed with 'the mail "
            "server does not answer', and the log does not say so. Use `self.logger.error(...)` "
            "with the exception.",
            "failure-not-logged",
        )
        expect(Answer(who), ["first", "broken", "second"], what="the list of observers called")


@part("4.E2")
def test_observer_fails_again(learner: Subject) -> None:
    """An observer that fails remains one, and may be any object that can be called"""
    events = [["announce", "session_started"], ["announce", "session_finished"]]
    answer = learner.observed([["add", "broken"], ["add", "first"], *events])
    who = [each[0] for each in heard(answer)]
    require(
        who.count("broken") != 1 or who.count("first") != 2,
        "An observer that failed once is not called again. It may do better next time: log its "
        "exception, and leave it in the list.",
        "broken-removed",
    )
    answer = learner.observed([["add", "broken object"], *events])
    require(
        not any("AttributeError" in kinds for kinds in answer.value["errors"]),
        "An observer without a `__name__` makes your code raise AttributeError. Not everything "
        "that can be called has one: leave it out of the line.",
        "name-wanted",
    )


@part("4.E2")
@pytest.mark.parametrize("name", ["first", "method"])
def test_observer_twice(learner: Subject, name: str) -> None:
    """Added twice, an observer is called once; removed, it is not called any more"""
    twice = [["add", name], ["add", name], ["announce", "session_started"]]
    answer = learner.observed(twice)
    count = len(heard(answer))
    require(
        count != 2,
        "An observer that was added twice is called twice. Ask `if callback not in "
        "self.observers` first"
        + (": methods of objects are equal, but not identical." if name == "method" else "."),
        "called-twice",
    )
    expect(Answer(count), 1, what="the number of calls")
    answer = learner.observed([["add", name], ["remove", name], ["announce", "session_started"]])
    require(
        not heard(answer),
        "An observer that was removed is still called. `self.observers.remove("
        "callback)` changes the list itself.",
        "not-removed",
    )
    expect(Answer(answer.value["errors"][1]), [], what="the error when an observer is removed")


@part("4.E2")
def test_remove_unknown(learner: Subject) -> None:
    """Removing an unknown observer is a ValueError"""
    kinds = learner.observed([["add", "first"], ["remove", "second"]]).value["errors"][1]
    require(
        bool(kinds),
        "Removing an observer that was never added passes in silence. Raise "
        "ValueError: whoever removes it believes that it was there.",
        "unknown-removed",
    )
    require(
        "ValueError" in kinds,
        "Removing an observer that was never added raises "
        f"{kinds[0] if kinds else ''}; it should raise ValueError.",
    )


@part("4.E2")
def test_remove_itself(learner: Subject) -> None:
    """An observer may remove itself when it is called"""
    steps = [["add", "once"], ["add", "first"], ["announce", "session_started"]]
    answer = learner.observed([*steps, ["announce", "session_finished"]])
    who = [each[0] for each in heard(answer)]
    expect(
        Answer(who),
        ["once", "first", "first"],
        Mistake(
            "list-changed-in-loop",
            ["once", "first"],
            "An observer removed itself, and the next "
            "one was skipped: the list changed while it was looped over. Loop over a copy, "
            "`list(self.observers)`.",
        ),
        what="the list of observers called",
    )
