def timing_decorator(func):
    @wraps(func)
    def wrapper(flux):
        start = time.perf_counter()
        try:
            return func(flux)
        finally:
            print(func.__name__, "took", time.perf_counter() - start, "s")

    return wrapper
