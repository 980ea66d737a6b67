class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        reference = self.peak_mjd
        if reference is None and len(self) > 0:
            reference = self.data["mjd"][self.data["flux"].idxmax()]
        elif reference is None:
            reference = 0.0
        phase = ((self.data["mjd"] - reference) / period) % 1 % 1
        return self._with_data(self.data.assign(phase=phase).sort_values("phase"))
