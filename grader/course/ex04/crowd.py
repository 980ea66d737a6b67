"""A crowd of threads that are at work at the same time, and are counted."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

PATIENCE_SECONDS = 5.0
LOOP_SECONDS = 0.4
STEPS = 3


class Crowd:
    """Counts how many are at work at the same time. The first wait until `wanted` have come."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.now, self.most, self.done, self.overtaken = wanted, 0, 0, 0, 0
        self.change = threading.Condition()
        self.loop: asyncio.AbstractEventLoop | None = None
        """The event loop that starts them."""

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
            if not self.done and patience:
                self._wait_for_one_more(patience)
            if until_done and self.wanted:
                self.change.wait_for(lambda: self.done >= until_done, 0.4)
                self.overtaken = self.done
        time.sleep(seconds)
        with self.change:
            self.now, self.done = self.now - 1, self.done + 1
            self.change.notify_all()

    def _wait_for_one_more(self, patience: float) -> None:
        """Wait in several steps, since time alone says little of a busy machine."""
        for _ in range(STEPS):
            self._let_loop_run()
            if self.change.wait_for(lambda: self.most > self.wanted, patience / STEPS):
                return

    def _let_loop_run(self) -> None:
        """Wait until the event loop, unless it is at work itself, has started all that it can."""
        if self.loop is None or asyncio._get_running_loop() is self.loop:
            return
        seen = threading.Event()
        with suppress(RuntimeError):  # the loop is closed: nobody else will come
            self.loop.call_soon_threadsafe(seen.set)
            seen.wait(LOOP_SECONDS)


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
