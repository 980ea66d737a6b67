class TransientLightCurve:
    def phase_fold(self, period: float) -> Self:
        if not (period > 0 and math.isfinite(period)):
            raise ValueError("period must be a positive finite number")
        folded = copy.copy(self)
        reference = self.peak_mjd if self.peak_mjd is not None else self.data["mjd"].min()
        folded.data["phase"] = (folded.data["mjd"] - reference) / period % 1 % 1
        folded.data = folded.data.sort_values("phase", kind="stable", ignore_index=True)
        return folded
