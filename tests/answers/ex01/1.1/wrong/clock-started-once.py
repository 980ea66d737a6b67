def timing_decorator(func):
    start = time.perf_counter()

    @wraps(func)
    def wrapper(*args, **kwargs):
        try:
            return func(*args, **kwargs)
        finally:
            end = time.perf_counter()
            print(f"{func.__name__} took {end - start:.6f} s")

    return wrapper
