def cache_results(func):
    results = []

    @wraps(func)
    def wrapper(*args, **kwargs):
        if not results:
            results.append(func(*args, **kwargs))
        return results[0]

    return wrapper
