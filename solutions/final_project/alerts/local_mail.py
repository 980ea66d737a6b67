"""A mail server on this machine alone, for demonstrations and tests: what it takes it keeps."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from mailbox import Maildir
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

HOST = "127.0.0.1"


@contextmanager
def mail_server(handler: Any, port: int = 0) -> Iterator[int]:
    """Serve SMTP on the loopback interface; yields the port.

    Args:
        handler: a folder, which becomes a maildir, or a handler of aiosmtpd.
        port: 0 for any that is free.
    """
    if isinstance(handler, Path):
        handler.parent.mkdir(parents=True, exist_ok=True)
        handler = Mailbox(handler)
    controller = Controller(handler, hostname=HOST, port=port or free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


def address(port: int) -> str:
    """Return how Apprise calls this server."""
    return f"mailto://{HOST}:{port}?from=alerts@sky.example&to=team@sky.example"


def read_mail(folder: Path) -> list[EmailMessage]:
    """Return the messages of a maildir in the order in which they came."""
    box = Maildir(folder, create=False)
    ordered = sorted(box.items(), key=lambda item: item[1].get_date())
    texts = [box.get_bytes(key) for key, _ in ordered]
    return [email.message_from_bytes(text, policy=default) for text in texts]
