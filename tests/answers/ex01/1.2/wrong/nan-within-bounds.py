def filter_lightcurve(data, **filters):
    if len(data) == 0:
        return []
    fields = sorted({key for record in data for key in record})
    for name in filters:
        field = name.removesuffix("_min").removesuffix("_max")
        if field not in fields:
            raise KeyError(f"there is no field '{field}', only {', '.join(fields)}")
    selected = []
    for record in data:
        keep = True
        for name, value in filters.items():
            field = name.removesuffix("_min").removesuffix("_max")
            if field not in record:
                keep = False
            elif name.endswith("_min"):
                if record[field] < value:
                    keep = False
            elif name.endswith("_max"):
                if record[field] > value:
                    keep = False
            elif isinstance(value, (list, tuple, set)):
                if record[field] not in value:
                    keep = False
            elif record[field] != value:
                keep = False
        if keep:
            selected.append(record)
    return selected
