from functools import partial


def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    def flux_first(flux, function):
        return function(flux, *args, **kwargs)

    convert = partial(flux_first, function=conversion_func)
    magnitudes = [convert(record["flux"]) for record in data]
    return [dict(record, magnitude=m) for record, m in zip(data, magnitudes, strict=True)]
