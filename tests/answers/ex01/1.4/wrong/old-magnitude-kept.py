def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    converted = []
    for record in data:
        new = record.copy()
        new.setdefault("magnitude", conversion_func(record["flux"], *args, **kwargs))
        converted.append(new)
    return converted
