def band_processor(functions):
    def process(data):
        result = []
        for record in data:
            new = record.copy()
            if new["band"] in functions:
                functions[new["band"]](new)
            result.append(new)
        return result

    return process
