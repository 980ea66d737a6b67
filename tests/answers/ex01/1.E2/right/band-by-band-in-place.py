def band_processor(functions):
    def process(data):
        result = [dict(record) for record in data]
        for band, function in functions.items():
            for i, record in enumerate(result):
                if record["band"] == band:
                    result[i] = function(record)
        return result

    return process
