class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        reference = self.data["mjd"].min() if self.peak_mjd is None else self.peak_mjd
        return np.sort(((self.data["mjd"].to_numpy() - reference) / period) % 1 % 1)
