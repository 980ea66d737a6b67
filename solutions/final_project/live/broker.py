"""What the brokers have in common: they list what was seen of late, and know each object."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple, Protocol


class Sighting(NamedTuple):
    """When an object was last seen.

    Attributes:
        object_id: the name by which the broker is asked for the object.
        mjd: time of its newest detection there [MJD].
    """

    object_id: str
    mjd: float


class Broker(Protocol):
    """A broker, asked by its own client.

    Attributes:
        name: of the broker.
        formats: the readers of its answers.
    """

    name: str
    formats: tuple[ModuleType, ...]

    def recent(self, since: float) -> Iterator[Sighting]:
        """Yield the objects detected since a time [MJD], newest first, page by page.

        Raises:
            BrokerError: a page cannot be had; those before it have been yielded.
        """

    def answer(self, object_id: str) -> Any:
        """Return all that the broker knows of an object, as JSON that `readers` reads.

        Raises:
            BrokerError: there is no such answer.
        """
