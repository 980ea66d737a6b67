def filter_lightcurve(data, **filters):
    known = {key for record in data for key in record}
    kept = list(data)
    for name, value in filters.items():
        if "_" in name:
            field, bound = name.split("_")
        else:
            field, bound = name, None
        if data and field not in known:
            raise KeyError(f"{field} not in {sorted(known)}")
        if bound == "min":
            kept = [record for record in kept if record[field] >= value]
        elif bound == "max":
            kept = [record for record in kept if record[field] <= value]
        elif isinstance(value, (list, tuple, set)):
            kept = [record for record in kept if record[field] in value]
        else:
            kept = [record for record in kept if record[field] == value]
    return kept
