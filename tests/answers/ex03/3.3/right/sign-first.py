class ZTFProcessor:
    def process_lightcurve(self, raw_data):
        missing = {"objectId", "candidates"} - raw_data.keys()
        if missing:
            raise ValueError(f"missing: {missing}")
        sign = {"t": 1, "1": 1, "+1": 1, 1: 1, "f": -1, "0": -1, "-1": -1, 0: -1, -1: -1}
        zeropoints = self.config.zeropoints
        good, bad = [], 0
        for c in raw_data["candidates"]:
            if "candid" not in c or c["candid"] is None:
                continue
            try:
                band = FILTERS[c["fid"]]
            except KeyError:
                bad += 1
                continue
            flux = sign[c["isdiffpos"]] * 10 ** ((zeropoints[band] - c["magpsf"]) / 2.5)
            flux_err = 0.92103 * abs(flux) * c["sigmapsf"]
            if self.validate_photometry(flux, flux_err):
                mjd = c.get("mjd") or c["jd"] - 2400000.5
                good.append(dict(mjd=mjd, flux=flux, flux_err=flux_err, band=band))
            else:
                bad += 1
        self._count(accepted=len(good), rejected=bad)
        return TransientLightCurve(good, object_id=raw_data["objectId"], transient_type=None)
