from contextlib import contextmanager


@contextmanager
def stopwatch(label):
    begin = time.time()
    try:
        yield
    finally:
        print(label, "ran for", time.time() - begin, "s")


def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        with stopwatch(func.__name__):
            return func(*args, **kwargs)

    return wrapper
