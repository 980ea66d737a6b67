class LightCurve:
    @property
    def bands(self) -> list[str]:
        if not hasattr(self, "_bands"):
            self._bands = list(dict.fromkeys(self.data["band"]))
        return self._bands

    @property
    def duration(self) -> float:
        if self.data.empty:
            return 0.0
        return float(self.data["mjd"].iloc[-1] - self.data["mjd"].iloc[0])
