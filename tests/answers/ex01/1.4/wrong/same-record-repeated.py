def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    new_data = []
    new_record = {}
    for record in data:
        new_record.update(record)
        new_record["magnitude"] = conversion_func(record["flux"], *args, **kwargs)
        new_data.append(new_record)
    return new_data
