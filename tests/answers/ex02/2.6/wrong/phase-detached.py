class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        reference = self.data["mjd"].min() if self.peak_mjd is None else self.peak_mjd
        phase = ((self.data["mjd"] - reference) / period) % 1 % 1
        return self._with_data(self.data.assign(phase=np.sort(phase)))
