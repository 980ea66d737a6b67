def band_processor(functions):
    def process(data):
        out = []
        for record in data:
            f = functions.get(record["band"])
            out.append(f(record.copy()) if f else record.copy())
        return out

    return process()
