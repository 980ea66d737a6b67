import pandas as pd


class ZTFProcessor:
    def process_lightcurve(self, raw_data):
        for key in ["objectId", "candidates"]:
            if raw_data.get(key) is None:
                raise ValueError(f"no {key}")
        columns = ["candid", "jd", "mjd", "fid", "magpsf", "sigmapsf", "isdiffpos"]
        table = pd.DataFrame(raw_data["candidates"], columns=columns)
        table = table[table["candid"].notna()]
        band = table["fid"].map(FILTERS)
        magnitude = table["magpsf"].astype(float) - band.map(self.config.zeropoints).astype(float)
        flux = 10 ** (-0.4 * magnitude)
        flux_err = flux * np.log(10) / 2.5 * table["sigmapsf"].astype(float)
        negative = table["isdiffpos"].map(lambda mark: mark in ("f", "0", "-1", 0, -1, False))
        mjd = table["mjd"].astype(float).fillna(table["jd"].astype(float) - JD_TO_MJD)
        clean = pd.DataFrame(
            {
                "mjd": mjd,
                "flux": flux.where(~negative.astype(bool), -flux),
                "flux_err": flux_err,
                "band": band,
            }
        )
        valid = [self.validate_photometry(f, e) for f, e in zip(clean["flux"], clean["flux_err"])]
        kept = clean[np.array(valid, dtype=bool)]
        self._count(len(kept), len(clean) - len(kept))
        return TransientLightCurve(kept.to_dict("records"), raw_data["objectId"])
