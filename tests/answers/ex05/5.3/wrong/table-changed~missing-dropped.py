"""The table of the light curve itself is cleaned."""


class LightCurveDataset:
    def _rows_of(self, lightcurve):
        table = lightcurve.data
        table.replace([np.inf, -np.inf], np.nan, inplace=True)
        table.dropna(subset=["flux", "flux_err"], inplace=True)
        mjd = table["mjd"].to_numpy(dtype=float)
        flux = table["flux"].to_numpy(dtype=float)
        flux_err = table["flux_err"].to_numpy(dtype=float)
        days = mjd - mjd[0] if len(mjd) else mjd
        peak = (np.abs(flux).max() if len(flux) else 0) or 1.0
        codes = self._encode_bands(table["band"].tolist())
        return np.column_stack([days, flux / peak, flux_err / peak, codes]).astype(np.float32)
