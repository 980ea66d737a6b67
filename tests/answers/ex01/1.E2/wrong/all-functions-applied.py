def band_processor(functions):
    def process(data):
        result = []
        for record in data:
            new = dict(record)
            for band in functions:
                new = functions[band](new)
            result.append(new)
        return result

    return process
