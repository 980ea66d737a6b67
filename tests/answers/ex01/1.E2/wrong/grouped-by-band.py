def band_processor(functions):
    def process(data):
        result = []
        for band, function in functions.items():
            for record in data:
                if record["band"] == band:
                    result.append(function(dict(record)))
        for record in data:
            if record["band"] not in functions:
                result.append(dict(record))
        return result

    return process
