def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            value = func(*args, **kwargs)
        finally:
            end = time.perf_counter()
            print(f"{func.__name__}: {end - start} s")
        return value
