class LightCurve:
    @property
    def duration(self):
        if len(self) < 2:
            return 0.0
        return round(self.data["mjd"].max() - self.data["mjd"].min())
