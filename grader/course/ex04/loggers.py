"""What is seen of a logger and its handlers."""

from __future__ import annotations

import logging
from typing import Any

from grader.course.ex04.replies import NAME, Handler


def described(handler: logging.Handler) -> Handler:
    """What kind of handler it is, the level it passes, and a line as it would write it."""
    fields = {"name": NAME, "levelname": "ERROR", "levelno": 40}
    fields |= {"msg": "the dome is %s", "args": ("stuck",), "msecs": 0.0}
    noon = 1_699_963_200.0  # in Greenwich, so that the later time is on the same day elsewhere too
    times = [{"created": noon + s, "relativeCreated": 1e3 * s} for s in (0.0, 3700.0)]
    line, later = (handler.format(logging.makeLogRecord(fields | each)) for each in times)
    stream = isinstance(handler, logging.StreamHandler)
    plain = stream and not isinstance(handler, logging.FileHandler)
    dropped = [
        name
        for name, number in (("INFO", logging.INFO), ("ERROR", logging.ERROR))
        for record in [logging.makeLogRecord(fields | {"levelname": name, "levelno": number})]
        if not (handler.filter(record) and logging.getLogger(NAME).filter(record))
    ]
    return Handler(plain, handler.level, line, later, dropped)


def state(logger: logging.Logger) -> list[Any]:
    """All that can be changed of a logger and its handlers."""
    of_handlers = [(each, each.level, each.formatter, *each.filters) for each in logger.handlers]
    return [logger.level, *logger.filters, *of_handlers]
