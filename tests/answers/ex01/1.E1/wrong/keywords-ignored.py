def cache_results(func):
    cache = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        try:
            hash((args, tuple(kwargs.values())))
        except TypeError:
            return func(*args, **kwargs)
        if args not in cache:
            cache[args] = func(*args, **kwargs)
        return cache[args]

    return wrapper
