def cache_results(func):
    memory = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = list(args) + sorted(kwargs.items())
        if key in memory:
            return memory[key]
        memory[key] = func(*args, **kwargs)
        return memory[key]

    return wrapper
