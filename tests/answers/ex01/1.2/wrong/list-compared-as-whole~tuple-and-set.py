def filter_lightcurve(data, **filters):
    result = list(data)
    known = {field for record in data for field in record}
    for name, value in filters.items():
        field = name.removesuffix("_min").removesuffix("_max")
        if data and field not in known:
            raise KeyError(f"{field}: choose from {known}")
        if name.endswith("_min"):
            result = [r for r in result if r[field] >= value]
        elif name.endswith("_max"):
            result = [r for r in result if r[field] <= value]
        elif isinstance(value, list):
            result = [r for r in result if r[field] in value]
        else:
            result = [r for r in result if r[field] == value]
    return result
