"""What a broker has seen of late, as light curves: each object once, none lost.

An object that fails is named, and stays in the backlog until a later run has it. A list of objects
that breaks off loses nothing of the pages before, and the next run asks for all of it. A run that
is killed leaves the shelf as it is after any other run that was not finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from solutions.final_project import readers
from solutions.final_project.light_curve import LightCurve
from solutions.final_project.live.broker import Broker, Sighting
from solutions.final_project.live.brokers import connect
from solutions.final_project.live.errors import BrokerError, NoAnswerError, RefusedError
from solutions.final_project.live.http import Patience
from solutions.final_project.live.shelf import Backlog, Shelf
from solutions.final_project.readers import FolderContents, FormatError, Problem

FAILURES_IN_A_ROW = 3  # without any answer, after which a broker is taken to be down

Progress = Callable[[list[Sighting]], Iterable[Sighting]]


@dataclass
class LiveSource:
    """A broker, and the shelf of what it has answered.

    Attributes:
        broker: whom to ask.
        shelf: keeps the answers.
    """

    broker: Broker
    shelf: Shelf

    @classmethod
    def of(
        cls,
        name: str,
        url: str | None = None,
        cache: str | Path | None = None,
        patience: Patience | None = None,
    ) -> LiveSource:
        """Connect to a broker.

        Args:
            name: lasair, antares or alerce.
            url: of its API, if it is not the broker's own.
            cache: folder for the answers; by default one in the user's cache.
            patience: how often to ask.

        Raises:
            NotConfiguredError: see `connect`.
        """
        broker = connect(name, url, patience)
        return cls(broker, Shelf.of(name) if cache is None else Shelf(cache))

    def recent(
        self, since: float, limit: int | None = None, progress: Progress = list
    ) -> FolderContents:
        """Return the light curves of all objects that the broker has detected since a time.

        What an earlier run could not have is asked for first, however long ago it was seen.

        Args:
            since: the time [MJD].
            limit: at most so many objects, the newest ones; the others are not remembered.
            progress: is handed the objects and yields them again, as tqdm does.

        Returns:
            The light curves, and a problem for each object that failed.
        """
        return _Run(self).since(since, limit, progress)


@dataclass
class _Run:
    """One call of `LiveSource.recent`."""

    source: LiveSource
    contents: FolderContents = field(default_factory=FolderContents)
    without_answer: int = 0  # in a row
    stopped: str = ""  # why nothing more is asked
    not_asked: int = 0

    def since(self, since: float, limit: int | None, progress: Progress) -> FolderContents:
        """Read what is recent and what is in the backlog, and leave the new backlog."""
        shelf = self.source.shelf
        before = shelf.backlog
        if before.since is not None:
            since = min(since, before.since)
        shelf.backlog = Backlog(since, before.objects)  # in case that this run never ends
        listed, is_whole = self._list(since, limit)
        wanted = [Sighting(*item) for item in ({**before.objects, **listed}).items()]
        failed = {each.object_id: each.mjd for each in progress(wanted) if not self._read(each)}
        shelf.backlog = Backlog(None if is_whole else since, failed)
        if self.not_asked:
            why = f"{self.not_asked} objects were not asked for and come first in the next run"
            self._note(shelf.folder, f"{why}: {self.stopped}")
        return FolderContents() + self.contents  # the sum has each object once

    def _list(self, since: float, limit: int | None) -> tuple[dict[str, float], bool]:
        """Return the recent objects, and whether these are all of them."""
        listed: dict[str, float] = {}
        try:
            for object_id, mjd in self.source.broker.recent(since):
                if len(listed) == limit:
                    break
                listed.setdefault(object_id, mjd)  # pages may overlap
        except BrokerError as error:
            why = f"the list of recent objects breaks off after {len(listed)}: {error}"
            self._note(self.source.shelf.folder, why)
            if isinstance(error, RefusedError):
                self.stopped = str(error)
            return listed, False
        return listed, True

    def _read(self, sighting: Sighting) -> bool:
        """Read the light curve of an object, and return whether it could be had."""
        path = self.source.shelf.place(sighting)
        if self.stopped and not path.exists():
            self.not_asked += 1
            return False
        try:
            if not path.exists():
                self.source.shelf.put(sighting, self._ask(sighting.object_id))
            self.contents.light_curves.append(self._light_curve(sighting, path))
        except (BrokerError, FormatError) as error:
            self._note(path, f"{sighting.object_id}: {error}")
            return False
        return True

    def _ask(self, object_id: str) -> Any:
        """Return the broker's answer; ask no more where there is no hope of another.

        Raises:
            BrokerError: there is none.
        """
        try:
            answer = self.source.broker.answer(object_id)
        except RefusedError as error:
            self.stopped = str(error)
            raise
        except NoAnswerError as error:
            self.without_answer += 1
            if self.without_answer == FAILURES_IN_A_ROW:
                self.stopped = f"{self.source.broker.name} does not answer ({error})"
            raise
        self.without_answer = 0
        return answer

    def _light_curve(self, sighting: Sighting, path: Path) -> LightCurve:
        """Return the light curve in an answer; an answer that cannot be read leaves the shelf.

        Raises:
            FormatError: it is not one light curve of the object, all of it readable.
        """
        problems: list[Problem] = []
        try:
            curves = readers.read(path, problems, formats=self.source.broker.formats)
            if problems:
                raise FormatError(problems[0].reason)
            curve = curves[0]
            if len(curves) > 1 or len(curve) == 0:
                raise FormatError(f"{path}: it holds {len(curves)} light curves, {len(curve)} rows")
            if sighting.object_id not in (curve.object_id, curve.metadata.get("locus_id")):
                raise FormatError(f"{path}: it is about {curve.object_id}")
        except FormatError as error:
            aside = self.source.shelf.reject(path)
            raise FormatError(
                f"the answer cannot be read: {error}. It is kept as {aside.name}; if the broker "
                f"has changed its format, the reader has to follow"
            ) from error
        return curve

    def _note(self, path: Path, reason: str) -> None:
        self.contents.problems.append(Problem(path, reason))
