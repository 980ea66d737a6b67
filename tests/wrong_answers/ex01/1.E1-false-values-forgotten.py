def cache_results(func):
    cache = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (args, frozenset(kwargs.items())) if _hashable(args, kwargs) else None
        if key is None:
            return func(*args, **kwargs)
        if cache.get(key):
            return cache[key]
        cache[key] = func(*args, **kwargs)
        return cache[key]

    return wrapper


def _hashable(args, kwargs):
    try:
        hash((args, tuple(kwargs.values())))
    except TypeError:
        return False
    return True
