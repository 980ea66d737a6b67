def timing_decorator(func):
    @wraps(func)
    def timed(*args, **kwargs):
        t0 = time.perf_counter()
        try:
            return func(*args)
        finally:
            print(f"{func.__name__} needed {time.perf_counter() - t0:.4f} seconds")

    return timed
