def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    result = []
    for record in data:
        new = record.copy()
        new["flux"] = conversion_func(record["flux"], *args, **kwargs)
        result.append(new)
    return result
