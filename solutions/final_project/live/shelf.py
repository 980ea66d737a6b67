"""A broker's answers on disk, and what is still wanted of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from platformdirs import user_cache_path

from solutions.final_project.live.broker import Sighting


@dataclass(frozen=True)
class Backlog:
    """What a run has not had, and the next one asks for again.

    Attributes:
        since: the list of recent objects is not known from this time on [MJD]; None if it is.
        objects: those whose answers failed, with the time when they were last seen [MJD].
    """

    since: float | None = None
    objects: Mapping[str, float] = field(default_factory=dict)


class Shelf:
    """A folder of answers, one file for each object.

    An answer is right until its object is seen again, so its file is named after both. Files are
    written beside their place and then moved: whatever is on the shelf is whole.
    """

    def __init__(self, folder: str | Path) -> None:
        """Use a folder, which is made if it is missing."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    @classmethod
    def of(cls, broker: str) -> Shelf:
        """Return the shelf of a broker in the user's cache folder."""
        return cls(user_cache_path("astronomy-ml-workbook") / broker)

    def place(self, sighting: Sighting) -> Path:
        """Return where the answer of an object stands, or would stand."""
        return self.folder / f"{quote(sighting.object_id, safe='')}@{sighting.mjd:.6f}.json"

    def put(self, sighting: Sighting, answer: Any) -> Path:
        """Keep an answer in place of earlier ones about the same object."""
        path = self.place(sighting)
        write_json(answer, path)
        for other in self.folder.glob(f"{quote(sighting.object_id, safe='')}@*"):
            if other != path:
                other.unlink(missing_ok=True)
        return path

    def reject(self, path: Path) -> Path:
        """Put an answer that cannot be read aside, for somebody to look at."""
        return path.replace(path.with_suffix(".unread"))

    @property
    def backlog(self) -> Backlog:
        """What the last run left undone."""
        path = self.folder / "backlog.json"
        return Backlog(**json.loads(path.read_text("utf-8"))) if path.exists() else Backlog()

    @backlog.setter
    def backlog(self, backlog: Backlog) -> None:
        write_json(
            {"since": backlog.since, "objects": dict(backlog.objects)},
            self.folder / "backlog.json",
        )


def write_json(document: Any, path: Path) -> None:
    """Write a document beside its place first, so that nobody ever finds half a file."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
