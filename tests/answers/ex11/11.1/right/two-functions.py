class Measured:
    def __init__(self, mjd, flux, flux_err, band):
        self.mjd, self.flux, self.flux_err, self.band = mjd, flux, flux_err, band


def detected(candidate, mjd, band):
    size = 10 ** ((23.9 - candidate["magpsf"]) / 2.5)
    brighter = str(candidate["isdiffpos"]) in ("t", "1", "True")
    error = math.log(10) / 2.5 * size * candidate["sigmapsf"]
    return Measured(mjd, size if brighter else -size, error, band)


def not_detected(candidate, mjd, band):
    return Measured(mjd, math.nan, 10 ** ((23.9 - candidate["diffmaglim"]) / 2.5) / 5, band)


def read_lasair(record):
    if (candidates := record.get("candidates")) is None:
        raise ValueError("the broker says: " + record.get("error", "nothing"))
    rows = []
    for candidate in candidates:
        if candidate["fid"] in (1, 2, 3):
            make = not_detected if candidate.get("candid") is None else detected
            rows.append(make(candidate, candidate["jd"] - 2400000.5, "gri"[candidate["fid"] - 1]))
    return TransientLightCurve([vars(row) for row in rows], record["objectId"])
