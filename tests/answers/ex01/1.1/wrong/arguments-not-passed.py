def timing_decorator(func):
    @wraps(func)
    def wrapper():
        start = time.perf_counter()
        try:
            return func()
        finally:
            print(func.__name__, "took", time.perf_counter() - start, "s")

    return wrapper
