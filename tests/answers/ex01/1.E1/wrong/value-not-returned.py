def cache_results(func):
    memory = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (args, tuple(sorted(kwargs.items())))
        try:
            hash(key)
        except TypeError:
            return func(*args, **kwargs)
        if key in memory:
            return memory[key]
        memory[key] = func(*args, **kwargs)

    return wrapper
