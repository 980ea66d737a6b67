def cache_results(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        try:
            key = (args, frozenset(kwargs.items()))
            return wrapper.cache[key]
        except KeyError:
            wrapper.cache[key] = func(*args, **kwargs)
            return wrapper.cache[key]
        except TypeError:
            return func(*args, **kwargs)

    wrapper.cache = {}
    return wrapper
