class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        if band not in self.bands:
            raise ValueError(f"{band} was not observed")
        rows = self.data[np.isfinite(self.data["flux"]) & (self.data["flux"] > 0)]
        if band not in set(rows["band"]):
            raise ValueError(f"no valid observation in {band}")
        return float(-2.5 * np.log10(rows["flux"].max()) + zeropoint)
