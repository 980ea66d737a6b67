def band_processor(functions):
    steps = {}
    for band, function in functions.items():
        steps[band] = lambda record: function(dict(record))

    def process(data):
        return [steps[r["band"]](r) if r["band"] in steps else r for r in data]

    return process
