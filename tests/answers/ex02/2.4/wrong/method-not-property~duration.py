class LightCurve:
    def duration(self):
        if len(self.data) < 2:
            return 0.0
        return float(self.data["mjd"].max() - self.data["mjd"].min())
