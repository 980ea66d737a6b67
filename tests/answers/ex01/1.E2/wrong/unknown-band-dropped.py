def band_processor(functions):
    def process(data):
        result = []
        for record in data:
            if record["band"] in functions:
                result.append(functions[record["band"]](dict(record)))
        return result

    return process
