def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    result = []
    for record in data:
        new = dict(record)
        new["magnitude"] = flux_to_magnitude(record["flux"], *args, **kwargs)
        result.append(new)
    return result
