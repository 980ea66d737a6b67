def filter_lightcurve(data, **filters):
    result = data.copy()
    for name, value in filters.items():
        if name.endswith("_min"):
            field = name[:-4]
            result = [r for r in result if r[field] >= value]
        if name.endswith("_max"):
            field = name[:-4]
            result = [r for r in result if r[field] <= value]
    return result
