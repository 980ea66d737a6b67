def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return func(*args, **kwargs)
        finally:
            milliseconds = (time.perf_counter() - start) * 1000
            print(f"{func.__name__} took {milliseconds:.3f} ms")

    return wrapper
