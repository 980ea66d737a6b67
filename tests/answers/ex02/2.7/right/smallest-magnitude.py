class TransientLightCurve:
    def get_peak_magnitude(self, band: str = "r", zeropoint: float = 25.0) -> float:
        magnitudes = []
        for observation in self.data.to_dict("records"):
            if observation["band"] != band:
                continue
            try:
                flux = observation["flux"]
                magnitudes.append(zeropoint - 2.5 * math.log10(flux))
            except ValueError:
                continue
        magnitudes = [m for m in magnitudes if math.isfinite(m)]
        if not magnitudes:
            raise ValueError("no valid observation")
        return min(magnitudes)
