def cache_results(func):
    last_key = None
    last_result = None

    @wraps(func)
    def wrapper(*args, **kwargs):
        nonlocal last_key, last_result
        try:
            key = (args, tuple(sorted(kwargs.items())))
            hash(key)
        except TypeError:
            return func(*args, **kwargs)
        if key != last_key:
            last_result = func(*args, **kwargs)
            last_key = key
        return last_result

    return wrapper
