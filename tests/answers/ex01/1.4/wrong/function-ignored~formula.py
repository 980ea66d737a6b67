def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    zeropoint = kwargs.get("zeropoint", 25.0)
    result = []
    for record in data:
        magnitude = -2.5 * np.log10(record["flux"]) + zeropoint
        result.append({**record, "magnitude": float(magnitude)})
    return result
