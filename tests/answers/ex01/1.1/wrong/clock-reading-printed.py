def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        try:
            return func(*args, **kwargs)
        finally:
            print(f"{func.__name__} took {time.time():.6f} s")

    return wrapper
