import sys
from datetime import datetime


def timing_decorator(func):
    def inner(*positional, **named):
        started = datetime.now()
        try:
            value = func(*positional, **named)
        except BaseException:
            sys.stdout.write(f"{func.__name__} failed after {datetime.now() - started}\n")
            raise
        sys.stdout.write(f"{func.__name__} took {datetime.now() - started}\n")
        return value

    inner.__name__ = func.__name__
    inner.__doc__ = func.__doc__
    return inner
