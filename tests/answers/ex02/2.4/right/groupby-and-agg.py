class LightCurve:
    @property
    def bands(self) -> list[str]:
        return list(self.data.groupby("band").groups.keys())

    @property
    def duration(self) -> float:
        if self.data.empty:
            return 0
        first, last = self.data["mjd"].agg(["min", "max"])
        return last - first
