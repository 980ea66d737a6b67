class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        reference = self.data["mjd"].min() if self.peak_mjd is None else self.peak_mjd
        phase = ((self.data["mjd"] - reference) / period) % 1 % 1
        table = self.data.assign(phase=phase).sort_values("phase")
        return type(self)(
            table.to_dict("records"), self.object_id, self.transient_type, self.peak_mjd
        )
