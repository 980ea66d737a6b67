class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        flux = self.data.loc[self.data["band"] == band, "flux"].to_numpy()
        flux = flux[np.isfinite(flux)]
        if not (flux > 0).any():
            raise ValueError(f"no valid observation in {band}")
        return float(-2.5 * np.log10(np.abs(flux).max()) + zeropoint)
