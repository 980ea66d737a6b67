def filter_lightcurve(data, **filters):
    kept = list(data)
    for name, value in filters.items():
        if name.endswith("_min"):
            kept = [r for r in kept if r[name[:-4]] >= value]
        elif name.endswith("_max"):
            kept = [r for r in kept if r[name[:-4]] <= value]
        elif isinstance(value, (list, tuple, set)):
            kept = [r for r in kept if r[name] in value]
        else:
            kept = [r for r in kept if r[name] == value]
    return kept
