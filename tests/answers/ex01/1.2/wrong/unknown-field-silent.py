def filter_lightcurve(data, **filters):
    kept = list(data)
    for name, value in filters.items():
        if name.endswith("_min"):
            field = name[:-4]
            kept = [r for r in kept if field in r and r[field] >= value]
        elif name.endswith("_max"):
            field = name[:-4]
            kept = [r for r in kept if field in r and r[field] <= value]
        elif isinstance(value, (list, tuple, set)):
            kept = [r for r in kept if r.get(name) in value]
        else:
            kept = [r for r in kept if r.get(name) == value]
    return kept
