def cache_results(func):
    memory = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (args, tuple(sorted(kwargs.items())))
        try:
            return memory.get(key)
        except TypeError:
            return func(*args, **kwargs)

    return wrapper
