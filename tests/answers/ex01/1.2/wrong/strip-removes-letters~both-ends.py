def filter_lightcurve(data, **filters):
    result = []
    for record in data:
        keep = True
        for key, value in filters.items():
            if key.endswith("_min"):
                keep = keep and record[key.strip("_min")] >= value
            elif key.endswith("_max"):
                keep = keep and record[key.strip("_max")] <= value
            elif isinstance(value, (list, tuple, set)):
                keep = keep and record[key] in value
            else:
                keep = keep and record[key] == value
        if keep:
            result.append(record)
    return result
