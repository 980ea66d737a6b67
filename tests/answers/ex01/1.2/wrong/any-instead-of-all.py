def filter_lightcurve(data, **filters):
    known = {key for record in data for key in record}

    def meets(record, name, value):
        field = name.removesuffix("_min").removesuffix("_max")
        if field not in known:
            raise KeyError(f"{field} not in {sorted(known)}")
        if name.endswith("_min"):
            return record[field] >= value
        if name.endswith("_max"):
            return record[field] <= value
        if isinstance(value, (list, tuple, set)):
            return record[field] in value
        return record[field] == value

    if not filters:
        return list(data)
    return [r for r in data if any(meets(r, name, value) for name, value in filters.items())]
