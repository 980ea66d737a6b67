class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        table = self.data[self.data["band"] == band]
        valid = table[np.isfinite(table["flux"]) & (table["flux"] > 0)]
        if valid.empty:
            raise ValueError(f"no valid observation in {band}")
        peak = valid[valid["flux"] == valid["flux"].max()]
        return -2.5 * np.log10(peak["flux"]) + zeropoint
