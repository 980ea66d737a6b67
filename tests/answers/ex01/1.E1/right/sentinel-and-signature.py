import inspect

NOTHING = object()


def cache_results(func):
    signature = inspect.signature(func)
    memory = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        key = (bound.args, tuple(bound.kwargs.items()))
        hashable = all(
            getattr(type(value), "__hash__", None) is not None
            for value in (*bound.args, *bound.kwargs.values())
        )
        if not hashable:
            return func(*args, **kwargs)
        value = memory.get(key, NOTHING)
        if value is NOTHING:
            value = memory[key] = func(*args, **kwargs)
        return value

    return wrapper
