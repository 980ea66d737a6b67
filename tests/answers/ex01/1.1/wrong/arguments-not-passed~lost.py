def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            result = func()
        finally:
            print(func.__name__, "took", time.perf_counter() - start, "s")
        return result

    return wrapper
