class LightCurve:
    @property
    def duration(self):
        if len(self) < 2:
            return 0.0
        return self.data["mjd"][1] - self.data["mjd"][0]
