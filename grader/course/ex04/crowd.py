"""A crowd of threads that are at work at the same time, and are counted."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

PATIENCE_SECONDS = 5.0


class Crowd:
    """Counts how many are at work at the same time. The first wait until `wanted` have come."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.now, self.most, self.done, self.overtaken = wanted, 0, 0, 0, 0
        self.change = threading.Condition()

    def work(self, seconds: float = 0.0, patience: float = 0.0, until_done: int = 0) -> None:
        """Be at work for some time.

        Arguments:
            patience: how long the first ones wait for one more than `wanted`, who should not come.
            until_done: go on until so many others are done, for a while.
            seconds: the time it takes after that.
        """
        with self.change:
            self.now += 1
            self.most = max(self.most, self.now)
            self.change.notify_all()
            if not self.change.wait_for(lambda: self.most >= self.wanted, 0.4):
                self.wanted = 0  # they do not come: nobody else need wait
            if not self.done:
                self.change.wait_for(lambda: self.most > self.wanted, patience)
            if until_done and self.wanted:
                self.change.wait_for(lambda: self.done >= until_done, 0.4)
                self.overtaken = self.done
        time.sleep(seconds)
        with self.change:
            self.now, self.done = self.now - 1, self.done + 1
            self.change.notify_all()


def in_a_thread(run: Callable[[], Any]) -> Any:
    """Run a coroutine in a thread: a notebook's own thread has an event loop already."""
    outcome: dict[str, Any] = {}

    def target() -> None:
        try:
            outcome["value"] = asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS))
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS + 1)
    if "error" in outcome:
        raise outcome["error"]
    if "value" not in outcome:
        raise TimeoutError(f"the coroutine did not end within {PATIENCE_SECONDS:g} s")
    return outcome["value"]
