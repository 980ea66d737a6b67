import copy


def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    converted = copy.deepcopy(data)
    for record in converted:
        record["magnitude"] = conversion_func(record["flux"], *args, **kwargs)
    return converted
