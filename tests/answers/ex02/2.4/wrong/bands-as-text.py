class LightCurve:
    @property
    def bands(self):
        return ", ".join(self.data["band"].unique())
