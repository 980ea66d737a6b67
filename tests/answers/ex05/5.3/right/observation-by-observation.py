class LightCurveDataset:
    def _rows_of(self, lightcurve):
        data = [
            each
            for each in lightcurve.data.to_dict("records")
            if np.isfinite(each["flux"]) and np.isfinite(each["flux_err"])
        ]
        peak = max([abs(each["flux"]) for each in data], default=1.0)
        if peak == 0:
            peak = 1.0
        rows = np.zeros((len(data), 3 + len(BANDS)), dtype="float32")
        for row, each in zip(rows, data):
            row[TIME] = each["mjd"] - data[0]["mjd"]
            row[FLUX] = each["flux"] / peak
            row[FLUX_ERR] = each["flux_err"] / peak
            row[FIRST_BAND:] = self._encode_bands([each["band"]])[0]
        return rows
