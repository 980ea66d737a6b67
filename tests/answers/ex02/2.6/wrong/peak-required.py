class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        phase = ((self.data["mjd"] - self.peak_mjd) / period) % 1 % 1
        return self._with_data(self.data.assign(phase=phase).sort_values("phase"))
