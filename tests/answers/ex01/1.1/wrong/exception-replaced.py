def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return func(*args, **kwargs)
        except Exception as error:
            raise RuntimeError(f"{func.__name__} failed") from error
        finally:
            print(f"{func.__name__} took {time.perf_counter() - start:.6f} s")

    return wrapper
