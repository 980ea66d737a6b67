class TransientLightCurve:
    def phase_fold(self, period):
        if not math.isfinite(period) or period <= 0:
            raise ValueError("period must be positive")
        t0 = self.peak_mjd
        if t0 is None:
            t0 = self.data["mjd"].min()
        table = self.data.copy()
        table["phi"] = np.mod(np.mod((table["mjd"] - t0) / period, 1), 1)
        return self._with_data(table.sort_values("phi"))
