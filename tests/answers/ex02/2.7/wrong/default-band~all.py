class TransientLightCurve:
    def get_peak_magnitude(self, band=None, zeropoint=25.0):
        table = self.data if band is None else self.data[self.data["band"] == band]
        flux = table["flux"].to_numpy()
        valid = flux[np.isfinite(flux) & (flux > 0)]
        if len(valid) == 0:
            raise ValueError(f"no valid observation in {band}")
        return float(-2.5 * np.log10(valid.max()) + zeropoint)
