def filter_lightcurve(data, **filters):
    known = {key for record in data for key in record}
    for name, value in filters.items():
        field = name[:-4] if name.endswith(("_min", "_max")) else name
        if data and field not in known:
            raise KeyError(f"there is no field {field}, but {known}")
        for r in list(data):
            if name.endswith("_min"):
                ok = r[field] >= value
            elif name.endswith("_max"):
                ok = r[field] <= value
            elif isinstance(value, (list, tuple, set)):
                ok = r[field] in value
            else:
                ok = r[field] == value
            if not ok:
                data.remove(r)
    return list(data)
