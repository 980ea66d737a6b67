class TransientLightCurve:
    def _reference(self) -> float:
        if self.peak_mjd is not None:
            return self.peak_mjd
        return float(self.data["mjd"].min()) if len(self.data) else 0.0

    def phase_fold(self, period: float) -> Self:
        if not np.isfinite(period) or period <= 0:
            raise ValueError(f"no period: {period}")
        cycles = (self.data["mjd"].to_numpy(float) - self._reference()) / period
        folded = copy.deepcopy(self)
        below_one = np.nextafter(1.0, 0.0)
        folded.data["phase"] = np.clip(cycles - np.floor(cycles), None, below_one)
        folded.data = folded.data.sort_values(["phase", "mjd"], ignore_index=True)
        return folded
