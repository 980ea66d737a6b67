"""The brokers by name. Their clients are imported only when they are asked for."""

from __future__ import annotations

from importlib import import_module

from solutions.final_project.live.broker import Broker
from solutions.final_project.live.errors import NotConfiguredError
from solutions.final_project.live.http import Patience

CLASSES = {"lasair": "Lasair", "antares": "Antares", "alerce": "Alerce"}


def connect(name: str, url: str | None = None, patience: Patience | None = None) -> Broker:
    """Return a broker.

    Args:
        name: lasair, antares or alerce.
        url: of its API, if it is not the broker's own.
        patience: how often to ask.

    Raises:
        NotConfiguredError: there is no such broker, its client is not installed, or it wants a
            token that is not set.
    """
    if name not in CLASSES:
        raise NotConfiguredError(f"no broker {name!r}; known are {', '.join(CLASSES)}")
    module = import_module(f"solutions.final_project.live.{name}")
    broker: Broker = getattr(module, CLASSES[name])(patience or Patience(), url)
    return broker
