def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    return [{"magnitude": conversion_func(d["flux"], *args, **kwargs)} for d in data]
