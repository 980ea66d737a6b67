"""The letters of all names."""


class LightCurve:
    @property
    def bands(self):
        return sorted(set("".join(self.data["band"])))

    @property
    def duration(self):
        mjd = self.data["mjd"].tolist()
        return float(mjd[-1] - mjd[0]) if mjd else 0.0
