class TransientLightCurve:
    def get_peak_magnitude(self, band="r", zeropoint=25.0):
        fluxes = [obs["flux"] for obs in self.data.to_dict("records") if obs["band"] == band]
        if not fluxes or max(fluxes) <= 0:
            raise ValueError(f"no valid observation in {band}")
        return -2.5 * math.log10(max(fluxes)) + zeropoint
