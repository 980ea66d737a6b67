class LightCurve:
    @property
    def bands(self):
        return list(self.data["band"])
