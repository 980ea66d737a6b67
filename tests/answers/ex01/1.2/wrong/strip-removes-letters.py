def filter_lightcurve(data, **filters):
    fields = set()
    for record in data:
        fields.update(record)
    result = list(data)
    for key, value in filters.items():
        if key.endswith("_min"):
            field = key.rstrip("_min")
        elif key.endswith("_max"):
            field = key.rstrip("_max")
        else:
            field = key
        if data and field not in fields:
            raise KeyError(f"No field {field}. Available: {', '.join(sorted(fields))}")
        if key.endswith("_min"):
            result = [r for r in result if r[field] >= value]
        elif key.endswith("_max"):
            result = [r for r in result if r[field] <= value]
        elif isinstance(value, (list, tuple, set)):
            result = [r for r in result if r[field] in value]
        else:
            result = [r for r in result if r[field] == value]
    return result
