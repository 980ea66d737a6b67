def cache_results(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        cache = {}
        key = (args, tuple(sorted(kwargs.items())))
        try:
            if key in cache:
                return cache[key]
        except TypeError:
            return func(*args, **kwargs)
        cache[key] = func(*args, **kwargs)
        return cache[key]

    return wrapper
