def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        print("Starting", func.__name__)
        start = time.perf_counter()
        try:
            return func(*args, **kwargs)
        finally:
            print(f"{func.__name__} took {time.perf_counter() - start:.6f} s")

    return wrapper
