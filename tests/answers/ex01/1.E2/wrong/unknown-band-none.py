def band_processor(functions):
    def apply(record):
        if record["band"] in functions:
            return functions[record["band"]](dict(record))

    def process(data):
        return [apply(record) for record in data]

    return process
