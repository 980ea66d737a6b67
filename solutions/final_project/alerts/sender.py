"""Delivery through Apprise: one channel after the other, with patience and a limit.

A flood does not become a flood of messages: at most `per_hour` go to a channel within an hour, and
what is too much for the last of them becomes one digest. A message that is not taken rests for a
minute, then two, four, and at most an hour, and its channel until the next call; others go on.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import apprise
from apprise.attachment.memory import AttachMemory

from solutions.final_project.alerts.message import Message, digest_of, message_of
from solutions.final_project.alerts.outbox import Outbox, Waiting

HOUR = 3600.0
FIRST_PAUSE = 60.0  # [s]
# With a limit of its own, Apprise would let go of a slow server, which might still take the message
# after we have noted a failure. The sockets have their limits.
ASSET = apprise.AppriseAsset(app_id="Transient alerts", service_timeout=0)
log = logging.getLogger(__name__)


class Sender:
    """Sends what waits in an outbox.

    Attributes:
        outbox: where it waits.
        channels: addresses by name.
        links: what each message links to.
        per_hour: the limit of each channel.
    """

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, str],
        links: Mapping[str, str],
        per_hour: int,
        clock: Callable[[], float],
    ) -> None:
        """Check the addresses.

        Raises:
            ValueError: Apprise does not know an address.
        """
        for name, url in channels.items():
            if apprise.Apprise.instantiate(url) is None:
                raise ValueError(
                    f"channel {name}: Apprise cannot read the address; its form is that of "
                    "mailto://user:password@host?to=person@host or slack://token/#channel"
                )
        self.outbox, self.channels, self.links = outbox, dict(channels), dict(links)
        self.per_hour, self.clock = per_hour, clock

    def deliver(self) -> int:
        """Send what is due, and return how many messages were taken.

        Never raises because of a server: what it did not take waits. If another process is sending
        from the same outbox, this one leaves it to that.
        """
        with _alone(self.outbox.path) as alone:
            return sum(self._deliver_to(name) for name in self.channels) if alone else 0

    def _deliver_to(self, channel: str) -> int:
        now = self.clock()
        room = self.per_hour - self.outbox.sent_since(channel, now - HOUR)
        taken = 0
        for message in self._within(room, channel, self.outbox.waiting(channel, now)):
            if not self._send(channel, message):
                break
            taken += 1
        return taken

    def _within(self, room: int, channel: str, waiting: list[Waiting]) -> list[Waiting]:
        """Return what may be sent now; what is too much is put into one digest.

        What was tried before stays as it is: it may have arrived.
        """
        if len(waiting) <= room or room < 1:
            return waiting[: max(room, 0)]
        tried = [each for each in waiting if each.attempts]
        fresh = [each for each in waiting if not each.attempts]
        alone = max(room - 1 - len(tried), 0)
        if len(fresh) - alone < 2:
            return waiting[:room]
        digest = self.outbox.bundle([each.key for each in fresh[alone:]], channel)
        return [*tried, *fresh[:alone], Waiting(digest, 0)][:room]

    def _send(self, channel: str, waiting: Waiting) -> bool:
        now = self.clock()
        pause = min(FIRST_PAUSE * 2**waiting.attempts, HOUR)
        self.outbox.try_(waiting.key, channel, now + pause)
        error = send(self.channels[channel], self._compose(waiting.key, channel))
        self.outbox.settle(waiting.key, channel, None if error else self.clock(), error)
        if error:
            log.warning("channel %s: %s is not sent yet: %s", channel, waiting.key, error)
        return not error

    def _compose(self, key: str, channel: str) -> Message:
        alerts = self.outbox.alerts_in(key, channel)
        if [alert.key for alert, _ in alerts] == [key]:
            return message_of(alerts[0][0], self.links, alerts[0][1])
        return digest_of(key, [alert for alert, _ in alerts], self.links)


def send(url: str, message: Message) -> str:
    """Hand one message to Apprise; return what went wrong, or "" if the server has taken it."""
    target = apprise.Apprise(asset=ASSET)
    target.add(_with_headers(url, message.headers))
    name = f"{quote(message.key, safe='-')}.png"
    attached = message.picture and AttachMemory(message.picture, name=name, mimetype="image/png")
    with apprise.LogCapture(level=logging.DEBUG, fmt="%(levelname)s %(message)s") as said:
        taken = target.notify(
            title=message.subject,
            body=message.body,
            body_format=apprise.NotifyFormat.TEXT,
            attach=attached or None,
        )
        return "" if taken else _reason(said.getvalue())


def _reason(log_text: str) -> str:
    """Return the warnings of Apprise, and the exceptions that it mentions on the side."""
    lines = [line.partition(" ") for line in log_text.splitlines()]
    told = [
        text for level, _, text in lines if level in ("WARNING", "ERROR") or "Exception" in text
    ]
    return "; ".join(told) or "Apprise gives no reason"


def _with_headers(url: str, headers: Mapping[str, str]) -> str:
    """Return an address that adds headers, as e-mail and webhooks take them; others ignore it."""
    added = "&".join(f"+{name}={quote(value, safe='')}" for name, value in headers.items())
    return f"{url}{'&' if '?' in url else '?'}{added}"


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Hold a lock that the kernel takes away from a process that dies; False if it is taken."""
    with path.with_name(f"{path.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
