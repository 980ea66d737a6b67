def band_processor(functions):
    def processed(data):
        for record in data:
            match functions.get(record["band"]):
                case None:
                    yield dict(record)
                case function:
                    yield function(dict(record))

    return lambda data: list(processed(data))
