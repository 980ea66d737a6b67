class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        rows = self.data[(self.data["band"] == band) & (self.data["flux"] > 0)]
        rows = rows[np.isfinite(rows["flux"])].sort_values("flux")
        return float(zeropoint - 2.5 * np.log10(rows["flux"].iloc[-1]))
