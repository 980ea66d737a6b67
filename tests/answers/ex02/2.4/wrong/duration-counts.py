class LightCurve:
    @property
    def duration(self):
        return float(len(self.data["mjd"]) if len(self.data) > 1 else 0)
