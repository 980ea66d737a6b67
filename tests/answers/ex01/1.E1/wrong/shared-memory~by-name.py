_results = {}


def cache_results(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (func.__name__, args, tuple(sorted(kwargs.items())))
        try:
            hash(key)
        except TypeError:
            return func(*args, **kwargs)
        if key not in _results:
            _results[key] = func(*args, **kwargs)
        return _results[key]

    return wrapper
