class LightCurve:
    @property
    def duration(self):
        if len(self) > 1:
            return float(self.data["mjd"].max() - self.data["mjd"].min())
