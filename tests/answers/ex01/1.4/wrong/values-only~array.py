def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    magnitudes = []
    for record in data:
        magnitudes.append(conversion_func(record["flux"], *args, **kwargs))
    return np.array(magnitudes)
