class LightCurve:
    @property
    def bands(self):
        return self.data["band"].unique()
