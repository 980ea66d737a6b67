def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    magnitudes = conversion_func([record["flux"] for record in data], *args, **kwargs)
    copies = [dict(record) for record in data]
    for i in range(len(copies)):
        copies[i]["magnitude"] = magnitudes[i]
    return copies
