def filter_lightcurve(data, **filters):
    """One filter at a time; the rest is left to another call."""
    if not data:
        return []
    names = [n[:-4] if n.endswith(("_min", "_max")) else n for n in filters]
    unknown = [n for n in names if not any(n in record for record in data)]
    if unknown:
        raise KeyError(f"{unknown} not found, use one of {set().union(*data)}")
    if not filters:
        return data[:]
    name, value = filters.popitem()
    field = names[-1]
    if name.endswith("_min"):
        left = [r for r in data if value <= r[field]]
    elif name.endswith("_max"):
        left = [r for r in data if value >= r[field]]
    elif isinstance(value, (list, tuple, set)):
        left = [r for r in data if r[field] in value]
    else:
        left = [r for r in data if r[field] == value]
    return filter_lightcurve(left, **filters)
