def filter_lightcurve(data, **filters):
    fields = {field for record in data for field in record}
    kept = iter(data)
    for name, value in filters.items():
        field = name[:-4] if name.endswith(("_min", "_max")) else name
        if data and field not in fields:
            raise KeyError(f"{field} is not one of {fields}")
        if name.endswith("_min"):
            kept = [r for r in kept if r[field] >= value]
        elif name.endswith("_max"):
            kept = [r for r in kept if r[field] <= value]
        elif isinstance(value, (list, tuple, set)):
            kept = [r for r in kept if r[field] in value]
        else:
            kept = [r for r in kept if r[field] == value]
    return (record for record in kept)
