import pandas as pd


def filter_lightcurve(data, **filters):
    if not data:
        return []
    records = pd.Series(list(data), dtype=object)
    fields = list(dict.fromkeys(key for record in data for key in record))
    mask = pd.Series(True, index=records.index)
    for name, value in filters.items():
        base, _, kind = name.rpartition("_")
        if kind not in ("min", "max") or (base not in fields and name in fields):
            base, kind = name, "is"
        if base not in fields:
            raise KeyError(f"{base!r} is not among the fields {fields}")
        if kind == "min":
            rule = lambda x: x >= value
        elif kind == "max":
            rule = lambda x: x <= value
        elif isinstance(value, (list, tuple, set)):
            rule = lambda x: x in value
        else:
            rule = lambda x: x == value
        mask &= records.map(lambda r: base in r and bool(rule(r[base]))).astype(bool)
    return records[mask].tolist()
