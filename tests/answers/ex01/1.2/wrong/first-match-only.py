def filter_lightcurve(data, **filters):
    result = []
    for record in data:
        good = True
        for name, value in filters.items():
            field = name.removesuffix("_min").removesuffix("_max")
            if field not in record:
                raise KeyError(f"{field} unknown, only {list(record)}")
            if name.endswith("_min"):
                good = good and record[field] >= value
            elif name.endswith("_max"):
                good = good and record[field] <= value
            elif isinstance(value, (list, tuple, set)):
                good = good and record[field] in value
            else:
                good = good and record[field] == value
        if good:
            result.append(record)
            return result
    return result
