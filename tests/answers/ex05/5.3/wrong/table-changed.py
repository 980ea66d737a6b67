"""The light curve's own table is worked on."""


class LightCurveDataset:
    def _rows_of(self, lightcurve):
        lightcurve.data = lightcurve.data[np.isfinite(lightcurve.data[["flux", "flux_err"]]).all(axis=1)]
        table = lightcurve.data
        largest = table["flux"].abs().max() if len(table) else 1.0
        lightcurve.data = table.assign(
            mjd=table["mjd"] - (table["mjd"].iloc[0] if len(table) else 0.0),
            flux=table["flux"] / (largest or 1.0),
            flux_err=table["flux_err"] / (largest or 1.0),
        )
        numbers = lightcurve.data[["mjd", "flux", "flux_err"]].to_numpy()
        return np.hstack([numbers, self._encode_bands(list(table["band"]))]).astype(np.float32)
