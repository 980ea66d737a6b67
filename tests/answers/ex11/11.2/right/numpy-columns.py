def read_forced_photometry(text, object_id):
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    is_header = [{"jd", "forcediffimflux"} <= set(line.replace(",", " ").split()) for line in lines]
    if not any(is_header):
        raise ValueError("no names of columns")
    start = is_header.index(True)
    names = lines[start].replace(",", " ").split()
    cells = np.array([line.split() for line in lines[start + 1 :]], dtype=object)
    cells = cells.reshape(-1, len(names))
    column = {name: cells[:, names.index(name)] for name in names}

    def numbers(name):
        return np.array([np.nan if cell == "null" else float(cell) for cell in column[name]])

    flux, error, zero = map(numbers, ("forcediffimflux", "forcediffimfluxunc", "zpdiff"))
    bad = np.array([status != "0" for status in column["procstatus"]], dtype=bool)
    bad |= numbers("infobitssci") != 0
    bad |= (numbers("scisigpix") > 25) | (numbers("sciinpseeing") > 5)
    for values in (flux, error, zero):
        bad |= np.isnan(values) | (values == -99999)
    factor = 10 ** (0.4 * (23.9 - zero))
    mjd = numbers("jd") - 2400000.5
    rows = [
        {
            "mjd": mjd[i],
            "flux": flux[i] * factor[i],
            "flux_err": error[i] * factor[i],
            "band": b[-1],
        }
        for i, b in enumerate(column["filter"])
        if not bad[i]
    ]
    return TransientLightCurve(rows, object_id)
