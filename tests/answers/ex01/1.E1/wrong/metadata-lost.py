def cache_results(func):
    memory = {}

    def cached(*args, **kwargs):
        key = (args, tuple(sorted(kwargs.items())))
        try:
            return memory[key]
        except TypeError:
            return func(*args, **kwargs)
        except KeyError:
            memory[key] = func(*args, **kwargs)
            return memory[key]

    return cached
