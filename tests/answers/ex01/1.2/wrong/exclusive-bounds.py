def filter_lightcurve(data, **filters):
    if data:
        for name in filters:
            field = name.removesuffix("_min").removesuffix("_max")
            if all(field not in record for record in data):
                raise KeyError(f"unknown field {field}; known: {sorted(data[0])}")
    result = []
    for record in data:
        keep = True
        for name, value in filters.items():
            if name.endswith("_min"):
                keep = keep and record[name[:-4]] > value
            elif name.endswith("_max"):
                keep = keep and record[name[:-4]] < value
            elif isinstance(value, (list, tuple, set)):
                keep = keep and record[name] in value
            else:
                keep = keep and record[name] == value
        if keep:
            result.append(record)
    return result
