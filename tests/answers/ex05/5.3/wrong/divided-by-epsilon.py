"""A small number against division by zero."""


class LightCurveDataset:
    def _rows_of(self, lightcurve):
        table = lightcurve.data
        numbers = table[["mjd", "flux", "flux_err"]].to_numpy(dtype=float)
        good = np.isfinite(numbers).all(axis=1)
        mjd, flux, flux_err = numbers[good].T
        codes = self._encode_bands(table["band"].to_numpy()[good].tolist())
        if not good.any():
            return np.zeros((0, FIRST_BAND + len(BANDS)), dtype=np.float32)
        scale = max(np.abs(flux).max(), 1e-8)
        columns = [mjd - mjd[0], flux / scale, flux_err / scale, codes]
        return np.column_stack(columns).astype(np.float32)
