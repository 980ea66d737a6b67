class LightCurve:
    @property
    def duration(self):
        if len(self) < 2:
            return 0.0
        return 24 * (self.data["mjd"].iloc[-1] - self.data["mjd"].iloc[0])
