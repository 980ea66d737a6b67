def cache_results(func):
    memory = {}

    @wraps(func)
    def wrapper(*args, **kwargs):
        key = (args, kwargs)
        if key not in memory:
            memory[key] = func(*args, **kwargs)
        return memory[key]

    return wrapper
