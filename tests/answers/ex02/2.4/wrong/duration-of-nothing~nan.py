class LightCurve:
    @property
    def duration(self):
        return float(self.data["mjd"].max() - self.data["mjd"].min())
