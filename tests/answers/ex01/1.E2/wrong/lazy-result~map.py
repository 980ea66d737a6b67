def band_processor(functions):
    def apply(record):
        function = functions.get(record["band"], lambda same: same)
        return function({**record})

    return lambda data: map(apply, data)
