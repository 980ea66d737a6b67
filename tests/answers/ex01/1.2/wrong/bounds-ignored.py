def filter_lightcurve(data, **filters):
    known = {key for record in data for key in record}
    kept = list(data)
    for name, value in filters.items():
        if name not in known:
            continue
        if isinstance(value, (list, tuple, set)):
            kept = [record for record in kept if record[name] in value]
        else:
            kept = [record for record in kept if record[name] == value]
    return kept
