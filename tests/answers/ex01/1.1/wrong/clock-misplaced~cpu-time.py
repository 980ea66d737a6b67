def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.process_time()
        try:
            return func(*args, **kwargs)
        finally:
            print(f"{func.__name__} took {time.process_time() - start:.6f} s")

    return wrapper
