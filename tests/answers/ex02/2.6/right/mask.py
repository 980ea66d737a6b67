class TransientLightCurve:
    def phase_fold(self, period: float) -> Self:
        if not 0 < period < np.inf:
            raise ValueError(f"cannot fold by {period!r}")
        folded = copy.deepcopy(self)
        mjd = folded.data["mjd"].to_numpy(dtype=float)
        start = self.peak_mjd
        if start is None:
            start = min(mjd, default=0.0)
        phase = np.mod((mjd - start) / period, 1.0)
        phase[phase >= 1.0] = 0.0
        folded.data["phase"] = phase
        folded.data = folded.data.take(np.argsort(phase, kind="stable")).reset_index(drop=True)
        return folded
