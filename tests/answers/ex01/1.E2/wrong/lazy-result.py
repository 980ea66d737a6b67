def band_processor(functions):
    def process(data):
        for record in data:
            new = dict(record)
            yield functions[record["band"]](new) if record["band"] in functions else new

    return process
