def band_processor(functions):
    result = []

    def process(data):
        for record in data:
            new = dict(record)
            if new["band"] in functions:
                new = functions[new["band"]](new)
            result.append(new)
        return result

    return process
