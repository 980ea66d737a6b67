class LightCurve:
    @property
    def duration(self):
        if len(self) < 2:
            return 0.0
        return float(int(self.data["mjd"].max() - self.data["mjd"].min()))
