def cache_results(func):
    cache = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (args, tuple(sorted(kwargs.items())))
        try:
            if cache.get(key):
                return cache[key]
        except TypeError:
            return func(*args, **kwargs)
        cache[key] = func(*args, **kwargs)
        return cache[key]

    return wrapper
