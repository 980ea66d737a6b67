def filter_lightcurve(data, **filters):
    fields = ["mjd", "flux", "flux_err", "band"]
    for name in filters:
        field = name.removesuffix("_min").removesuffix("_max")
        if data and field not in fields:
            raise KeyError(f"{name} is not a filter; use {fields}")
    kept = []
    for record in data:
        good = True
        for field in fields:
            if f"{field}_min" in filters and record[field] < filters[f"{field}_min"]:
                good = False
            if f"{field}_max" in filters and record[field] > filters[f"{field}_max"]:
                good = False
            if field in filters:
                value = filters[field]
                if isinstance(value, (list, tuple, set)):
                    if record[field] not in value:
                        good = False
                elif record[field] != value:
                    good = False
        if good:
            kept.append(record)
    return kept
