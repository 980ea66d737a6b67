def band_processor(functions):
    def process(data):
        return [
            functions[record["band"]]({**record}) if record["band"] in functions else record
            for record in data
        ]

    return process
