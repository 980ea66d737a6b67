class TransientLightCurve:
    def phase_fold(self, period):
        if not 0 < period < math.inf:
            raise ValueError("period must be positive")
        reference = self.peak_mjd or self.data["mjd"].min()
        phase = ((self.data["mjd"] - reference) / period) % 1 % 1
        return self._with_data(self.data.assign(phase=phase).sort_values("phase"))
