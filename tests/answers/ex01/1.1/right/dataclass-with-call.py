import functools
from dataclasses import dataclass


@dataclass
class timing_decorator:
    func: Callable

    def __post_init__(self):
        functools.update_wrapper(self, self.func)

    def __call__(self, *args, **kwargs):
        start = time.monotonic()
        try:
            return self.func(*args, **kwargs)
        finally:
            elapsed = time.monotonic() - start
            print(f"{self.__name__}: {elapsed:.3e} seconds")
