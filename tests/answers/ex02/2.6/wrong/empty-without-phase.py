class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        if self.data.empty:
            return self._with_data(self.data)
        reference = self.data["mjd"].iloc[0] if self.peak_mjd is None else self.peak_mjd
        phase = ((self.data["mjd"] - reference) / period) % 1 % 1
        return self._with_data(self.data.assign(phase=phase).sort_values("phase"))
