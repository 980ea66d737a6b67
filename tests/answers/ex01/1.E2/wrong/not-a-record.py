def band_processor(functions):
    def process(data):
        result = []
        for record in data:
            new = record.copy()
            if record["band"] in functions:
                new["flux"] = functions[record["band"]](record["flux"])
            result.append(new)
        return result

    return process
