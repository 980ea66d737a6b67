class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        for observation in self.data.to_dict("records"):
            flux = observation["flux"]
            if observation["band"] == band and 0 < flux < math.inf:
                return -2.5 * math.log10(flux) + zeropoint
        raise ValueError(f"no valid observation in {band}")
