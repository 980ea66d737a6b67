def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    fluxes = np.array([record["flux"] for record in data])
    magnitudes = conversion_func(fluxes, *args, **kwargs)
    return [{**r, "magnitude": float(m)} for r, m in zip(data, magnitudes)]
