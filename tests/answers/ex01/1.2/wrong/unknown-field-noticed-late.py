def filter_lightcurve(data, **filters):
    kept = list(data)
    for name, value in filters.items():
        field = name[:-4] if name.endswith(("_min", "_max")) else name
        for r in kept:
            if field not in r:
                raise KeyError(f"there is no field {field}, but {', '.join(r)}")
        if name.endswith("_min"):
            kept = [r for r in kept if r[field] >= value]
        elif name.endswith("_max"):
            kept = [r for r in kept if r[field] <= value]
        elif isinstance(value, (list, tuple, set)):
            kept = [r for r in kept if r[field] in value]
        else:
            kept = [r for r in kept if r[field] == value]
    return kept
