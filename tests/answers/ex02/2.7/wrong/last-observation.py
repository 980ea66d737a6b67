class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        peak = None
        for observation in self.data.to_dict("records"):
            flux = observation["flux"]
            if observation["band"] == band and flux > 0 and math.isfinite(flux):
                peak = flux
        if peak is None:
            raise ValueError(f"no valid observation in {band}")
        return -2.5 * math.log10(peak) + zeropoint
