class LightCurve:
    @property
    def duration(self):
        if not hasattr(self, "_duration"):
            mjd = self.data["mjd"]
            self._duration = float(mjd.max() - mjd.min()) if len(mjd) > 1 else 0.0
        return self._duration
