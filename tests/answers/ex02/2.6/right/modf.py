class TransientLightCurve:
    def phase_fold(self, period: float) -> Self:
        assert_positive = np.isfinite(period) and np.sign(period) == 1
        if not assert_positive:
            raise ValueError("not a period")
        mjd = self.data["mjd"].to_numpy()
        origin = mjd[:1] if self.peak_mjd is None else self.peak_mjd
        phase = np.modf((mjd - origin) / period)[0]
        phase[phase < 0] += 1
        phase = np.where(phase < 1, phase, 0)
        order = np.argsort(phase, kind="stable")
        return self._with_data(self.data.assign(phase=phase).iloc[order])
