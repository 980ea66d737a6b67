def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            func(*args, **kwargs)
        finally:
            elapsed = time.perf_counter() - start
            print("%s took %.6f s" % (func.__name__, elapsed))

    return wrapper
