"""What has been done with a stream of alerts, in SQLite: on disk before the stream is told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

Key = tuple[str, int]  # object_id and candid of an alert

TABLES = """
CREATE TABLE IF NOT EXISTS handled (
    object_id TEXT, candid INTEGER, PRIMARY KEY (object_id, candid)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (
    object_id TEXT, candid INTEGER, answer TEXT, PRIMARY KEY (object_id, candid)
);
CREATE TABLE IF NOT EXISTS dead_letters (
    topic TEXT, part INTEGER, place INTEGER, reason TEXT, value BLOB,
    PRIMARY KEY (topic, part, place)
);
"""


class DeadLetter(NamedTuple):
    """A message that cannot be read.

    Attributes:
        topic, part, place: its topic, partition and offset.
        reason: why not.
        value: the message.
    """

    topic: str
    part: int
    place: int
    reason: str
    value: bytes | None


class AlertStore:
    """Which alerts were handled, what came of them, and which messages could not be read.

    All writing is idempotent: whatever is written a second time is there once.
    """

    def __init__(self, path: str | Path) -> None:
        """Open a database, which is made if it is missing."""
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(self.path, timeout=30)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
        self._database.executescript(TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def unhandled(self, keys: Iterable[Key]) -> list[Key]:
        """Return those of the alerts that were not handled before, in their order."""
        query = "SELECT 1 FROM handled WHERE object_id = ? AND candid = ?"
        return [key for key in keys if not self._database.execute(query, key).fetchone()]

    def finish(self, keys: Iterable[Key], dead_letters: Iterable[DeadLetter]) -> None:
        """Mark alerts as handled, and keep the messages that could not be read, all or nothing."""
        with self._database as database:
            database.executemany("INSERT OR IGNORE INTO handled VALUES (?, ?)", keys)
            database.executemany(
                "INSERT OR IGNORE INTO dead_letters VALUES (?, ?, ?, ?, ?)", dead_letters
            )

    def add_results(self, answers: Mapping[Key, Mapping[str, Any]]) -> None:
        """Store what came of alerts, all or nothing; what is stored already stays."""
        rows = [(*key, json.dumps(answer)) for key, answer in answers.items()]
        with self._database as database:
            database.executemany("INSERT OR IGNORE INTO results VALUES (?, ?, ?)", rows)

    def results(self) -> dict[Key, dict[str, Any]]:
        """Return what came of each alert, in the order in which they were stored."""
        rows = self._database.execute(
            "SELECT object_id, candid, answer FROM results ORDER BY rowid"
        )
        return {(name, candid): json.loads(answer) for name, candid, answer in rows}

    def dead_letters(self) -> list[DeadLetter]:
        """Return the messages that could not be read."""
        rows = self._database.execute("SELECT * FROM dead_letters ORDER BY topic, part, place")
        return [DeadLetter(*row) for row in rows]
