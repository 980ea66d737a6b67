import functools


def cache_results(func):
    remembering = functools.lru_cache(maxsize=None)(func)

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        try:
            hash((args, tuple(kwargs.values())))
        except TypeError:
            return func(*args, **kwargs)
        return remembering(*args, **kwargs)

    return wrapper
