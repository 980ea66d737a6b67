def band_processor(functions):
    def process(data):
        result = []
        for record in data:
            function = functions.get(record["band"])
            result.append(function(dict(record)))
        return result

    return process
