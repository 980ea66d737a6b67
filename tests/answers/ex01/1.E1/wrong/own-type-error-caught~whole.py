def cache_results(func):
    store = {}

    def inner(*args, **kwargs):
        key = args + (object,) + tuple(sorted(kwargs.items()))
        try:
            if key in store:
                return store[key]
            store[key] = result = func(*args, **kwargs)
            return result
        except TypeError:
            return func(*args, **kwargs)

    inner.__name__, inner.__doc__ = func.__name__, func.__doc__
    return inner
