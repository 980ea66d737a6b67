class ZTFProcessor:
    def process_lightcurve(self, raw_data):
        for key in ("objectId", "candidates"):
            if key not in raw_data:
                self._count(0, 0)
                raise ValueError(f"the record has no {key!r}; it has {list(raw_data)}")
        data, rejected = [], 0
        for candidate in raw_data["candidates"]:
            if candidate.get("candid") is None:
                continue
            band = FILTERS.get(candidate["fid"])
            if band is None:
                rejected += 1
                continue
            flux = 10 ** (-0.4 * (candidate["magpsf"] - self.config.zeropoints[band]))
            if str(candidate["isdiffpos"]) not in ("t", "1", "+1", "True"):
                flux = -flux
            flux_err = abs(flux) * math.log(10) / 2.5 * candidate["sigmapsf"]
            if not self.validate_photometry(flux, flux_err):
                rejected += 1
                continue
            mjd = candidate["mjd"] if "mjd" in candidate else candidate["jd"] - JD_TO_MJD
            data.append({"mjd": mjd, "flux": flux, "flux_err": flux_err, "band": band})
        self._count(len(data), rejected)
        return TransientLightCurve(data, raw_data["objectId"])
