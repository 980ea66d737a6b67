CACHE = {}


def cache_results(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (args, tuple(sorted(kwargs.items())))
        try:
            hash(key)
        except TypeError:
            return func(*args, **kwargs)
        if key not in CACHE:
            CACHE[key] = func(*args, **kwargs)
        return CACHE[key]

    return wrapper
