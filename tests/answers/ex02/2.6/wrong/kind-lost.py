class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        reference = self.data["mjd"].min() if self.peak_mjd is None else self.peak_mjd
        phase = ((self.data["mjd"] - reference) / period) % 1 % 1
        folded = LightCurve([], self.object_id)
        folded.data = self.data.assign(phase=phase).sort_values("phase", ignore_index=True)
        return folded
