def apply_magnitude_conversion(data, conversion_func, *args, **kwargs):
    def convert(record):
        return record | {"magnitude": conversion_func(record["flux"], *args, **kwargs)}

    return list(map(convert, data))
