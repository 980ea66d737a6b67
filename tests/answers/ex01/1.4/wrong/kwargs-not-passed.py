def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    out = []
    for record in data:
        out.append(dict(record, magnitude=conversion_func(record["flux"], *args)))
    return out
