class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        reference = self.data["mjd"].min() if self.peak_mjd is None else self.peak_mjd
        folded = copy.copy(self)
        folded.data["phase"] = ((folded.data["mjd"] - reference) / period) % 1 % 1
        folded.data = folded.data.sort_values("phase", ignore_index=True)
        return folded
