class TransientLightCurve:
    def phase_fold(self, period: float) -> Self:
        try:
            good = period > 0 and math.isfinite(period)
        except TypeError:
            good = False
        if not good:
            raise ValueError(f"a period of {period} makes no sense")
        table = self.data.copy()
        phases = []
        for t in table["mjd"]:
            start = table["mjd"].iloc[0] if self.peak_mjd is None else self.peak_mjd
            cycle = (t - start) / period
            phase = cycle - math.floor(cycle)
            if phase == 1:
                phase = 0.0
            phases.append(phase)
        table.insert(0, "phase", pd.Series(phases, dtype=float))
        return self._with_data(table.sort_values(by="phase", ignore_index=True))
