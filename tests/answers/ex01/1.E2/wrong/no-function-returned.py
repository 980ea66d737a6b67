def band_processor(functions):
    def process(data):
        return [functions[r["band"]](dict(r)) if r["band"] in functions else dict(r) for r in data]
