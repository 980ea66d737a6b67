def cache_results(func):
    cache = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (tuple(map(repr, args)), tuple((k, repr(v)) for k, v in sorted(kwargs.items())))
        if key in cache:
            return cache[key]
        result = cache[key] = func(*args, **kwargs)
        return result

    return wrapper
