"""What can go wrong with a broker, by what is to be done about it."""

from __future__ import annotations


class BrokerError(RuntimeError):
    """A broker gave no usable answer. This one request failed; another may succeed."""


class NoAnswerError(BrokerError):
    """Nothing useful came back, however often it was asked: it is down, or far too busy."""


class RefusedError(BrokerError):
    """The broker will not answer anything now: no valid token, or the limit of calls is reached."""


class NotConfiguredError(RefusedError):
    """The client of the broker is not installed, or its token is not set."""
