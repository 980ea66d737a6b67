def cache_results(func):
    memory = {}

    @wraps(func)
    def wrapper(*args):
        try:
            hash(args)
        except TypeError:
            return func(*args)
        if args not in memory:
            memory[args] = func(*args)
        return memory[args]

    return wrapper
