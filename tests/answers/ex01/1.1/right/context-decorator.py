from contextlib import ContextDecorator


class Timed(ContextDecorator):
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.start = time.perf_counter_ns()
        return self

    def __exit__(self, *trouble):
        print("%-20s %8.2f s" % (self.name, (time.perf_counter_ns() - self.start) / 1e9))
        return False


def timing_decorator(func):
    return Timed(func.__name__)(func)
