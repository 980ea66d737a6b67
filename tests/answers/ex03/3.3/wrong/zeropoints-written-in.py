"""The zero points stand in the method, whatever the configuration says."""


class ZTFProcessor:
    def process_lightcurve(self, raw_data):
        for key in ("objectId", "candidates"):
            if key not in raw_data:
                raise ValueError(f"the record has no {key!r}; it has {list(raw_data)}")
        data, rejected = [], 0
        for candidate in raw_data["candidates"]:
            if candidate.get("candid") is None:
                continue
            band = FILTERS.get(candidate["fid"], "unknown")
            zeropoint = {"g": 26.325, "r": 26.275, "i": 25.660}.get(band, math.nan)
            flux = 10 ** (-0.4 * (candidate["magpsf"] - zeropoint))
            flux_err = flux * math.log(10) / 2.5 * candidate["sigmapsf"]
            if not self.validate_photometry(flux, flux_err):
                rejected += 1
                continue
            mjd = candidate["mjd"] if "mjd" in candidate else candidate["jd"] - JD_TO_MJD
            sign = 1 if str(candidate["isdiffpos"]) in ("t", "1", "+1", "True") else -1
            data.append({"mjd": mjd, "flux": sign * flux, "flux_err": flux_err, "band": band})
        self._count(len(data), rejected)
        return TransientLightCurve(data, raw_data["objectId"])
