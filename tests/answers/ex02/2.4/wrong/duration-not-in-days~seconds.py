class LightCurve:
    @property
    def duration(self):
        if self.data.empty:
            return 0.0
        return float(np.ptp(self.data["mjd"])) * 86400
