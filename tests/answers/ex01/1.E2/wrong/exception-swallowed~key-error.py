def band_processor(functions):
    def apply_one(record):
        try:
            return functions[record["band"]](dict(record))
        except KeyError:
            return record

    def process(records):
        return [apply_one(record) for record in records]

    return process
