def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    copy = data.copy()
    for record in copy:
        record["magnitude"] = conversion_func(record["flux"], *args, **kwargs)
    return copy
