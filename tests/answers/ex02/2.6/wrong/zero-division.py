class TransientLightCurve:
    def phase_fold(self, period):
        if period < 0 or not math.isfinite(period):
            raise ValueError("period must be positive")
        mjd = self.data["mjd"].tolist()
        if self.peak_mjd is not None:
            reference = self.peak_mjd
        else:
            reference = min(mjd, default=0.0)
        phase = [(t - reference) / period % 1 % 1 for t in mjd]
        return self._with_data(self.data.assign(phase=phase).sort_values("phase"))
