"""MJD as it is."""


class LightCurveDataset:
    def _rows_of(self, lightcurve):
        table = lightcurve.data
        table = table[np.isfinite(table["flux"]) & np.isfinite(table["flux_err"])]
        mjd, flux, flux_err = table[["mjd", "flux", "flux_err"]].to_numpy().T
        largest = np.abs(flux).max(initial=0) or 1.0
        numbers = np.stack([mjd, flux / largest, flux_err / largest], axis=1)
        return np.hstack([numbers, self._encode_bands(list(table["band"]))]).astype(np.float32)
