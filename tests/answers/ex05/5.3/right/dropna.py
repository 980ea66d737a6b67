class LightCurveDataset:
    def _rows_of(self, lightcurve):
        table = lightcurve.data.replace([np.inf, -np.inf], np.nan).dropna(
            subset=["flux", "flux_err"]
        )
        if len(table) == 0:
            return np.empty((0, FIRST_BAND + len(BANDS)), dtype=np.float32)
        scale = table["flux"].abs().max()
        scale = scale if scale > 0 else 1.0
        table = table.assign(
            mjd=table["mjd"] - table["mjd"].min(),
            flux=table["flux"] / scale,
            flux_err=table["flux_err"] / scale,
        )
        numbers = table[["mjd", "flux", "flux_err"]].to_numpy(dtype="float32")
        return np.concatenate([numbers, self._encode_bands(table["band"].tolist())], axis=1)
