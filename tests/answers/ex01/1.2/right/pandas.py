import pandas as pd


def filter_lightcurve(data, **filters):
    table = pd.DataFrame(data)
    if table.empty:
        return []
    for name, value in filters.items():
        field, _, ending = name.rpartition("_")
        if ending not in {"min", "max"}:
            field, ending = name, None
        if field not in table.columns:
            raise KeyError(f"no column {field} among {list(table.columns)}")
        if ending == "min":
            table = table[table[field].ge(value)]
        elif ending == "max":
            table = table[table[field].le(value)]
        elif pd.api.types.is_list_like(value):
            table = table[table[field].isin(list(value))]
        else:
            table = table[table[field].eq(value)]
    return table.to_dict("records")
