from functools import update_wrapper


class Memory(dict):
    def __init__(self, func):
        self.func = func

    def __missing__(self, key):
        args, named = key
        self[key] = self.func(*args, **dict(named))
        return self[key]


def cache_results(func):
    memory = Memory(func)

    def lookup(*args, **kwargs):
        key = (args, tuple(sorted(kwargs.items())))
        try:
            hash(key)
        except TypeError:
            return func(*args, **kwargs)
        return memory[key]

    return update_wrapper(lookup, func)
