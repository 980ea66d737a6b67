class ZTFProcessor:
    def process_lightcurve(self, raw_data):
        absent = {"objectId", "candidates"} - raw_data.keys()
        if absent:
            raise ValueError(f"missing: {sorted(absent)}")

        detections = [c for c in raw_data["candidates"] if c.get("candid") is not None]

        def column(getter):
            return np.fromiter(
                (getter(c) for c in detections), dtype=np.float64, count=len(detections)
            )

        zeropoints = self.config.zeropoints
        mjd = column(lambda c: c["mjd"] if "jd" not in c else c["jd"] - JD_TO_MJD)
        band = [FILTERS.get(c["fid"], "") for c in detections]
        sign = column(lambda c: 1 if str(c["isdiffpos"]) in ("t", "1", "+1", "True") else -1)
        m = column(lambda c: c["magpsf"])
        sigma = column(lambda c: c["sigmapsf"])
        zp = np.array([zeropoints.get(b, np.nan) for b in band], dtype=np.float64)
        with np.errstate(all="ignore"):
            flux = sign * np.power(10.0, -0.4 * (m - zp))
            flux_err = np.log(10) / 2.5 * np.abs(flux) * sigma
        good = [self.validate_photometry(a, b) for a, b in zip(flux, flux_err)]
        rows = [
            dict(zip(("mjd", "flux", "flux_err", "band"), row))
            for row, ok in zip(zip(mjd, flux, flux_err, band), good)
            if ok
        ]
        self._count(sum(good), len(good) - sum(good))
        return TransientLightCurve(rows, raw_data["objectId"])
