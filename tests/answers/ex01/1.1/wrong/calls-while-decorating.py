def timing_decorator(func):
    start = time.perf_counter()
    result = func()
    print(f"{func.__name__} took {time.perf_counter() - start:.6f} s")
    return result
