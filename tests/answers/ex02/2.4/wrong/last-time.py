class LightCurve:
    @property
    def duration(self):
        return 0.0 if len(self) < 2 else float(self.data["mjd"].max())
