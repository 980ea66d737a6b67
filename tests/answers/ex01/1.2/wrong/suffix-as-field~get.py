def filter_lightcurve(data, **filters):
    """Keep what equals the filters."""
    out = []
    for record in data:
        if all(
            record.get(key) in value
            if isinstance(value, (list, tuple, set))
            else record.get(key) == value
            for key, value in filters.items()
        ):
            out.append(record)
    return out
