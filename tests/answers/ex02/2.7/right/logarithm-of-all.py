class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        flux = self.data.loc[self.data["band"] == band, "flux"].to_numpy()
        magnitude = -2.5 * np.log10(flux) + zeropoint
        magnitude = magnitude[np.isfinite(magnitude)]
        if magnitude.size == 0:
            raise ValueError(f"no valid observation in {band}")
        return float(magnitude.min())
