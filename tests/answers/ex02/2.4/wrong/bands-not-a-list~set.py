class LightCurve:
    @property
    def bands(self):
        return set(self.data["band"])
