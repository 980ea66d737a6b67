class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        clean = self.data.dropna()
        clean = clean[(clean["band"] == band) & (clean["flux"] > 0)]
        clean = clean[np.isfinite(clean["flux"].astype(float))]
        if len(clean) == 0:
            raise ValueError(f"nothing to see in band {band}")
        magnitudes = -2.5 * np.log10(clean["flux"].astype(float)) + zeropoint
        return float(magnitudes.min())
