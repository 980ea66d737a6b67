"""A peak for each band."""


class LightCurveDataset:
    def _rows_of(self, lightcurve):
        table = lightcurve.data
        table = table[np.isfinite(table["flux"]) & np.isfinite(table["flux_err"])]
        largest = table["flux"].abs().groupby(table["band"]).transform("max").replace(0, 1)
        days = table["mjd"] - (table["mjd"].iloc[0] if len(table) else 0)
        numbers = np.column_stack([days, table["flux"] / largest, table["flux_err"] / largest])
        return np.hstack([numbers, self._encode_bands(list(table["band"]))]).astype(np.float32)
