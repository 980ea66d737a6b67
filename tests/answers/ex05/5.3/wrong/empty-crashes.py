"""There is not always a first observation."""


class LightCurveDataset:
    def _rows_of(self, lightcurve):
        table = lightcurve.data
        table = table[np.isfinite(table["flux"]) & np.isfinite(table["flux_err"])]
        days = table["mjd"] - table["mjd"].iloc[0]
        largest = np.abs(table["flux"]).max() or 1.0
        numbers = np.column_stack([days, table["flux"] / largest, table["flux_err"] / largest])
        return np.hstack([numbers, self._encode_bands(list(table["band"]))]).astype(np.float32)
