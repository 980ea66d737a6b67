def timing_decorator(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        begin = time.time()
        try:
            return func(*args, **kwargs)
        finally:
            print(func.__name__, time.time() - begin)

    return wrapper()
