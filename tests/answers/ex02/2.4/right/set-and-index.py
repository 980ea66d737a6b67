class LightCurve:
    @property
    def bands(self) -> list[str]:
        return sorted(set(self.data["band"]))

    @property
    def duration(self) -> float:
        try:
            mjd = self.data["mjd"].values
            return float(mjd[-1] - mjd[0])
        except IndexError:
            return 0.0
