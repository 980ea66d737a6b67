class TransientLightCurve:
    def phase_fold(self, period: float) -> Self:
        if period <= 0 or math.isinf(period):
            raise ValueError(f"bad period {period}")
        table = self.data.copy()
        reference = self.peak_mjd
        if reference is None:
            reference = 0.0 if table.empty else table["mjd"].iloc[0]
        table["phase"] = (table["mjd"] - reference) / period % 1 % 1
        return self._with_data(table.sort_values("phase", kind="stable"))
