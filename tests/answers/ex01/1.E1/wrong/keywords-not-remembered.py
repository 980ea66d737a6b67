def cache_results(func):
    cache = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        if kwargs:
            return func(*args, **kwargs)
        try:
            if args not in cache:
                cache[args] = func(*args)
            return cache[args]
        except TypeError:
            return func(*args)

    return wrapper
