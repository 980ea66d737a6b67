import time
import types
from functools import update_wrapper


def timing_decorator(func):
    class Stopwatch:
        def __init__(self):
            update_wrapper(self, func)

        def __call__(self, /, *args, **kwargs):
            begin = time.perf_counter()
            try:
                return func(*args, **kwargs)
            finally:
                print(func.__name__, "took", time.perf_counter() - begin, "s")

        def __get__(self, instance, owner=None):
            return self if instance is None else types.MethodType(self, instance)

    return Stopwatch()
