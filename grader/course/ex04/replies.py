"""The structured replies of the probes of Exercise 4."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from grader.wire import Table

NAME = "astronomy_pipeline"
"""The pipeline's own logger."""


class Line(Struct):
    """A line of a log: its level and its text."""

    level: str
    text: str
    logger: str = NAME
    in_session: Any = None
    """`in_session` at that moment, if it is known."""


class Event(Struct):
    """An announced event and its data, and `in_session` at that moment."""

    name: Any
    data: dict[str, Any]
    in_session: Any
    n_calls: int = 0
    """How often the processor and the classifier had been called by then."""


class Call(Struct):
    """A call of the processor or the classifier, what it was about, and whether in a session."""

    method: str
    about: str
    in_session: bool


class Seen(Struct, kw_only=True):
    """What was seen of a pipeline on trial."""

    log: list[Line]
    root_log: list[Line]
    unformatted: list[str]
    events: list[Event]
    calls: list[Call]
    sessions: int


class Handler(Struct):
    """A handler of a logger, and a line as it would write it at two times."""

    is_stream: bool
    level: int
    line: str
    later: str
    dropped: list[str]
    """The levels, of INFO and ERROR, that its filters or those of the logger drop."""


class SetUp(Struct, kw_only=True):
    """The logger after one call and after two, and what became of the root logger."""

    kind: str
    anything_added: bool
    name: str = ""
    is_root: bool = False
    is_known: bool = True
    """Whether it is the logger that `logging.getLogger` gives by that name."""
    level: int = 0
    handlers: list[Handler] = []
    n_after_second: int = 0
    second: str = "Logger"
    """The type of what the second call returns."""
    n_root_handlers: int = 0
    root_level: int = 0
    disabled: int = 0
    """The level up to which `logging.disable` silences all loggers."""


class BesideRoot(Struct):
    """The number of the logger's handlers where the root logger has one, and where it has none."""

    beside: int
    alone: int
    others: int
    """The number of them where somebody had given it one before."""
    levels: tuple[int, int]
    """The logger's level in both cases: the root's was DEBUG, and its own WARNING, before."""
    root_kept: bool
    """Whether the root logger is as it was, and has its handler as it was."""


class Session(Seen, kw_only=True):
    """What was seen in a session and after it."""

    raised: str
    same: bool
    """Whether what was raised is the very exception of the block."""
    inside: Any
    after: Any
    yields: Any
    log_inside: list[Line]
    events_inside: list[Event]


class Nested(Struct):
    """What a session within a session raised and left behind."""

    kinds: list[str]
    inside: Any
    log: list[Line]
    new_log: list[Line]
    new_events: list[Event]
    another: list[str]
    """What a session of another pipeline raised inside this one's."""
    again: list[str] = []
    """What a session of the same pipeline raised after both."""


class Called(Seen, kw_only=True):
    """The labels of a call of the pipeline, or what came through."""

    labels: Any
    raised: str
    """What came through of an interruption or a failure: its class."""
    left: bool
    """Whether the list of records is as it was."""
    passed_over: bool
    """Whether the processor was asked without `process_and_classify`."""
    n_whole: int
    """How often `process_and_classify` was called."""
    first_kept: bool
    """Whether the list of labels of an earlier call is as it was."""


class Classified(Struct):
    """What `classify_safely` returned, logged and announced."""

    label: Any
    log: list[Line]
    events: list[Event]


class Raised(Struct):
    """An exception that arrived outside: its class and its message."""

    kind: str
    message: str
    same: bool
    """Whether it is the very exception that was raised inside."""


class OneByOne(Seen, kw_only=True):
    """The labels of records, and what processor and classifier have counted themselves."""

    labels: list[Any]
    raised: list[Raised]
    n_processed: int
    n_predicted: int
    left: bool
    """Whether the records are as they were."""


class Tables(Struct):
    """The table of a light curve before and after, and what else of it has changed."""

    before: Table
    after: Table
    others: list[str]


class Processed(Seen, kw_only=True):
    """The labels of `process_async`, and how many records were at work at a time."""

    awaitable: bool
    labels: Any
    most: int
    overtaken: int
    blocked: bool
    """Whether the event loop stood still while a record was processed."""
    in_loop: bool
    """Whether a record was processed in the thread of the event loop."""
    n_processed: int
    """How often the processor was called."""
    left: bool
    """Whether the list of records is as it was."""


class Heard(Struct):
    """What an observer was called with: arguments by position, and by name."""

    who: str
    args: list[Any]
    named: dict[str, Any]


class Observed(Struct):
    """What observers heard, and for each step what it raised: classes, then the message."""

    heard: list[Heard]
    errors: list[list[str]]
    returned: list[bool]
    log: list[Line]
