def band_processor(functions):
    def process(data):
        return [functions[record["band"]](dict(record)) for record in data]

    return process
