class TransientLightCurve:
    def phase_fold(self, period: float) -> Self:
        if period <= 0 or period != period or period == float("inf"):
            raise ValueError("period must be positive")
        records = self.data.to_dict("records")
        folded = type(self)(records, self.object_id, self.transient_type, self.peak_mjd)
        if self.peak_mjd is not None:
            origin = self.peak_mjd
        else:
            origin = records[0]["mjd"] if records else 0
        phase = folded.data["mjd"].sub(origin).div(period).mod(1).replace(1.0, 0.0)
        folded.data["phase"] = phase
        folded.data.sort_values("phase", inplace=True)
        return folded
