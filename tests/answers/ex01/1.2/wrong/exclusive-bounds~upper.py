def filter_lightcurve(data, **filters):
    known = {key for record in data for key in record}
    kept = list(data)
    for name, value in filters.items():
        field = name.removesuffix("_min").removesuffix("_max")
        if data and field not in known:
            raise KeyError(f"{field} not in {sorted(known)}")
        if name.endswith("_min"):
            kept = [record for record in kept if record[field] >= value]
        elif name.endswith("_max"):
            kept = [record for record in kept if record[field] < value]
        elif isinstance(value, (list, tuple, set)):
            kept = [record for record in kept if record[field] in value]
        else:
            kept = [record for record in kept if record[field] == value]
    return kept
