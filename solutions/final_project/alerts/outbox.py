"""What has been answered and announced, and what has still to be sent: one SQLite file.

An alert and its deliveries are written in one transaction, so that after a crash either both are
there or neither. Each alert belongs to exactly one message of each channel. `sent` is written after
the server has taken the message; a crash in between makes the message go out again, under the same
key. So a message is sent *at least once*.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from solutions.final_project.alerts.message import Alert

SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    object_id TEXT, mjd REAL, answer TEXT NOT NULL, PRIMARY KEY (object_id, mjd)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alerts (
    object_id TEXT, number INTEGER, key TEXT NOT NULL UNIQUE, created REAL NOT NULL,
    content TEXT NOT NULL, picture BLOB, PRIMARY KEY (object_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    alert TEXT NOT NULL REFERENCES alerts(key), channel TEXT NOT NULL, message TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, sent REAL, error TEXT,
    PRIMARY KEY (alert, channel)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_message ON deliveries (channel, message);
CREATE INDEX IF NOT EXISTS by_time ON deliveries (channel, sent);
"""


@dataclass(frozen=True)
class Waiting:
    """A message that has not been sent: its key, and how often that was tried."""

    key: str
    attempts: int


class Outbox:
    """The file; use one object per thread.

    Attributes:
        path: where it lies.
        connection: to SQLite, in autocommit; transactions are explicit.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the file, or make it, with the folder it lies in."""
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.connection.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def last(self, object_id: str) -> Alert | None:
        """Return the last alert about an object."""
        found = self.connection.execute(
            "SELECT content FROM alerts WHERE object_id = ? ORDER BY number DESC LIMIT 1",
            (object_id,),
        ).fetchone()
        return msgspec.json.decode(found[0], type=Alert) if found else None

    def announced(self) -> list[str]:
        """Return the names of all objects that there is an alert of."""
        rows = self.connection.execute("SELECT DISTINCT object_id FROM alerts")
        return [name for (name,) in rows]

    def add(
        self,
        answers: Iterable[Mapping[str, Any]],
        alerts: Sequence[tuple[Alert, bytes | None]],
        channels: Iterable[str],
        mjd: float,
        now: float,
    ) -> list[Alert]:
        """Store the answers of a batch and its alerts, all or nothing.

        Args:
            answers: of the classifier. An object that has one of the same time keeps it.
            alerts: with their pictures. If another process was faster with the same number of an
                object, its alert stays.
            channels: whom to tell.
            mjd, now: time of the batch [MJD], and of the clock [s].

        Returns:
            The alerts that are new.
        """
        rows = [(str(a["object_id"]), mjd, _json(a)) for a in answers]
        names, new = list(channels), []
        with self._transaction():
            self.connection.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?, ?)", rows)
            for alert, picture in alerts:
                if self._insert(alert, picture, now):
                    new.append(alert)
                    self.connection.executemany(
                        "INSERT INTO deliveries (alert, channel, message, due) VALUES (?, ?, ?, ?)",
                        [(alert.key, name, alert.key, now) for name in names],
                    )
        return new

    def _insert(self, alert: Alert, picture: bytes | None, now: float) -> bool:
        content = msgspec.json.encode(alert).decode()
        row = (alert.object_id, alert.number, alert.key, now, content, picture)
        done = self.connection.execute("INSERT OR IGNORE INTO alerts VALUES (?,?,?,?,?,?)", row)
        return done.rowcount > 0

    def waiting(self, channel: str, now: float) -> list[Waiting]:
        """Return the messages that are due, those of the oldest alerts first."""
        rows = self.connection.execute(
            "SELECT message, MAX(attempts) FROM deliveries JOIN alerts ON key = alert "
            "WHERE channel = ? AND sent IS NULL AND due <= ? GROUP BY message "
            "ORDER BY MIN(created), message",
            (channel, now),
        )
        return [Waiting(*row) for row in rows]

    def alerts_in(self, message: str, channel: str) -> list[tuple[Alert, bytes | None]]:
        """Return the alerts of a message, with their pictures."""
        rows = self.connection.execute(
            "SELECT content, picture FROM deliveries JOIN alerts ON key = alert "
            "WHERE message = ? AND channel = ? ORDER BY created, key",
            (message, channel),
        )
        return [(msgspec.json.decode(content, type=Alert), picture) for content, picture in rows]

    def sent_since(self, channel: str, time: float) -> int:
        """Return how many messages a channel has taken since a time [s]."""
        (count,) = self.connection.execute(
            "SELECT COUNT(DISTINCT message) FROM deliveries WHERE channel = ? AND sent > ?",
            (channel, time),
        ).fetchone()
        return int(count)

    def bundle(self, messages: Sequence[str], channel: str) -> str:
        """Put alerts whose messages nobody has tried to send into one message; return its key."""
        key = f"digest-of-{len(messages)}-from-{messages[0]}"
        with self._transaction():
            self.connection.executemany(
                "UPDATE deliveries SET message = ? "
                "WHERE message = ? AND channel = ? AND sent IS NULL AND attempts = 0",
                [(key, message, channel) for message in messages],
            )
        return key

    def try_(self, message: str, channel: str, due: float) -> None:
        """Note that a message is about to be sent, and when to try again if nothing is heard."""
        self.connection.execute(
            "UPDATE deliveries SET attempts = attempts + 1, due = ? "
            "WHERE message = ? AND channel = ?",
            (due, message, channel),
        )

    def settle(self, message: str, channel: str, sent: float | None, error: str = "") -> None:
        """Note that a message was taken at a time [s], or why it was not."""
        self.connection.execute(
            "UPDATE deliveries SET sent = ?, error = ? WHERE message = ? AND channel = ?",
            (sent, error, message, channel),
        )

    def counts(self) -> dict[str, int]:
        """Return how many answers and alerts there are, and how many deliveries wait."""
        queries = {
            "answers": "SELECT COUNT(*) FROM answers",
            "alerts": "SELECT COUNT(*) FROM alerts",
            "waiting": "SELECT COUNT(*) FROM deliveries WHERE sent IS NULL",
        }
        found = {name: self.connection.execute(query) for name, query in queries.items()}
        return {name: int(rows.fetchone()[0]) for name, rows in found.items()}

    def back_up(self, path: Path) -> None:
        """Copy the file while others write to it, by SQLite's online backup."""
        copy = sqlite3.connect(path)
        with copy:
            self.connection.backup(copy)
        copy.close()


def _json(answer: Mapping[str, Any]) -> str:
    """Return an answer as JSON; numbers of NumPy are numbers."""
    return msgspec.json.encode(dict(answer), enc_hook=lambda value: value.item()).decode()
