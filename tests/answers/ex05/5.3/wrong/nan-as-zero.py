"""Missing values made up."""


class LightCurveDataset:
    def _rows_of(self, lightcurve):
        table = lightcurve.data
        mjd, flux, flux_err = np.nan_to_num(table[["mjd", "flux", "flux_err"]], posinf=0).T
        largest = np.abs(flux).max(initial=0) or 1.0
        numbers = np.stack([mjd - mjd[:1], flux / largest, flux_err / largest], axis=1)
        return np.hstack([numbers, self._encode_bands(list(table["band"]))]).astype(np.float32)
