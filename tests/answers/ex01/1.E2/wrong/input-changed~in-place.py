def band_processor(functions):
    def process(data):
        for i, record in enumerate(data):
            if record["band"] in functions:
                data[i] = functions[record["band"]](dict(record))
        return data

    return process
