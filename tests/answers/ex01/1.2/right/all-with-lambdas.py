def filter_lightcurve(data, **filters):
    known = set().union(*data) if data else set()

    def condition(name, wanted):
        field, _, end = name.rpartition("_")
        if end not in ("min", "max"):
            field, end = name, ""
        if data and field not in known:
            raise KeyError(f"{field!r} is none of {sorted(known)}")
        if end == "min":
            return lambda row: wanted <= row[field]
        if end == "max":
            return lambda row: wanted >= row[field]
        if type(wanted) in (list, tuple, set):
            return lambda row: any(row[field] == one for one in wanted)
        return lambda row: row[field] == wanted

    conditions = [condition(*pair) for pair in filters.items()]
    return [row for row in data if all(test(row) for test in conditions)]
