def cache_results(func):
    cache = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        try:
            key = (args, frozenset(kwargs.items()))
            value = cache.get(key)
        except TypeError:
            return func(*args, **kwargs)
        if value is None:
            value = func(*args, **kwargs)
            cache[key] = value
        return value

    return wrapper
