"""ANTARES, by its client `antares-client`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from solutions.final_project import readers
from solutions.final_project.live.broker import Sighting
from solutions.final_project.live.errors import BrokerError, NotConfiguredError
from solutions.final_project.live.http import HttpxClient, Patience
from solutions.final_project.readers.source import ZTF_NAME

try:
    from antares_client import search
except ImportError as error:
    raise NotConfiguredError("ANTARES's client is missing: pip install antares-client") from error

URL = "https://api.antares.noirlab.edu/v2/"
NEWEST = "newest_alert_observation_time"  # [MJD] property of a locus


class Antares:
    """ANTARES's loci that ZTF has seen. It needs no token."""

    name = "antares"
    formats = (readers.antares,)

    def __init__(self, patience: Patience, url: str | None = None, page_size: int = 100) -> None:
        """Connect. The client has one connection, so that the last one made here is used by all.

        Args:
            patience: how often to ask.
            url: of the API, if it is not ANTARES's own.
            page_size: how many loci a page lists.
        """
        base_url = (url or URL).rstrip("/") + "/"
        search.api_client.client = HttpxClient(patience, base_url)
        self.page_size = page_size

    def recent(self, since: float) -> Iterator[Sighting]:
        """Yield the loci with an alert since a time [MJD]; see `Broker`."""
        seen_of_late = {"range": {f"properties.{NEWEST}": {"gte": since}}}
        by_ztf = {"exists": {"field": "properties.ztf_object_id"}}
        query = {"query": {"bool": {"filter": [seen_of_late, by_ztf]}}}
        try:
            for locus in search.search(query, limit=self.page_size):
                yield Sighting(str(locus.locus_id), float(locus.properties[NEWEST]))
        except (ValidationError, KeyError, TypeError, ValueError) as error:
            raise BrokerError(f"ANTARES's list is not as it was: {error}") from error

    def answer(self, object_id: str) -> Any:
        """Return a locus with its light curve; see `Broker`.

        Args:
            object_id: ANTARES's name of the locus, or ZTF's name of the object.
        """
        by_ztf_name = ZTF_NAME.fullmatch(object_id)
        find = search.get_by_ztf_object_id if by_ztf_name else search.get_by_id
        try:
            locus = find(object_id)
        except (ValidationError, KeyError, TypeError, ValueError) as error:
            raise BrokerError(f"ANTARES's answer is not as it was: {error}") from error
        if locus is None:
            raise BrokerError(f"ANTARES does not know {object_id}")
        names = ("locus_id", "ra", "dec", "properties", "tags")
        about = {name: getattr(locus, name) for name in names}
        return about | {"lightcurve": locus.lightcurve.to_csv(index=False)}
