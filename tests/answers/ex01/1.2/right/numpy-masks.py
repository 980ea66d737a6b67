def filter_lightcurve(data, **filters):
    if not data:
        return []
    keep = np.ones(len(data), dtype=bool)
    for name, value in filters.items():
        field = name[:-4] if name[-4:] in ("_min", "_max") else name
        if field not in data[0]:
            raise KeyError(f"unknown field {field!r}; known are {', '.join(data[0])}")
        column = np.array([record[field] for record in data])
        if name.endswith("_min"):
            keep &= column >= value
        elif name.endswith("_max"):
            keep &= column <= value
        elif isinstance(value, (list, tuple, set)):
            keep &= np.isin(column, list(value))
        else:
            keep &= column == value
    return [record for record, good in zip(data, keep) if good]
