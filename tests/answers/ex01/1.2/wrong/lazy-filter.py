def filter_lightcurve(data, **filters):
    fields = {field for record in data for field in record}

    def meets(record):
        for name, value in filters.items():
            if name.endswith("_min"):
                if record[name[:-4]] < value:
                    return False
            elif name.endswith("_max"):
                if record[name[:-4]] > value:
                    return False
            elif isinstance(value, (list, tuple, set)):
                if record[name] not in value:
                    return False
            elif record[name] != value:
                return False
        return True

    for name in filters:
        field = name[:-4] if name.endswith(("_min", "_max")) else name
        if data and field not in fields:
            raise KeyError(f"{field} is not one of {fields}")
    return filter(meets, data)
