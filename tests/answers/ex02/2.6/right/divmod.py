class TransientLightCurve:
    def _phases(self, period):
        times = self.data["mjd"].tolist()
        zero = min(times, default=None) if (peak := self.peak_mjd) is None else peak
        for t in times:
            _, phase = divmod((t - zero) / period, 1)
            yield phase if phase < 1 else 0.0

    def phase_fold(self, period: float) -> Self:
        if math.isnan(period) or math.isinf(period) or period <= 0:
            raise ValueError("the period must be a positive and finite number of days")
        phases = list(self._phases(period))
        order = sorted(range(len(phases)), key=phases.__getitem__)
        result = type(self).__new__(type(self))
        for name, value in vars(self).items():
            setattr(result, name, value)
        result.data = pd.DataFrame({c: self.data[c].iloc[order].tolist() for c in self.data})
        result.data["phase"] = pd.Series([phases[i] for i in order], dtype=float)
        return result
