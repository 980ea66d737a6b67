def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        result = None
        start = time.perf_counter()
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            print(f"{func.__name__} failed: {error}")
        else:
            print(f"{func.__name__} took {time.perf_counter() - start:.6f} s")
        return result

    return wrapper
