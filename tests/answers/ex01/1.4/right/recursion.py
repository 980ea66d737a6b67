def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    if not data:
        return []
    first, *rest = data
    new = {"magnitude": conversion_func(first["flux"], *args, **kwargs)}
    for key in first:
        new.setdefault(key, first[key])
    return [new, *apply_magnitude_conversion(rest, conversion_func, *args, **kwargs)]
