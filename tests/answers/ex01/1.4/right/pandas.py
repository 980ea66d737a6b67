import pandas as pd


def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    table = pd.DataFrame(data)
    if len(table) == 0:
        return []
    table["magnitude"] = table["flux"].apply(conversion_func, args=args, **kwargs)
    return table.to_dict(orient="records")
