from functools import wraps


def cache_results(func):
    memory = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        try:
            key = (args, frozenset(kwargs.items()))
            if key not in memory:
                memory[key] = func(*args, **kwargs)
            return memory[key]
        except TypeError:
            return func(*args, **kwargs)

    return wrapper
