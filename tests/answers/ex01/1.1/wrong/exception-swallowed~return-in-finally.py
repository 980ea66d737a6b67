def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        value = None
        start = time.perf_counter()
        try:
            value = func(*args, **kwargs)
        finally:
            print(f"{func.__name__} took {time.perf_counter() - start:.6f} s")
            return value

    return wrapper
