def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return func(args, kwargs)
        finally:
            stop = time.perf_counter()
            print(f"{func.__name__} took {stop - start:.6f} s")

    return wrapper
