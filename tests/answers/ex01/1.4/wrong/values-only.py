def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    return [conversion_func(record["flux"], *args, **kwargs) for record in data]
