def cache_results(func):
    memory = {}

    @wraps(func)
    def wrapper(x):
        try:
            if x not in memory:
                memory[x] = func(x)
            return memory[x]
        except TypeError:
            return func(x)

    return wrapper
