def filter_lightcurve(data, **filters):
    known = {key for record in data for key in record}
    for name, value in filters.items():
        field = name.removesuffix("_min").removesuffix("_max")
        if data and field not in known:
            raise KeyError(f"{field} not in {sorted(known)}")
        if name.endswith("_min"):
            return [record for record in data if record[field] >= value]
        if name.endswith("_max"):
            return [record for record in data if record[field] <= value]
        if isinstance(value, (list, tuple, set)):
            return [record for record in data if record[field] in value]
        return [record for record in data if record[field] == value]
    return list(data)
