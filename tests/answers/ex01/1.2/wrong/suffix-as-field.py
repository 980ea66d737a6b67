def filter_lightcurve(data, **filters):
    selected = []
    for record in data:
        ok = True
        for key, value in filters.items():
            if key not in record:
                raise KeyError(f"unknown field {key}; fields: {list(record)}")
            if key.endswith("_min"):
                ok = ok and record[key] >= value
            elif key.endswith("_max"):
                ok = ok and record[key] <= value
            elif isinstance(value, (list, tuple, set)):
                ok = ok and record[key] in value
            else:
                ok = ok and record[key] == value
        if ok:
            selected.append(record)
    return selected
