"""A function in a child process, which may be killed, and whose environment is its own.

The child is forked, so that it need not import anything again. It has no terminal.
"""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any


def run_in_child(action: Callable[[], Any], seconds: float = 300.0, **variables: str | None) -> int:
    """Run an action in a child with these environment variables; return how it ended.

    0 is the end of the action, 1 an exception, -9 that it was killed. One that lasts longer than
    `seconds` is killed.
    """
    child = os.fork()
    if child == 0:
        _run(action, variables)
    return wait_for(child, seconds)


def _run(action: Callable[[], Any], variables: dict[str, str | None]) -> None:
    code = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        for name, value in variables.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        action()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def wait_for(child: int, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -int(signal.SIGKILL)
