class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        flux = self.data.loc[self.data["band"] == band, "flux"]
        valid = flux[np.isfinite(flux) & (flux > 0)]
        if valid.empty:
            raise ValueError(f"no valid observation in {band}")
        return float(-2.5 * np.log(valid.max()) + zeropoint)
