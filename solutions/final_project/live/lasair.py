"""Lasair for ZTF, by its client `lasair`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from solutions.final_project import readers
from solutions.final_project.live.broker import Sighting
from solutions.final_project.live.errors import BrokerError, NotConfiguredError
from solutions.final_project.live.http import Patience, Session
from solutions.final_project.readers.photometry import MJD_ZERO

try:
    from lasair import lasair_client
except ImportError as error:
    raise NotConfiguredError("Lasair's client is missing: pip install lasair") from error

URL = "https://lasair-ztf.lsst.ac.uk/api"  # the client's own default is Lasair for LSST


class Client(lasair_client):
    """Lasair's client, sending through a session that knows how long the broker asks to wait."""

    def __init__(self, token: str, url: str, session: Session) -> None:
        super().__init__(token, endpoint=url)
        self.session = session

    def fetch_from_server(self, method: str, input: Any, use_json: bool = False) -> Any:
        """Post a request and return the answer, as the client does itself.

        Raises:
            BrokerError: there is no answer, or it is an error.
        """
        body = {"json": input} if use_json else {"data": input}
        answer = self.session.post(f"{self.endpoint}/{method}/", headers=self.headers, **body)
        document = answer.json()
        if isinstance(document, dict) and "error" in document:
            raise BrokerError(f"Lasair answered with an error: {document['error']}")
        return document


class Lasair:
    """Lasair's database of ZTF's objects. It allows a user 100 calls an hour, unless agreed."""

    name = "lasair"
    formats = (readers.lasair,)

    def __init__(self, patience: Patience, url: str | None = None, page_size: int = 1000) -> None:
        """Connect.

        Args:
            patience: how often to ask.
            url: of the API, if it is not Lasair's own.
            page_size: how many objects a page lists.

        Raises:
            NotConfiguredError: LASAIR_TOKEN is not set.
        """
        token = os.environ.get("LASAIR_TOKEN")
        if not token:
            raise NotConfiguredError("set LASAIR_TOKEN to the token of your Lasair account")
        self.client = Client(token, (url or URL).rstrip("/"), Session(patience))
        self.page_size = page_size

    def recent(self, since: float) -> Iterator[Sighting]:
        """Yield the objects detected since a time [MJD]; see `Broker`."""
        condition = f"objects.jdmax >= {since + MJD_ZERO:.6f} ORDER BY objects.jdmax DESC"
        start = 0
        while True:
            page = self.client.query(
                "objects.objectId, objects.jdmax", "objects", condition, self.page_size, start
            )
            yield from map(_sighting, page)
            if len(page) < self.page_size:
                return
            start += self.page_size

    def answer(self, object_id: str) -> Any:
        """Return an object's detections and upper limits; see `Broker`."""
        return self.client.object(object_id, lite=False, lasair_added=False)


def _sighting(row: Any) -> Sighting:
    try:
        return Sighting(str(row["objectId"]), float(row["jdmax"]) - MJD_ZERO)
    except (KeyError, TypeError, ValueError) as error:
        raise BrokerError(f"Lasair's list has no objectId and jdmax in {str(row)[:80]}") from error
