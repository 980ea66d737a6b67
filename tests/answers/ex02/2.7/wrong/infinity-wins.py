class TransientLightCurve:
    def get_peak_magnitude(self, band: str = "r", zeropoint: float = 25.0) -> float:
        flux = self.data.loc[self.data["band"] == band, "flux"]
        flux = flux[flux > 0]
        if len(flux) == 0:
            raise ValueError(f"no valid observation in {band}")
        return float(-2.5 * np.log10(flux.max()) + zeropoint)
