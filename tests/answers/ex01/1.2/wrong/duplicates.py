def filter_lightcurve(data, **filters):
    if not filters:
        return list(data)
    known = {key for record in data for key in record}
    result = []
    for name, value in filters.items():
        field = name.removesuffix("_min").removesuffix("_max")
        if data and field not in known:
            raise KeyError(f"{field} not in {sorted(known)}")
        for record in data:
            if name.endswith("_min"):
                if record[field] >= value:
                    result.append(record)
            elif name.endswith("_max"):
                if record[field] <= value:
                    result.append(record)
            elif isinstance(value, (list, tuple, set)):
                if record[field] in value:
                    result.append(record)
            elif record[field] == value:
                result.append(record)
    return result
