import sys
from contextlib import ExitStack
from functools import wraps
from time import perf_counter_ns


def timing_decorator(func):
    def report(since):
        sys.stdout.write(f"{(perf_counter_ns() - since) * 1e-9:.9f} seconds for {func.__name__}\n")

    @wraps(func)
    def timed(*args, **kwargs):
        with ExitStack() as stack:
            stack.callback(report, perf_counter_ns())
            return func(*args, **kwargs)

    return timed
