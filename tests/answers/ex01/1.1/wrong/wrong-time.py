def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        elapsed = time.perf_counter() - start
        print(f"{func.__name__} took {elapsed:.6f} s")
        return func(*args, **kwargs)

    return wrapper
