def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    if not data:
        return []
    convert = np.vectorize(lambda flux: conversion_func(flux, *args, **kwargs))
    magnitudes = convert([record["flux"] for record in data]).tolist()
    result = [record.copy() for record in data]
    for record, magnitude in zip(result, magnitudes):
        record.update(magnitude=magnitude)
    return result
