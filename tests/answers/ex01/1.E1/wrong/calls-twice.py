def cache_results(func):
    memory = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (args, tuple(sorted(kwargs.items())))
        try:
            if key not in memory:
                memory[key] = func(*args, **kwargs)
                return func(*args, **kwargs)
            return memory[key]
        except TypeError:
            return func(*args, **kwargs)

    return wrapper
