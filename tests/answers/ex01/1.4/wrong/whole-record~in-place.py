def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    for record in data:
        record["magnitude"] = conversion_func(record, *args, **kwargs)
    return data
