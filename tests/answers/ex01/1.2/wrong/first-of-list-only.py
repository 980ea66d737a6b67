def filter_lightcurve(data, **filters):
    known = {field for record in data for field in record}

    def one_of(seen, values):
        for value in values:
            if seen == value:
                return True
            else:
                return False

    result = []
    for name in filters:
        field = name.removesuffix("_min").removesuffix("_max")
        if data and field not in known:
            raise KeyError(f"{field}: choose from {known}")
    for r in data:
        keep = True
        for name, value in filters.items():
            if name.endswith("_min"):
                keep = keep and r[name[:-4]] >= value
            elif name.endswith("_max"):
                keep = keep and r[name[:-4]] <= value
            elif isinstance(value, (list, tuple, set)):
                keep = keep and one_of(r[name], value)
            else:
                keep = keep and r[name] == value
        if keep:
            result.append(r)
    return result
