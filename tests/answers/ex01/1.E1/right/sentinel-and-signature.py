import inspect

NOTHING = object()


def cache_results(func):
    signature = inspect.signature(func)
    memory = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        key = (bound.args, tuple(bound.kwargs.items()))
        try:
            hash(key)
        except TypeError:
            return func(*args, **kwargs)
        value = memory.get(key, NOTHING)
        if value is NOTHING:
            value = memory[key] = func(*args, **kwargs)
        return value

    return wrapper
