class LightCurve:
    @property
    def duration(self):
        return self.data["mjd"].iloc[-1] - self.data["mjd"].iloc[0]
