def filter_lightcurve(data, **filters):
    known = {key for record in data for key in record}
    result = []
    for name in filters:
        field = name.replace("_min", "").replace("_max", "")
        if data and field not in known:
            raise KeyError(f"{field}: not a field; there are {known}")
    for record in data:
        skip = False
        for name, value in filters.items():
            if name.endswith("_min"):
                skip = skip or record[name[:-4]] >= value
            elif name.endswith("_max"):
                skip = skip or record[name[:-4]] <= value
            elif isinstance(value, (list, tuple, set)):
                skip = skip or record[name] in value
            else:
                skip = skip or record[name] == value
        if not skip:
            result.append(record)
    return result
