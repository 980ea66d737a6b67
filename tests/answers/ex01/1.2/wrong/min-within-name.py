def filter_lightcurve(data, **filters):
    known = {key for record in data for key in record}
    kept = list(data)
    for name, value in filters.items():
        if "min" in name:
            field = name.replace("_min", "")
        elif "max" in name:
            field = name.replace("_max", "")
        else:
            field = name
        if data and field not in known:
            raise KeyError(f"{field} not in {sorted(known)}")
        if "min" in name:
            kept = [record for record in kept if record[field] >= value]
        elif "max" in name:
            kept = [record for record in kept if record[field] <= value]
        elif isinstance(value, (list, tuple, set)):
            kept = [record for record in kept if record[field] in value]
        else:
            kept = [record for record in kept if record[field] == value]
    return kept
