class ZTFProcessor:
    def convert(self, candidate):
        band = FILTERS.get(candidate["fid"])
        if band is None:
            return None
        flux = math.pow(10, -0.4 * (candidate["magpsf"] - self.config.zeropoints[band]))
        flux_err = 1.0857**-1 * flux * candidate["sigmapsf"]
        if not SurveyProcessor.validate_photometry(flux, flux_err):
            return None
        if candidate["isdiffpos"] in ("f", "0", "-1", 0, -1):
            flux *= -1
        time = candidate["mjd"] if candidate.get("mjd") is not None else candidate["jd"] - JD_TO_MJD
        return {"mjd": time, "flux": flux, "flux_err": flux_err, "band": band}

    def process_lightcurve(self, raw_data):
        try:
            object_id, candidates = raw_data["objectId"], raw_data["candidates"]
        except KeyError as error:
            raise ValueError(f"the record lacks {error}") from error
        converted = [self.convert(c) for c in candidates if c.get("candid") is not None]
        valid = [each for each in converted if each is not None]
        self._count(len(valid), converted.count(None))
        return TransientLightCurve(valid, object_id)
