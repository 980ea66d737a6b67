"""ALeRCE, by its client `alerce`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from solutions.final_project import readers
from solutions.final_project.live.broker import Sighting
from solutions.final_project.live.errors import BrokerError, NotConfiguredError
from solutions.final_project.live.http import Patience, Session

try:
    from alerce.core import Alerce as Client
except ImportError as error:
    raise NotConfiguredError("ALeRCE's client is missing: pip install alerce") from error

FAR_FUTURE = 90000.0  # [MJD] the list wants an end, too


class Alerce:
    """ALeRCE's database of ZTF's objects. It needs no token."""

    name = "alerce"
    formats = (readers.alerce,)

    def __init__(self, patience: Patience, url: str | None = None, page_size: int = 100) -> None:
        """Connect.

        Args:
            patience: how often to ask.
            url: of the API, if it is not ALeRCE's own.
            page_size: how many objects a page lists.
        """
        self.client = Client()
        ztf = self.client.legacy_ztf_client
        ztf.session = Session(patience)  # the client's own waits for an answer without end
        if url:  # Client(ZTF_API_URL=...) has no effect
            ztf.config["ZTF_API_URL"] = url.rstrip("/")
        self.page_size = page_size

    def recent(self, since: float) -> Iterator[Sighting]:
        """Yield the objects detected since a time [MJD]; see `Broker`."""
        number = 1
        while True:
            page = self.client.query_objects(
                survey="ztf",
                format="json",
                lastmjd=[since, FAR_FUTURE],
                order_by="lastmjd",
                order_mode="DESC",
                page=number,
                page_size=self.page_size,
            )
            items = _list(page, "items")
            yield from map(_sighting, items)
            if len(items) < self.page_size:
                return
            number += 1

    def answer(self, object_id: str) -> Any:
        """Return an object's detections, upper limits and forced photometry; see `Broker`."""
        answer = self.client.query_lightcurve(object_id, survey="ztf", format="json")
        _list(answer, "detections")  # without them, the other parts would still look like an answer
        return answer


def _list(answer: Any, name: str) -> list[Any]:
    """Return a list in an answer, or say that the answer is not as it was."""
    if isinstance(answer, dict) and isinstance(answer.get(name), list):
        return answer[name]
    raise BrokerError(f"ALeRCE's answer is not as it was: no {name} in {str(answer)[:80]}")


def _sighting(item: Any) -> Sighting:
    try:
        return Sighting(str(item["oid"]), float(item["lastmjd"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BrokerError(f"ALeRCE's list has no oid and lastmjd in {str(item)[:80]}") from error
