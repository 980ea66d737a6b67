def cache_results(func):
    cache = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (args, frozenset(kwargs.items())) if not kwargs else (args, tuple(kwargs))
        try:
            if key in cache:
                return cache[key]
        except TypeError:
            pass
        return func(*args, **kwargs)

    return wrapper
