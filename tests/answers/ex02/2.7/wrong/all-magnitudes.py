class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        flux = self.data.loc[self.data["band"] == band, "flux"].to_numpy()
        valid = flux[np.isfinite(flux) & (flux > 0)]
        if valid.size == 0:
            raise ValueError(f"no valid observation in {band}")
        return -2.5 * np.log10(valid) + zeropoint
