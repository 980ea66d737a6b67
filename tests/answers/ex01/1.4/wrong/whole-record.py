def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    converted = []
    for record in data:
        magnitude = conversion_func(record, *args, **kwargs)
        converted.append({**record, "magnitude": magnitude})
    return converted
