def filter_lightcurve(data, **filters):
    available = set()
    for record in data:
        available |= set(record)
    kept = list(data)
    for name, value in filters.items():
        field = name.removesuffix("_min").removesuffix("_max")
        if field not in available:
            raise KeyError(f"{field} not in {available}")
        if name.endswith("_min"):
            kept = [record for record in kept if record[field] >= value]
        elif name.endswith("_max"):
            kept = [record for record in kept if record[field] <= value]
        elif isinstance(value, (list, tuple, set)):
            kept = [record for record in kept if record[field] in value]
        else:
            kept = [record for record in kept if record[field] == value]
    return kept
